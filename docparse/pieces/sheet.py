"""The page as it is cut: straight, at one text size, with the places of its text, its rules and its pictures."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..geometry import Box
from .ink import DASH, Mask, ink, pictures, slant, text_height, without_rules, without_shade

Floats = npt.NDArray[np.float64]

_SCALES = (0.3, 4.0)
"""By how much a page is made smaller or larger at most."""
_MOST_PIXELS = 6_000_000
"""Of a page that was made larger."""
_RIM = 8
"""Pixels around a picture: its edges are sharp, and it was measured in tiles."""


@dataclass(frozen=True)
class Region:
    """Pixels of the straightened page; the ends lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def middle_row(self) -> int:
        return (self.top + self.bottom) // 2

    @property
    def middle_column(self) -> int:
        return (self.left + self.right) // 2

    def of(self, mask: Mask) -> Mask:
        return mask[self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True)
class Sheet:
    """The page, straight and at the right size, with its ink, its text (ink without rules) and its rules across."""

    image: Image.Image
    matrix: Floats
    """From its pixels to those of the page image, as in ``Piece``."""
    text: Mask
    rules: Mask
    upright: Mask
    """Long strokes from top to bottom."""
    dashes: Mask
    """The text, and what is too little to be text by itself."""
    pictures: list[Region]
    unit: float
    """Height of the text in pixels."""


def to_page(matrix: Floats, box: Box) -> Box:
    """A box as the box around it in pixels of the page image; ``matrix`` as in ``Piece``."""
    return _around(_corners(box) @ matrix[:, :2].T + matrix[:, 2])


def from_page(matrix: Floats, box: Box) -> Box:
    """The way back: the box that ``to_page`` makes this of. On a page that was turned the box around it would be
    larger each time, and hold a part of the lines above and below."""
    turn = matrix[:, :2]
    middle = np.linalg.inv(turn) @ (np.array([box.x0 + box.x1, box.y0 + box.y1]) / 2 - matrix[:, 2])
    size = np.maximum(np.linalg.solve(np.abs(turn), [box.width, box.height]), 0.0)
    return Box(*(middle - size / 2).tolist(), *(middle + size / 2).tolist())


def _corners(box: Box) -> Floats:
    return np.array([(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)])


def _around(points: Floats) -> Box:
    return Box(*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


def straighten(image: Image.Image, height: float) -> Sheet:
    """The page with its lines level and its text ``height`` pixels high."""
    gray = Image.fromarray(without_shade(np.asarray(image.convert("L"))))
    mask = ink(np.asarray(gray))
    found = text_height(mask)
    scale = 1.0 if found is None else height / found
    scale = min(max(scale, _SCALES[0]), _SCALES[1], math.sqrt(_MOST_PIXELS / (gray.width * gray.height)))
    angle = slant(mask)
    size = max(1, round(gray.width * scale)), max(1, round(gray.height * scale))
    matrix = _about_center(angle, gray.size, size)
    if angle:
        paper = int(np.median(np.asarray(gray)[:4]))
        # Bicubic interpolation alone would skip pixels when it makes the page much smaller.
        source, within = gray, matrix
        if scale < 1:
            source = gray.resize(size, Image.Resampling.BICUBIC)
            within = _about_center(angle, size, size)
        turned = source.transform(
            size, Image.Transform.AFFINE, tuple(within.ravel().tolist()), Image.Resampling.BICUBIC, fillcolor=paper
        )
    else:
        turned = gray.resize(size, Image.Resampling.BICUBIC)
    pixels = np.asarray(turned)
    mask = ink(pixels)
    drawn = [Region(*edges) for edges in pictures(pixels, mask)]
    text, rules, upright = without_rules(mask, height)
    dashes, _, _ = without_rules(ink(pixels, DASH), height)
    for region in drawn:
        rows = slice(max(0, region.top - _RIM), region.bottom + _RIM)
        columns = slice(max(0, region.left - _RIM), region.right + _RIM)
        text[rows, columns] = rules[rows, columns] = dashes[rows, columns] = False
    return Sheet(turned, matrix, text, rules, upright, dashes, drawn, height)


def _about_center(angle: float, source: tuple[int, int], target: tuple[int, int]) -> Floats:
    """Pixels of the target to pixels of the source, ``[2, 3]``: turned about the centre, in degrees, and scaled."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    across, down = source[0] / target[0], source[1] / target[1]
    turn = np.array([[across * cosine, -across * sine], [down * sine, down * cosine]])
    shift = np.array(source) / 2 - turn @ (np.array(target) / 2)
    return np.concatenate([turn, shift[:, None]], axis=1)


def trimmed(mask: Mask, region: Region) -> Region | None:
    """The part of the region that has ink; None where it has none."""
    inside = region.of(mask)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return None
    return Region(
        region.left + int(columns[0]),
        region.top + int(rows[0]),
        region.left + int(columns[-1]) + 1,
        region.top + int(rows[-1]) + 1,
    )
