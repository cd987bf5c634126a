"""Synthetic pages: their truth is canonical, and it says exactly what was drawn where."""

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from docparse.qwenvl import parse, validate, write
from docparse.synth import SynthPage, SynthSettings, make_page
from docparse.synth.settings import KINDS

SEEDS = range(7000, 7024)
PAGES = SynthSettings(color=0.3)
TEXT = SynthSettings(figures=0.0)
FRAGMENTS = SynthSettings(size=(384, 256), cell_boxes=True)
BOX = re.compile(r'data-bbox="(\d+) (\d+) (\d+) (\d+)"')

pytest.importorskip("wordfreq")
pytest.importorskip("faker")


@cache
def page(seed: int, settings: SynthSettings) -> SynthPage:
    return make_page(seed, settings)


def ink(made: SynthPage) -> npt.NDArray[np.bool_]:
    pixels = np.asarray(made.image.convert("RGB")).min(axis=2)
    return pixels < 252


@pytest.mark.parametrize("settings", [PAGES, FRAGMENTS], ids=["page", "fragment"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_truth_is_canonical(seed: int, settings: SynthSettings) -> None:
    html = page(seed, settings).html
    assert validate(html) == []
    answer = parse(html)
    assert answer.problems == []
    assert answer.dialect == "qwenvl"
    assert write(answer.elements) == html


@pytest.mark.parametrize("settings", [PAGES, FRAGMENTS], ids=["page", "fragment"])
@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_hold_all_ink_and_nothing_around_it(seed: int, settings: SynthSettings) -> None:
    made = page(seed, settings)
    drawn = ink(made)
    left = drawn.copy()
    for match in BOX.finditer(made.html):
        x0, y0, x1, y1 = (int(value) for value in match.groups())
        part = drawn[y0:y1, x0:x1]
        assert all(edge.any() for edge in (part[0], part[-1], part[:, 0], part[:, -1])), match.group()
        left[y0:y1, x0:x1] = False
    for box in made.ornaments:
        left[int(box.y0) : int(np.ceil(box.y1)), int(box.x0) : int(np.ceil(box.x1))] = False
    assert not left.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_printed_character_has_a_glyph(seed: int) -> None:
    made = page(seed, TEXT)
    drawn = ink(made)
    offsets = [glyph.offset for glyph in made.glyphs]
    assert offsets == sorted(set(offsets))
    texts = re.compile(r'(?<=>)[^<>]+(?=<)|(?<=data-marker=")[^"]*')
    expected = [
        match.start() + entity.start()
        for match in texts.finditer(made.html)
        for entity in re.finditer(r"&#?\w+;|\S", match.group())
    ]
    assert offsets == expected
    for glyph in made.glyphs:
        x0, y0, x1, y1 = glyph.box
        # Signs such as _ stand below the letters, accents on capitals above them.
        rows = slice(max(0, int(y0 - 0.4 * (y1 - y0))), int(y1 + 0.4 * (y1 - y0)) + 1)
        assert drawn[rows, max(0, int(x0) - 1) : int(x1) + 2].any(), made.html[glyph.offset]


def test_glyphs_stand_around_the_middle_of_the_small_letters() -> None:
    checked = 0
    # How much stands on a page depends on the machine's fonts: one alone may have few of these letters.
    for seed in range(7001, 7005):
        made = page(seed, SynthSettings(size=(600, 200), languages=("en",), color=0))
        drawn = ink(made)
        for glyph in made.glyphs:
            if made.html[glyph.offset] in "xznu":
                x0, y0, x1, y1 = glyph.box
                rows = drawn[int(y0) : int(y1) + 1, round(x0) + 1 : round(x1) - 1].any(axis=1)
                inked = np.flatnonzero(rows) + int(y0)
                assert (inked[0] + inked[-1] + 1) / 2 == pytest.approx((y0 + y1) / 2, abs=1.2)
                checked += 1
    assert checked > 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_glyphs_of_a_line_stand_at_one_height_and_no_two_at_one_place(seed: int, kind: str) -> None:
    made = page(seed, SynthSettings(kinds=(kind,)))
    lines: dict[int, list[float]] = {}
    for glyph in made.glyphs:
        lines.setdefault(glyph.line, []).append((glyph.box[1] + glyph.box[3]) / 2)
    assert len(lines) > 3
    # A label and its value may be set in faces with other small letters.
    assert max(max(middles) - min(middles) for middles in lines.values()) < 2.5
    places = [(round(glyph.box[0], 1), round(glyph.box[1], 1)) for glyph in made.glyphs]
    assert len(set(places)) == len(places)


def test_a_seed_makes_the_same_page_whatever_was_made_before() -> None:
    first = make_page(31, PAGES)
    make_page(32, SynthSettings(languages=("ru",)))
    again = make_page(31, PAGES)
    assert again.html == first.html
    assert again.image.tobytes() == first.image.tobytes()
    assert again.glyphs == first.glyphs
    assert make_page(33, PAGES).html != first.html


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_asked_for(kind: str) -> None:
    made = make_page(5, SynthSettings(kinds=(kind,), languages=("el",), size=(900, 1200)))
    assert (made.kind, made.language, made.image.size) == (kind, "el", (900, 1200))
    assert re.search("[α-ω]", made.html)
