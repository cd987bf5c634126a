"""A page in pieces, for a model too small to keep its place on a whole page: each a few lines of one column.

The page is straightened, brought to the text size that the model reads best, and cut where it is white: between its
columns first (recursive XY-cut: G. Nagy, S. Seth, "Hierarchical representation of optically scanned documents",
ICPR 1984), then between its lines.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..geometry import Box
from .ink import Mask, ink, pictures, slant, text_height, without_rules

Floats = npt.NDArray[np.float64]

_SCALES = (0.3, 4.0)
"""By how much a page is made smaller or larger at most."""
_MOST_PIXELS = 6_000_000
"""Of a page that was made larger."""

# All in heights of the text, which is that of small letters: about 0.45 em.
_GUTTER = 1.8
"""White between two columns at the least."""
_COLUMN = 22.0
"""Width of a column at the least."""
_BLANK = 6.0
"""White between lines that belong together at the most."""
_WORD_GAP = 3.0
"""Between two words of a line at the most."""
_MARGIN = 1.5
"""Around a piece's ink; training cut between 2 and 40 pixels at 7.5 pixels of text height."""
_LINE = 1.6
"""From the middle of a line to that of the next at the least."""

_FEWEST_LINES = 5
_FILLED = 0.65
"""Of its column that a line of running text fills; cells of a table fill less."""
_SPECK = 2
"""Pixels of ink in a row or column of pixels that may lie between two columns or lines."""


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
    is_picture: bool = False
    """Whether there is nothing in it to be read."""

    def to_page(self, box: Box) -> Box:
        """A box in pixels of the piece as the box around it in pixels of the page image."""
        corners = np.array([(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)])
        placed = corners @ self.matrix[:, :2].T + self.matrix[:, 2]
        return Box(*placed.min(axis=0).tolist(), *placed.max(axis=0).tolist())


@dataclass(frozen=True)
class Region:
    """Pixels of the straightened page; the ends lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, mask: Mask) -> Mask:
        return mask[self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True)
class _Sheet:
    """The page, straight and at the right size, with its ink, its text (ink without rules) and its rules across."""

    image: Image.Image
    matrix: Floats
    """From its pixels to those of the page image, as in ``Piece``."""
    text: Mask
    rules: Mask
    pictures: list["Region"]
    unit: float
    """Height of the text in pixels."""


def cut(image: Image.Image, settings: PieceSettings, factor: int) -> list[Piece]:
    """The pieces of a page image in reading order; none where there is no ink.

    The sides of a piece are multiples of ``factor``, so that the model's own resizing leaves it as it is.
    """
    sheet = _straighten(image.convert("L"), settings.text_height)
    most = settings.max_tokens * factor**2
    whole = _trimmed(sheet.text, Region(0, 0, sheet.image.width, sheet.image.height))
    columns = [] if whole is None else _columns(sheet, whole)
    parts = [part for column in columns for part in _parts(sheet, column, most)]
    pieces = [_piece(sheet, part, factor, most) for part in parts]
    for picture in sheet.pictures:
        # After the last part that begins above it in its own column.
        before = [
            index
            for index, part in enumerate(parts)
            if part.top <= picture.top and part.left < picture.right and part.right > picture.left
        ]
        place = before[-1] + 1 if before else 0
        parts.insert(place, picture)
        pieces.insert(place, replace(_piece(sheet, picture, factor, most), is_picture=True))
    return pieces


def halves(piece: Piece, settings: PieceSettings, factor: int) -> list[Piece]:
    """The piece in smaller ones, for a model that has lost its place on it; only itself where it cannot be cut."""
    mask = ink(np.asarray(piece.image))
    text, rules = without_rules(mask, settings.text_height)
    sheet = _Sheet(piece.image, piece.matrix, text, rules, [], settings.text_height)
    whole = _trimmed(text, Region(0, 0, piece.image.width, piece.image.height))
    if whole is None:
        return [piece]
    most = math.ceil(0.6 * piece.image.width * piece.image.height)
    return [_piece(sheet, part, factor, most) for part in _parts(sheet, whole, most)]


def _straighten(gray: Image.Image, height: float) -> _Sheet:
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
    text, rules = without_rules(mask, height)
    for region in drawn:
        # Their edges are sharp, and may lie a tile farther out.
        rows, columns = (
            slice(max(0, region.top - 8), region.bottom + 8),
            slice(max(0, region.left - 8), region.right + 8),
        )
        text[rows, columns] = rules[rows, columns] = False
    return _Sheet(turned, matrix, text, rules, drawn, height)


def _about_center(angle: float, source: tuple[int, int], target: tuple[int, int]) -> Floats:
    """Pixels of the target to pixels of the source, ``[2, 3]``: turned about the centre, in degrees, and scaled."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    across, down = source[0] / target[0], source[1] / target[1]
    turn = np.array([[across * cosine, -across * sine], [down * sine, down * cosine]])
    shift = np.array(source) / 2 - turn @ (np.array(target) / 2)
    return np.concatenate([turn, shift[:, None]], axis=1)


