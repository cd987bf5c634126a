"""Answers to pieces become one answer: boxes on the page, elements closed, tokens where they were."""

from dataclasses import replace

import numpy as np
from PIL import Image

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.engines.pieced import join, picture, placed
from docparse.geometry import Box
from docparse.pieces import Piece
from docparse.qwenvl import parse


def piece(x: float, y: float, scale: float = 2.0) -> Piece:
    """64×32 pixels that show a part of the page, which is ``scale`` times as large, from (x, y)."""
    matrix = np.array([[scale, 0.0, x], [0.0, scale, y]])
    return Piece(Image.new("L", (64, 32)), matrix, Box(4, 4, 60, 28), text_height=7.5)


def joined_of(pieces: list[Piece], answers: list[Answer]) -> Answer:
    parts = [part for piece, answer in zip(pieces, answers, strict=True) for part in placed(piece, answer)]
    return join(parts, (800, 600))


def answer(text: str, reason: StopReason = StopReason.END) -> Answer:
    ends = list(range(1, len(text) + 1))
    return Answer(text, reason, (64, 32), [-0.1] * len(ends), ends)


def page(*texts: str) -> str:
    return "<html><body>\n" + "\n".join(texts) + "\n</body></html>"


def test_boxes_are_those_of_the_page() -> None:
    joined = joined_of(
        [piece(100, 50), piece(100, 200)],
        [answer(page('<p data-bbox="4 8 60 28">one</p>')), answer(page('<h1 data-bbox="0 0 10 10">two</h1>'))],
    )
    assert joined.text == page('<p data-bbox="108 66 220 106">one</p>', '<h1 data-bbox="100 200 120 220">two</h1>')
    assert (joined.image_size, joined.stop_reason) == ((800, 600), StopReason.END)


def test_each_token_of_a_word_ends_where_it_ended() -> None:
    texts = [page('<p data-bbox="4 8 60 28">one &amp; two</p>'), page('<p data-bbox="1 2 3 4">three</p>')]
    joined = joined_of([piece(0, 0), piece(0, 90)], [answer(text) for text in texts])
    for word in ("one", "two", "three"):
        at = joined.text.index(word)
        assert [joined.text[end - 1] for end in joined.token_ends if at < end <= at + len(word)] == list(word)
    assert joined.token_ends == sorted(joined.token_ends)
    assert len(joined.token_logprobs) == len(joined.token_ends)


def test_what_one_answer_leaves_open_does_not_swallow_the_next() -> None:
    broken = '<html><body>\n<div class="table" data-bbox="0 0 9 9"><table><tr><td>a</td><td>b <p data-b'
    joined = joined_of(
        [piece(0, 0), piece(0, 90)],
        [answer(broken, StopReason.LENGTH), answer(page('<p data-bbox="4 8 60 28">one</p>'))],
    )
    assert (joined.stop_reason, joined.closed) == (StopReason.LENGTH, 1)
    elements = parse(joined.text).elements
    assert [(element.kind, element.text) for element in elements] == [("table", "a\tb"), ("paragraph", "one")]


def test_corners_in_the_wrong_order_stay_wrong() -> None:
    joined = joined_of([piece(0, 0)], [answer(page('<p data-bbox="60 8 4 28">one</p>'))])
    assert 'data-bbox="120 16 8 56"' in joined.text


def test_nothing_is_read_in_a_picture() -> None:
    joined = joined_of([piece(10, 20)], [picture(piece(10, 20))])
    (element,) = parse(joined.text).elements
    assert (element.kind, element.text, element.box) == ("picture", "", Box(18, 28, 130, 76))


def test_no_pieces_are_an_empty_page() -> None:
    assert parse(joined_of([], []).text).elements == []


def test_what_could_not_be_read_is_told_in_pixels_of_the_page() -> None:
    left = replace(answer(page('<p data-bbox="4 8 60 28">one</p>')), unread=(Box(4, 8, 60, 28),))
    joined = joined_of([piece(0, 0), piece(10, 90)], [left, left])
    (first,) = joined_of([piece(0, 0)], [left]).unread
    assert joined.unread[0] == first
    assert joined.unread[1] == Box(first.x0 + 10, first.y0 + 90, first.x1 + 10, first.y1 + 90)


def test_what_is_less_than_a_pixel_of_the_page_has_an_area_still() -> None:
    small = piece(100, 50, scale=0.125)
    joined = joined_of([small], [answer(page('<p data-bbox="16 16 18 19">i</p>'))])
    assert joined.text == page('<p data-bbox="102 52 103 53">i</p>')
