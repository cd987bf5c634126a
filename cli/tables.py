"""``docparse tables``: the tables and charts of documents as files for spreadsheets and programs."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docparse.errors import DocparseError, ExitCode, OutputError, UsageError
from docparse.options import EngineName

from . import console
from .given import document_of

if TYPE_CHECKING:
    from docparse import Document
    from docparse.export.files import FileNames
    from docparse.options import OptionsDict


def tables(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="JSON that docparse wrote, or PDF or image files, which are parsed first; - for stdin.",
        ),
    ],
    to: Annotated[Literal["csv", "xlsx", "json"], typer.Option(help="What is written.")],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="DIR", help="One file a table; - for JSON, a line a table, to stdout."
        ),
    ] = ".",
    pages: Annotated[str | None, typer.Option(metavar="LIST", help="Of a PDF, such as 1-3,7,-1.")] = None,
    password: Annotated[str | None, typer.Option(metavar="TEXT", help="Of an encrypted PDF.")] = None,
    engine: Annotated[EngineName, typer.Option(help="What reads the pages of a PDF or image.")] = "auto",
    model: Annotated[str | None, typer.Option(metavar="ALIAS|DIR|HUB_ID", help="As for parsing.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> int:
    """Write each table, and each chart's data, of documents to a file of its own."""
    from docparse.export.files import FileNames, check_writable
    from docparse.export.xlsx import can_write_xlsx
    from docparse.source import regular_file

    if to == "xlsx" and not can_write_xlsx():
        raise UsageError("--to xlsx needs openpyxl: pip install 'docparse[tables]' (csv and json do not)")
    if output == "-" and to != "json":
        raise UsageError(f"--to {to} needs a folder after -o: only JSON goes to standard output")
    names = _names(inputs)
    if output != "-":
        check_writable(Path(output) / names[0])
    options: OptionsDict = {"pages": pages, "password": password, "engine": engine, "model": model}
    codes = []
    taken = FileNames()
    for given, name in zip(inputs, names, strict=True):
        try:
            with regular_file(given) as file:
                document = document_of(file, **options)
        except DocparseError as error:
            if len(inputs) == 1:
                raise
            console.error(str(error))
            codes.append(ExitCode.PARTIAL)
            continue
        is_written = _write(document, to, None if output == "-" else Path(output) / name, taken, quiet=quiet)
        console.losses(document)
        codes.append(ExitCode.OK if is_written and document.is_complete else ExitCode.PARTIAL)
    return max(codes)


def _names(inputs: list[str]) -> list[str]:
    """What the names of each input's files begin with. Inputs that differ in their suffix alone keep it."""
    paths = [Path("stdin" if given == "-" else given) for given in inputs]
    stems = Counter(path.stem for path in paths)
    names = [path.stem if stems[path.stem] == 1 else path.name for path in paths]
    if clash := next((name for name, count in Counter(names).items() if count > 1), None):
        raise UsageError(f"two inputs are called {clash}: give them in separate calls, each with a folder of its own")
    return names


def _write(document: "Document", to: str, stem: Path | None, taken: "FileNames", *, quiet: bool) -> bool:
    """Whether every table could be written; ``stem`` is None for standard output."""
    from docparse.export.files import write_bytes
    from docparse.export.sheets import sheets, to_csv, to_json
    from docparse.export.xlsx import to_xlsx

    found = list(sheets(document))
    complete = True
    for sheet in found:
        if stem is None:
            console.write_stdout(to_json(sheet, indent=None).decode())
            continue
        path = stem.with_name(f"{taken.of(sheet.element.id, f'{stem.name}-')}.{to}")
        try:
            data = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}[to](sheet)
        except OutputError as error:
            console.error(f"{document.source.name}: {error}")
            complete = False
            continue
        write_bytes(path, data)
        if not quiet:
            console.note(f"{path}: written")
    if not found and not quiet:
        console.note(f"{document.source.name}: no table in it")
    return complete
