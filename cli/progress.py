"""The progress bar. Imported only where stderr is a terminal, for rich takes its time to load."""

from contextlib import suppress
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class ProgressBar:
    """One bar for the pages of the document at hand and, with several, one for the documents."""

    def __init__(self, documents: int) -> None:
        self._bars = Progress(
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

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the terminal is gone
            self._bars.stop()

    def begin(self, name: str, pages: int) -> None:
        if self._begun:
            self._bars.advance(self._documents)
        self._begun = True
        with suppress(OSError):
            self._bars.reset(self._pages, description=_short(name), total=pages, visible=True)

    def advance(self) -> None:
        self._bars.advance(self._pages)


def _short(name: str) -> str:
    """The end of a long name, and nothing that would steer the terminal."""
    printable = "".join(c if c.isprintable() else " " for c in name)
    return printable if len(printable) <= 28 else f"…{printable[-27:]}"
