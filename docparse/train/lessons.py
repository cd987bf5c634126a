"""From a synthetic page to what nano learns from it: an image, the answer's tokens, and where each of them is read."""

import re
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

from ..synth.page import SynthPage
from .network import CELL, SLOTS
from .vocabulary import CHARACTERS, MARKUP, Vocabulary

_PIECE = re.compile(
    ' data-bbox="(?P<numbers>[^"]*)|' + "|".join(map(re.escape, sorted(MARKUP, key=len, reverse=True))) + "|.",
    re.DOTALL,
)
_TAG_BOX = re.compile(r' data-bbox="([^"]*)"')
SLOT_INDEX = {character: index + 1 for index, character in enumerate(CHARACTERS)}
"""What the dense head calls a character; 0 is none."""
NOWHERE = -1


@dataclass
class Lesson:
    """``image`` is gray, ``uint8 [height, width]``, both sides multiples of ``CELL``; ``tokens`` are the answer with
    its end token, ``cells`` the index (row by row) of the cell that each of them is read from, or ``NOWHERE``;
    ``slots`` ``[down, across, SLOTS]`` the characters in each cell."""

    image: npt.NDArray[np.uint8]
    tokens: npt.NDArray[np.int64]
    cells: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]


def make_lesson(page: SynthPage, vocabulary: Vocabulary, random: Random | None = None) -> Lesson:
    """The lesson of a page. With ``random`` the page is cut to its content and a margin by chance."""
    image = np.asarray(page.image.convert("L"))
    boxes = page.boxes
    left = top = 0
    height, width = image.shape
    if random is not None:
        left, top, right, bottom = _content(page, width, height)
        left = max(0, left - random.randint(2, 40))
        top = max(0, top - random.randint(2, 40))
        right = min(width, right + random.randint(2, 40))
        bottom = min(height, bottom + random.randint(2, 40))
        image = image[top:bottom, left:right]
        height, width = image.shape
        boxes = boxes - np.array([left, top, left, top])
    paper = int(np.median(image[:4]))
    padded = np.full((-(-height // CELL) * CELL, -(-width // CELL) * CELL), paper, np.uint8)
    padded[:height, :width] = image
    return encode(page.html, page.offsets, boxes, page.lines, (left, top), padded, vocabulary)


def _content(page: SynthPage, width: int, height: int) -> tuple[int, int, int, int]:
    rows = [[float(number) for number in found.split()] for found in _TAG_BOX.findall(page.html)]
    if not rows:
        return 0, 0, width, height
    every = np.array(rows)
    return int(every[:, 0].min()), int(every[:, 1].min()), int(every[:, 2].max()) + 1, int(every[:, 3].max()) + 1


def encode(
    html: str,
    offsets: npt.NDArray[np.int64],
    boxes: npt.NDArray[np.float64],
    lines: npt.NDArray[np.int64],
    origin: tuple[int, int],
    image: npt.NDArray[np.uint8],
    vocabulary: Vocabulary,
) -> Lesson:
    """Write ``html`` as tokens, with the row and column of each printed word.

    ``boxes`` are pixels of ``image``; the numbers in ``html`` are brought there by ``origin``, which is taken off.
    """
    down, across = image.shape[0] // CELL, image.shape[1] // CELL
    glyph_at = {int(offset): index for index, offset in enumerate(offsets)}
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    rows = np.clip(middle_y // CELL, 0, down - 1).astype(int)
    columns = np.clip(middle_x // CELL, 0, across - 1).astype(int)
    glyph_cells = rows * across + columns
    tokens: list[int] = []
    cells: list[int] = []
    next_glyph = 0
    line: int | None = None
    space = False

    def write(new: list[int], cell: int = NOWHERE) -> None:
        tokens.extend(new)
        cells.extend([cell] * len(new))

    blank = vocabulary.ids[" "]
    for found in _PIECE.finditer(html):
        offset = found.start()
        glyph = glyph_at.get(offset)
        piece = found.group()
        if space and (glyph is None or lines[glyph] != line):
            write([blank])
            space = False
        if glyph is not None:
            next_glyph = glyph + 1
            cell = int(glyph_cells[glyph])
            if lines[glyph] != line:
                write([vocabulary.row(middle_y[glyph]), vocabulary.column(boxes[glyph, 0])], cell)
                line = int(lines[glyph])
            elif space:
                write([vocabulary.word(boxes[glyph, 0])], cell)
            space = False
            write(vocabulary.encode_piece(piece), cell)
        elif found["numbers"] is not None:
            numbers = [float(number) for number in found["numbers"].split()]
            cell = int(glyph_cells[next_glyph]) if next_glyph < len(glyph_cells) else NOWHERE
            write(vocabulary.encode(' data-bbox="'))
            for index, number in enumerate(numbers):
                if index:
                    write([blank])
                write([vocabulary.box(number - origin[index % 2])], cell if index < 2 else NOWHERE)
            line = None
        elif piece == " " and line is not None:
            space = True
        else:
            if len(piece) > 1 and not piece.startswith("&"):
                line = None
            write(vocabulary.encode(piece))
    write([vocabulary.ids["<|im_end|>"]])
    return Lesson(image, np.array(tokens), np.array(cells), _slots(html, offsets, lines, middle_x, middle_y, (down, across)))


def _slots(
    html: str,
    offsets: npt.NDArray[np.int64],
    lines: npt.NDArray[np.int64],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    grid: tuple[int, int],
) -> npt.NDArray[np.int64]:
    slots = np.zeros((*grid, SLOTS), np.int64)
    used = np.zeros(grid, np.int64)
    for index in np.lexsort((x, lines)):
        row, column = int(y[index] // CELL), int(x[index] // CELL)
        if 0 <= row < grid[0] and 0 <= column < grid[1] and used[row, column] < SLOTS:
            character = html[offsets[index]]
            if character == "&":
                character = {"a": "&", "l": "<", "g": ">", "q": '"'}[html[offsets[index] + 1]]
            slots[row, column, used[row, column]] = SLOT_INDEX.get(character, 0)
            used[row, column] += 1
    return slots
