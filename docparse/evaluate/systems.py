"""What is measured: docparse itself, Tesseract, or a folder of outputs that somebody made."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ..document import PageStatus, Severity
from ..engines.base import Engine, EnginePage, ModelOutput
from ..errors import DocparseError, InputError, ModelError
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

    def read(self, case: Case) -> Reading:
        """Never raises for what is wrong with one case.

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

    def read(self, case: Case) -> Reading:
        """Seconds are wall time from opening the file to the finished document, without loading the model."""
        self._pipeline.answers.clear()
        started = time.perf_counter()
        try:
            with self._pipeline.open(case.input) as opened:
                document = opened.assemble(list(opened.pages()))
        except ModelError:
            raise
        except DocparseError as error:
            return Reading(_nothing(time.perf_counter() - started), str(error))
        seconds = time.perf_counter() - started
        output = replace(from_document(document), seconds=seconds, valid=self._valid())
        if all(page.status is PageStatus.OK for page in document.pages):
            return Reading(output)
        problems = [problem for page in document.pages for problem in page.problems]
        reasons = [problem.message for problem in problems if problem.severity is Severity.ERROR]
        return Reading(output, reasons[0] if reasons else "some of it could not be read")

    def _valid(self) -> bool | None:
        """Only what a model wrote is judged: the layout engine's answers are made by our own writer."""
        answers = [answer for answer in self._pipeline.answers if answer.engine != "layout"]
        if not answers:
            return None
        return all(
            answer.stop_reason.value == "end" and not answer.closed and is_valid(answer.text) for answer in answers
        )


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

    def read(self, case: Case) -> Reading:
        """Seconds are what a docparse JSON has recorded; other files record none."""
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
    """Keeps the engines' answers of the document at hand."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.answers: list[ModelOutput] = []

    def ask(self, engine: Engine, page: EnginePage) -> ModelOutput:
        output = super().ask(engine, page)
        self.answers.append(output)
        return output


def _load(pipeline: Pipeline) -> float:
    """Load the weights, where the engine for pages without text has some; the seconds that it took."""
    started = time.perf_counter()
    load = getattr(pipeline.engines.without_text, "load", None)
    if load is not None:
        load()
    return time.perf_counter() - started


def _nothing(seconds: float) -> Output:
    return Output(Content(elements=()), engine="none", seconds=seconds)
