"""The one way through: source → worker → engine → elements → document. Only this module knows all stages."""

import base64
import os
import queue
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from PIL import Image

from .assemble import attach
from .content.whole import make_whole
from .document import (
    PICTURED,
    Asset,
    Document,
    Page,
    PageStatus,
    Problem,
    Severity,
    Source,
)
from .engines.base import Engine, EnginePage, ModelOutput, PageImage
from .engines.choice import EngineChoice, choose
from .engines.raw import save
from .errors import DocparseError, InputError, ModelError, PageError, defect
from .interpret import interpret
from .options import Options, name_pages, select_pages
from .source import NamedFile, SourceFile, open_source
from .version import __version__
from .wire import ImageWish, Overview, PageRead, PageWish
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
            workers = [first, *(Worker(source, self.options.password) for _ in range(more))]
            opened = OpenDocument(self, source, workers, overview, numbers)
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


class OpenDocument:
    """A document that is being parsed, page by page."""

    def __init__(
        self,
        pipeline: Pipeline,
        source: SourceFile,
        workers: Sequence[Worker],
        overview: Overview,
        numbers: Sequence[int],
    ) -> None:
        self.source = Source(
            name=source.name,
            media_type=source.media_type,
            bytes=source.size,
            sha256=source.sha256,
            page_count=overview.page_count,
        )
        self.title = overview.title
        self._language = overview.language
        self._outline = overview.outline
        self.numbers = numbers
        """The pages that were asked for, in that order."""
        self.is_assembled = False
        self._pipeline = pipeline
        self._options = pipeline.options
        self._workers = workers
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._reading: dict[int, Future[Page]] = {}
        """By their numbers, the pages that were begun."""
        self._texts: dict[int, Callable[[], str]] = {}
        """What tells the text so far of each page that is being written."""
        self._remaining = iter(numbers)
        self._executor: ThreadPoolExecutor | None = None
        self._unit: Literal["pt", "px"] = "pt" if source.is_pdf else "px"

    def close(self) -> None:
        """Whoever stops early (an interrupt, a closed pipe) does not wait for pages that nobody will see."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()

    def begin(self) -> None:
        """Have the first pages read, without waiting for them."""
        if self._executor is not None:
            return
        for worker in self._workers:
            worker.start()
            self._idle.put(worker)
        # One page more for each worker: it goes on with that while an engine has all of the others.
        threads = min(len(self.numbers), self._pipeline.pages_at_once + len(self._workers))
        self._executor = ThreadPoolExecutor(max(1, threads), thread_name_prefix="docparse-page")
        self._begin_pages(threads)

    def _begin_pages(self, count: int) -> None:
        assert self._executor is not None
        for number in islice(self._remaining, count):
            self._reading[number] = self._executor.submit(self._page, number)

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
            text = self._texts.get(number)
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
            document.problems.append(_problem("interrupted", Severity.ERROR, message))
        return document

    @contextmanager
    def _worker(self) -> Iterator[Worker]:
        worker = self._idle.get()
        try:
            yield worker
        finally:
            self._idle.put(worker)

    def _page(self, number: int) -> Page:
        try:
            return self._read_page(number)
        except DocparseError:
            raise
        except Exception as error:  # the others are none the worse for it
            if os.environ.get("DOCPARSE_DEBUG"):
                traceback.print_exception(error)
            page = Page(number=number, width=0, height=0, unit=self._unit)
            return _failed(page, [_problem("defect", Severity.ERROR, str(defect(error)))])

    def _read_page(self, number: int) -> Page:
        problems: list[Problem] = []
        try:
            with self._worker() as worker:
                started = time.perf_counter()
                read = self._read(worker, number, problems)
                seconds = time.perf_counter() - started
        except PageError as error:
            page = Page(number=number, width=0, height=0, unit=self._unit)
            return _failed(page, [*problems, _unreadable(error)])
        page = self._understand(read, problems)
        page.timings.read = round(seconds, 4)
        return page

    def _read(self, worker: Worker, number: int, problems: list[Problem]) -> PageRead:
        engines = self._pipeline.engines
        wish = PageWish(
            number,
            image=_image_wish(engines),
            max_pixels=engines.max_pixels,
            layout=engines.needs_layout,
        )
        timeout = self._options.render_timeout
        try:
            return worker.read(wish, timeout)
        except PageError as error:
            if engines.with_text.needs_image:
                if not wish.layout:
                    raise
                # A model is faster with the layout, but does without.
                return worker.read(replace(wish, layout=False), timeout)
            # The text may be had all the same, without the layout model and without rendering.
            read = worker.read(replace(wish, image="never", layout=False, rendering=False), timeout)
            if read.text_layer is None:
                raise
            message = f"the page's layout cannot be analysed ({error}): its text is in the order of the file"
            problems.append(_problem("no-layout", Severity.WARNING, message))
            return read

    def _understand(self, read: PageRead, problems: list[Problem]) -> Page:
        page = Page(number=read.number, width=read.width, height=read.height, unit=read.unit, rotation=read.rotation)
        problems += [_problem("note", Severity.INFO, note) for note in read.notes]
        if read.text_layer is not None:
            problems += [_problem("hidden-text", Severity.WARNING, note) for note in read.text_layer.notes]
        if read.blank:
            page.problems = attach([*problems, _problem("blank", Severity.INFO, "the page is blank")], page.number)
            return page
        has_text = read.text_layer is not None
        engine = self._pipeline.engines.engine_for(has_text=has_text, unread=read.unread is not None)
        if engine is None:
            message = f"{read.distrust}: give a vision model with --model to read it"
            return _failed(page, [*problems, _problem("no-model", Severity.ERROR, message)])
        started = time.perf_counter()
        engine_page = self._engine_page(read, engine)
        try:
            output = self._pipeline.ask(engine, engine_page)
        except PageError as error:
            return _failed(page, [*problems, _unreadable(error)])
        finally:
            self._texts.pop(page.number, None)
        page.elements, found = interpret(output, engine_page)
        page.problems = attach([*problems, *found], page.number)
        page.engine, page.model, page.stop_reason = output.engine, output.model, output.stop_reason
        if any(problem.severity is Severity.ERROR for problem in found):
            page.status = PageStatus.PARTIAL
        if read.unread and not engine.needs_image:
            message = f"{read.unread}: give a vision model with --model to read it"
            page.problems += attach([_problem("no-model", Severity.ERROR, message)], page.number)
            page.status = PageStatus.PARTIAL
        page.timings.engine = round(time.perf_counter() - started, 4)
        if not page.elements:
            message = "nothing was read from the page, though it is not blank"
            page.problems += attach([_problem("nothing-read", Severity.ERROR, message)], page.number)
            page.status = PageStatus.FAILED
        if self._options.images != "none":
            self._cut_pictures(page)
        return page

    def _engine_page(self, read: PageRead, engine: Engine) -> EnginePage:
        image = None
        if read.image_size is not None:
            pixels = Image.frombytes("RGB", read.image_size, read.pixels)
            image = PageImage(read.number, read.width, read.height, pixels)
        return EnginePage(
            source_name=self.source.name,
            source_sha256=self.source.sha256,
            number=read.number,
            width=read.width,
            height=read.height,
            image=image,
            # A layer that leaves most of the page out is no witness of what a model reads there.
            text_layer=None if read.unread and engine.needs_image else read.text_layer,
            watch=partial(self._texts.__setitem__, read.number),
        )

    def _cut_pictures(self, page: Page) -> None:
        pictured = [
            (element, element.box)
            for element in page.elements
            if isinstance(element, PICTURED) and element.box is not None
        ]
        if not pictured:
            return
        try:
            with self._worker() as worker:
                crops = worker.crops(page.number, [box for _, box in pictured], self._options.render_timeout)
        except PageError as error:
            message = f"the page's pictures cannot be cut out: {error}"
            page.problems += attach([_problem("no-pictures", Severity.WARNING, message)], page.number)
            return
        for (element, _), crop in zip(pictured, crops, strict=True):
            if crop is not None:
                element.asset = Asset(
                    media_type=crop.media_type,
                    width=crop.width,
                    height=crop.height,
                    data=base64.b64encode(crop.data).decode("ascii"),
                )


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


def _image_wish(engines: EngineChoice) -> ImageWish:
    if engines.with_text.needs_image:
        return "always"
    return "without text" if engines.without_text and engines.without_text.needs_image else "never"


def _problem(kind: str, severity: Severity, message: str) -> Problem:
    return Problem(kind=kind, severity=severity, message=message)


def _unreadable(error: PageError) -> Problem:
    return _problem("page-unreadable", Severity.ERROR, f"the page cannot be read: {error}")


def _failed(page: Page, problems: list[Problem]) -> Page:
    page.status = PageStatus.FAILED
    page.problems = attach(problems, page.number)
    return page
