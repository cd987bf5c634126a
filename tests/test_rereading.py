"""Which pieces nano is asked again about, and what becomes of the answers; the model itself is played by a script."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.engines.asker import Reading, View
from docparse.engines.base import EnginePage, ModelOutput, PageImage
from docparse.engines.local import LocalEngine
from docparse.options import Options
from docparse.pieces.unread import Word

_T = TypeVar("_T")
GOOD = '<html><body>\n<p data-bbox="4 8 60 28">the harbour wall</p>\n</body></html>'
LATER = GOOD.replace("the harbour wall", "some words in a line")
BROKEN = GOOD.replace("</p>", "</h1>")


def answer(text: str, probability: float, reason: StopReason = StopReason.END) -> Answer:
    ends = list(range(1, len(text) + 1))
    return Answer(text, reason, (64, 32), [math.log(probability)] * len(ends), ends)


class Script:
    """What is written to each image in turn, how many there were each time, and which were held to markup."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: list[Answer]) -> None:
        self.asked: list[int] = []
        self.held: list[bool] = []
        self.seen: list[Image.Image] = []
        self.proposed: list[list[int]] = []
        self._answers: Iterator[Answer] = iter(answers)
        monkeypatch.setattr(LocalEngine, "load", lambda _: self)

    def converse(self, readings: Sequence[Reading[_T]], *_: object) -> list[_T]:
        return [self._talk(reading) for reading in readings]

    def _talk(self, reading: Reading[_T]) -> _T:
        answers: list[Answer] | None = None
        while True:
            try:
                answers = self._write(reading.send(answers))  # type: ignore[arg-type]  # None is how one begins
            except StopIteration as end:
                value: _T = end.value
                return value

    def _write(self, views: list[View]) -> list[Answer]:
        if views:
            self.asked.append(len(views))
        self.held += [view.well_formed for view in views]
        self.seen += [view.image for view in views]
        self.proposed += [list(view.earlier) for view in views]
        return [next(self._answers) for _ in views]


class Skipping(Script):
    """The first answer says that its words are all in the first line that is printed."""

    def _write(self, views: list[View]) -> list[Answer]:
        answers = super()._write(views)
        if not views or len(self.asked) > 1:
            return answers
        row = np.flatnonzero((np.asarray(views[0].image) < 128).any(axis=1))[0]
        start = answers[0].text.index("the harbour")
        return [replace(answers[0], words=(Word(16, row + 5, start, start + len("the harbour wall")),))]


def read(lines: int = 1, readings: int = 9) -> ModelOutput:
    image = Image.new("RGB", (700, 400), "white")
    for number in range(lines):
        ImageDraw.Draw(image).text(
            (60, 60 + 30 * number), "some words in a line", "black", ImageFont.load_default(20)
        )
    return LocalEngine(Options(readings=readings)).read(
        EnginePage("x.png", "0", 1, 700, 400, PageImage(1, 700, 400, image), None)
    )


def test_who_is_sure_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [answer(GOOD, 0.97)])
    assert "the harbour wall" in read().text
    assert script.asked == [1]


@pytest.mark.parametrize("first", [answer(GOOD.replace("harbour", "hamburr"), 0.6), answer(BROKEN, 0.97)])
def test_who_is_not_is_asked_again_and_outvoted(monkeypatch: pytest.MonkeyPatch, first: Answer) -> None:
    script = Script(monkeypatch, [first, *[answer(GOOD, 0.99)] * 2])
    output = read()
    assert "the harbour wall</p>" in output.text
    assert output.closed == 0
    assert script.asked == [1, 2]


def test_who_is_outvoted_by_nothing_valid_is_asked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [*[answer(BROKEN, 0.8)] * 3, *[answer(GOOD, 0.99)] * 2])
    assert "the harbour wall</p>" in read().text
    assert script.asked == [1, 2, 2]


def test_it_is_then_left_at_what_most_say(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [answer(GOOD, 0.5)] * 9)
    assert "the harbour wall</p>" in read().text
    assert script.asked == [1, 2]


@pytest.mark.parametrize(("readings", "asked"), [(1, [1]), (2, [1]), (3, [1, 2])])
def test_more_are_not_asked_than_the_user_wants(
    monkeypatch: pytest.MonkeyPatch, readings: int, asked: list[int]
) -> None:
    script = Script(monkeypatch, [answer(GOOD, 0.5)] * 9)
    assert "the harbour wall</p>" in read(readings=readings).text
    assert script.asked == asked


def test_what_is_broken_is_asked_again_however_few_the_user_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [*[answer(BROKEN, 0.8)] * 3, *[answer(GOOD, 0.5)] * 2])
    assert "the harbour wall</p>" in read(readings=1).text
    assert script.asked == [1, 2, 2]


