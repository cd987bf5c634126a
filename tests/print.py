"""Pieces of pages with known words, as a model sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docparse.geometry import Box
from docparse.pieces import Piece
from docparse.pieces.unread import Word

SIZE = 400, 200
PITCH = 18
"""Pixels from one line to the next."""


@dataclass(frozen=True)
class Printed:
    """``text`` of a line, with its left end and the middle of its small letters in pixels."""

    x: int
    y: int
    text: str
    size: int = 12

    @property
    def width(self) -> float:
        return float(ImageFont.load_default(self.size).getlength(self.text))


def lines(*texts: str, x: int = 20, first: int = 20) -> list[Printed]:
    """Lines below each other."""
    return [Printed(x, first + PITCH * number, text) for number, text in enumerate(texts)]


def piece_of(printed: Sequence[Printed]) -> Piece:
    """On paper."""
    image = Image.new("L", SIZE, 255)
    for line in printed:
        font = ImageFont.load_default(line.size)
        ImageDraw.Draw(image).text((line.x, line.y + 0.27 * line.size), line.text, 0, font, anchor="ls")
    return Piece(image, np.array([[1.0, 0, 0], [0, 1.0, 0]]), Box(0, 0, *SIZE), text_height=7.5)


def words_of(printed: Sequence[Printed], text: str) -> tuple[Word, ...]:
    """Each word of the lines where it is in the text, in this order, with places in cells of 16 pixels."""
    found = []
    start = 0
    for line in printed:
        font = ImageFont.load_default(line.size)
        x = float(line.x)
        for word in line.text.split():
            start = text.index(word, start)
            found.append(Word(_cell(x + 3), _cell(line.y), start, start + len(word)))
            start += len(word)
            x += font.getlength(f"{word} ")
    return tuple(found)


def _cell(pixels: float) -> float:
    return (pixels // 16 + 0.5) * 16
