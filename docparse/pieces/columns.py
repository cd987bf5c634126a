"""The columns of a page: recursive XY-cut.

Source: G. Nagy, S. Seth, "Hierarchical representation of optically scanned documents", ICPR 1984.
"""

from collections.abc import Sequence
from itertools import pairwise

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

_OVER = 0.25
"""Of the width of what belongs to one side of a gutter, that may lie on the other."""
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
    if inside.shape[0] < 2 * _FEWEST_LINES * _LINE * sheet.unit:
        return [region]
    gaps = _gaps(np.logical_not(inside.any(axis=1)), _LINE_GAP * sheet.unit)
    if gaps:
        first, end = max(gaps, key=lambda gap: gap[1] - gap[0])
        parts = _cut_across(sheet, region, [(first + end) // 2])
        if any(len(columns) > 1 for columns in parts):
            return _joined([column for columns in parts for column in columns])
    band = _band(sheet, region)
    if band is None:
        return [region]
    rows, gutter = band
    return _side_by_side([column for columns in _cut_across(sheet, region, rows) for column in columns], gutter)


def _cut_across(sheet: Sheet, region: Region, rows: Sequence[int]) -> list[list[Region]]:
    """The columns of each of the parts between these rows, which count from the region's top."""
    edges = [region.top, *(region.top + row for row in rows), region.bottom]
    parts = (trimmed(sheet.text, Region(region.left, top, region.right, bottom)) for top, bottom in pairwise(edges))
    return [columns_of(sheet, part) for part in parts if part is not None]


def _side_by_side(regions: list[Region], gutter: int) -> list[Region]:
    """What is left of the gutter before what is right of it, above and below of what reaches over it."""
    ordered: list[Region] = []
    left: list[Region] = []
    right: list[Region] = []
    for region in regions:
        over = (region.right - gutter) / (region.right - region.left)
        if over <= _OVER:
            left.append(region)
        elif over >= 1 - _OVER:
            right.append(region)
        else:
            ordered += [*left, *right, region]
            left, right = [], []
    return [*ordered, *left, *right]


def _band(sheet: Sheet, region: Region) -> tuple[list[int], int] | None:
    """The tallest part of a region that has a gutter, where what stands above or below reaches over it with no more
    white between than between lines.

    Returns:
        The rows, from the region's top, where that part is to be cut off; and its gutter's column.
    """
    inside = region.of(sheet.text)
    between = [(first + end) // 2 for first, end in stretches(inside.sum(axis=1) <= _SPECK)]
    rows = sorted({0, *between, inside.shape[0]})
    inked = np.zeros((inside.shape[0] + 1, inside.shape[1]), np.int32)
    np.cumsum(inside, axis=0, out=inked[1:])
    # Twice as many lines as elsewhere: noise may fill the cells of a few rows.
    least = 2 * _FEWEST_LINES * _LINE * sheet.unit
    bands: list[tuple[int, int]] = []
    last = 0
    for first in range(len(rows)):
        # The more rows the less white there is in all of them.
        while last + 1 < len(rows) and _gaps(
            inked[rows[last + 1]] - inked[rows[first]] <= _SPECK, _GUTTER * sheet.unit
        ):
            last += 1
        last = max(last, first)
        if least <= rows[last] - rows[first] < inside.shape[0]:
            bands.append((rows[first], rows[last]))
    for top, bottom in sorted(bands, key=lambda band: band[0] - band[1]):
        if gutter := _gutter(sheet, Region(region.left, region.top + top, region.right, region.top + bottom)):
            return [row for row in (top, bottom) if 0 < row < inside.shape[0]], gutter
    return None


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
