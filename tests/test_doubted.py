"""Lines that were not believed, read again by themselves: what is asked and what becomes of the answers."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.engines.asker import View
from docparse.engines.doubted import read_again
from docparse.geometry import Box
from docparse.pieces import Piece, PieceSettings
from docparse.pieces.unread import Word

SETTINGS, FACTOR = PieceSettings(7.5, 448), 16
ROUNDS = ((0.95, (1.0, 1.1)), (0.9, (1.05, 0.95)))
FIRST, SECOND = "the harbour wall", "some words in it"


def piece() -> Piece:
    image = Image.new("L", (208, 80), 255)
    for y, text in ((12, FIRST), (42, SECOND)):
        ImageDraw.Draw(image).text((16, y), text, 0, ImageFont.load_default(14))
    return Piece(image, np.eye(2, 3), Box(12, 12, 196, 68), 7.5)


def answer(lines: list[tuple[str, float, float]], *, tag: str = "p", between: str = " ") -> Answer:
    """A paragraph of lines, each with its y and the probability of its letters."""
    start, end = f'<html><body>\n<{tag} data-bbox="12 12 196 68">', f"</{tag}>\n</body></html>"
    text, words = start, []
    logprobs = [math.log(0.99)] * len(text)
    for number, (line, y, probability) in enumerate(lines):
        if number:
            text += between
            logprobs += [0.0] * len(between)
        words += [
            Word(16 + 7 * match.start(), y, len(text) + match.start(), len(text) + match.end())
            for match in re.finditer(r"[^\s<>]+(?![^<]*>)", line)
        ]
        text += line
        logprobs += [math.log(probability)] * len(line)
    text += end
    logprobs += [math.log(0.99)] * len(end)
    ends = list(range(1, len(text) + 1))
    return Answer(text, StopReason.END, (208, 80), logprobs, ends, words=tuple(words))


def talk(first: Answer, *answers: Answer) -> tuple[Answer, list[list[View]]]:
    """What it comes to when those are the answers to whatever is asked, and what was asked."""
    asked = []
    told = iter(answers)
    reading = read_again([(piece(), first)], ROUNDS, SETTINGS, FACTOR)
    try:
        views = next(reading)
        while True:
            asked.append(views)
            views = reading.send([next(told) for _ in views])
    except StopIteration as end:
        ((_, result),) = end.value
        return result, asked


def test_what_is_believed_is_not_read_again() -> None:
    first = answer([(FIRST, 18, 0.97), (SECOND, 48, 0.99)])
    result, asked = talk(first)
    assert asked == []
    assert result == first


def test_the_line_in_doubt_is_outvoted() -> None:
    first = answer([("the hanbonr wall", 18, 0.6), (SECOND, 48, 0.99)])
    result, asked = talk(first, *[answer([(FIRST, 20, 0.99)])] * 4)
    assert result.text == answer([(FIRST, 18, 1), (SECOND, 48, 1)]).text
    dark = [np.asarray(view.image) < 128 for view in asked[0]]
    assert [len(views) for views in asked] == [2]
    rows = np.flatnonzero(dark[0].any(axis=1))
    assert rows[-1] - rows[0] < 20, "one line is shown, not both"
    assert [result.text[word.start : word.end] for word in result.words] == f"{FIRST} {SECOND}".split()
    assert len(result.token_ends) == len(result.token_logprobs)
    assert result.token_ends[-1] == len(result.text)


def test_where_it_is_not_clear_yet_more_are_asked() -> None:
    first = answer([("the hanbonr wall", 18, 0.6)])
    others = [answer([(line, 20, 0.7)]) for line in ("the harbovr vall", "tho harbour wa11")]
    result, asked = talk(first, *others, *[answer([(FIRST, 20, 0.99)])] * 2)
    assert [len(views) for views in asked] == [2, 2]
    assert result.text == answer([(FIRST, 18, 1)]).text


def test_lines_are_told_apart_by_where_their_words_stand() -> None:
    first = answer([("the hanbour wall", 18, 0.6), ("some wards in it", 48, 0.6)])
    # The wider one is the lower on the sheet.
    again = answer([(FIRST, 20, 0.99), (SECOND, 42, 0.99)], tag="h1")
    wider_first = answer([(SECOND, 20, 0.99), (FIRST, 42, 0.99)], tag="h1")
    results = [talk(first, *[of] * 4)[0].text for of in (again, wider_first)]
    assert answer([(FIRST, 18, 1), (SECOND, 48, 1)]).text in results
    assert len(set(results)) == 2, "in the wrong order they are not alike, and not believed"


def test_markup_stays_that_of_the_piece() -> None:
    first = answer([("the <sup>hanbour</sup> wall", 18, 0.6)])
    result, _ = talk(first, *[answer([(FIRST, 20, 0.99)], tag="h2")] * 4)
    assert result.text == answer([("the <sup>harbour</sup> wall", 18, 1)]).text


@pytest.mark.parametrize(
    "again",
    [
        answer([("entirely otherwise 42 and more of it, on and on", 20, 0.99)]),
        replace(answer([(FIRST, 20, 0.99)]), stop_reason=StopReason.LOOP),
        replace(answer([(FIRST, 20, 0.99)]), stop_reason=StopReason.TIMEOUT),
    ],
)
def test_what_is_no_reading_of_the_line_has_no_vote(again: Answer) -> None:
    first = answer([("the hanbour wall", 18, 0.6)])
    result, _ = talk(first, *[again] * 4)
    assert result.text == first.text
    assert result.stop_reason is StopReason.END


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet='ab <>&;/t="\n', max_size=30), min_size=4, max_size=4))
def test_whatever_is_read_the_answer_stays_valid(texts: list[str]) -> None:
    first = answer([("the <sup>hanbour</sup> wall", 18, 0.6), (SECOND, 48, 0.6)])
    result, _ = talk(first, *[answer([(text, 20, 0.9)]) for text in texts])
    assert result.is_valid
    assert re.findall(r"<[^<>]*>", result.text) == re.findall(r"<[^<>]*>", first.text)
    assert result.token_ends == sorted(result.token_ends)
