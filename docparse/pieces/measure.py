"""Boxes that a model gave on a piece, measured again by the ink that is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..geometry import Box
from .ink import DASH, Mask, ink, without_rules
from .piece import Piece

# In heights of the text.
_OFF = 1.0
"""By which the top left corner of a box may be wrong."""
_SAME_LINE = 1.6
"""Between the tops of elements that begin on one line at the most: from one line to the next is more."""
_BLANK = 2.5
"""White between the lines of an element at the most, where the model says that it ends above that."""
_GAP = 6.0
"""The same between the words of its line, if it is one line."""
_ONE_LINE = 3.0
_UNDER = 0.75
"""From the foot of an element to the rule that it stands on at the most."""
_NAME = 2.0
"""Of the name of a field at the least."""

_DASH_HEIGHT, _DASHED = 0.6, 12.0
"""Of a rule of dashes at the most; from its first to its last at the least."""
_WIDER = 1.1
"""A rule against what stands on it, at the most."""
_LEAST_INK = 3
"""Pixels; a box around fewer stays as it was."""


@dataclass(frozen=True)
class _Start:
    """The top left corner of an element, between its line and the one above."""

    left: int
    top: int


def measure(piece: Piece, boxes: Sequence[Box]) -> list[Box]:
    """Each box around all ink from its top left corner to where the next of them begin, to the right and below.

    A small model says well where an element begins, and badly where it ends, though it reads it to its end. What
    lies beyond both that end and a wide blank it has not read. A rule is part of what alone stands on it, and of
    nothing else. A box with nothing in it stays as it is. All are in pixels of the piece.
    """
    unit = piece.text_height
    mask, _, _ = without_rules(ink(np.asarray(piece.image)), unit)
    dashes, _, _ = without_rules(ink(np.asarray(piece.image), DASH), unit)
    starts = [_start(mask, box, unit) for box in boxes]
    around = [
        _around_ink(mask, dashes, start, box, starts, unit) or box for start, box in zip(starts, boxes, strict=True)
    ]
    return _with_rules(around, piece.rules, unit)


def _with_rules(boxes: Sequence[Box], rules: Sequence[Box], unit: float) -> list[Box]:
    """With the rules that one of them alone stands on, as a field of a form or the text of a table does."""
    reaching = list(boxes)
    for rule in rules:
        over = [index for index, box in enumerate(boxes) if _stands_on(box, rule, unit)]
        if len(over) == 1 and _is_own(boxes[over[0]], rule, unit):
            reaching[over[0]] = reaching[over[0]].union(rule)
    return reaching


def _stands_on(box: Box, rule: Box, unit: float) -> bool:
    return box.y0 < rule.y0 <= box.y1 + _UNDER * unit and rule.x0 < box.x1 and box.x0 < rule.x1


def _is_own(box: Box, rule: Box, unit: float) -> bool:
    """Whether a rule is no more than as wide as what stands on it, or begins behind the name of a field: others part
    what is above from what is below, as under a page's header."""
    return rule.width <= _WIDER * box.width or rule.x0 >= box.x0 + _NAME * unit


def _start(mask: Mask, box: Box, unit: float) -> _Start:
    """The row near the top of the box with the least ink, the nearest of those."""
    left = max(0, round(box.x0 - _OFF * unit))
    right = max(left + 1, round(box.x1))
    first = max(0, round(box.y0 - _OFF * unit))
    profile = mask[first : round(box.y0 + _OFF * unit) + 1, left:right].sum(axis=1)
    if not len(profile):
        return _Start(left, first)
    away = np.abs(np.arange(len(profile)) + first - box.y0)
    return _Start(left, first + int(np.lexsort((away, profile))[0]))


def _around_ink(
    mask: Mask, dashes: Mask, start: _Start, box: Box, starts: Sequence[_Start], unit: float
) -> Box | None:
    height, width = mask.shape
    beside = [other for other in starts if abs(other.top - start.top) <= _SAME_LINE * unit]
    left = start.left if any(other.left < start.left - _OFF * unit for other in beside) else 0
    right = min((other.left for other in beside if other.left > start.left + _OFF * unit), default=width)
    below = (other.top for other in starts if other.top > start.top + _SAME_LINE * unit and other.left < right)
    bottom = min(below, default=height)
    inside = mask[start.top : bottom, left:right]
    if inside.sum() < _LEAST_INK:
        return None
    rows = np.flatnonzero(inside.any(axis=1))
    rows = _without_far(_without_dashes(inside, rows, unit), box.y1 - start.top, _BLANK * unit)
    columns = np.flatnonzero(inside[: rows[-1] + 1].any(axis=0))
    if rows[-1] - rows[0] < _ONE_LINE * unit:
        # What stands beside a line may be less than a letter.
        columns = np.flatnonzero(dashes[start.top + rows[0] : start.top + rows[-1] + 1, left:right].any(axis=0))
        columns = _without_far(columns, box.x1 - left, _GAP * unit)
    return Box(
        float(left + columns[0]), float(start.top + rows[0]), left + columns[-1] + 1.0, start.top + rows[-1] + 1.0
    )


def _without_dashes(inside: Mask, rows: npt.NDArray[np.intp], unit: float) -> npt.NDArray[np.intp]:
    """Without the rows above and below the others in which a rule of dashes runs."""
    strips = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    while len(strips) > 1 and _is_dashed(inside[strips[-1]], unit):
        strips.pop()
    while len(strips) > 1 and _is_dashed(inside[strips[0]], unit):
        strips.pop(0)
    return np.concatenate(strips)


def _is_dashed(strip: Mask, unit: float) -> bool:
    columns = np.flatnonzero(strip.any(axis=0))
    return len(strip) <= _DASH_HEIGHT * unit and int(columns[-1] - columns[0]) >= _DASHED * unit


def _without_far(inked: npt.NDArray[np.intp], end: float, white: float) -> npt.NDArray[np.intp]:
    """Without what lies beyond ``end``, where the model says that the element ends, and beyond so much white."""
    last = np.flatnonzero((np.diff(inked) > white) & (inked[1:] > end))
    return inked[: last[0] + 1] if len(last) else inked
