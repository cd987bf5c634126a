"""Scanned and photographed pages: the boxes go where the ink went."""

import re

import numpy as np
import pytest

from docparse.geometry import Box
from docparse.qwenvl import validate
from docparse.synth import SynthSettings, make_page
from docparse.synth.settings import Look
from docparse.synth.warp import skewed, warp, warped

pytest.importorskip("wordfreq")
pytest.importorskip("faker")

SIZE = (700, 900)
BOX = re.compile(r'data-bbox="(\d+) (\d+) (\d+) (\d+)"')


@pytest.mark.parametrize("bend", [0.0, 0.02])
@pytest.mark.parametrize("seed", range(4))
def test_a_map_takes_boxes_where_it_takes_ink(seed: int, bend: float) -> None:
    pixels = np.full((300, 400), 255, np.uint8)
    boxes = np.array([(20, 30, 60, 44), (300, 200, 380, 290), (5, 280, 30, 295)], dtype=np.float64)
    for x0, y0, x1, y1 in boxes.astype(int):
        pixels[y0:y1, x0:x1] = 0
    content = Box(5, 30, 380, 295)
    matrix = skewed(np.random.default_rng(seed), (400, 300), content, most=1.5, bend=bend)
    dark = warp(pixels, matrix, 255) < 128
    for x0, y0, x1, y1 in warped(boxes, matrix):
        part = np.zeros_like(dark)
        part[max(0, int(y0) - 2) : int(y1) + 3, max(0, int(x0) - 2) : int(x1) + 3] = True
        rows, columns = np.nonzero(dark & part)
        found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert found == pytest.approx((x0, y0, x1, y1), abs=1.0)
        dark &= ~part
    assert not dark.any()


def test_nothing_is_pushed_out_of_the_image() -> None:
    content = Box(2, 2, 398, 298)
    for seed in range(50):
        matrix = skewed(np.random.default_rng(seed), (400, 300), content, most=3, bend=0.03)
        x0, y0, x1, y1 = warped(np.array([content]), matrix)[0]
        assert min(x0, y0) >= 0
        assert x1 <= 400
        assert y1 <= 300


@pytest.mark.parametrize("look", ["scan", "photo"])
@pytest.mark.parametrize("seed", range(40, 52))
def test_a_look_leaves_the_words_and_moves_their_boxes(seed: int, look: Look) -> None:
    clean = make_page(seed, SynthSettings(size=SIZE))
    made = make_page(seed, SynthSettings(size=SIZE, looks=(look,)))
    assert made.look == look
    assert made.image.size == clean.image.size
    assert BOX.sub("", made.html) == BOX.sub("", clean.html)
    assert validate(made.html) == []
    pixels = np.asarray(made.image.convert("L")).astype(float)
    contrast = []
    for glyph in made.glyphs:
        x0, y0, x1, y1 = glyph.box
        middle, height = (y0 + y1) / 2, (y1 - y0) / 2
        inside = pixels[int(middle - 0.6 * height) : int(middle + 0.6 * height) + 1, int(x0) : int(x1) + 1]
        around = pixels[max(0, int(y0) - 4) : int(y1) + 5, max(0, int(x0) - 6) : int(x1) + 7]
        contrast.append(around.mean() - inside.mean())
    dark_on_light = np.array(contrast) > 0
    assert dark_on_light.mean() > 0.75
    again = make_page(seed, SynthSettings(size=SIZE, looks=(look,)))
    assert again.image.tobytes() == made.image.tobytes()
    assert again.html == made.html
