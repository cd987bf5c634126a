"""What a scanner or a camera does to a crop: turn, blur, noise, threshold, compression.

Cheaper and harsher than ``synth.look``, which does it to whole pages as a scanner would.
"""

import io
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Gray = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]
_UNTOUCHED = 0.45
"""Share of the crops that stay as they were printed."""


def scanned(random: Random, image: Image.Image, boxes: Boxes, paper: int) -> tuple[Gray, Boxes]:
    """The image as ``uint8 [height, width]`` and the boxes (pixels, ``[n, 4]``) where they lie in it."""
    if random.random() < _UNTOUCHED:
        return np.asarray(image), boxes
    if random.random() < 0.5:
        angle = random.gauss(0, 0.8)
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=paper)
        boxes = _turned(boxes, angle, image.size)
    if random.random() < 0.25:
        factor = random.uniform(0.55, 0.95)
        coarse = (max(int(image.width * factor), 8), max(int(image.height * factor), 8))
        image = image.resize(coarse, Image.Resampling.BILINEAR).resize(image.size, Image.Resampling.BICUBIC)
    if random.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 1.0)))
    if random.random() < 0.12:
        image = image.filter(ImageFilter.MinFilter(3))  # ink that has run
    image = Image.fromarray(_noisy(random, np.asarray(image, np.float32)))
    if random.random() < 0.2:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=random.randint(25, 80))
        image = Image.open(stream).convert("L")
    return np.asarray(image), boxes


def _turned(boxes: Boxes, angle: float, size: tuple[int, int]) -> Boxes:
    """Upright boxes of the same size, their centres turned by ``angle`` degrees as Pillow turns the image."""
    turn = -np.deg2rad(angle)
    middle = np.array(size) / 2
    x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2 - middle).T
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    centre = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1) + middle
    return np.concatenate([centre - half, centre + half], 1).astype(np.float32)


def _noisy(random: Random, pixels: npt.NDArray[np.float32]) -> Gray:
    noise = np.random.default_rng(random.getrandbits(32))
    if random.random() < 0.5:
        pixels = pixels + noise.normal(0, random.uniform(2, 22), pixels.shape).astype(np.float32)
    if random.random() < 0.2:  # light from one side
        pixels = pixels * np.linspace(
            random.uniform(0.6, 1), random.uniform(0.6, 1), pixels.shape[1], dtype=np.float32
        )
    if random.random() < 0.2:  # black and white
        level = random.uniform(0.4, 0.75) * max(float(np.percentile(pixels, 95)), 60)
        pixels = np.where(pixels > level, np.float32(255), np.float32(0))
    if random.random() < 0.15:  # dust
        spots = noise.random(pixels.shape)
        share = random.uniform(0.0005, 0.01)
        pixels = np.where(spots < share, np.float32(0), np.where(spots > 1 - share, np.float32(255), pixels))
    return np.clip(pixels, 0, 255).astype(np.uint8)
