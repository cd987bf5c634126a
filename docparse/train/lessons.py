"""From a synthetic page to what nano learns from it: an image, the answer's tokens, and where each one is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from ..synth.page import SynthPage
from .vocabulary import CHARACTERS, MARKUP, Vocabulary

CELL = 16
"""Pixels, both ways, that one token of the image sees: patches of 8, 2 by 2 of them merged."""
SLOTS = 6
"""Characters that one cell can hold for the dense supervision: six of the narrowest at the smallest size."""
SLOT_INDEX = {character: index + 1 for index, character in enumerate(CHARACTERS)}
"""What the dense head calls a character; 0 is none."""
CLASSES = len(CHARACTERS) + 1

_PIECE = re.compile(
    ' data-bbox="(?P<numbers>[^"]*)|' + "|".join(map(re.escape, sorted(MARKUP, key=len, reverse=True))) + "|.",
    re.DOTALL,
)
_TAG_BOX = re.compile(r' data-bbox="([^"]*)"')
_ENTITIES = {"a": "&", "l": "<", "g": ">", "q": '"'}
"""By their first letter."""
_MARGIN = (2, 40)
"""Pixels that are left around the content of a page that is cut."""
NOWHERE = -1


@dataclass
class Lesson:
    """``image`` is gray, ``uint8 [height, width]``, both sides multiples of ``CELL``; ``tokens`` are the answer with
    its end token, ``cells`` the index (row by row) of the cell that each of them is read from, or ``NOWHERE``;
    ``slots`` ``[down, across, SLOTS]`` the characters in each cell."""

    image: npt.NDArray[np.uint8]
    tokens: npt.NDArray[np.int64]
    cells: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int16]


def make_lesson(page: SynthPage, vocabulary: Vocabulary, random: Random | None = None) -> Lesson:
    """The lesson of a page. With ``random`` the page is cut to its content and a margin by chance."""
    image = np.asarray(page.image.convert("L"))
    boxes = page.boxes
    left = top = 0
    if random is not None:
        left, top, right, bottom = _cut(page, random)
        image = image[top:bottom, left:right]
        boxes = boxes - np.array([left, top, left, top])
    height, width = image.shape
    padded = np.full((-(-height // CELL) * CELL, -(-width // CELL) * CELL), paper_of(image), np.uint8)
    padded[:height, :width] = image
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    grid = padded.shape[0] // CELL, padded.shape[1] // CELL
    places = np.clip(middles // CELL, 0, np.array([grid[1] - 1, grid[0] - 1])).astype(np.int64)
    answer = _Answer(vocabulary, (left, top))
    answer.write(page, middles, places[:, 1] * grid[1] + places[:, 0])
    characters = [_character(page.html, offset) for offset in page.offsets.tolist()]
    slots = fill_slots(characters, middles, page.lines, grid)
    return Lesson(padded, np.array(answer.tokens), np.array(answer.cells), slots)


def paper_of(image: npt.NDArray[np.uint8]) -> int:
    """The commonest tone of the upper edge: what a page is filled up with."""
    return int(np.median(image[:4]))


def _cut(page: SynthPage, random: Random) -> tuple[int, int, int, int]:
    """Left, top, right, bottom around all boxes of the truth and a margin; pixels."""
    width, height = page.image.size
    rows = [[float(number) for number in found.split()] for found in _TAG_BOX.findall(page.html)]
    if not rows:
        return 0, 0, width, height
    left, top = np.array(rows)[:, :2].min(axis=0).astype(int).tolist()
    right, bottom = (np.array(rows)[:, 2:].max(axis=0).astype(int) + 1).tolist()
    return (
        max(0, left - random.randint(*_MARGIN)),
        max(0, top - random.randint(*_MARGIN)),
        min(width, right + random.randint(*_MARGIN)),
        min(height, bottom + random.randint(*_MARGIN)),
    )


def _character(html: str, offset: int) -> str:
    return _ENTITIES[html[offset + 1]] if html[offset] == "&" else html[offset]


class _Answer:
    """The tokens of an answer as they are written, and the cell that each is read from."""

    def __init__(self, vocabulary: Vocabulary, origin: tuple[int, int]) -> None:
        """``origin`` is taken off the numbers of boxes; pixels (x, y)."""
        self.tokens: list[int] = []
        self.cells: list[int] = []
        self._vocabulary = vocabulary
        self._origin = origin

    def write(self, page: SynthPage, middles: npt.NDArray[np.float64], cells: npt.NDArray[np.int64]) -> None:
        """The page's HTML as tokens, with the row of each printed line and the column of each word.

        ``middles`` ``[n, 2]`` are those of the glyphs in pixels of the image (x, y), ``cells`` ``[n]`` the indices
        of the cells that they lie in.
        """
        vocabulary, lines = self._vocabulary, page.lines
        glyph_at = {offset: index for index, offset in enumerate(page.offsets.tolist())}
        next_glyph = 0
        line: int | None = None
        space = False
        for found in _PIECE.finditer(page.html):
            glyph = glyph_at.get(found.start())
            piece = found.group()
            if space and (glyph is None or lines[glyph] != line):
                self._add(vocabulary.encode(" "))
                space = False
            if glyph is not None:
                next_glyph = glyph + 1
                cell = int(cells[glyph])
                if lines[glyph] != line:
                    self._add([vocabulary.row(middles[glyph, 1]), vocabulary.column(middles[glyph, 0])], cell)
                    line = int(lines[glyph])
                elif space:
                    self._add([vocabulary.word(middles[glyph, 0])], cell)
                space = False
                self._add(vocabulary.encode_piece(piece), cell)
            elif found["numbers"] is not None:
                self._box(found["numbers"], int(cells[next_glyph]) if next_glyph < len(cells) else NOWHERE)
                line = None
            elif piece == " " and line is not None:
                space = True
            else:
                if len(piece) > 1 and not piece.startswith("&"):
                    line = None
                self._add(vocabulary.encode(piece))
        self._add([vocabulary.ids["<|im_end|>"]])

    def _box(self, numbers: str, cell: int) -> None:
        """A box; its first corner is found at the ``cell`` of the glyph that comes next."""
        self._add(self._vocabulary.encode(' data-bbox="'))
        for index, number in enumerate(numbers.split()):
            if index:
                self._add(self._vocabulary.encode(" "))
            pixels = float(number) - self._origin[index % 2]
            self._add([self._vocabulary.box(pixels)], cell if index < 2 else NOWHERE)

    def _add(self, tokens: list[int], cell: int = NOWHERE) -> None:
        self.tokens.extend(tokens)
        self.cells.extend([cell] * len(tokens))


def fill_slots(
    characters: Sequence[str],
    centres: npt.NDArray[np.floating],
    lines: npt.NDArray[np.integer],
    grid: tuple[int, int],
) -> npt.NDArray[np.int16]:
    """Each character to the cell that holds its centre: ``int16 [down, across, SLOTS]`` of ``SLOT_INDEX``.

    ``centres`` are pixels ``[n, 2]`` (x, y). Within a cell they stand line after line, left to right; those outside
    of the ``grid`` (down, across), and more than ``SLOTS`` in a cell, are left out.
    """
    slots = np.zeros((*grid, SLOTS), np.int16)
    used = np.zeros(grid, np.int64)
    places = np.floor(centres / CELL).astype(np.int64)
    for index in np.lexsort((centres[:, 0], lines)):
        column, row = places[index]
        if 0 <= row < grid[0] and 0 <= column < grid[1] and used[row, column] < SLOTS:
            slots[row, column, used[row, column]] = SLOT_INDEX.get(characters[index], 0)
            used[row, column] += 1
    return slots
