"""``docparse bench``: how much faster docparse runs a checkpoint than ``generate``, on files of the user's."""

from typing import TYPE_CHECKING, Annotated

import typer

from docparse.options import DtypeName

from . import console

if TYPE_CHECKING:
    from docparse.bench import Measured


def bench(
    inputs: Annotated[list[str], typer.Argument(metavar="FILE...", help="PDFs and images.")],
    pages: Annotated[str | None, typer.Option(metavar="LIST", help="Of each file, such as 1-3,7,-1.")] = None,
    password: Annotated[str | None, typer.Option(metavar="TEXT", help="Of an encrypted PDF.")] = None,
    model: Annotated[str | None, typer.Option(metavar="ALIAS|DIR|HUB_ID", help="As for parsing.")] = None,
    device: Annotated[str, typer.Option(help="As for parsing.")] = "auto",
    dtype: Annotated[
        DtypeName, typer.Option(help="As for parsing; answers are the same for sure in float32.")
    ] = "auto",
    max_new_tokens: Annotated[int, typer.Option(metavar="N", help="Of an answer, for all ways.")] = 1024,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each way instead of a table.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> int:
    """Measure plain generate of transformers against docparse on the same pages with the same model."""
    import json
    from dataclasses import asdict

    from docparse.bench import bench as measure
    from docparse.errors import ExitCode
    from docparse.options import Options

    options = Options(
        model=model, pages=pages, password=password, device=device, dtype=dtype, max_new_tokens=max_new_tokens
    )
    measured: list[Measured] = []
    for one in measure(inputs, options, max_new_tokens):
        measured.append(one)
        console.note(f"{one.name}: {one.seconds:.1f} s")
        if as_json:
            console.write_stdout(json.dumps({**asdict(one), "acceptance": one.acceptance}))
    if not as_json:
        _show(measured)
    return ExitCode.OK if all(one.equal for one in measured) else ExitCode.PARTIAL


def _show(measured: list["Measured"]) -> None:
    from io import StringIO

    from rich.console import Console
    from rich.table import Table

    names = ("", "s/page", "decoding s", "tokens/s", "a pass", "right", "peak GB", "equal")
    table = Table(*names)
    for column in table.columns[1:]:
        column.justify = "right"
    table.columns[0].no_wrap = True
    plain = measured[0].decode_seconds
    for one in measured:
        table.add_row(
            one.name,
            f"{one.seconds / one.pages:.2f}",
            f"{one.decode_seconds:.1f} ({plain / one.decode_seconds:.1f}×)",
            f"{one.tokens / one.seconds:.0f}",
            f"{one.tokens / max(1, one.passes):.2f}",
            "" if one.acceptance is None else f"{one.acceptance:.0%}",
            "" if one.peak_bytes is None else f"{one.peak_bytes / 1e9:.2f}",
            "yes" if one.equal else "no",
        )
    text = StringIO()
    Console(file=text, width=100).print(table)
    console.write_stdout(text.getvalue())