class Pointing(Script):
    """Every answer says that its words are in the first line that is printed."""

    def _write(self, views: list[View]) -> list[Answer]:
        answers = []
        for view, of in zip(views, super()._write(views), strict=True):
            row = np.flatnonzero((np.asarray(view.image) < 128).any(axis=1))[0]
            start, end = of.text.index(">", 16) + 1, of.text.index("</p>")
            answers.append(replace(of, words=(Word(16, row + 5, start, end),)))
        return answers


@pytest.mark.parametrize(
    ("readings", "asked"), [(3, [1, 2]), (5, [1, 2, 2]), (8, [1, 2, 2, 2]), (9, [1, 2, 2, 2, 2])]
)
def test_lines_are_read_again_by_themselves_as_often_as_the_user_wants(
    monkeypatch: pytest.MonkeyPatch, readings: int, asked: list[int]
) -> None:
    script = Pointing(monkeypatch, [answer(LATER, 0.5)] * 9)
    assert "some words in a line</p>" in read(readings=readings).text
    assert script.asked == asked


def test_lines_that_are_clear_in_the_end_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = answer(LATER.replace("words", "wards"), 0.8)
    script = Pointing(monkeypatch, [*[wrong] * 3, *[answer(LATER, 0.99)] * 6])
    assert "some words in a line</p>" in read().text
    assert script.asked == [1, 2, 2]


def test_what_was_written_before_is_proposed_to_who_reads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = replace(answer(GOOD, 0.6), tokens=[3, 1, 4])
    script = Script(monkeypatch, [first, *[answer(GOOD, 0.99)] * 9])
    read()
    assert script.proposed[:3] == [[], [3, 1, 4], [3, 1, 4]]


def test_what_is_never_valid_is_read_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [*[answer(BROKEN, 0.8)] * 5, *[answer(GOOD, 0.97)] * 9])
    output = read(lines=4)
    *asked, parts = script.asked
    assert asked == [1, 2, 2]
    assert output.text.count("the harbour wall</p>") == parts > 1


def test_the_last_readings_of_a_half_are_held_to_well_formed_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    halves = [answer(BROKEN, 0.97), answer(GOOD, 0.97)]
    again = [*[answer(BROKEN, 0.8)] * 2, *[answer(GOOD, 0.99)] * 2]
    script = Script(monkeypatch, [*[answer(BROKEN, 0.8)] * 5, *halves, *again])
    output = read(lines=3)
    assert script.asked == [1, 2, 2, 2, 2, 2]
    assert script.held == [False] * 9 + [True] * 2
    assert output.closed == 0
    assert output.text.count("the harbour wall</p>") == 2


def test_the_last_readings_of_what_has_no_halves_are_too(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [*[answer(BROKEN, 0.8)] * 3, *[answer(GOOD, 0.99)] * 2])
    assert "the harbour wall</p>" in read(lines=1).text
    assert script.held == [False] * 3 + [True] * 2


def test_who_does_not_come_to_an_end_reads_halves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [answer(BROKEN, 0.8, StopReason.LENGTH), *[answer(GOOD, 0.97)] * 9])
    output = read(lines=4)
    _, parts = script.asked
    assert output.stop_reason is StopReason.END
    assert output.text.count("the harbour wall</p>") == parts > 1


def test_whose_time_is_over_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, [answer(BROKEN, 0.8, StopReason.TIMEOUT)])
    assert read(lines=4).stop_reason is StopReason.TIMEOUT
    assert script.asked == [1]


def ink_rows(image: Image.Image) -> int:
    return int((np.asarray(image) < 128).any(axis=1).sum())


def test_a_line_that_was_left_out_is_read_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Skipping(monkeypatch, [answer(GOOD, 0.97), answer(LATER, 0.97)])
    output = read(lines=2)
    assert script.asked == [1, 1]
    whole, part = script.seen
    assert ink_rows(part) < ink_rows(whole)
    assert re.sub(r"<[^>]*>", "", output.text).split() == [
        "the",
        "harbour",
        "wall",
        "some",
        "words",
        "in",
        "a",
        "line",
    ]
    assert output.unread == ()
    assert len(output.token_logprobs) == len(output.token_ends)


@pytest.mark.parametrize("part", [answer(LATER, 0.6), answer(BROKEN, 0.97)])
def test_where_nothing_can_be_made_of_it_that_is_told(monkeypatch: pytest.MonkeyPatch, part: Answer) -> None:
    Skipping(monkeypatch, [answer(GOOD, 0.97), *[part] * 9])
    output = read(lines=2)
    assert "some words" not in output.text
    (place,) = output.unread
    assert 60 < place.x0 + 5 < place.x1 < 300, "in pixels of the page"
    assert 85 < place.y0 < place.y1 < 120
