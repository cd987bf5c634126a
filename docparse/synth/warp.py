"""How a sheet lies on the scanner's glass or under the camera: a projective map from the sheet's pixels to the
image's, both with their origin at the top left corner of the top left pixel."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..geometry import Box
from .sheet import Floats

_TRIES = 6
_EDGE = 1.0
"""Pixels that stay between the ink and the edge of the image."""


def skewed(
    generator: np.random.Generator, size: tuple[int, int], content: Box, *, most: float, bend: float
) -> Floats:
    """A random turn by up to ``most`` degrees, with a little shift and stretch, corners drawn by up to ``bend`` of
    the sides; as much less as keeps the ``content`` in the image. A 3 × 3 matrix."""
    width, height = size
    angle = np.radians(generator.uniform(-most, most))
    stretch = generator.uniform(0.985, 1.005, 2)
    shift = generator.uniform(-0.006, 0.006, 2) * size
    pull = generator.uniform(-bend, bend, (4, 2)) * size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
    middle = np.array([width / 2, height / 2])
    for attempt in range(_TRIES):
        part = 0.6**attempt
        cosine, sine = np.cos(angle * part), np.sin(angle * part)
        turn = np.array([[cosine, -sine], [sine, cosine]])
        scale = 1 + (stretch - 1) * part
        target = (corners - middle) * scale @ turn.T + middle + (shift + pull) * part
        matrix = _homography(corners, target)
        if _inside(warped(np.array([content]), matrix)[0], size):
            return matrix
    return np.eye(3)


def _inside(box: Floats, size: tuple[int, int]) -> bool:
    return bool(box[0] >= _EDGE and box[1] >= _EDGE and box[2] <= size[0] - _EDGE and box[3] <= size[1] - _EDGE)


def _homography(source: Floats, target: Floats) -> Floats:
    """The projective map that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows), np.array(values))
    return np.append(solved, 1.0).reshape(3, 3)


def warped(boxes: Floats, matrix: Floats) -> Floats:
    """The upright boxes around what the map makes of these; a row each."""
    if not len(boxes):
        return boxes
    x, y = boxes[:, [0, 2, 2, 0]], boxes[:, [1, 1, 3, 3]]
    u, v, w = (row[0] * x + row[1] * y + row[2] for row in matrix)
    u, v = u / w, v / w
    return np.stack([u.min(axis=1), v.min(axis=1), u.max(axis=1), v.max(axis=1)], axis=1)


def is_affine(matrix: Floats) -> bool:
    """Whether lines that are parallel stay so, as on a scanner's glass."""
    return bool(np.abs(matrix[2] - (0, 0, 1)).max() < 1e-9)


def warp(pixels: npt.NDArray[np.uint8], matrix: Floats, around: int) -> npt.NDArray[np.uint8]:
    """The image through the map; where there is no sheet it gets the level ``around``."""
    image = Image.fromarray(pixels)
    inverse = np.linalg.inv(matrix)
    inverse /= inverse[2, 2]
    fill = around if pixels.ndim == 2 else (around,) * 3
    turned = image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        inverse.ravel()[:8].tolist(),
        Image.Resampling.BILINEAR,
        fillcolor=fill,
    )
    return np.asarray(turned)
