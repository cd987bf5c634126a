"""The ink of a piece that a reading of it does not account for, by where the reading says that its words stand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..geometry import Box
from .ink import Mask, stretches
from .lines import lowest_rows
from .piece import Piece, sheet_of

# In heights of the text.
_OFF = 1.9
"""By which the place of a word may be wrong, across: it is told in cells of 16 pixels."""
_FAR = 2.7
"""From a word's line to the line of ink that it belongs to at the most."""
LETTER = 0.93
"""Width of a letter, where an answer has too few words to tell."""
_FEWEST_WORDS = 6
_WIDER = 1.15
"""Words of wide letters against the usual."""
_WITHIN, _WITHIN_BARE = 1.4, 2.5
"""White between words of a line at the most, and where there is no other word that it may be the place of."""
_TALL = 2.5
"""Height of a line's ink, in that of small letters, from where it is of larger letters."""
_TALL_LETTER = 0.7
"""Width of these, in the height of their line."""
_VALLEY = 0.35
"""Of the ink in the fullest row of the lines above and below, that is between two lines at the most."""
_LEAST = 4.8
"""Width of ink that is worth being read: some letters."""
_UNDER = 0.5
"""Of the narrower of two stretches, under each other, that make one."""
_LEAST_HEIGHT = 0.5
"""Of a line."""
_FEWEST = 20
"""Pixels of ink of a line."""


@dataclass(frozen=True)
class Word:
    """A word of an answer: ``text[start:end]``. Its first letter stands around x, its line around y, in pixels of the
    image that was read."""

    x: float
    y: float
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def moved(self, by: int) -> "Word":
        """The same in a text that has so many characters more before it."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True)
class Line:
    """A printed line of a piece: its ink from ``top`` to ``bottom``, most of it around ``middle``; pixels."""

    top: int
    bottom: int
    middle: float

    def moved(self, by: int) -> "Line":
        """So many pixels further down."""
        return Line(self.top + by, self.bottom + by, self.middle + by)


class Lines:
    """The printed lines of a piece, and which of them a word belongs to."""

    def __init__(self, piece: Piece) -> None:
        self.sheet = sheet_of(piece)
        self.unit = piece.text_height
        self.lines = printed_lines(self.sheet.text, self.unit)

    def of(self, word: Word) -> int | None:
        """The index of the line that is nearest to the word's; None where none is near."""
        if not self.lines:
            return None
        away = [abs(line.middle - word.y) for line in self.lines]
        nearest = away.index(min(away))
        return nearest if away[nearest] <= _FAR * self.unit else None

    def within(self, box: Box) -> list[int]:
        """The lines whose middle it has, from top to bottom."""
        return [index for index, line in enumerate(self.lines) if box.y0 <= line.middle <= box.y1]

    def stretch(self, word: Word) -> Box | None:
        """What is printed around the word in its line without wide white between, in pixels of the piece."""
        index = self.of(word)
        if index is None:
            return None
        line = self.lines[index]
        middle = word.x + word.length * LETTER * self.unit / 2
        found = stretches(self._inked(line, _WITHIN))
        first, end = min(found, key=lambda stretch: max(stretch[0] - middle, middle - stretch[1], 0))
        return Box(first, line.top, end, line.bottom)

    def width(self, index: int) -> int:
        """Pixels of the line, from left to right, that have ink, with the blanks between words."""
        return int(self._inked(self.lines[index], _WITHIN).sum())

    def unread(self, words: Sequence[Word], drawn: Sequence[Box]) -> list[Box]:
        """What no word stands on and nothing ``drawn`` covers: parts of lines, those under each other as one.

        All are in pixels of the piece.
        """
        read = np.zeros((len(self.lines), self.sheet.text.shape[1]), np.bool_)
        letter = self._letter(words)
        for word in words:
            index = self.of(word)
            if index is not None:
                height = self.lines[index].bottom - self.lines[index].top
                of_line = max(letter, _TALL_LETTER * height) if height > _TALL * self.unit else letter
                width = word.length * of_line * _WIDER
                left, right = word.x - _OFF * self.unit, word.x + width + _OFF * self.unit
                read[index, max(0, round(left)) : max(0, round(right))] = True
        for box in drawn:
            for index, line in enumerate(self.lines):
                if box.y0 - self.unit <= line.middle <= box.y1 + self.unit:
                    read[index, max(0, round(box.x0 - self.unit)) : max(0, round(box.x1 + self.unit))] = True
        with_words = {self.of(word) for word in words}
        found: list[Box] = []
        # Those of the line above, where there is not a word in it.
        open_boxes: list[Box] = []
        for index, (line, is_read) in enumerate(zip(self.lines, read, strict=True)):
            within = _WITHIN if index in with_words else _WITHIN_BARE
            inked = self._inked(line, within)
            boxes = [
                Box(first, line.top, end, line.bottom)
                for first, end in stretches(inked & ~is_read)
                if end - first >= _LEAST * self.unit
            ]
            if index not in with_words:
                for place, box in enumerate(boxes):
                    above = next((other for other in open_boxes if _is_under(other, box)), None)
                    if above is not None:
                        open_boxes.remove(above)
                        found.remove(above)
                        boxes[place] = above.union(box)
            found += boxes
            open_boxes = [] if index in with_words else boxes
        return found

    def _inked(self, line: Line, blank: float) -> npt.NDArray[np.bool_]:
        """The columns of pixels with ink, or with no more white around than that; ``[width]``."""
        inked: npt.NDArray[np.bool_] = np.any(self.sheet.text[line.top : line.bottom], axis=0)
        for first, end in stretches(~inked):
            if first > 0 and end < len(inked) and end - first <= blank * self.unit:
                inked[first:end] = True
        return inked

    def _letter(self, words: Sequence[Word]) -> float:
        """How wide a letter is as a rule."""
        widths = [
            (after.x - word.x) / (word.length + 1)
            for word, after in pairwise(words)
            if word.y == after.y and after.x > word.x and word.length > 3
        ]
        return float(np.median(widths)) if len(widths) >= _FEWEST_WORDS else LETTER * self.unit


def _is_under(above: Box, box: Box) -> bool:
    return min(above.x1, box.x1) - max(above.x0, box.x0) >= _UNDER * min(above.width, box.width)


def printed_lines(text: Mask, unit: float) -> list[Line]:
    """The lines that ``text`` has, ``unit`` pixels of which is the height of small letters."""
    profile = text.sum(axis=1)
    edges = [0]
    rows = [(first + end) // 2 for first, end in lowest_rows(profile, unit)]
    for row, following in pairwise([*(row for row in rows if row > 0), len(profile)]):
        # Within large letters too there are rows with less ink than around them.
        if profile[row] <= _VALLEY * min(profile[edges[-1] : row].max(), profile[row:following].max()):
            edges.append(row)
    found = []
    for top, bottom in pairwise([*edges, len(profile)]):
        inked = np.flatnonzero(profile[top:bottom])
        count = int(profile[top:bottom].sum())
        if count >= _FEWEST and inked[-1] - inked[0] + 1 >= _LEAST_HEIGHT * unit:
            middle = float((profile[top:bottom] * np.arange(top, bottom)).sum()) / count
            found.append(Line(top + int(inked[0]), top + int(inked[-1]) + 1, middle))
    return found
