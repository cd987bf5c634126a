"""The columns of a page: what stands left and right of a tall white strip, and so on with what stands on either side.

That tall white space tells columns: T. M. Breuel, "Two geometric algorithms for layout analysis", DAS 2002. Cutting
again what was cut: G. Nagy, S. Seth, "Hierarchical representation of optically scanned documents", ICPR 1984.
"""

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
_OVER = 0.25
"""Of the width of what belongs to one side of a gutter, that may lie on the other."""
_LETTER = 0.5
"""Height of text at the least; less is a speck, or left of a rule that is broken."""
_LINE_GAP = 0.6
"""Between what may be cut apart at the least."""
_LINE = 1.6
"""From the middle of a line to that of the next at the least."""
_LINE_REACH = 1.0
"""From where something is in the way to the end of its line at the most."""

_FEWEST_LINES = 5
_FILLED = 0.65
"""Of its column that most lines of running text fill; cells of a table fill less."""
_FULL = 0.8
"""Of its column that a line fills which goes on in the next."""
_FEWEST_FULL = 10
"""Lines that do in each of two columns that have tables, lists and charts too, at the least."""
_FEWEST_IN_ONE = 3
"""The same where there are so many in both together, and these are about equally wide."""
_ABOUT_EQUAL = 0.85
"""The width of the narrower of such columns by that of the other."""
_EDGE = 0.02
"""Of the height of a column that has ink at its very edge, at the least."""
_SPECK = 2
"""Pixels of ink in a row or column of pixels that may lie between two columns or lines."""


def columns_of(sheet: Sheet, region: Region) -> list[Region]:
    """The regions, in reading order, that stand side by side nowhere."""
    gutter = _gutter(sheet, region)
    along = [] if gutter is None else _along(sheet, region, gutter)
    if gutter is None or all(is_crossed for _, _, is_crossed in along):
        parts = [columns_of(sheet, part) for part in _at_widest_gap(sheet, region)]
        return [column for part in parts for column in part] if any(len(part) > 1 for part in parts) else [region]
    found: list[Region] = []
    for top, bottom, is_crossed in along:
        edges = [region.left, region.right] if is_crossed else [region.left, gutter, region.right]
        for left, right in pairwise(edges):
            part = trimmed(sheet.text, Region(left, top, right, bottom))
            if part is not None:
                found += columns_of(sheet, part)
    return _side_by_side(found, gutter)


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


