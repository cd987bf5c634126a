"""``docparse convert``: documents that docparse wrote as JSON, in its other formats. No model, no PDF."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docparse.errors import DocparseError, ExitCode, OutputError, UsageError
from docparse.options import CHUNK_TOKENS, Format, ImagesMode

from . import console

if TYPE_CHECKING:
    from docparse import Document
    from docparse.batch.plan import Job


def convert(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="JSON that docparse wrote, a folder of it, or - for stdin."),
    ],
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", "-f", help="May be given several times with -o. [default: md, or as -o ends]"),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE|DIR", help="[default, or -: one document to stdout]")
    ] = None,
    images: Annotated[
        ImagesMode | None,
        typer.Option(help="Pictures. [default: embed for HTML alone, files with -o, else as they are]"),
    ] = None,
    furniture: Annotated[
        Literal["drop", "keep"], typer.Option(help="Running page headers and footers in Markdown and chunks.")
    ] = "drop",
    chunk_tokens: Annotated[
        int, typer.Option(metavar="N", min=16, help="Most tokens of a chunk, estimated.")
    ] = CHUNK_TOKENS,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> int:
    """Write documents that were saved as JSON in another format."""
    from docparse.batch.plan import plan

    jobs = plan(inputs, formats or [], output, suffixes=(".json",))
    if images == "files" and jobs[0].target is None:
        raise UsageError("--images files needs -o: there is no folder to put them in")
    several = len(jobs) > 1 or Path(inputs[0]).is_dir()
    codes = []
    for job in jobs:
        try:
            document = read(job.given)
            _pictures(document, job, images, quiet=quiet)
            _write(document, job, furniture=furniture == "keep", chunk_tokens=chunk_tokens)
        except OutputError:
            raise
        except DocparseError as error:
            if not several:
                raise
            console.error(str(error))
            codes.append(ExitCode.PARTIAL)
            continue
        console.losses(document)
        codes.append(ExitCode.OK if document.is_complete else ExitCode.PARTIAL)
    return max(codes)


def read(given: str) -> "Document":
    """The document that was saved as JSON: in a file, or on standard input where ``given`` is ``-``.

    Raises:
        InputError: there is none.
    """
    from docparse import Document
    from docparse.export.json import from_json

    return from_json(sys.stdin.buffer.read(), "stdin") if given == "-" else Document.load(given)


def _pictures(document: "Document", job: "Job", images: ImagesMode | None, *, quiet: bool) -> None:
    from docparse.export.files import attach_assets, detach_assets, drop_assets

    embedded = images == "embed" or (images is None and job.formats == (Format.HTML,))
    if images == "none":
        drop_assets(document)
    elif embedded or job.target is not None:
        missing = attach_assets(document, Path() if job.given == "-" else Path(job.given).parent)
        if missing and not quiet:
            console.note(f"{job.given}: {len(missing)} of its pictures are not there, such as {missing[0]}")
    if job.target is not None and images != "none" and not embedded:
        detach_assets(document, job.assets)


def _write(document: "Document", job: "Job", *, furniture: bool, chunk_tokens: int) -> None:
    from docparse.export.files import serialise, write_text

    for form in job.formats:
        text = serialise(document, form, furniture=furniture, chunk_tokens=chunk_tokens)
        if job.target is None:
            console.write_stdout(text)
        else:
            write_text(job.path(form), text)
