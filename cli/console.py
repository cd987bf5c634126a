"""What people read while they wait: messages, progress and the summary, all on stderr. And the way to stdout."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from docparse.errors import OutputError

if TYPE_CHECKING:
    from docparse import Document
    from docparse.document import Problem


class ReaderGoneError(Exception):
    """Our standard output is a pipe that was closed at its other end. (A BrokenPipeError of Python's own would be
    turned into exit code 1 by the parser of options.)"""


def error(message: str) -> None:
    """One line, whatever the message holds."""
    _line(f"docparse: {message}")


def note(message: str) -> None:
    """One line that is no error, such as a summary."""
    _line(f"docparse: {message}")


def printable(text: str) -> str:
    """In one line, and nothing that would steer a terminal: it may be the name or the content of a file."""
    return "".join(c if c.isprintable() else " " for c in text)


def _line(text: str) -> None:
    # Where nobody can read it (the terminal is gone, the disk behind it full) the work goes on.
    with suppress(OSError):
        print(printable(text), file=sys.stderr, flush=True)


def write_stdout(output: str | bytes) -> None:
    """The document's bytes and nothing else; text in UTF-8 whatever the locale says, ended by a line break.

    Raises:
        OutputError: standard output cannot be written, e.g. the disk behind it is full.
        ReaderGoneError: whoever reads it has seen enough.
    """
    try:
        if isinstance(output, str):
            line_end = "" if output.endswith("\n") or not output else "\n"
            output = f"{output}{line_end}".encode("utf-8", "replace")
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {error.strerror}") from error


Writing = Callable[[], tuple[int, str] | None]


class Progress(Protocol):
    """What the loop over pages tells."""

    def begin(self, name: str, pages: int, writing: Writing | None = None) -> None:
        """``writing`` tells a page and what is being written of it, whenever it is asked."""

    def advance(self) -> None: ...


class _Silent:
    def begin(self, name: str, pages: int, writing: Writing | None = None) -> None:
        pass

    def advance(self) -> None:
        pass


def progress(documents: int, *, quiet: bool, shows_text: bool = False) -> AbstractContextManager[Progress]:
    """A progress bar where stderr is a terminal, with the text that is being written if wanted; else nothing."""
    if quiet or not sys.stderr.isatty():
        return nullcontext(_Silent())
    from .progress import ProgressBar

    return ProgressBar(documents, shows_text=shows_text)


def problems(name: str, found: Iterable["Problem"]) -> None:
    """Every problem, a line each."""
    for problem in found:
        place = f"page {problem.page}" if problem.page else "document"
        place += f", {problem.element}" if problem.element else ""
        _line(f"docparse: {name}: {place}: {problem.severity.value}: {problem.message}")


def losses(document: "Document") -> None:
    """One line on what is missing from a document that is written all the same."""
    lost = [page for page in document.pages if page.status.value != "ok"]
    if not lost:
        return
    reasons = [p.message for page in lost for p in page.problems if p.severity.value == "error"]
    numbers = ", ".join(str(page.number) for page in lost[:10]) + (", …" if len(lost) > 10 else "")
    what = f"{len(lost)} of {len(document.pages)} pages could not be read, or not to the end ({numbers})"
    error(f"{document.source.name}: {what}: {reasons[0] if reasons else 'see the problems in the JSON'}")


def summary(document: "Document", seconds: float) -> None:
    """The closing line of one document."""
    engines = Counter(page.engine or "none" for page in document.pages)
    models = sorted({page.model for page in document.pages if page.model})
    told = ", ".join(name if len(engines) == 1 else f"{name} ×{n}" for name, n in engines.most_common())
    parts = [
        _count(len(document.pages), "page"),
        _count(sum(len(page.elements) for page in document.pages), "element"),
        _count(len(document.problems) + sum(len(page.problems) for page in document.pages), "problem"),
        f"engine {told}" + (f" ({', '.join(models)})" if models else ""),
        f"{seconds / max(1, len(document.pages)):.2f} s a page",
    ]
    _line(f"docparse: {document.source.name}: {', '.join(parts)}")


@dataclass
class Tally:
    """How many of several documents there are, and what became of them."""

    documents: int
    done: int = 0
    failed: int = 0
    """Those with pages that were not read among them."""
    pages: int = 0

    def count(self, document: "Document | None") -> None:
        """None is one of which nothing came."""
        self.pages += len(document.pages) if document else 0
        if document is not None and document.is_complete:
            self.done += 1
        else:
            self.failed += 1


def batch_summary(tally: Tally, seconds: float) -> None:
    """The closing line of a folder or of several documents."""
    left = tally.documents - tally.done - tally.failed
    _line(
        f"docparse: {_count(tally.documents, 'document')}: {tally.done} written, {tally.failed} with errors"
        f"{f', {left} not read' if left else ''}; "
        f"{_count(tally.pages, 'page')} in {seconds:.1f} s, {seconds / max(1, tally.pages):.2f} s a page"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
