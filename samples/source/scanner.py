"""What a scanner makes of a clean page: grey paper, a slight turn, soft edges, noise."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pymupdf
from PIL import Image, ImageFilter

DPI = 150


def scanned(page: Any, *, turn: float, seed: int, paper: int = 226, noise: float = 3.5) -> Image.Image:
    """The page as a grey image of 150 dots an inch, turned by `turn` degrees against the clock."""
    pixmap = page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY)
    ink = 255 - np.frombuffer(pixmap.samples, dtype=np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    turned = Image.fromarray(ink).rotate(turn, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(0.5))
    cover = np.asarray(turned, dtype=np.float64) / 255
    height, width = cover.shape
    # RandomState, unlike numpy's newer generators, promises the same numbers for ever.
    random = np.random.RandomState(seed)
    # The lid does not close at the left, and the paper is not flat.
    across = np.linspace(0, 1, width)[None, :]
    down = np.linspace(0, 1, height)[:, None]
    light = paper - 26 * np.exp(-across * 18) - 5 * np.sin(3.1 * down + 2 * across) + 4 * down
    grey = light * (1 - cover) + 42 * cover + random.normal(0, noise, cover.shape)
    for _ in range(14):
        x, y, size = random.randint(0, width), random.randint(0, height), random.randint(1, 3)
        grey[y : y + size, x : x + size] -= 70
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def jpeg(image: Image.Image, quality: int = 55) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(DPI, DPI))
    return out.getvalue()


def png(image: Image.Image, greys: int = 16) -> bytes:
    """The image with few greys, as office scanners save it."""
    step = 255 / (greys - 1)
    out = io.BytesIO()
    few = image.point([round(round(value / step) * step) for value in range(256)])
    few.save(out, "PNG", optimize=True, dpi=(DPI, DPI))
    return out.getvalue()


def lay(page: Any, image: Image.Image) -> None:
    """Fill the page with the image."""
    page.insert_image(page.rect, stream=jpeg(image))
