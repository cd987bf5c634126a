"""Lines that were read twice are there once."""

import math

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.engines.once import read_once
from tests.print import SIZE, Printed, lines, piece_of, words_of

FIRST, SECOND = "Held in the schoolroom at Elm Lane on Saturday", "Present were thirty members of the society"


def once(printed: list[Printed], read: list[Printed], body: str) -> str:
    text = f"<html><body>\n{body}\n</body></html>"
    ends = list(range(1, len(text) + 1))
    answer = Answer(text, StopReason.END, SIZE, [math.log(0.9)] * len(ends), ends, words=words_of(read, text))
    told = read_once(answer, piece_of(printed))
    assert len(told.token_ends) == len(told.token_logprobs)
    assert all(told.text[word.start : word.end].strip() for word in told.words)
    return told.text[slice(*told.inside)].strip()


def test_the_end_of_a_line_that_was_read_again() -> None:
    printed = lines(FIRST, SECOND)
    place = 20 + round(Printed(0, 0, "Held in the schoolroom at ").width)
    read = [printed[0], Printed(place, 20, "Eln Lane on Satrd"), printed[1]]
    body = f'<p data-bbox="12 12 380 60">{FIRST} Eln Lane on Satrd {SECOND}</p>'
    assert once(printed, read, body) == f'<p data-bbox="12 12 380 60">{FIRST} {SECOND}</p>'


def test_lines_that_say_the_same_are_two() -> None:
    printed = lines(FIRST, FIRST)
    body = f"<p>{FIRST} {FIRST}</p>"
    assert once(printed, printed, body) == body


def test_elements_that_say_the_same_are_two() -> None:
    printed = [Printed(20, 20, "twelve"), Printed(200, 20, "twelve")]
    body = "<p>twelve</p><p>twelve</p>"
    assert once(printed, printed, body) == body


def test_words_of_one_line_that_are_alike_stand_beside_each_other() -> None:
    printed = lines("again and again and again and again")
    body = "<p>again and again and again and again</p>"
    assert once(printed, printed, body) == body


def test_what_is_read_of_another_line_stays() -> None:
    printed = lines(FIRST, "Elm Lane on Saturday")
    body = f"<p>{FIRST} Elm Lane on Saturday</p>"
    assert once(printed, printed, body) == body
