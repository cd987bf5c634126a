"""``docparse eval TRUTH``: a system's output against ground truth."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docparse.errors import ExitCode, UsageError
from docparse.options import MOST_READINGS, DtypeName, EngineName, Options

from . import console

if TYPE_CHECKING:
    from docparse.evaluate.cases import Case
    from docparse.evaluate.score import Score
    from docparse.evaluate.systems import System


class SystemName(StrEnum):
    """What can be run on the inputs."""

    DOCPARSE = "docparse"
    TESSERACT = "tesseract"


def evaluate(
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="TRUTH",
            help="A folder of docparse synth, or of documents with X.html, X.md or X.txt beside X.png or X.pdf; "
            "a corpus' manifest.jsonl; OmniDocBench's JSON.",
        ),
    ],
    system: Annotated[
        list[SystemName] | None,
        typer.Option(help="What is run on the inputs; may be given several times. [default: docparse]"),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="Outputs that are there already: X.html, .json, .md or .txt for X.png; may be given several times.",
        ),
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME", help="Of a corpus: only this set; several times.")
    ] = None,
    only: Annotated[str | None, typer.Option(metavar="SUBSTR", help="Only documents whose name has this.")] = None,
    look: Annotated[str | None, typer.Option(metavar="LOOK", help="Only this look, such as clean or scan.")] = None,
    language: Annotated[str | None, typer.Option(metavar="LANG", help="Only pages in this language.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the first N.")] = None,
    born_digital: Annotated[
        bool, typer.Option("--born-digital", help="Read X.pdf where X.png is there too.")
    ] = False,
    furniture: Annotated[
        Literal["drop", "keep"], typer.Option(help="Running page headers and footers, on both sides.")
    ] = "keep",
    fold_case: Annotated[bool, typer.Option("--fold-case", help="Capitals and small letters are the same.")] = False,
    engine: Annotated[EngineName, typer.Option(help="docparse's: what reads the pages.")] = "auto",
    model: Annotated[
        str | None, typer.Option(metavar="ALIAS|DIR|HUB_ID", help="docparse's. [env: DOCPARSE_MODEL]")
    ] = None,
    device: Annotated[str, typer.Option(metavar="auto|cpu|cuda:0|mps", help="docparse's.")] = "auto",
    dtype: Annotated[DtypeName, typer.Option(help="docparse's.")] = "auto",
    max_pixels: Annotated[int | None, typer.Option(metavar="N", help="Of the image that the model sees.")] = None,
    max_new_tokens: Annotated[int, typer.Option(metavar="N", help="Of a page's answer.")] = 8192,
    readings: Annotated[int, typer.Option(metavar="N", help="docparse's.")] = MOST_READINGS,
    page_timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="docparse's.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, help="docparse's.")] = None,
    tesseract_language: Annotated[str, typer.Option(metavar="LANG", help="As tesseract -l takes it.")] = "eng",
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write every figure of every page here.")
    ] = None,
    worst: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html|FILE.png", help="Draw the first system's worst pages beside their truth."),
    ] = None,
    worst_count: Annotated[int, typer.Option(metavar="N", min=1, help="How many of them.")] = 6,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only, and the report.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> int:
    """Measure docparse, or any other system, against ground truth."""
    if debug:
        os.environ["DOCPARSE_DEBUG"] = "1"
    from dataclasses import replace

    from docparse.evaluate.truth import find_cases
    from docparse.export.files import check_writable
    from docparse.extra import extra

    for name in ("apted", "markdown_it"):
        extra(name, "eval")  # told now and not after a night's work
    for path in (json_file, worst):
        if path is not None:
            check_writable(path)
    if worst is not None and worst.suffix.lower() not in (".html", ".png"):
        raise UsageError(f"--worst takes a name that ends in .html or .png, not {worst}")
    cases = [
        replace(case, fold_case=case.fold_case or fold_case)
        for case in find_cases(truth, sets=sets or [], born_digital=born_digital)
        if (only or "") in case.name and look in (None, case.look) and language in (None, case.language)
    ][:limit]
    if not cases:
        raise UsageError("no document of the truth matches --only, --look and --language")
    options = Options(
        engine=engine,
        model=model,
        device=device,
        dtype=dtype,
        max_pixels=max_pixels,
        max_new_tokens=max_new_tokens,
        readings=readings,
        page_timeout=page_timeout,
        workers=workers,
    )
    systems = _systems(system or ([] if output else [SystemName.DOCPARSE]), output or [], options, tesseract_language)
    scores = _run(systems, cases, furniture=furniture == "keep", quiet=quiet)
    _report(scores, str(truth))
    if json_file is not None:
        import json

        from docparse.evaluate.summary import record
        from docparse.export.files import write_text

        told = {"furniture": furniture, "fold_case": fold_case, "engine": engine, "model": model}
        text = json.dumps(record(scores, str(truth), told), indent=1, ensure_ascii=False)
        write_text(json_file, text + "\n")
    if worst is not None:
        from docparse.evaluate.worst import write_worst

        write_worst(worst, [score for score in scores if score.system == systems[0].name], worst_count)
    return ExitCode.PARTIAL if any(score.reading.failure for score in scores) else ExitCode.OK


def _systems(names: Sequence[SystemName], folders: list[Path], options: Options, language: str) -> "list[System]":
    from docparse.evaluate.systems import Docparse, Folder
    from docparse.evaluate.tesseract import Tesseract

    run = dict.fromkeys(names)
    return [
        *(Tesseract(language) if name is SystemName.TESSERACT else Docparse(options) for name in run),
        *(Folder(folder) for folder in dict.fromkeys(folders)),
    ]


def _run(systems: "list[System]", cases: "list[Case]", *, furniture: bool, quiet: bool) -> "list[Score]":
    from docparse.evaluate.score import score

    scores = []
    with console.progress(1, quiet=quiet) as bar:
        for system in systems:
            bar.begin(system.name, len(cases))
            readings = []
            for case, reading in zip(cases, system.read(cases), strict=True):
                readings.append(reading)
                if reading.failure and not quiet:
                    console.error(f"{system.name}: {case.name}: {reading.failure}")
                bar.advance()
            # Not before: it would be counted among the seconds of those that are read meanwhile.
            scores += [
                score(case, system.name, reading, names_kinds=system.names_kinds, furniture=furniture)
                for case, reading in zip(cases, readings, strict=True)
            ]
    return scores


def _report(scores: "list[Score]", truth: str) -> None:
    from rich.console import Console

    from docparse.evaluate.report import tables

    out = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200)
    for part in tables(scores, truth):
        out.print(part, highlight=False, markup=False)
