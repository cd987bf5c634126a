"""Synthetic pages in pieces: each letter once, in its place, in HTML that is whole."""

from collections import Counter

import numpy as np
import pytest

from docparse.qwenvl import parse, write
from docparse.synth import SynthPage, SynthSettings, make_page
from docparse.synth.settings import Look
from docparse.train.batches import PADDING, RUN
from docparse.train.lessons import make_lesson
from docparse.train.pieces import page_pieces
from docparse.train.recipe import PIECES
from docparse.train.rounds import Pieces
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


def test_a_round_holds_all_pieces_of_its_pages_like_with_like() -> None:
    make = Pieces(PIECES, looks=("clean",), languages=("en",), figures=0.0, positions=1500)
    batches = [make(5, index) for index in range(RUN)]
    lengths = [(batch.tokens != PADDING).sum(axis=1) for batch in batches]
    assert all(len(length) and (length > 5).all() for length in lengths)
    longest = max(batch.tokens.shape[1] for batch in batches)
    # Were all of them filled up to the longest, most would be filling.
    assert sum(batch.tokens.size for batch in batches) < 0.7 * longest * sum(map(len, lengths))
    assert len({batch.images.shape for batch in batches}) > 1


def test_a_round_is_the_same_whoever_makes_it() -> None:
    make = Pieces(PIECES, looks=("clean",), languages=("en",), figures=0.0, positions=300)
    first = [make(5, index).tokens for index in range(2 * RUN)]
    again = make(5, RUN + 1).tokens
    assert np.array_equal(first[RUN + 1], again)
    assert not any(tokens.shape == again.shape and np.array_equal(tokens, again) for tokens in first[:RUN])
