"""A page in pieces, for a model too small to keep its place on a whole page: each a few lines of one column."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from ..geometry import Box
from .columns import columns_of
from .ink import ink, without_rules
from .lines import MARGIN, parts_of, with_dashes
from .rules import own_rules, rules_of
from .running import without_running
from .sheet import Floats, Region, Sheet, from_page, to_page, trimmed

SMALLEST = 192, 64
"""Pixels: on less paper than that (a page number by itself) nano writes nothing sensible, on more it reads it."""

# In heights of the text.
_LOWEST = 0.7
"""Print."""
_NARROWEST, _TALLEST = 1.0, 3.0
"""Print that is taller than a single letter; a letter."""


@dataclass(frozen=True)
class PieceSettings:
    """What a checkpoint reads best: ``text_height`` pixels of small letters, at most ``max_tokens`` image tokens."""

    text_height: float
    max_tokens: int


@dataclass(frozen=True)
class Piece:
    """``image`` is gray; its pixel (x, y) is the page image's ``(x, y) @ matrix[:, :2].T + matrix[:, 2]``."""

    image: Image.Image
    matrix: Floats
    shown: Box
    """The part of the page that is to be seen; around it is blank paper. Pixels of the piece."""
    text_height: float
    """In pixels of the piece."""
    is_picture: bool = False
    """Whether there is nothing in it to be read."""
    rules: tuple[Box, ...] = ()
    """The strokes under and between its lines, as far as they reach, beside the piece too; pixels of the piece. Those
    that something beside the piece stands on as well are left out."""

    def to_page(self, box: Box) -> Box:
        """A box in pixels of the piece as the box around it in pixels of the page image."""
        return to_page(self.matrix, box)

    def from_page(self, box: Box) -> Box:
        """The way back."""
        return from_page(self.matrix, box)


def cut(sheet: Sheet, settings: PieceSettings, factor: int) -> list[Piece]:
    """The pieces of a page in reading order; none where there is no ink.

    The sides of a piece are multiples of ``factor``, so that the model's own resizing leaves it as it is.
    """
    most = settings.max_tokens * factor**2
    whole = trimmed(sheet.text, Region(0, 0, sheet.image.width, sheet.image.height))
    regions = [] if whole is None else without_running(sheet, whole)
    columns = [column for region in regions for column in columns_of(sheet, region)]
    found = [part for column in columns for part in parts_of(sheet, column, most) if _is_print(part, sheet.unit)]
    parts = [with_dashes(sheet, part) for part in found]
    rules = rules_of(sheet)
    pieces = [_piece(sheet, part, factor, most, rules) for part in parts]
    for picture in sheet.pictures:
        # After the last part that begins above it in its own column.
        before = [
            index
            for index, part in enumerate(parts)
            if part.top <= picture.top and part.left < picture.right and part.right > picture.left
        ]
        place = before[-1] + 1 if before else 0
        parts.insert(place, picture)
        pieces.insert(place, replace(_piece(sheet, picture, factor, most, []), is_picture=True))
    return pieces


def _is_print(part: Region, unit: float) -> bool:
    """Whether there may be a letter in it. A model reads something in a shade along the paper's edge too."""
    width, height = part.right - part.left, part.bottom - part.top
    return height >= _LOWEST * unit and (width >= _NARROWEST * unit or height <= _TALLEST * unit)


def sheet_of(piece: Piece) -> Sheet:
    """The piece as a page by itself."""
    text, rules, upright = without_rules(ink(np.asarray(piece.image)), piece.text_height)
    return Sheet(piece.image, piece.matrix, text, rules, upright, text, [], piece.text_height)


def halves(piece: Piece, settings: PieceSettings, factor: int) -> list[Piece]:
    """The piece in smaller ones, for a model that has lost its place on it; only itself where it cannot be cut."""
    sheet = sheet_of(piece)
    whole = trimmed(sheet.text, Region(0, 0, piece.image.width, piece.image.height))
    if whole is None:
        return [piece]
    most = math.ceil(0.6 * piece.image.width * piece.image.height)
    rules = [Region(*map(round, rule)) for rule in piece.rules]
    return [_piece(sheet, part, factor, most, rules) for part in parts_of(sheet, whole, most)]


def part_of(sheet: Sheet, place: Box, settings: PieceSettings, factor: int) -> Piece:
    """What is at ``place``, pixels of the sheet, as a piece."""
    return _piece(sheet, Region(*map(round, place)), factor, settings.max_tokens * factor**2, [])


def varied(piece: Piece, scale: float, shift: int, factor: int) -> Piece:
    """The piece ``scale`` times as large, ``shift`` pixels further down and to the right: a reader that is not sure
    sees it with other eyes."""
    width, height = round(piece.image.width * scale), round(piece.image.height * scale)
    image = piece.image.resize((width, height), Image.Resampling.BICUBIC)
    padded = _on_paper(image, (width + shift, height + shift), factor, shift)
    turn = piece.matrix[:, :2] / scale
    matrix = np.concatenate([turn, piece.matrix[:, 2:] - turn @ np.array([[shift], [shift]])], axis=1)
    shown = Box(*(number * scale + shift for number in piece.shown))
    rules = tuple(Box(*(number * scale + shift for number in rule)) for rule in piece.rules)
    return replace(
        piece, image=padded, matrix=matrix, shown=shown, text_height=piece.text_height * scale, rules=rules
    )


def _piece(sheet: Sheet, part: Region, factor: int, most: int, rules: Sequence[Region]) -> Piece:
    image = sheet.image.crop((part.left, part.top, part.right, part.bottom))
    margin = round(MARGIN * sheet.unit)
    # What cannot be cut is a picture as a rule, and is known as one when it is smaller too.
    shrink = min(1.0, math.sqrt(most / ((image.width + 2 * margin) * (image.height + 2 * margin))))
    if shrink < 1:
        smaller = [max(1, round(length * shrink)) for length in image.size]
        image = image.resize((smaller[0], smaller[1]), Image.Resampling.BICUBIC)
    padded = _on_paper(image, _at_least(image.width + 2 * margin, image.height + 2 * margin), factor, margin)
    turn = sheet.matrix[:, :2]
    shift = turn @ np.array([part.left, part.top]) + sheet.matrix[:, 2] - turn @ np.array([margin, margin]) / shrink
    shown = Box(margin, margin, margin + image.width, margin + image.height)
    matrix = np.concatenate([turn / shrink, shift[:, None]], axis=1)
    own = [_scaled(rule, part, shrink, margin) for rule in own_rules(sheet, part, rules)]
    return Piece(padded, matrix, shown, sheet.unit * shrink, rules=tuple(own))


def _scaled(rule: Region, part: Region, scale: float, margin: int) -> Box:
    left, right = ((x - part.left) * scale + margin for x in (rule.left, rule.right))
    top, bottom = ((y - part.top) * scale + margin for y in (rule.top, rule.bottom))
    return Box(left, top, right, bottom)


def _at_least(width: int, height: int) -> tuple[int, int]:
    if width * height >= math.prod(SMALLEST):
        return width, height
    return max(width, SMALLEST[0]), max(height, SMALLEST[1])


def _on_paper(image: Image.Image, size: tuple[int, int], factor: int, place: int) -> Image.Image:
    """The image at (``place``, ``place``) of a sheet of its own paper, at least as large as ``size``."""
    pixels = np.asarray(image)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    width, height = (-(-length // factor) * factor for length in size)
    sheet = Image.new("L", (width, height), int(np.percentile(border, 75)))
    sheet.paste(image, (place, place))
    return sheet
