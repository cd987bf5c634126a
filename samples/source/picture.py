"""The picture of the report: a pier on a frozen lake under mountains, computed, not photographed."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

SIZE = (1040, 500)
_SCALE = 2  # drawn larger and reduced, for smooth edges

Rgb = tuple[int, int, int]


def _ridge(random: np.random.RandomState, points: int, height: float, roughness: float) -> NDArray[np.float64]:
    """A skyline by midpoint displacement."""
    line = np.array([0.0, random.uniform(0.3, 0.7), 0.0]) * height
    reach = height
    while len(line) < points:
        reach *= roughness
        between = (line[:-1] + line[1:]) / 2 + random.uniform(-reach, reach, len(line) - 1) * 0.5
        wide = np.empty(2 * len(line) - 1)
        wide[::2], wide[1::2] = line, between
        line = wide
    return np.interp(np.linspace(0, len(line) - 1, points), np.arange(len(line)), line)


def _shade(height: int, width: int, top: Rgb, foot: Rgb) -> Image.Image:
    ramp = np.linspace(0, 1, height)[:, None, None]
    rows = np.array(top) * (1 - ramp) + np.array(foot) * ramp
    return Image.fromarray(np.repeat(rows, width, axis=1).astype(np.uint8))


def lake() -> bytes:
    """The picture as JPEG."""
    random = np.random.RandomState(14)
    width, height = SIZE[0] * _SCALE, SIZE[1] * _SCALE
    shore = int(height * 0.47)
    picture = Image.new("RGB", (width, height))
    picture.paste(_shade(shore, width, (126, 153, 184), (236, 221, 205)), (0, 0))
    picture.paste(_shade(height - shore, width, (214, 224, 231), (168, 189, 205)), (0, shore))
    pen = ImageDraw.Draw(picture, "RGBA")

    ridges: list[tuple[float, float, Rgb]] = [
        (0.33, 0.62, (150, 165, 186)),
        (0.21, 0.58, (110, 128, 152)),
        (0.09, 0.52, (62, 78, 94)),
    ]
    for part, roughness, colour in ridges:
        line = shore - np.abs(_ridge(random, width, height * part, roughness)) - height * part * 0.25
        pen.polygon([(0, shore), *enumerate(line.tolist()), (width, shore)], fill=colour)
    pen.rectangle((0, shore - 5, width, shore + 3), fill=(47, 58, 66))

    # Wind-blown snow lies flat, so its patches grow wider towards the viewer.
    for _ in range(260):
        depth = float(random.uniform(0, 1)) ** 1.6
        y = shore + 8 + depth * (height - shore)
        x = float(random.uniform(-0.1, 1.1)) * width
        half, thick = 30 + 330 * depth * float(random.uniform(0.3, 1)), 1 + 11 * depth
        pen.ellipse((x - half, y - thick, x + half, y + thick), fill=(244, 247, 249, 60))
    for start, slope, depth in [(0.05, 0.10, 0.30), (0.62, -0.07, 0.42), (0.20, 0.16, 0.60), (0.95, -0.2, 0.72)]:
        x, y = start * width, shore + depth * (height - shore)
        crack = [(x, y)]
        for _ in range(26):
            x += math.copysign(float(random.uniform(14, 40)), -slope if start > 0.5 else slope)
            y += slope * float(random.uniform(5, 40))
            crack.append((x, y + float(random.uniform(-4, 4))))
        pen.line(crack, fill=(110, 138, 160, 190), width=int(2 + 4 * depth), joint="curve")

    _pier(pen, width, height, shore)
    grain = random.normal(0, 2.2, (height // _SCALE, width // _SCALE, 1))
    small = np.asarray(picture.resize(SIZE, Image.Resampling.LANCZOS), dtype=np.float64) + grain
    done = Image.fromarray(np.clip(small, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.4))
    out = io.BytesIO()
    done.save(out, "JPEG", quality=82, dpi=(300, 300))
    return out.getvalue()


def _pier(pen: ImageDraw.ImageDraw, width: int, height: int, shore: int) -> None:
    """A plank pier that runs out from the lower right, with the mast at its end."""
    wood, dark, steel = (92, 76, 64), (50, 42, 37), (40, 44, 50)
    far_x, far_y = width * 0.55, shore + (height - shore) * 0.26
    near_left, near_right = (width * 0.80, float(height)), (width * 1.06, float(height))
    pen.polygon([(far_x, far_y), (far_x + 46, far_y), near_right, near_left], fill=(*wood, 255))
    for step in range(1, 26):
        part = (step / 26) ** 2.1
        left = (far_x + (near_left[0] - far_x) * part, far_y + (near_left[1] - far_y) * part)
        right = (far_x + 46 + (near_right[0] - far_x - 46) * part, left[1])
        pen.line([left, right], fill=dark, width=int(2 + 5 * part))
    for step in range(7):
        part = (step / 7) ** 1.9
        x, y = far_x + (near_left[0] - far_x) * part, far_y + (near_left[1] - far_y) * part
        pen.rectangle((x - 4 - 12 * part, y - 14 - 60 * part, x + 4 + 12 * part, y + 26 + 120 * part), fill=dark)
    mast, top = far_x + 23, shore - height * 0.29
    pen.line([(mast, far_y + 4), (mast, top)], fill=steel, width=9)
    pen.line([(mast - 62, top + 26), (mast + 62, top + 26)], fill=steel, width=6)
    for side in (-62, 62):
        pen.ellipse((mast + side - 13, top + 4, mast + side + 13, top + 26), fill=steel)
    pen.rectangle(
        (mast - 24, shore - height * 0.06, mast + 24, shore + 6), fill=(222, 226, 228), outline=steel, width=4
    )
    for side in (-120, 120):
        pen.line([(mast, top + 40), (mast + side, far_y + 6)], fill=(60, 64, 70, 200), width=3)
