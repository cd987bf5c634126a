"""What is measured: docparse itself, Tesseract, or a folder of outputs that somebody made."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ..document import PageStatus, Severity, Source
from ..engines.base import Engine, EnginePage, ModelOutput
from ..errors import DocparseError, InputError, ModelError
from ..opened import OpenDocument
from ..options import Options
from ..pipeline import Pipeline
from .cases import Case
from .content import Content
from .outputs import SUFFIXES, Output, from_document, is_valid, read_output


@dataclass(frozen=True)
class Reading:
    """What a system made of one case. A failure is scored as an empty output."""

    output: Output
    failure: str | None = None


class System(Protocol):
    name: str
    names_kinds: bool
    """Whether it says what is a heading, a table and so on; where not, that is not measured."""

    def read(self, cases: Sequence[Case]) -> Iterator[Reading]:
        """What it makes of each case in turn. Never raises for what is wrong with one case.

        Raises:
            DocparseError: nothing can be read at all.
        """
        ...


class Docparse:
    """docparse with these options, its model loaded before the first page."""

    names_kinds = True

    def __init__(self, options: Options) -> None:
        """
        Raises:
            UsageError, ModelError: the options cannot be served.
        """
        self.name = "docparse"
        self._pipeline = _Recording(options)
        self.load_seconds = _load(self._pipeline)

    def read(self, cases: Sequence[Case]) -> Iterator[Reading]:
        """Several at a time, as the command reads a folder: the seconds of each are wall time since the one before
        was done. Loading the model is not among them."""
        with closing(self._pipeline.open_all(case.input for case in cases)) as all_opened:
            started = time.perf_counter()
            for opened in all_opened:
                reading = self._reading(opened)
                seconds, started = time.perf_counter() - started, time.perf_counter()
                yield replace(reading, output=replace(reading.output, seconds=seconds))

    def _reading(self, opened: OpenDocument | DocparseError) -> Reading:
        try:
            if isinstance(opened, DocparseError):
                raise opened
            document = opened.assemble(list(opened.pages()))
        except ModelError:
            raise
        except DocparseError as error:
            return Reading(_nothing(), str(error))
        answers = self._pipeline.answers_to(document.source)
        output = replace(from_document(document), valid=_are_valid(answers))
        if all(page.status is PageStatus.OK for page in document.pages):
            return Reading(output)
        problems = [problem for page in document.pages for problem in page.problems]
        reasons = [problem.message for problem in problems if problem.severity is Severity.ERROR]
        return Reading(output, reasons[0] if reasons else "some of it could not be read")


class Folder:
    """Outputs in a folder: ``X.html``, ``.json``, ``.md`` or ``.txt`` for the input ``X.png``, in the same tree as
    the inputs or all in one place."""

    names_kinds = True

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            InputError: there is no such folder.
        """
        if not folder.is_dir():
            raise InputError(f"{folder} is no folder of outputs")
        self.name = str(folder)
        self._folder = folder
        self._has_boxes = any(path.name.endswith(SUFFIXES[:3]) for path in folder.rglob("*"))

    def read(self, cases: Sequence[Case]) -> Iterator[Reading]:
        """Seconds are what a docparse JSON has recorded; other files record none."""
        return map(self._read, cases)

    def _read(self, case: Case) -> Reading:
        path = self._find(case)
        if path is None:
            # Where the others have boxes, a page without an output has lost its boxes too.
            nothing = Content(elements=() if self._has_boxes else None)
            return Reading(Output(nothing, engine="none"), "there is no output for it")
        try:
            output = read_output(path, case.truth.size)
        except InputError as error:
            return Reading(Output(Content(elements=()), engine="none"), str(error))
        return Reading(output, None if output.complete else "some of it could not be read")

    def _find(self, case: Case) -> Path | None:
        name = Path(case.name)
        stems = [self._folder / name.with_suffix(""), self._folder / name, self._folder / name.stem]
        places = (stem.with_name(stem.name + end) for stem in stems for end in SUFFIXES)
        return next((place for place in places if place.is_file()), None)


class _Recording(Pipeline):
    """Keeps the engines' answers to the documents at hand."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._answers: defaultdict[tuple[str, str], list[ModelOutput]] = defaultdict(list)

    def ask(self, engine: Engine, page: EnginePage) -> ModelOutput:
        output = super().ask(engine, page)
        self._answers[page.source_name, page.source_sha256].append(output)
        return output

    def answers_to(self, source: Source) -> list[ModelOutput]:
        return self._answers.pop((source.name, source.sha256), [])


def _are_valid(answers: Sequence[ModelOutput]) -> bool | None:
    """Only what a model wrote is judged: the layout engine's answers are made by our own writer."""
    judged = [answer for answer in answers if answer.engine != "layout"]
    if not judged:
        return None
    return all(answer.stop_reason.value == "end" and not answer.closed and is_valid(answer.text) for answer in judged)


def _load(pipeline: Pipeline) -> float:
    """Load the weights, where the engine for pages without text has some; the seconds that it took."""
    started = time.perf_counter()
    load = getattr(pipeline.engines.without_text, "load", None)
    if load is not None:
        load()
    return time.perf_counter() - started


def _nothing() -> Output:
    return Output(Content(elements=()), engine="none")
