"""What is shown on a terminal of the text that a model is writing."""

import io
import sys
import threading
from collections.abc import Callable

import pytest

from docparse import Pipeline
from docparse.cli.progress import ProgressBar
from docparse.document import StopReason
from docparse.engines.base import Engine, EnginePage, ModelOutput
from docparse.options import Options
from tests.conftest import SAMPLES


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def shown(text: str, *, shows_text: bool = True) -> str:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        with ProgressBar(1, shows_text=shows_text) as bar:
            bar.begin("a.pdf", 3, lambda: (2, text))
            bar.advance()
        return terminal.getvalue()

    return shown


def test_the_last_lines_of_the_text_are_shown(show: Callable[..., str]) -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    shown = show(text)
    assert "a.pdf" in shown
    assert "page 2:" in shown
    assert "line 95" in shown
    assert "line 99" in shown
    assert "line 94" not in shown
    assert "page 2:" not in show(text, shows_text=False)


def test_a_model_cannot_steer_the_terminal(show: Callable[..., str]) -> None:
    shown = show("\x1b]0;title\x07\x1b[2J\x9b31m\u202e\t\b\r[bold red]not[/] [link=file:///x]it[/link]")
    assert "[bold red]not[/] [link=file:///x]it[/link]" in shown
    for steering in ("\x1b]", "\x07", "\x1b[2J\x9b", "\x9b", "\u202e", "\t", "\b"):
        assert steering not in shown


def test_the_text_so_far_is_that_of_the_first_page_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    second_is_at_work, may_end = threading.Event(), threading.Event()

    def ask(self: Pipeline, engine: Engine, page: EnginePage) -> ModelOutput:
        page.watch(lambda: f"text of {page.number}")
        if page.number == 2:
            second_is_at_work.set()
            may_end.wait(60)
        return ModelOutput("<p>Text</p>", StopReason.END, (100, 100), "fake")

    monkeypatch.setattr(Pipeline, "ask", ask)
    with Pipeline(Options(engine="layout", workers=1)).open(SAMPLES / "report.pdf") as opened:
        assert opened.writing() is None
        pages = opened.pages()
        next(pages)
        second_is_at_work.wait(60)
        assert opened.writing() == (2, "text of 2")
        may_end.set()
        assert [page.number for page in pages] == [2, 3]
        assert opened.writing() is None
