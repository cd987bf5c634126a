"""The strokes of a page that part the cells of its tables, the faint ones too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .ink import Mask, paper, run_lengths
from .rules import rules_of
from .sheet import Region, Sheet

# In heights of the text.
_SHORTEST, _SHORTEST_UPRIGHT = 12.0, 5.0
"""Of such a stroke."""
# Pixels.
_THICK = 5
"""A faint stroke is thinner."""
_CROSSING = 4
"""Of a stroke, where another crosses it, at the most."""
TOGETHER = 4
"""Between the ends of strokes that end together at the most."""
_FAINTEST = 14
"""By how much a stroke is darker than what is beside it, of 255."""


@dataclass(frozen=True)
class Strokes:
    """Those of a sheet, in pixels of it."""

    across: list[Region]
    """From top to bottom; with ``ends``."""
    upright: list[Region]
    ends: list[Region]
    """From the first to the last of upright strokes that begin together, or end together: there is the edge of a
    table, though no stroke may be seen along it."""


def strokes_of(sheet: Sheet) -> Strokes:
    gray = np.asarray(sheet.image)
    dark: Mask = paper(gray) - gray >= _FAINTEST
    shortest = _SHORTEST * sheet.unit
    across = _strokes(sheet, sheet.rules | _faint(gray, dark, shortest))
    upright = _strokes(sheet, sheet.upright.T | _faint(gray.T, dark.T, _SHORTEST_UPRIGHT * sheet.unit))
    upright = [Region(stroke.top, stroke.left, stroke.bottom, stroke.right) for stroke in upright]
    ends = _ends(upright, shortest)
    long = [stroke for stroke in across if stroke.right - stroke.left >= shortest]
    return Strokes(sorted([*long, *ends], key=lambda stroke: stroke.top), upright, ends)


def covered(strokes: Sequence[tuple[int, int]], first: int, end: int) -> int:
    """How much of ``first`` to ``end`` strokes reach over, that go from where to where each."""
    return sum(max(0, min(end, to) - max(first, begins)) for begins, to in strokes)


def _strokes(sheet: Sheet, across: Mask) -> list[Region]:
    return rules_of(replace(sheet, rules=across))


def _faint(gray: npt.NDArray[np.uint8], dark: Mask, shortest: float) -> Mask:
    """Long strokes across that are darker than what is above and below, or cross others. ``gray`` is ``[height,
    width]``, and ``dark`` where that is darker than the paper."""
    tones = gray.astype(np.int16)
    inner = tones[_THICK:-_THICK]
    darker = np.zeros(gray.shape, np.bool_)
    darker[_THICK:-_THICK] = np.minimum(tones[: -2 * _THICK] - inner, tones[2 * _THICK :] - inner) >= _FAINTEST
    darker |= dark & (run_lengths(~darker.T).T <= _CROSSING)
    # A stroke may lean, or be drawn in parts that do not quite meet.
    beside = darker.copy()
    beside[1:] |= darker[:-1]
    beside[:-1] |= darker[1:]
    long: Mask = shortest <= run_lengths(beside.T).T
    return darker & long


def _ends(upright: Sequence[Region], shortest: float) -> list[Region]:
    groups: list[list[Region]] = []
    for stroke in upright:
        near = next((group for group in groups if _is_beside(group[0], stroke)), None)
        if near is None:
            groups.append([stroke])
        else:
            near.append(stroke)
    found = []
    for group in groups:
        left, right = min(stroke.left for stroke in group), max(stroke.right for stroke in group)
        if right - left >= shortest:
            found += [Region(left, row, right, row + 1) for row in (group[0].top, group[0].bottom - 1)]
    return found


def _is_beside(one: Region, other: Region) -> bool:
    return abs(one.top - other.top) <= TOGETHER and abs(one.bottom - other.bottom) <= TOGETHER
