"""A page's one way through: worker → engine → elements → page. Only this module knows all of its stages."""

import base64
import os
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Literal

from PIL import Image

from .assemble import attach
from .document import PICTURED, Asset, Page, PageStatus, Problem, Severity, Source
from .engines.base import Engine, EnginePage, ModelOutput, PageImage
from .engines.choice import EngineChoice
from .errors import DocparseError, PageError, defect
from .interpret import interpret
from .options import Options
from .source import PDF
from .wire import ImageWish, PageRead, PageWish
from .worker import Worker


class Stages:
    """Reads pages of one document. Thread-safe."""

    def __init__(
        self,
        source: Source,
        options: Options,
        engines: EngineChoice,
        ask: Callable[[Engine, EnginePage], ModelOutput],
        borrow: Callable[[], AbstractContextManager[Worker]],
    ) -> None:
        """``ask`` gives an engine's answer; ``borrow`` a worker that has the document open."""
        self.texts: dict[int, Callable[[], str]] = {}
        """What tells the text so far of each page that is being written."""
        self._source, self._options, self._engines = source, options, engines
        self._ask, self._borrow = ask, borrow
        self._unit: Literal["pt", "px"] = "pt" if source.media_type == PDF else "px"

    def page(self, number: int) -> Page:
        """
        Raises:
            DocparseError: neither this page nor any other can be read.
        """
        try:
            return self._read_page(number)
        except DocparseError:
            raise
        except Exception as error:  # the others are none the worse for it
            if os.environ.get("DOCPARSE_DEBUG"):
                traceback.print_exception(error)
            page = Page(number=number, width=0, height=0, unit=self._unit)
            return _failed(page, [problem("defect", Severity.ERROR, str(defect(error)))])

    def _read_page(self, number: int) -> Page:
        problems: list[Problem] = []
        try:
            with self._borrow() as worker:
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
        engines = self._engines
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
            problems.append(problem("no-layout", Severity.WARNING, message))
            return read

    def _understand(self, read: PageRead, problems: list[Problem]) -> Page:
        page = Page(number=read.number, width=read.width, height=read.height, unit=read.unit, rotation=read.rotation)
        problems += [problem("note", Severity.INFO, note) for note in read.notes]
        if read.text_layer is not None:
            problems += [problem("hidden-text", Severity.WARNING, note) for note in read.text_layer.notes]
        if read.blank:
            page.problems = attach([*problems, problem("blank", Severity.INFO, "the page is blank")], page.number)
            return page
        has_text = read.text_layer is not None
        engine = self._engines.engine_for(has_text=has_text, unread=read.unread is not None)
        if engine is None:
            message = f"{read.distrust}: give a vision model with --model to read it"
            return _failed(page, [*problems, problem("no-model", Severity.ERROR, message)])
        started = time.perf_counter()
        engine_page = self._engine_page(read, engine)
        try:
            output = self._ask(engine, engine_page)
        except PageError as error:
            return _failed(page, [*problems, _unreadable(error)])
        finally:
            self.texts.pop(page.number, None)
        page.elements, found = interpret(output, engine_page)
        page.problems = attach([*problems, *found], page.number)
        page.engine, page.model, page.stop_reason = output.engine, output.model, output.stop_reason
        if any(problem.severity is Severity.ERROR for problem in found):
            page.status = PageStatus.PARTIAL
        if read.unread and not engine.needs_image:
            message = f"{read.unread}: give a vision model with --model to read it"
            page.problems += attach([problem("no-model", Severity.ERROR, message)], page.number)
            page.status = PageStatus.PARTIAL
        page.timings.engine = round(time.perf_counter() - started, 4)
        if not page.elements:
            message = "nothing was read from the page, though it is not blank"
            page.problems += attach([problem("nothing-read", Severity.ERROR, message)], page.number)
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
            source_name=self._source.name,
            source_sha256=self._source.sha256,
            number=read.number,
            width=read.width,
            height=read.height,
            image=image,
            # A layer that leaves most of the page out is no witness of what a model reads there.
            text_layer=None if read.unread and engine.needs_image else read.text_layer,
            watch=partial(self.texts.__setitem__, read.number),
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
            with self._borrow() as worker:
                crops = worker.crops(page.number, [box for _, box in pictured], self._options.render_timeout)
        except PageError as error:
            message = f"the page's pictures cannot be cut out: {error}"
            page.problems += attach([problem("no-pictures", Severity.WARNING, message)], page.number)
            return
        for (element, _), crop in zip(pictured, crops, strict=True):
            if crop is not None:
                element.asset = Asset(
                    media_type=crop.media_type,
                    width=crop.width,
                    height=crop.height,
                    data=base64.b64encode(crop.data).decode("ascii"),
                )


def _image_wish(engines: EngineChoice) -> ImageWish:
    if engines.with_text.needs_image:
        return "always"
    return "without text" if engines.without_text and engines.without_text.needs_image else "never"


def problem(kind: str, severity: Severity, message: str) -> Problem:
    return Problem(kind=kind, severity=severity, message=message)


def _unreadable(error: PageError) -> Problem:
    return problem("page-unreadable", Severity.ERROR, f"the page cannot be read: {error}")


def _failed(page: Page, problems: list[Problem]) -> Page:
    page.status = PageStatus.FAILED
    page.problems = attach(problems, page.number)
    return page
