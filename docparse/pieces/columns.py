"""The columns of a page: recursive XY-cut.

Source: G. Nagy, S. Seth, "Hierarchical representation of optically scanned documents", ICPR 1984.
"""

import numpy as np
import numpy.typing as npt

from .ink import Mask, stretches
from .sheet import Region, Sheet, trimmed

# In heights of the text, which is that of small letters: about 0.45 em.
_GUTTER = 1.8
"""White between two columns at the least."""
_COLUMN = 22.0
"""Width of a column at the least."""
_WORD_GAP = 3.0
"""Between two words of a line at the most."""
_LINE_GAP = 0.6
"""Between what may be cut apart at the least."""
_LINE = 1.6
"""From the middle of a line to that of the next at the least."""

_FEWEST_LINES = 5
_FILLED = 0.65
"""Of its column that a line of running text fills; cells of a table fill less."""
_SPECK = 2
"""Pixels of ink in a row or column of pixels that may lie between two columns or lines."""


def columns_of(sheet: Sheet, region: Region) -> list[Region]:
    """The regions, in reading order, that stand side by side nowhere."""
    if gutter := _gutter(sheet, region):
        left = trimmed(sheet.text, Region(region.left, region.top, gutter, region.bottom))
        right = trimmed(sheet.text, Region(gutter, region.top, region.right, region.bottom))
        return [column for side in (left, right) if side is not None for column in columns_of(sheet, side)]
    inside = region.of(sheet.text)
    gaps = _gaps(np.logical_not(inside.any(axis=1)), _LINE_GAP * sheet.unit)
    if inside.shape[0] < 2 * _FEWEST_LINES * _LINE * sheet.unit or not gaps:
        return [region]
    first, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    middle = region.top + (first + end) // 2
    upper = trimmed(sheet.text, Region(region.left, region.top, region.right, middle))
    lower = trimmed(sheet.text, Region(region.left, middle, region.right, region.bottom))
    parts = [columns_of(sheet, side) for side in (upper, lower) if side is not None]
    if all(len(columns) == 1 for columns in parts):
        return [region]
    return _joined([column for columns in parts for column in columns])


def _joined(regions: list[Region]) -> list[Region]:
    """With neighbours made one that stand above each other in the same column: nothing is beside either."""
    joined: list[Region] = []
    for region in regions:
        before = joined[-1] if joined else None
        if before is not None and region.top >= before.bottom and _is_alone(before, region, regions):
            joined[-1] = Region(
                min(before.left, region.left), before.top, max(before.right, region.right), region.bottom
            )
        else:
            joined.append(region)
    return joined


def _is_alone(upper: Region, lower: Region, regions: list[Region]) -> bool:
    return not any(
        other not in (upper, lower) and other.top < lower.bottom and other.bottom > upper.top for other in regions
    )


def _gutter(sheet: Sheet, region: Region) -> int | None:
    """Where the widest white strip between two columns of running text lies; its middle."""
    inside = region.of(sheet.text)
    best: tuple[int, int] | None = None
    for first, end in _gaps(inside.sum(axis=0) <= _SPECK, _GUTTER * sheet.unit):
        across = region.of(sheet.rules)[:, (first + end) // 2]
        # A table's rules cross its white strips; one above and one below may frame the columns of a page.
        if (
            len(stretches(across)) <= 2
            and (best is None or end - first > best[1] - best[0])
            and _is_column(inside[:, :first], sheet.unit)
            and _is_column(inside[:, end:], sheet.unit)
        ):
            best = first, end
    return None if best is None else region.left + sum(best) // 2


def _is_column(mask: Mask, unit: float) -> bool:
    """Whether this is running text: several lines, most of which fill the width."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not len(columns) or columns[-1] - columns[0] < _COLUMN * unit:
        return False
    width = columns[-1] - columns[0] + 1
    filled = [reach / width for reach in _line_widths(mask, unit)]
    return len(filled) >= _FEWEST_LINES and float(np.median(filled)) >= _FILLED


def _line_widths(mask: Mask, unit: float) -> list[int]:
    """How far each line's ink reaches from left to right, without gaps that are no word's; pixels."""
    widths = []
    for first, end in stretches(mask.sum(axis=1) > _SPECK):
        if end - first >= 0.5 * unit:
            columns = np.flatnonzero(mask[first:end].any(axis=0))
            gaps = np.diff(columns)
            # Lines that touch count as often as they are high.
            lines = max(1, round((end - first) / (3 * unit)))
            widths += [int(columns[-1] - columns[0] + 1 - gaps[gaps > _WORD_GAP * unit].sum())] * lines
    return widths


def _gaps(empty: npt.NDArray[np.bool_], least: float) -> list[tuple[int, int]]:
    """Stretches of ``empty`` that are at least so long, without those at its ends: first and last + 1."""
    return [
        (first, end) for first, end in stretches(empty) if end - first >= least and first > 0 and end < len(empty)
    ]