def _along(sheet: Sheet, region: Region, gutter: int) -> list[tuple[int, int, bool]]:
    """The region from top to bottom in parts: first row, last + 1, and whether something reaches over the gutter."""
    half = round(_GUTTER * sheet.unit / 2)
    strip = Region(gutter - half, region.top, gutter + half, region.bottom)
    crossed: npt.NDArray[np.bool_] = np.any(strip.of(sheet.rules), axis=1)
    for first, end in stretches(strip.of(sheet.text).sum(axis=1) > 0):
        crossed[first:end] |= end - first >= _LETTER * sheet.unit
    rows = region.of(sheet.text).sum(axis=1)
    left = sheet.text[region.top : region.bottom, region.left : gutter]
    right = sheet.text[region.top : region.bottom, gutter : region.right]
    clear = [
        (first, end)
        for first, end in stretches(np.logical_not(crossed))
        if _are_beside(_lines(left[first:end], sheet.unit), _lines(right[first:end], sheet.unit))
    ]
    parts: list[tuple[int, int, bool]] = []
    last = 0
    for first, end in clear:
        reach = min(round(_LINE_REACH * sheet.unit), (end - first) // 2)
        if first > 0:
            first += int(np.argmin(rows[first : first + reach]))
        if end < len(rows):
            end -= int(np.argmin(rows[end - reach : end][::-1]))
        if first > last:
            parts.append((region.top + last, region.top + first, True))
        parts.append((region.top + first, region.top + end, False))
        last = end
    if last < len(rows):
        parts.append((region.top + last, region.bottom, True))
    return parts


def _are_beside(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> bool:
    """Whether these lines stand in two columns. A short last line has nothing beside it; where there are few, a gap
    between the words of larger letters may lie in the gutter."""
    return len(left) > 0 and len(right) > 0 and len(left) + len(right) > 3


def _at_widest_gap(sheet: Sheet, region: Region) -> list[Region]:
    """What is above and below the widest white stripe; nothing where that is none between lines, or there are few."""
    if region.bottom - region.top < 2 * _FEWEST_LINES * _LINE * sheet.unit:
        return []
    empty = np.logical_not(region.of(sheet.text).any(axis=1))
    gaps = [(first, end) for first, end in stretches(empty) if end - first >= _LINE_GAP * sheet.unit]
    if not gaps:
        return []
    first, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    edges = [region.top, region.top + (first + end) // 2, region.bottom]
    parts = (trimmed(sheet.text, Region(region.left, top, region.right, bottom)) for top, bottom in pairwise(edges))
    return [part for part in parts if part is not None]


def _gutter(sheet: Sheet, region: Region) -> int | None:
    """The middle of the white strip between two columns of running text that is the tallest."""
    inside = region.of(sheet.text)
    inked = np.zeros((inside.shape[0] + 1, inside.shape[1]), np.int32)
    np.cumsum(inside, axis=0, out=inked[1:])
    step = max(1, round(sheet.unit))
    rows = [*range(0, inside.shape[0], step), inside.shape[0]]
    bands: list[tuple[int, int]] = []
    last = 0
    for first in range(len(rows)):
        # The more rows the less white there is in all of them.
        before = last
        while last + 1 < len(rows):
            column = inked[rows[last + 1]] - inked[rows[first]]
            if column.any() and not _wide_gaps(column, sheet.unit):
                break
            last += 1
        last = max(last, first)
        if last > before and rows[last] - rows[first] >= _FEWEST_LINES * _LINE * sheet.unit:
            bands.append((rows[first], rows[last]))
    for top, bottom in sorted(bands, key=lambda band: band[0] - band[1]):
        strip = _strip(sheet, Region(region.left, region.top + top, region.right, region.top + bottom))
        if strip is not None:
            return _clearest(sheet, region, strip)
    return None


def _clearest(sheet: Sheet, region: Region, strip: tuple[int, int]) -> int:
    """The column of pixels within a strip around which most of the region is white too."""
    width = round(_GUTTER * sheet.unit)
    inside = Region(strip[0], region.top, strip[1], region.bottom).of(sheet.text)
    inked = np.zeros((inside.shape[0], inside.shape[1] + 1), np.int32)
    np.cumsum(inside, axis=1, out=inked[:, 1:])
    clear = np.count_nonzero(inked[:, width:] == inked[:, :-width], axis=0)
    best = np.flatnonzero(clear == clear.max())
    return strip[0] + int(best[len(best) // 2]) + width // 2


def _strip(sheet: Sheet, region: Region) -> tuple[int, int] | None:
    """The widest white strip between two columns of running text: first and last + 1."""
    inside = region.of(sheet.text)
    best: tuple[int, int] | None = None
    for first, end in _wide_gaps(inside.sum(axis=0), sheet.unit):
        across = region.of(sheet.rules)[:, (first + end) // 2]
        # A table's rules cross its white strips; one above and one below may frame the columns of a page.
        if (
            len(stretches(across)) <= 2
            and (best is None or end - first > best[1] - best[0])
            and _are_columns(inside[:, :first], inside[:, end:], sheet.unit)
        ):
            best = first, end
    return None if best is None else (region.left + best[0], region.left + best[1])


def _are_columns(left: Mask, right: Mask, unit: float) -> bool:
    """Whether there is running text in both: it is most of what is there or, in columns of one width, some of it."""
    widths, filled = [], []
    for side in (left, right):
        inked = side.sum(axis=0)
        lines = _line_widths(side, unit)
        if len(lines) < _FEWEST_LINES or np.ptp(np.flatnonzero(inked)) < _COLUMN * unit:
            return False
        # What is little is none of its text, but of the paper's edge or of another column that leans.
        columns = np.flatnonzero(inked > _EDGE * len(side))
        if not len(columns):
            return False
        width = int(columns[-1] - columns[0]) + 1
        widths.append(width)
        filled.append(np.array(lines) / width)
    if min(float(np.median(of_lines)) for of_lines in filled) >= _FILLED:
        return True
    full = sorted(int(np.count_nonzero(of_lines >= _FULL)) for of_lines in filled)
    if min(widths) < _ABOUT_EQUAL * max(widths):
        return full[0] >= _FEWEST_FULL
    return full[0] >= _FEWEST_IN_ONE and sum(full) >= _FEWEST_FULL


def _line_widths(mask: Mask, unit: float) -> list[int]:
    """How far each line's ink reaches from left to right, without gaps that are no word's; pixels."""
    widths = []
    for first, end in _lines(mask, unit):
        columns = np.flatnonzero(mask[first:end].any(axis=0))
        gaps = np.diff(columns)
        # Lines that touch count as often as they are high.
        count = max(1, round((end - first) / (3 * unit)))
        widths += [int(columns[-1] - columns[0] + 1 - gaps[gaps > _WORD_GAP * unit].sum())] * count
    return widths


def _lines(mask: Mask, unit: float) -> list[tuple[int, int]]:
    """The first row and last + 1 of each line."""
    return [(first, end) for first, end in stretches(mask.sum(axis=1) > _SPECK) if end - first >= _LETTER * unit]


def _wide_gaps(inked: npt.NDArray[np.integer], unit: float) -> list[tuple[int, int]]:
    """Where next to no ink is for a gutter's width, with room for a column on either side: first and last + 1."""
    return [
        (first, end)
        for first, end in stretches(inked <= _SPECK)
        if end - first >= _GUTTER * unit and min(first, len(inked) - end) >= _COLUMN * unit
    ]
