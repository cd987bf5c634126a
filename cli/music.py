"""``docparse music``: the music of a document as files for players and notation programs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docparse.errors import ExitCode, InputError, UsageError
from docparse.options import EngineName

from . import console
from .given import document_of, head

if TYPE_CHECKING:
    from docparse.source import NamedFile


def music(
    given: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="JSON that docparse wrote, ABC, or a PDF or image, which is parsed first; - for stdin.",
        ),
    ],
    to: Annotated[Literal["midi", "musicxml", "svg"], typer.Option(help="What is written.")],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="DIR", help="One file for each piece; - for the only piece, to stdout."
        ),
    ] = ".",
    pages: Annotated[str | None, typer.Option(metavar="LIST", help="Of a PDF, such as 1-3,7,-1.")] = None,
    password: Annotated[str | None, typer.Option(metavar="TEXT", help="Of an encrypted PDF.")] = None,
    engine: Annotated[EngineName, typer.Option(help="What reads the pages of a PDF or image.")] = "auto",
    model: Annotated[str | None, typer.Option(metavar="ALIAS|DIR|HUB_ID", help="As for parsing.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> int:
    """Write each piece of music of a document as MIDI, MusicXML or SVG."""
    from docparse.content.abc_fields import AbcError
    from docparse.content.checker import UncheckedError
    from docparse.content.music import FORMS, VEROVIO, convert
    from docparse.export.files import FileNames, check_writable, write_bytes
    from docparse.source import regular_file

    if to != "musicxml" and not VEROVIO.is_installed:
        raise UsageError(f"--to {to} needs verovio: pip install 'docparse[music]' (--to musicxml does not)")
    with regular_file(given) as file:
        stem = Path(file.name).stem
        if _is_abc(file):
            pieces = list(_tunes(file))
        else:
            document = document_of(file, pages=pages, password=password, engine=engine, model=model)
            elements = (element for page in document.pages for element in page.elements)
            names = FileNames()
            pieces = [(names.of(one.id, f"{stem}-"), one.abc) for one in elements if one.kind == "music"]
    if output == "-" and len(pieces) > 1:
        raise UsageError(f"{file.name} has {len(pieces)} pieces of music: they need a folder after -o")
    if output != "-":
        check_writable(Path(output) / stem)
    failed = 0
    for name, abc in pieces:
        path = Path(output) / (name + FORMS[to])
        try:
            written = convert(abc, to)
        except (AbcError, UncheckedError) as error:
            console.error(f"{name}: {error}")
            failed += 1
            continue
        if output == "-":
            console.write_stdout(written)
            continue
        write_bytes(path, written)
        if not quiet:
            console.note(f"{path}: written")
    if not pieces and not quiet:
        console.note(f"{file.name}: no music in it")
    return ExitCode.PARTIAL if failed else ExitCode.OK


def _is_abc(file: "NamedFile") -> bool:
    return bool(re.match(rb"(?:\xef\xbb\xbf)?\s*(?:%[^\n]*\s*)*(?:X:|T:|M:|L:|K:)", head(file)))


def _tunes(file: "NamedFile") -> Iterator[tuple[str, str]]:
    """The tunes of an ABC file, each with the name that its file gets; what stands before the first is none."""
    try:
        text = file.path.read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read {file.name}: {error.strerror}") from error
    stem = Path(file.name).stem
    parts = re.split(r"^(?=X:)", text, flags=re.MULTILINE)
    tunes = [part for part in parts if part.startswith("X:") or re.search("^K:", part, re.MULTILINE)]
    for number, tune in enumerate(tunes, start=1):
        yield (stem if len(tunes) == 1 else f"{stem}-{number}"), tune
