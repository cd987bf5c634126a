"""From a clean page to one that was printed, copied, scanned or photographed.

numpy and Pillow only: a page must not take longer to spoil than to draw. Levels go from 0 (ink) to 255 (paper).
"""

import io
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ..geometry import Box
from .settings import Look
from .sheet import Floats
from .warp import skewed

Pixels = npt.NDArray[np.uint8]
Levels = npt.NDArray[np.float32]
_TILE = 1024


class Place(NamedTuple):
    """Where the sheet lies in the image."""

    matrix: Floats
    """Takes the sheet's pixels to the image's."""
    around: int
    """The level of what is beside the sheet."""


def place(look: Look, generator: np.random.Generator, size: tuple[int, int], content: Box) -> Place:
    """How a sheet of this size, its ink inside ``content``, is put before the eye: straight, skew, or slanted."""
    chance = generator.random
    if look == "photo":
        return Place(skewed(generator, size, content, most=2.5, bend=0.02), int(generator.integers(20, 230)))
    if look == "clean" or chance() < 0.25:
        return Place(np.eye(3), 255)
    most = float(generator.choice([0.4, 1.0, 1.5]))
    return Place(
        skewed(generator, size, content, most=most, bend=0.0),
        255 if chance() < 0.85 else int(generator.integers(20, 230)),
    )


def apply(pixels: Pixels, look: Look, generator: np.random.Generator, content: Box) -> Pixels:
    """The page as it looks in the end; ``content`` is where its ink lies in ``pixels``."""
    if look == "clean":
        return pixels
    chance = generator.random
    photographed = look == "photo"
    if not photographed and chance() < 0.25:
        # Alone: small type that was worn before would be gone.
        return _bilevel(pixels, generator)
    if chance() < 0.5:
        pixels = _press(pixels, generator)
    if chance() < 0.25:
        pixels = _coarse(pixels, generator)
    if chance() < (0.8 if photographed else 0.5):
        pixels = _blurred(pixels, generator.uniform(0.3, 0.9))
    levels = pixels.astype(np.float32)
    if chance() < 0.12:
        levels = _shown_through(levels, generator)
    levels = _inked(levels, generator)
    if photographed or chance() < 0.4:
        levels *= _light(levels, generator, deep=0.45 if photographed else 0.15)
    if chance() < (0.9 if photographed else 0.6):
        levels += _noise(levels, generator)
    if not photographed and chance() < 0.12:
        _border(levels, generator, content)
    pixels = _specks(np.clip(levels, 0, 255).astype(np.uint8), generator)
    if chance() < 0.6:
        pixels = _jpeg(pixels, int(generator.integers(22, 88)))
    return pixels


def _press(pixels: Pixels, generator: np.random.Generator) -> Pixels:
    """Ink that spread, or type that did not print fully: by up to half a pixel to each side."""
    spread = generator.random() < 0.6
    worse = np.minimum if spread else np.maximum
    grown = pixels.copy()
    grown[:, 1:] = worse(pixels[:, 1:], pixels[:, :-1])
    if generator.random() < 0.5:
        grown[1:] = worse(grown[1:], grown[:-1])
    # Less of the second: thin strokes of small type would be gone.
    share = generator.uniform(0.2, 0.9) if spread else generator.uniform(0.1, 0.45)
    return _mixed(pixels, grown, share)


def _mixed(one: Pixels, other: Pixels, share: float) -> Pixels:
    return np.asarray(Image.blend(Image.fromarray(one), Image.fromarray(other), float(share)))


def _coarse(pixels: Pixels, generator: np.random.Generator) -> Pixels:
    """Scanned in a lower resolution and scaled back."""
    image = Image.fromarray(pixels)
    factor = generator.uniform(0.55, 0.9)
    small = image.resize(
        (max(8, int(image.width * factor)), max(8, int(image.height * factor))), Image.Resampling.BILINEAR
    )
    way = Image.Resampling.BICUBIC if generator.random() < 0.7 else Image.Resampling.NEAREST
    return np.asarray(small.resize(image.size, Image.Resampling.BICUBIC if factor < 0.75 else way))


def _bilevel(pixels: Pixels, generator: np.random.Generator) -> Pixels:
    """Black and white, from a scan of twice the resolution."""
    gray = Image.fromarray(pixels).convert("L")
    if generator.random() < 0.6:
        levels = np.asarray(gray) + _grain(pixels.shape, generator) * np.float32(generator.uniform(5, 25))
        gray = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
    double = gray.resize((gray.width * 2, gray.height * 2), Image.Resampling.BILINEAR)
    threshold = _threshold(double, generator.uniform(0.95, 1.5))
    black = double.point([0] * threshold + [255] * (256 - threshold))
    specked = _specks(np.asarray(black.reduce(2)), generator)
    if generator.random() < 0.3:
        specked = np.where(specked < 128, 0, 255).astype(np.uint8)
    return specked if pixels.ndim == 2 else np.repeat(specked[:, :, None], 3, axis=2)


def _threshold(image: Image.Image, share: float) -> int:
    """The level that makes as much black as there is ink, times ``share``; shading of cells is no ink."""
    counts = np.array(image.histogram(), dtype=np.float64)
    levels = np.arange(256)
    ink = (counts * (255 - levels) / 255)[:225].sum()
    return int(np.clip(np.searchsorted(np.cumsum(counts), share * ink), 120, 215))


