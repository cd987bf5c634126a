"""Boxes that a model gave on a piece, measured again by the ink that is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..geometry import Box
from .ink import Mask, ink
from .piece import Piece

# In heights of the text.
_OFF = 1.0
"""By which the top left corner of a box may be wrong."""
_SAME_LINE = 1.6
"""Between the tops of elements that begin on one line at the most: from one line to the next is more."""
_LEAST_INK = 3
"""Pixels; a box around fewer stays as it was."""


@dataclass(frozen=True)
class _Start:
    """The top left corner of an element, between its line and the one above."""

    left: int
    top: int


def measure(piece: Piece, boxes: Sequence[Box]) -> list[Box]:
    """Each box around all ink from its top left corner to where the next of them begin, to the right and below.

    A small model says well where an element begins, and badly where it ends, though it reads it to its end. A box
    with nothing in it stays as it is. All are in pixels of the piece.
    """
    mask = ink(np.asarray(piece.image))
    unit = piece.text_height
    starts = [_start(mask, box, unit) for box in boxes]
    return [_around_ink(mask, start, starts, unit) or box for start, box in zip(starts, boxes, strict=True)]


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


def _around_ink(mask: Mask, start: _Start, starts: Sequence[_Start], unit: float) -> Box | None:
    height, width = mask.shape
    beside = [other for other in starts if abs(other.top - start.top) <= _SAME_LINE * unit]
    left = start.left if any(other.left < start.left - _OFF * unit for other in beside) else 0
    right = min((other.left for other in beside if other.left > start.left + _OFF * unit), default=width)
    below = (other.top for other in starts if other.top > start.top + _SAME_LINE * unit and other.left < right)
    bottom = min(below, default=height)
    inside = mask[start.top : bottom, left:right]
    if inside.sum() < _LEAST_INK:
        return None
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return Box(
        float(left + columns[0]), float(start.top + rows[0]), left + columns[-1] + 1.0, start.top + rows[-1] + 1.0
    )
