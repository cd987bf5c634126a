"""A document that is being parsed: which of its pages are under way, which are done, and the whole in the end."""

import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

from .content.whole import make_whole
from .document import Document, Page, Severity, Source
from .options import name_pages
from .stages import Stages, problem
from .version import __version__
from .wire import Overview
from .worker import Worker


class WorkerPool:
    """The workers that have a document open. Thread-safe."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()

    def __len__(self) -> int:
        return len(self._workers)

    def start(self) -> None:
        for worker in self._workers:
            worker.start()
            self._idle.put(worker)

    def close(self) -> None:
        for worker in self._workers:
            worker.close()

    @contextmanager
    def borrow(self) -> Iterator[Worker]:
        """One that is idle, as long as it is needed."""
        worker = self._idle.get()
        try:
            yield worker
        finally:
            self._idle.put(worker)


class OpenDocument:
    """A document that is being parsed, page by page."""

    def __init__(
        self,
        source: Source,
        overview: Overview,
        numbers: Sequence[int],
        pool: "WorkerPool",
        stages: Stages,
        pages_at_once: int,
    ) -> None:
        self.source = source
        self.title = overview.title
        self._language = overview.language
        self._outline = overview.outline
        self.numbers = numbers
        """The pages that were asked for, in that order."""
        self.is_assembled = False
        self._pool, self._stages, self._pages_at_once = pool, stages, pages_at_once
        self._reading: dict[int, Future[Page]] = {}
        """By their numbers, the pages that were begun."""
        self._remaining = iter(numbers)
        self._executor: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Whoever stops early (an interrupt, a closed pipe) does not wait for pages that nobody will see."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._pool.close()

    def begin(self) -> None:
        """Have the first pages read, without waiting for them."""
        if self._executor is not None:
            return
        self._pool.start()
        # One page more for each worker: it goes on with that while an engine has all of the others.
        threads = min(len(self.numbers), self._pages_at_once + len(self._pool))
        self._executor = ThreadPoolExecutor(max(1, threads), thread_name_prefix="docparse-page")
        self._begin_pages(threads)

    def _begin_pages(self, count: int) -> None:
        assert self._executor is not None
        for number in islice(self._remaining, count):
            self._reading[number] = self._executor.submit(self._stages.page, number)

    def pages(self) -> Iterator[Page]:
        """Each page as soon as it and all before it are done.

        Raises:
            ModelError, OutputError: no page can be read any more; some may be ``finished``.
        """
        self.begin()
        for number in self.numbers:
            yield self._reading[number].result()
            self._begin_pages(1)

    def finished(self) -> list[Page]:
        """The pages that are done by now, also those before which others are not. Waits for none."""
        begun = [self._reading[number] for number in self.numbers if number in self._reading]
        done = [future for future in begun if future.done() and not future.cancelled()]
        return [future.result() for future in done if future.exception() is None]

    def writing(self) -> tuple[int, str] | None:
        """The first page that a model is at work on, and the text that it is writing there. For any thread.

        That text may yet be written anew, and nobody has checked it.
        """
        for number in self.numbers:
            text = self._stages.texts.get(number)
            if text is not None:
                return number, text()
            if number not in self._reading:
                break
        return None

    def missing(self, pages: Sequence[Page]) -> str:
        """Those that were asked for and are not among ``pages``, as ``--pages`` takes them."""
        there = {page.number for page in pages}
        return name_pages(number for number in self.numbers if number not in there)

    def assemble(self, pages: Sequence[Page], *, stopped: str | None = None) -> Document:
        """The document that these pages make; ``stopped`` says why others are missing.

        The pages become the document's own: what only the whole tells is changed in them.
        """
        document = Document(
            generator=f"docparse {__version__}",
            source=self.source,
            title=self.title,
            language=self._language,
            pages=list(pages),
        )
        self.is_assembled = True
        make_whole(document, self._outline)
        if stopped is not None:
            message = (
                f"{stopped}: pages {self.missing(pages)} are missing, of {len(self.numbers)} that were asked for"
            )
            document.problems.append(problem("interrupted", Severity.ERROR, message))
        return document