def _blurred(pixels: Pixels, radius: float) -> Pixels:
    """By a Gaussian of less than a pixel, whose tails do not count: nine weights take a third of Pillow's time."""
    side = float(np.exp(-0.5 / radius**2))
    corner = side * side
    weights = [corner, side, corner, side, 1.0, side, corner, side, corner]
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.Kernel((3, 3), weights)))


def _inked(levels: Levels, generator: np.random.Generator) -> Levels:
    """Ink that is not black on paper that is not white."""
    ink = 90 * generator.random() ** 2 if generator.random() < 0.5 else 0.0
    paper = generator.uniform(205, 255) if generator.random() < 0.6 else 255.0
    levels = ink + levels * np.float32((paper - ink) / 255)
    if levels.ndim == 3 and generator.random() < 0.6:
        levels *= generator.uniform((0.95, 0.93, 0.82), (1.0, 1.0, 1.0)).astype(np.float32)
    return levels


def _light(levels: Levels, generator: np.random.Generator, deep: float) -> Levels:
    """Uneven light: a smooth field from ``1 - deep`` to 1, sometimes with the edge of a shadow."""
    height, width = levels.shape[:2]
    grid = generator.uniform(1 - deep, 1.0, (int(generator.integers(2, 5)), int(generator.integers(2, 4)))).astype(
        np.float32
    )
    field = np.asarray(Image.fromarray(grid).resize((width, height), Image.Resampling.BILINEAR))
    if generator.random() < 0.3:
        angle, soft = generator.uniform(0, 2 * np.pi), generator.uniform(15, 120)
        x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
        place = (x - width * generator.uniform(0.2, 0.8)) * np.cos(angle) + (y - height / 2) * np.sin(angle)
        field = field * (1 - np.float32(0.6 * deep) / (1 + np.exp(np.clip(-place / soft, -30, 30))))
    field = field.astype(np.float32)
    return field if levels.ndim == 2 else field[:, :, None]


@cache
def _tile() -> npt.NDArray[np.float32]:
    """Noise to cut from; drawing new normal numbers for each page takes longer than the page."""
    return np.random.default_rng(3).standard_normal((_TILE, _TILE), dtype=np.float32)


def _grain(shape: tuple[int, ...], generator: np.random.Generator) -> Levels:
    height, width = shape[:2]
    tile = np.roll(_tile(), generator.integers(0, _TILE, 2), axis=(0, 1))
    if generator.random() < 0.5:
        tile = tile.T
    rows, columns = -(-height // _TILE), -(-width // _TILE)
    return np.tile(tile, (rows, columns))[:height, :width]


def _noise(levels: Levels, generator: np.random.Generator) -> Levels:
    grain = _grain(levels.shape, generator)
    if generator.random() < 0.3:
        # Texture of paper: the same noise, coarser.
        image = Image.fromarray(np.ascontiguousarray(grain[::3, ::3]))
        grain = np.asarray(image.resize((levels.shape[1], levels.shape[0]), Image.Resampling.BILINEAR))
    grain = grain * np.float32(generator.uniform(2, 16))
    if generator.random() < 0.25:
        # Speckle: as strong as the light that it falls on.
        lit = levels if levels.ndim == 2 else levels[:, :, 1]
        grain = grain * (lit / np.float32(200))
    return grain if levels.ndim == 2 else grain[:, :, None]


def _specks(pixels: Pixels, generator: np.random.Generator) -> Pixels:
    """Dust: single pixels, black and white, and a few larger spots."""
    pixels = pixels.copy()
    height, width = pixels.shape[:2]
    if generator.random() < 0.3:
        count = int(height * width * 10 ** generator.uniform(-5, -2.7))
        rows, columns = generator.integers(0, height, count), generator.integers(0, width, count)
        levels = np.where(generator.random(count) < 0.6, generator.integers(0, 90, count), 255)
        pixels[rows, columns] = levels if pixels.ndim == 2 else levels[:, None]
    if generator.random() < 0.15:
        for _ in range(int(generator.integers(1, 12))):
            row, column = int(generator.integers(0, height)), int(generator.integers(0, width))
            tall, wide = generator.integers(1, 4, 2)
            pixels[row : row + tall, column : column + wide] = generator.integers(30, 160)
    return pixels


def _shown_through(levels: Levels, generator: np.random.Generator) -> Levels:
    """The other side of the sheet: here the page's own, mirrored."""
    share = np.float32(generator.uniform(0.03, 0.12))
    back = np.roll(levels[:, ::-1], tuple(generator.integers(-60, 60, 2)), axis=(0, 1))
    soft = _blurred(np.clip(back, 0, 255).astype(np.uint8), 1.5).astype(np.float32)
    return levels - (255 - soft) * share


def _border(levels: Levels, generator: np.random.Generator, content: Box) -> None:
    """The black that a scanner shows beside the sheet, where there is no ink of it."""
    height, width = levels.shape[:2]
    x0, y0, x1, y1 = content
    level = generator.uniform(5, 70)
    for side, room in enumerate((x0, y0, width - x1, height - y1)):
        if generator.random() < 0.5:
            continue
        thick = int(min(generator.uniform(0.3, 0.9) * (room - 3), 0.05 * width))
        if thick < 1:
            continue
        lean = np.linspace(0, thick * generator.uniform(-0.5, 0), height if side % 2 == 0 else width)
        depth = (thick + lean).astype(int)
        across = np.arange(thick)
        mask = across[None, :] < depth[:, None]
        strip = (
            levels[:, :thick],
            levels[:thick].swapaxes(0, 1),
            levels[:, ::-1][:, :thick],
            levels[::-1][:thick].swapaxes(0, 1),
        )[side]
        strip[mask] = level


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))
