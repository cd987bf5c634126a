"""The progress bar. Imported only where stderr is a terminal, for rich takes its time to load."""

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from .console import Writing, printable

_LINES = 5
"""Of the text that is being written, the last ones."""
_SECONDS = 0.4
"""Between two looks at it."""


class ProgressBar:
    """One bar for the pages of the document at hand and, with several, one for the documents."""

    def __init__(self, documents: int, *, shows_text: bool) -> None:
        self._bars = _Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._documents = self._bars.add_task("documents", total=documents, visible=documents > 1)
        self._pages = self._bars.add_task("pages", total=None, visible=False)
        self._begun = False
        self._shows_text = shows_text

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the terminal is gone
            self._bars.stop()

    def begin(self, name: str, pages: int, writing: Writing | None = None) -> None:
        if self._begun:
            self._bars.advance(self._documents)
        self._begun = True
        if self._shows_text:
            self._bars.writing = writing
        with suppress(OSError):
            self._bars.reset(self._pages, description=_short(name), total=pages, visible=True)

    def advance(self) -> None:
        self._bars.advance(self._pages)


class _Bars(Progress):
    """The bars, and below them the end of the text that a model is writing."""

    writing: Writing | None = None
    _shown = Text()
    _looked_at = 0.0

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self.writing is not None:
            now = time.monotonic()
            if now - self._looked_at > _SECONDS:
                self._shown, self._looked_at = self._look(self.writing), now
            yield self._shown

    def _look(self, writing: Writing) -> Text:
        found = writing()
        if found is None:
            return Text()
        number, text = found
        width = self.console.width
        # No character is narrower than nothing: what is before this is not shown anyway.
        tail = text[-_LINES * width :]
        lines = Text("\n".join(map(printable, tail.splitlines()))).wrap(self.console, width)[-_LINES:]
        return Text("\n", style="dim").join([Text(f"page {number}:"), *lines])


def _short(name: str) -> str:
    """The end of a long name, and nothing that would steer the terminal."""
    name = printable(name)
    return name if len(name) <= 28 else f"…{name[-27:]}"