def _trimmed(mask: Mask, region: Region) -> Region | None:
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


def _gaps(empty: npt.NDArray[np.bool_], least: float) -> list[tuple[int, int]]:
    """Stretches of ``empty`` that are at least so long, without those at its ends: first and last + 1."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], empty, [False]]).astype(np.int8)))
    pairs = edges.reshape(-1, 2).tolist()
    return [(first, end) for first, end in pairs if end - first >= least and first > 0 and end < len(empty)]


# Columns


def _columns(sheet: _Sheet, region: Region) -> list[Region]:
    """The regions, in reading order, that stand side by side nowhere."""
    if gutter := _gutter(sheet, region):
        left = _trimmed(sheet.text, Region(region.left, region.top, gutter, region.bottom))
        right = _trimmed(sheet.text, Region(gutter, region.top, region.right, region.bottom))
        return [column for side in (left, right) if side is not None for column in _columns(sheet, side)]
    inside = region.of(sheet.text)
    gaps = _gaps(np.logical_not(inside.any(axis=1)), 0.6 * sheet.unit)
    if inside.shape[0] < 2 * _FEWEST_LINES * _LINE * sheet.unit or not gaps:
        return [region]
    first, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    middle = region.top + (first + end) // 2
    upper = _trimmed(sheet.text, Region(region.left, region.top, region.right, middle))
    lower = _trimmed(sheet.text, Region(region.left, middle, region.right, region.bottom))
    parts = [columns for side in (upper, lower) if side is not None for columns in [_columns(sheet, side)]]
    if all(len(columns) == 1 for columns in parts):
        return [region]
    return _joined([column for columns in parts for column in columns])


def _joined(regions: list[Region]) -> list[Region]:
    """With neighbours made one that stand above each other in the same column: nothing is beside either."""
    joined: list[Region] = []
    for region in regions:
        before = joined[-1] if joined else None
        if before is not None and region.top >= before.bottom and _is_alone(before, region, regions):
            joined[-1] = Region(
                min(before.left, region.left), before.top, max(before.right, region.right), region.bottom
            )
        else:
            joined.append(region)
    return joined


def _is_alone(upper: Region, lower: Region, regions: list[Region]) -> bool:
    return not any(
        other not in (upper, lower) and other.top < lower.bottom and other.bottom > upper.top for other in regions
    )


def _gutter(sheet: _Sheet, region: Region) -> int | None:
    """Where the widest white strip between two columns of running text lies; its middle."""
    inside = region.of(sheet.text)
    best: tuple[int, int] | None = None
    for first, end in _gaps(inside.sum(axis=0) <= _SPECK, _GUTTER * sheet.unit):
        across = region.of(sheet.rules)[:, (first + end) // 2]
        # A table's rules cross its white strips; one above and one below may frame the columns of a page.
        crossed = len(_gaps(~np.concatenate([[True], across, [True]]), 1))
        if (
            crossed <= 2
            and (best is None or end - first > best[1] - best[0])
            and _is_column(inside[:, :first], sheet.unit)
            and _is_column(inside[:, end:], sheet.unit)
        ):
            best = first, end
    return None if best is None else region.left + sum(best) // 2


def _is_column(mask: Mask, unit: float) -> bool:
    """Whether this is running text: several lines, most of which fill the width."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not len(columns) or columns[-1] - columns[0] < _COLUMN * unit:
        return False
    width = columns[-1] - columns[0] + 1
    filled = [reach / width for reach in _line_widths(mask, unit)]
    return len(filled) >= _FEWEST_LINES and float(np.median(filled)) >= _FILLED


def _line_widths(mask: Mask, unit: float) -> list[int]:
    """How far each line's ink reaches from left to right, without gaps that are no word's; pixels."""
    inked = mask.sum(axis=1) > _SPECK
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(np.int8))).reshape(-1, 2)
    widths = []
    for first, end in edges.tolist():
        if end - first >= 0.5 * unit:
            columns = np.flatnonzero(mask[first:end].any(axis=0))
            gaps = np.diff(columns)
            # Lines that touch count as often as they are high.
            lines = max(1, round((end - first) / (3 * unit)))
            widths += [int(columns[-1] - columns[0] + 1 - gaps[gaps > _WORD_GAP * unit].sum())] * lines
    return widths


