"""Ink that no word of an answer stands on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docparse.geometry import Box
from docparse.pieces.unread import Lines, Word
from tests.print import PITCH, SIZE, Printed, lines, piece_of, words_of

TEXT = [
    "the harbour wall was built in the year",
    "of the flood, and mended twice by those",
    "who lived behind it; nobody paid them",
    "for the stone or for the lime.",
]


def unread(printed: list[Printed], read: list[Printed], drawn: tuple[Box, ...] = ()) -> list[Box]:
    text = " ".join(line.text for line in read)
    return Lines(piece_of(printed)).unread(words_of(read, text), drawn)


def test_nothing_is_left_of_what_was_read() -> None:
    assert unread(lines(*TEXT), lines(*TEXT)) == []


@pytest.mark.parametrize("missed", range(4))
def test_a_line_that_was_skipped(missed: int) -> None:
    printed = lines(*TEXT)
    (found,) = unread(printed, [line for line in printed if line is not printed[missed]])
    line = printed[missed]
    assert found.y0 < line.y < found.y1
    assert found.height < PITCH
    assert (found.x0, found.x1) == pytest.approx((line.x, line.x + line.width), abs=6)


def test_lines_that_follow_each_other_are_one_place() -> None:
    printed = lines(*TEXT)
    (found,) = unread(printed, printed[:2])
    assert found.y0 < printed[2].y < printed[3].y < found.y1


def test_words_that_were_skipped_within_a_line() -> None:
    printed = lines(*TEXT)
    begin = Printed(20, 20, "the harbour")
    end = Printed(20 + round(Printed(0, 0, "the harbour wall was built in ").width), 20, "the year")
    (found,) = unread(printed, [begin, end, *printed[1:]])
    assert found.x0 > 20 + begin.width
    assert found.x1 < end.x + 10
    assert found.width > 40


def test_two_columns_of_a_table_are_two_places() -> None:
    printed = [*lines("Anna Berg", "Bert Cole"), *lines("twelve stones", "eleven stones", x=280)]
    assert len(unread(printed, printed[:1])) == 3, "one beside Anna, and two in the other line"


def test_what_is_drawn_is_not_there_to_be_read() -> None:
    printed = lines(*TEXT)
    assert unread(printed, printed[:2], (Box(10, printed[2].y - 8, 390, printed[3].y + 8),)) == []


def test_large_letters_are_wide() -> None:
    printed = [Printed(20, 30, "The harbour and its wall", size=26), *lines(*TEXT[:2], first=70)]
    assert unread(printed, printed) == []


def test_a_blank_piece_has_no_lines() -> None:
    assert Lines(piece_of([])).unread([Word(8, 8, 0, 4)], []) == []


places = st.tuples(st.floats(-50, 500), st.floats(-50, 300), st.integers(0, 80), st.integers(1, 30))


@settings(max_examples=60, deadline=None)
@given(st.lists(places, max_size=30))
def test_wherever_words_are_said_to_be_the_places_are_on_the_piece(told: list[tuple[float, float, int, int]]) -> None:
    words = [Word(x, y, start, start + length) for x, y, start, length in told]
    for box in Lines(piece_of(lines(*TEXT))).unread(words, []):
        assert 0 <= box.x0 < box.x1 <= SIZE[0]
        assert 0 <= box.y0 < box.y1 <= SIZE[1]
