"""``docparse validate``: what is wrong with QwenVL HTML, line by line."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from docparse.errors import DocparseError, ExitCode, InputError

from . import console


def validate(
    inputs: Annotated[list[str], typer.Argument(metavar="FILE...", help="QwenVL HTML; - for stdin.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> int:
    """Check QwenVL HTML against its grammar. What is wrong goes to stdout as FILE:LINE: MESSAGE."""
    from docparse.qwenvl import validate as findings_of

    code = ExitCode.OK
    for given in inputs:
        try:
            findings = findings_of(_text(given))
        except DocparseError as error:
            console.error(str(error))
            code = ExitCode.INPUT
            continue
        for finding in findings:
            console.write_stdout(f"{given}:{finding.line}: {' '.join(finding.message.split())}")
        if findings:
            code = ExitCode.INPUT
        elif not quiet:
            console.note(f"{given}: valid")
    return code


def _text(given: str) -> str:
    try:
        data = sys.stdin.buffer.read() if given == "-" else Path(given).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {given}: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{given}: line {line} is not in UTF-8") from error
