"""Printed lines by themselves, a few under each other on white: what a model stumbles over in dense print it may read
there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .piece import SMALLEST

_MOST_LINES = 4
"""On one sheet: under more, nano loses its place again."""

# In heights of the text.
_MARGIN = 1.0
_PITCH = 2.9
"""From a line to the next at the least."""
_APART = 0.5
"""White between lines that are high."""


@dataclass(frozen=True)
class Strips:
    """``image`` is gray; each line is known by its ``number`` and stands around a ``middle``, in pixels of it."""

    image: Image.Image
    numbers: tuple[int, ...]
    middles: tuple[float, ...]

    def nearest(self, y: float) -> int:
        """The number of the line that is nearest to this row of pixels."""
        away = [abs(middle - y) for middle in self.middles]
        return self.numbers[away.index(min(away))]


def strips_of(lines: Sequence[Image.Image], unit: float, most: int, scale: float, factor: int) -> list[Strips]:
    """All of the lines, which are known by their indices, those of about one width together.

    Args:
        lines: gray.
        unit: height of their small letters in pixels.
        most: pixels of an image before it is brought to ``scale``, about.
        factor: what the sides of an image are multiples of.
    """
    ordered = sorted(range(len(lines)), key=lambda number: lines[number].width)
    found: list[list[int]] = []
    for number in ordered:
        fits = found and math.prod(_size([lines[other] for other in [*found[-1], number]], unit)) <= most
        if fits and len(found[-1]) < _MOST_LINES:
            found[-1].append(number)
        else:
            found.append([number])
    return [_strips(numbers, [lines[number] for number in numbers], unit, scale, factor) for numbers in found]


def _heights(lines: Sequence[Image.Image], unit: float) -> list[int]:
    return [max(line.height + round(_APART * unit), round(_PITCH * unit)) for line in lines]


def _size(lines: Sequence[Image.Image], unit: float) -> tuple[int, int]:
    margins = 2 * round(_MARGIN * unit)
    return max(line.width for line in lines) + margins, sum(_heights(lines, unit)) + margins


def _strips(numbers: Sequence[int], lines: Sequence[Image.Image], unit: float, scale: float, factor: int) -> Strips:
    paper = int(np.percentile(np.concatenate([np.asarray(line).ravel() for line in lines]), 75))
    image = Image.new("L", _size(lines, unit), paper)
    margin = top = round(_MARGIN * unit)
    middles = []
    for line, height in zip(lines, _heights(lines, unit), strict=True):
        image.paste(line, (margin, top + (height - line.height) // 2))
        middles.append((top + height / 2) * scale)
        top += height
    scaled = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    width, height = (
        max(-(-length // factor) * factor, least) for length, least in zip(scaled.size, SMALLEST, strict=True)
    )
    padded = Image.new("L", (width, height), paper)
    padded.paste(scaled)
    return Strips(padded, tuple(numbers), tuple(middles))
