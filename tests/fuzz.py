"""Model output of every kind and state through parse, repair, interpret and every exporter (``make fuzz``).

A case is made from ``--seed`` and its number alone, so that it can be run again; one that fails is made smaller and
kept as a file. Where ``../shared/model-outputs`` is there, what checkpoints really wrote is mutated too, and a case's
text depends on its being there.
"""

import argparse
import faulthandler
import json
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from docparse.assemble import attach
from docparse.content.checker import Checker
from docparse.content.whole import make_whole
from docparse.document import Document, Element, Formula, Page, StopReason
from docparse.engines.base import EnginePage, ModelOutput
from docparse.export.files import serialise
from docparse.interpret import interpret
from docparse.options import CHUNK_TOKENS, Format
from docparse.qwenvl import parse, validate, write

from .conftest import ROOT
from .export.documents import source
from .export.test_html import assert_inert
from .export.test_json import validator
from .export.test_markdown import said, shown, squeezed
from .fuzz_cases import make_case

LIMIT = 20.0
"""Seconds of a case; a case is at most some 100 kB, and the machine may be busy."""
_JOB = 10
"""Cases that a worker takes at a time."""
_LIBRARIES, _SCHEMA, _MARKDOWN = 500, 50, 10
"""One case in so many has RDKit and verovio look at it, its JSON validated, its Markdown read back."""


@dataclass(frozen=True)
class Failure:
    number: int
    error: str
    text: str


def check(text: str, number: int) -> None:
    """One case; raises if anything that the tests state of all answers does not hold."""
    truncated = number % 3 == 0
    set_libraries(number % _LIBRARIES == 0)
    read = parse(text, truncated=truncated).elements
    written = write(read)
    assert validate(written) == [], "what is written is not canonical"
    once = parse(written).elements
    assert parse(write(once)).elements == once, "a second reading changes something"

    page = Page(number=1, width=595, height=842, unit="pt")
    stop = StopReason.LENGTH if truncated else StopReason.END
    engine_page = EnginePage("fuzz.pdf", "0" * 64, 1, page.width, page.height, None, None)
    page.elements, problems = interpret(ModelOutput(text, stop, (1204, 1708), "fuzz", "fuzz"), engine_page)
    page.problems = attach(problems, 1)
    document = Document(generator="fuzz", source=source(), pages=[page])
    make_whole(document)
    for element in page.elements:
        for box in (element.box, *(cell.box for cell in getattr(element, "cells", []))):
            inside = box is None or (0 <= box.x0 < box.x1 <= page.width and 0 <= box.y0 < box.y1 <= page.height)
            assert inside, f"{box} is not on the page"

    exports = {form: serialise(document, form, furniture=True, chunk_tokens=CHUNK_TOKENS) for form in Format}
    root = html.document_fromstring(exports[Format.HTML].encode("utf-8", "replace").decode())
    assert_inert(root)
    words = Counter("".join(letters(element) for element in page.elements))
    lost = words - Counter(squeezed("".join(root.find("body").itertext())))
    assert not lost, f"not in the HTML: {lost}"
    assert validate(exports[Format.QWENVL]) == [], "the export is not canonical"
    data = json.loads(exports[Format.JSON])
    assert len(exports[Format.JSONL].splitlines()) == 1, "not one line a page"
    if number % _SCHEMA == 0:
        validator().validate(data)
    if number % _MARKDOWN == 0 and len(text) < 10_000:
        lost = words - Counter(shown(exports[Format.MARKDOWN]))
        assert not lost, f"not in the Markdown: {lost}"


def letters(element: Element) -> str:
    """What every export has to show of an element; mathematics is typeset, and a source is the text once more."""
    has_source = bool(getattr(element, "smiles", "") or getattr(element, "abc", ""))
    written = said(element.model_copy(update={"text": ""}) if has_source else element)
    return "" if "$" in written or isinstance(element, Formula) else written


def set_libraries(used: bool) -> None:
    """Whether RDKit and verovio, each call of which is a process, are asked."""
    setattr(Checker, "is_installed", property(lambda _: used))  # noqa: B010


def error_of(text: str, number: int) -> str | None:
    """What goes wrong with the text, in a line."""

    def too_long(*_: Any) -> None:
        raise TimeoutError(f"more than {LIMIT:g} s")

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    faulthandler.dump_traceback_later(3 * LIMIT, exit=True)  # where no Python runs that the alarm could stop
    try:
        check(text, number)
    except Exception as error:
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        where = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
        return f"{type(error).__name__} at {where}: {str(error)[:200]!r}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
    return None


def smaller(text: str, number: int, error: str) -> str:
    """Without what the same error (by its place) does not need; for at most a minute."""
    place, until, size = error.split(": ")[0], time.monotonic() + 60, len(text) // 2
    while size and time.monotonic() < until:
        start = 0
        while start < len(text) and time.monotonic() < until:
            shorter = text[:start] + text[start + size :]
            if (error_of(shorter, number) or "").startswith(place):
                text = shorter
            else:
                start += size
        size //= 2
    return text


def run(job: tuple[int, range]) -> list[Failure]:
    """The cases of these numbers that fail."""
    seed, numbers = job
    failures = []
    for number in numbers:
        text = make_case(seed, number)
        if error := error_of(text, number):
            failures.append(Failure(number, error, smaller(text, number, error)))
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first case")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--failures", type=Path, default=ROOT / "fuzz-failures", help="folder for cases that fail")
    given = parser.parse_args()
    numbers = range(given.first, given.first + given.cases)
    jobs = [(given.seed, numbers[start : start + _JOB]) for start in range(0, given.cases, _JOB)]
    failed: Counter[str] = Counter()
    started, done = time.monotonic(), 0
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[failed]} failed"), TimeRemainingColumn())
    with Progress(*columns) as progress, multiprocessing.Pool(given.workers) as pool, suppress(KeyboardInterrupt):
        bar = progress.add_task("", total=given.cases, failed=0)
        results = pool.imap_unordered(run, jobs)
        for _ in jobs:
            try:
                failures = results.next(timeout=_JOB * 4 * LIMIT)
            except multiprocessing.TimeoutError:
                failed["a worker hangs or died; its last lines are above"] += 1
                break
            for failure in failures:
                failed[failure.error.split(": ")[0]] += 1
                given.failures.mkdir(exist_ok=True)
                name = given.failures / f"{given.seed}-{failure.number}.txt"
                name.write_text(failure.text, encoding="utf-8", errors="surrogatepass")
                again = f"python -m tests.fuzz --seed {given.seed} --first {failure.number} --cases 1"
                progress.console.print(f"{failure.error}\n  {name}\n  {again}", markup=False, highlight=False)
            done = min(done + _JOB, given.cases)
            progress.update(bar, completed=done, failed=failed.total())
    seconds = time.monotonic() - started
    print(f"{done} cases in {seconds:.0f} s with {given.workers} workers, seed {given.seed}: {failed.total()} failed")
    for place, count in failed.most_common():
        print(f"{count:6} {place}")
    return 1 if failed or done < given.cases else 0


if __name__ == "__main__":
    sys.exit(main())