# Lines


@dataclass(frozen=True)
class _Cut:
    """A row at which a column may be cut, and what that costs (a piece more costs 1)."""

    row: int
    cost: float


def _parts(sheet: _Sheet, column: Region, most: int) -> Iterator[Region]:
    """The column in as few parts as may be, each at most ``most`` pixels large, cut where it hurts least."""
    cuts = _cuts(sheet, column)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(cuts)):
        choices = []
        for start in range(end - 1, -1, -1):
            area = _area(sheet, column, cuts[start].row, cuts[end].row)
            if area > most and start < end - 1:
                break
            too_large = max(0.0, area / most - 1)
            choices.append((best[start][0] + 1 + cuts[end].cost + too_large, start))
        best.append(min(choices))
    ends = [len(cuts) - 1]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    ends.reverse()
    for start, end in pairwise(ends):
        part = _trimmed(sheet.text, Region(column.left, cuts[start].row, column.right, cuts[end].row))
        if part is not None:
            yield part


def _area(sheet: _Sheet, column: Region, top: int, bottom: int) -> float:
    margins = 2 * _MARGIN * sheet.unit
    return (column.right - column.left + margins) * (bottom - top + margins)


def _cuts(sheet: _Sheet, column: Region) -> list[_Cut]:
    """The rows with the least ink between lines, with the column's own ends."""
    inside = column.of(sheet.text)
    unit = sheet.unit
    profile = inside.sum(axis=1).astype(np.float64)
    width = inside.shape[1]
    reach = max(1, round(0.6 * _LINE * unit))
    padded = np.pad(profile, reach, constant_values=np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    lowest = profile == windows.min(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lowest, [False]]).astype(np.int8))).reshape(-1, 2)
    inner = [(first, end) for first, end in edges.tolist() if first > 0.8 * unit and end < len(profile) - 0.8 * unit]
    whites = [_white(profile, (first + end) // 2) for first, end in inner]
    usual = float(np.median(whites)) if whites else 0.0
    found = [_Cut(column.top, 0.0)]
    for (first, end), white in zip(inner, whites, strict=True):
        row = (first + end) // 2
        wider = (white - usual) / unit
        above = np.flatnonzero(inside[max(0, row - round(2 * unit)) : row].any(axis=0))
        ends_early = len(above) > 0 and above[-1] < 0.85 * width
        # A piece more is no worse than a large blank.
        blank = white > _BLANK * unit
        cost = -1.0 if blank else max(0.0, 1.2 - 2.0 * max(0.0, wider) - (0.7 if ends_early else 0.0))
        found.append(_Cut(column.top + row, cost + 20 * profile[row] / width))
    return [*found, _Cut(column.bottom, 0.0)]


def _white(profile: Floats, row: int) -> int:
    """Rows without ink around this one."""
    if profile[row] > 0:
        return 0
    inked = np.flatnonzero(profile > 0)
    place = int(np.searchsorted(inked, row))
    if place in (0, len(inked)):
        return 0
    return int(inked[place] - inked[place - 1] - 1)


def _piece(sheet: _Sheet, part: Region, factor: int, most: int) -> Piece:
    image = sheet.image.crop((part.left, part.top, part.right, part.bottom))
    margin = round(_MARGIN * sheet.unit)
    # What cannot be cut is a picture as a rule, and is known as one when it is smaller too.
    shrink = min(1.0, math.sqrt(most / ((image.width + 2 * margin) * (image.height + 2 * margin))))
    if shrink < 1:
        smaller = [max(1, round(length * shrink)) for length in image.size]
        image = image.resize((smaller[0], smaller[1]), Image.Resampling.BICUBIC)
    pixels = np.asarray(image)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    size = [-(-(length + 2 * margin) // factor) * factor for length in image.size]
    padded = Image.new("L", (size[0], size[1]), int(np.percentile(border, 75)))
    padded.paste(image, (margin, margin))
    turn = sheet.matrix[:, :2]
    shift = turn @ np.array([part.left, part.top]) + sheet.matrix[:, 2] - turn @ np.array([margin, margin]) / shrink
    shown = Box(margin, margin, margin + image.width, margin + image.height)
    return Piece(padded, np.concatenate([turn / shrink, shift[:, None]], axis=1), shown)
