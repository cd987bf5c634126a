"""What is tried where a model repeats itself without end; the model itself is played by a script."""

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw, ImageFont

from docparse.document import StopReason
from docparse.engines import local
from docparse.engines.answer import Answer
from docparse.engines.asker import View
from docparse.engines.base import EnginePage, ModelOutput, PageImage
from docparse.engines.local import LocalEngine
from docparse.options import Options
from docparse.runtime.checkpoint import check

HEAD = '<html><body>\n<h1 data-bbox="8 8 500 40">The harbour</h1>\n'
ROUND = '<p data-bbox="8 60 300 80">again</p>\n'
LOOPING = HEAD + ROUND * 9
GOOD = HEAD + '<p data-bbox="8 60 300 80">again</p>\n<p data-bbox="8 90 300 110">and on</p>\n</body></html>'


def answer(text: str, probability: float = 0.95, reason: StopReason = StopReason.END) -> Answer:
    """A token a character."""
    tokens = [ord(character) for character in text]
    return Answer(text, reason, (700, 392), [math.log(probability)] * len(text), [*range(1, len(text) + 1)], tokens)


def loop() -> Answer:
    return answer(LOOPING, reason=StopReason.LOOP)


class Script:
    """What is answered in turn, and what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> None:
        self.asked: list[View] = []
        self._answers: Iterator[Answer] = iter(answers)
        monkeypatch.setattr(LocalEngine, "load", lambda _: self)
        # As with a vendor checkpoint: whole pages.
        monkeypatch.setattr(local, "check", lambda path: replace(check(path), pieces=None))

    def ask(self, views: list[View], *_: object) -> list[Answer]:
        self.asked += views
        return [next(self._answers) for _ in views]


def read() -> ModelOutput:
    image = Image.new("RGB", (700, 400), "white")
    for number in range(6):
        words = (60, 60 + 40 * number), "some words in a line"
        ImageDraw.Draw(image).text(*words, "black", ImageFont.load_default(20))
    return LocalEngine(Options()).read(EnginePage("x.png", "0", 1, 700, 400, PageImage(1, 700, 400, image), None))


def test_at_first_it_goes_on_from_where_the_loop_began(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, loop(), answer(GOOD))
    output = read()
    assert output.text == GOOD
    assert "second best" in output.notes[0]
    _, second = script.asked
    assert second.start is not None
    # The first round has been kept, and the token with which the next one began may not come.
    assert "".join(map(chr, second.start.tokens)) == HEAD + ROUND
    assert second.refused == ord("<")


def test_then_tokens_are_drawn_and_the_page_is_shown_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, loop(), loop(), loop(), loop(), answer(GOOD))
    assert "at 70% of its size" in read().notes[0]
    assert [view.temperature > 0 for view in script.asked] == [False, False, True, False, False]
    assert [view.image.width for view in script.asked] == [700, 700, 700, 595, 490]


def test_at_last_it_is_shown_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = answer('<html><body>\n<p data-bbox="12 12 90 30">a line</p>\n</body></html>')
    script = Script(monkeypatch, *[loop() for _ in range(5)], *[piece] * 9)
    output = read()
    assert "in pieces" in output.notes[0]
    assert output.text.count("a line") == len(script.asked) - 5
    assert output.stop_reason is StopReason.END


def test_what_comes_to_its_mind_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, loop(), answer("<p>blah blah", 0.2), answer(GOOD))
    assert read().text == GOOD
    assert len(script.asked) == 3


def test_a_loop_in_one_piece_takes_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    Script(monkeypatch, *[loop() for _ in range(6)])
    output = read()
    assert output.stop_reason is StopReason.LOOP
    assert output.text.count("again") == 1
    assert "in other ways" in output.notes[0]


def test_without_time_nothing_else_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, loop(), answer("", reason=StopReason.TIMEOUT))
    output = read()
    assert (output.text, output.stop_reason) == (LOOPING, StopReason.LOOP)
    assert len(script.asked) == 2
