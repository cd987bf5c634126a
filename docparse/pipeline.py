"""From what is given to documents, with one set of engines for all of them."""

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .document import Document, PageStatus, Severity, Source
from .engines.base import Engine, EnginePage, ModelOutput
from .engines.choice import EngineChoice, choose
from .engines.raw import save
from .errors import DocparseError, InputError, ModelError, PageError
from .opened import OpenDocument, WorkerPool
from .options import Options, select_pages
from .source import NamedFile, open_source
from .stages import Stages
from .worker import Worker

_MOST_WORKERS = 4


class Pipeline:
    """Parses documents with one set of options; its engines are loaded once and serve them all."""

    def __init__(self, options: Options) -> None:
        """
        Raises:
            UsageError, ModelError: the options cannot be served.
        """
        self.options = options
        self.engines: EngineChoice = choose(options)
        self._workers = options.workers or min(_MOST_WORKERS, os.cpu_count() or 1)
        self.begun: dict[int, OpenDocument | DocparseError] = {}
        """By their place in what ``open_all`` was given, those that it has begun and that nobody has come to the end
        of. Whoever stops early finds there what is finished."""

    @contextmanager
    def open(self, given: str | Path | NamedFile) -> Iterator["OpenDocument"]:
        """Open ``given``, a path or ``-`` for standard input.

        Raises:
            InputError, PasswordError: it cannot be read.
            UsageError: it does not have the pages that were asked for.
        """
        with ExitStack() as stack:
            source = stack.enter_context(open_source(given))
            first = Worker(source, self.options.password)
            stack.callback(first.close)
            try:
                overview = first.overview()
            except PageError as error:
                raise InputError(f"{source.name} cannot be opened: {error}") from error
            numbers = select_pages(self.options.pages, overview.page_count)
            more = min(self._workers, len(numbers)) - 1
            pool = WorkerPool([first, *(Worker(source, self.options.password) for _ in range(more))])
            described = Source(
                name=source.name,
                media_type=source.media_type,
                bytes=source.size,
                sha256=source.sha256,
                page_count=overview.page_count,
            )
            stages = Stages(described, self.options, self.engines, self.ask, pool.borrow)
            opened = OpenDocument(described, overview, numbers, pool, stages, self.pages_at_once)
            stack.callback(opened.close)
            yield opened

    def open_all(self, given: Iterable[str | Path | NamedFile]) -> Generator["OpenDocument | DocparseError"]:
        """Each document in turn, or why it cannot be opened; it is closed when the next one is asked for.

        While one is at work the next are begun, as many as it takes to have a page for everyone who can read one.
        """
        remaining = enumerate(given)
        begun: dict[int, OpenDocument | DocparseError] = {}
        self.begun = begun
        with ExitStack() as all_of_them:
            stacks: deque[ExitStack] = deque()
            while True:
                while sum(map(_pages_of, begun.values())) < self.pages_at_once:
                    place, path = next(remaining, (0, None))
                    if path is None:
                        break
                    stack = all_of_them.enter_context(ExitStack())
                    begun[place] = self._begin(stack, path)
                    stacks.append(stack)
                if not begun:
                    return
                place = min(begun)
                yield begun[place]
                del begun[place]
                stacks.popleft().close()

    def _begin(self, stack: ExitStack, given: str | Path | NamedFile) -> "OpenDocument | DocparseError":
        try:
            opened = stack.enter_context(self.open(given))
        except DocparseError as error:
            return error
        opened.begin()
        return opened

    @property
    def pages_at_once(self) -> int:
        """How many pages are under way at the same time, in all documents together, where there are so many."""
        return max(self._workers, self.engines.pages_at_once)

    def parse(self, given: str | Path | NamedFile) -> Document:
        """The whole document.

        Raises:
            InputError, PasswordError: it cannot be read.
            ModelError: none of its pages can be read without a model, or the model cannot be used.
        """
        with self.open(given) as opened:
            document = opened.assemble(list(opened.pages()))
        refuse_if_unread(document)
        return document

    def ask(self, engine: Engine, page: EnginePage) -> ModelOutput:
        """The engine's answer. May be called by several threads."""
        output = engine.read(page)
        if self.options.save_raw is not None:
            save(self.options.save_raw, page, output)
        return output


def _pages_of(one: OpenDocument | DocparseError) -> int:
    """Not none, of whatever it is: so that not all of a thousand bad files are opened before the first is told."""
    return max(1, len(one.numbers)) if isinstance(one, OpenDocument) else 1


def refuse_if_unread(document: Document) -> None:
    """
    Raises:
        ModelError: no page could be read, for want of a model.
        InputError: no page could be read, for another reason.
        DocparseError: and that reason is a defect of ours.
    """
    if not document.pages or any(page.status is not PageStatus.FAILED for page in document.pages):
        return
    problems = [problem for page in document.pages for problem in page.problems if problem.severity is Severity.ERROR]
    for problem in problems:
        if problem.kind == "no-model":
            raise ModelError(f"{document.source.name}: {problem.message}")
        if problem.kind == "defect":
            raise DocparseError(f"{document.source.name}: {problem.message}")
    raise InputError(f"{document.source.name}: {problems[0].message}")
