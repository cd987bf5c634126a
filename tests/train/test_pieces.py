"""Synthetic pages in pieces: each letter once, in its place, in HTML that is whole."""

from collections import Counter

import numpy as np
import pytest

from docparse.qwenvl import parse, write
from docparse.synth import SynthPage, SynthSettings, make_page
from docparse.synth.settings import Look
from docparse.train.batches import PADDING, Canvas, Pages
from docparse.train.lessons import make_lesson
from docparse.train.pieces import page_pieces
from docparse.train.recipe import PIECES
from docparse.train.vocabulary import Vocabulary


def pages(look: Look, seeds: range) -> list[SynthPage]:
    settings = SynthSettings(languages=("en", "fr"), looks=(look,), figures=0.2)
    return [make_page(seed, settings) for seed in seeds]


@pytest.mark.parametrize("look", ["clean", "scan"])
def test_pieces_hold_the_letters_of_the_page(look: Look) -> None:
    held = whole = 0
    for page in pages(look, range(6)):
        pieces = page_pieces(page, PIECES)
        letters = Counter(page.html[offset] for offset in page.offsets.tolist())
        found = Counter(piece.html[offset] for piece in pieces for offset in piece.offsets.tolist())
        assert not found - letters, "a letter is in two pieces"
        held, whole = held + found.total(), whole + letters.total()
    # What is cut through a row of a table is left out.
    assert held > 0.75 * whole


def test_what_is_to_be_written_is_canonical() -> None:
    for page in pages("clean", range(6, 12)):
        for piece in page_pieces(page, PIECES):
            answer = parse(piece.html)
            assert not [problem for problem in answer.problems if "table" not in problem.kind], piece.html
            assert {element.kind for element in parse(write(answer.elements)).elements} == {
                element.kind for element in answer.elements
            }


def test_letters_lie_on_their_ink_and_in_their_box() -> None:
    for page in pages("clean", range(12, 16)):
        for piece in page_pieces(page, PIECES):
            gray = np.asarray(piece.image.convert("L")).astype(int)
            height, width = gray.shape
            for glyph in piece.glyphs:
                left, top, right, bottom = (round(edge) for edge in glyph.box)
                assert 0 <= left <= right <= width
                assert 0 <= top + 3 <= bottom <= height + 6
            inks = [
                gray[max(0, int(glyph.box[1])) : int(glyph.box[3]) + 1, int(glyph.box[0]) : int(glyph.box[2]) + 2]
                for glyph in piece.glyphs
                if piece.html[glyph.offset].isalpha()
            ]
            assert np.mean([np.ptp(ink) > 40 for ink in inks if ink.size] or [1]) > 0.95


def test_a_piece_is_a_lesson(vocabulary: Vocabulary) -> None:
    (page,) = pages("scan", range(20, 21))
    for piece in page_pieces(page, PIECES):
        lesson = make_lesson(piece, vocabulary)
        assert lesson.image.shape == (piece.image.height, piece.image.width)
        assert vocabulary.tokens[lesson.tokens[-1]] == "<|im_end|>"


def test_a_paragraph_that_goes_on_elsewhere_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    (page,) = [page for page in pages("clean", range(30, 60)) if page.kind == "article"][:1]
    pieces = page_pieces(page, PIECES)
    texts = [element.text for piece in pieces for element in parse(piece.html).elements if element.text]
    wholes = {element.text for element in parse(page.html).elements if element.text}
    parts = [text for text in texts if text not in wholes]
    assert parts
    flat = "".join("".join(wholes).split())
    for text in parts:
        assert "".join(text.split()) in flat.replace("-", "") or "".join(text.split()) in flat


def test_batches_are_made_of_pieces_that_fit() -> None:
    canvas = Canvas(832, 160, count=3, tokens=400, fragments=0.0)
    make = Pages((canvas,), looks=("clean",), languages=("en",), figures=0.0, pieces=PIECES)
    batch = make(5, 0)
    assert batch.images.shape == (3, 160, 832)
    assert ((batch.tokens != PADDING).sum(axis=1) > 5).all()
    assert np.array_equal(batch.tokens, make(5, 0).tokens)
