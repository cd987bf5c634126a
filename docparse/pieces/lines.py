"""A column in parts, cut between its lines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .ink import Mask, run_lengths, stretches
from .sheet import Floats, Region, Sheet, trimmed

# In heights of the text.
MARGIN = 1.5
"""Around a piece's ink; training cut between 2 and 40 pixels at 7.5 pixels of text height."""
_BLANK = 6.0
"""White between lines that belong together at the most."""
_LINE = 1.6
"""From the middle of a line to that of the next at the least."""


_DASH = 4.5
"""From the left of a dash to that of its item at the most."""
_COLUMN_GAP = 2.0
"""Between two columns of a table at the least."""
_TABLE = 1.6
"""What it costs to cut a table, which is told from running text by blanks that two lines share."""

_DRAWING = 2.0
"""The same of what is drawn."""


@dataclass(frozen=True)
class _Cut:
    """A row at which a column may be cut, and what that costs (a piece more costs 1)."""

    row: int
    cost: float


def parts_of(sheet: Sheet, column: Region, most: int) -> Iterator[Region]:
    """The column in as few parts as may be, each at most ``most`` pixels large, cut where it hurts least."""
    cuts = _cuts(sheet, column, most)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(cuts)):
        choices = []
        for start in range(end - 1, -1, -1):
            area = _area(sheet, column, cuts[start].row, cuts[end].row)
            if area > most and start < end - 1:
                break
            too_large = max(0.0, area / most - 1)
            choices.append((best[start][0] + 1 + cuts[end].cost + too_large, start))
        best.append(min(choices))
    ends = [len(cuts) - 1]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    ends.reverse()
    for start, end in pairwise(ends):
        part = trimmed(sheet.text, Region(column.left, cuts[start].row, column.right, cuts[end].row))
        if part is not None:
            yield part


def with_dashes(sheet: Sheet, part: Region) -> Region:
    """With the dashes before its lines, as of a list, as far as there is no other text."""
    left = max(0, part.left - round(_DASH * sheet.unit))
    beside = np.flatnonzero(sheet.text[part.top : part.bottom, left : part.left].any(axis=0))
    left += int(beside[-1]) + 1 if len(beside) else 0
    dashes = np.flatnonzero(sheet.dashes[part.top : part.bottom, left : part.left].any(axis=0))
    return replace(part, left=left + int(dashes[0])) if len(dashes) else part


def _area(sheet: Sheet, column: Region, top: int, bottom: int) -> float:
    margins = 2 * MARGIN * sheet.unit
    return (column.right - column.left + margins) * (bottom - top + margins)


def _cuts(sheet: Sheet, column: Region, most: int) -> list[_Cut]:
    """The rows with the least ink between lines, with the column's own ends."""
    inside = column.of(sheet.text)
    unit = sheet.unit
    profile = inside.sum(axis=1).astype(np.float64)
    width = inside.shape[1]
    lowest = lowest_rows(profile, unit)
    inner = [(first, end) for first, end in lowest if first > 0.8 * unit and end < len(profile) - 0.8 * unit]
    whites = [_white(profile, (first + end) // 2) for first, end in inner]
    usual = float(np.median(whites)) if whites else 0.0
    found = [_Cut(column.top, 0.0)]
    drawn = _drawn(sheet, column, most)
    for (first, end), white in zip(inner, whites, strict=True):
        row = (first + end) // 2
        wider = (white - usual) / unit
        above = np.flatnonzero(inside[max(0, row - round(2 * unit)) : row].any(axis=0))
        ends_early = len(above) > 0 and above[-1] < 0.85 * width
        # A piece more is no worse than a large blank.
        blank = white > _BLANK * unit
        cost = -1.0 if blank else max(0.0, 1.2 - 2.0 * max(0.0, wider) - (0.7 if ends_early else 0.0))
        if drawn[row]:
            cost = _DRAWING
        elif not blank and _is_in_table(inside, (first, end), unit):
            cost = max(cost, _TABLE)
        found.append(_Cut(column.top + row, cost + 20 * profile[row] / width))
    return [*found, _Cut(column.bottom, 0.0)]


def lowest_rows(profile: npt.NDArray[np.number], unit: float) -> list[tuple[int, int]]:
    """Where fewer pixels are inked than in the rows around, up to the next line's: first row and last + 1."""
    reach = max(1, round(0.6 * _LINE * unit))
    padded = np.pad(profile.astype(np.float64), reach, constant_values=np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    return stretches(profile == windows.min(axis=1))


def _drawn(sheet: Sheet, column: Region, most: int) -> npt.NDArray[np.bool_]:
    """The rows that upright strokes go through, as of a chart's axes and bars or a table's rules, where these are not
    taller than a piece may be. ``[height of the column]``"""
    heights = run_lengths(column.of(sheet.upright))
    tallest = most / (column.right - column.left + 2 * MARGIN * sheet.unit)
    rows: npt.NDArray[np.bool_] = np.any((heights > 0) & (heights <= tallest), axis=1)
    return rows


def _is_in_table(text: Mask, cut: tuple[int, int], unit: float) -> bool:
    """Whether the lines above and below have a blank at the same place that no words have between them."""
    reach = round(_LINE * unit)
    above = text[max(0, cut[0] - reach) : cut[0]].any(axis=0)
    below = text[cut[1] : cut[1] + reach].any(axis=0)
    ends = [np.flatnonzero(line)[[0, -1]] for line in (above, below) if line.any()]
    if len(ends) < 2:
        return False
    left, right = max(ends[0][0], ends[1][0]), min(ends[0][1], ends[1][1])
    blank = np.logical_not(above | below)[left : right + 1]
    return any(end - first >= _COLUMN_GAP * unit for first, end in stretches(blank))


def _white(profile: Floats, row: int) -> int:
    """Rows without ink around this one."""
    if profile[row] > 0:
        return 0
    inked = np.flatnonzero(profile > 0)
    place = int(np.searchsorted(inked, row))
    if place in (0, len(inked)):
        return 0
    return int(inked[place] - inked[place - 1] - 1)
