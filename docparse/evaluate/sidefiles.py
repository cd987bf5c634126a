"""Ground truth in a file of its own beside the document: text, tables, and notations, by their forms."""

import csv
import json
from pathlib import Path

from ..errors import InputError
from .plaintext import (
    Table,
    html_tables,
    html_to_text,
    markdown_tables,
    markdown_to_text,
    normalise,
    table_from_rows,
)


def read_file(path: Path) -> str:
    """
    Raises:
        InputError: the file is missing or no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no text in UTF-8") from error


def read_text(form: str, path: Path) -> str:
    """The plain text of a truth of the form ``text``, ``markdown`` or ``html``.

    Raises:
        InputError: the file cannot be read.
    """
    source = read_file(path)
    if form == "text":
        return source
    return html_to_text(source) if form == "html" else markdown_to_text(source)


def read_tables(form: str, path: Path) -> list[Table]:
    """The tables of a truth of the form ``csv`` (one table), ``json-table`` (a list of rows for each), ``markdown``
    or HTML; in the last two only those of at least two rows and two columns.

    Raises:
        InputError: the file cannot be read.
    """
    source = read_file(path)
    if form == "csv":
        return [table_from_rows(list(csv.reader(source.splitlines(keepends=True))))]
    if form == "json-table":
        return [table_from_rows(rows) for rows in json.loads(source)]
    tables = markdown_tables(source) if form == "markdown" else html_tables(source)
    return [table for table in tables if len(table) > 1 and max(map(len, table)) > 1]


def tables_text(tables: list[Table]) -> str:
    """The words of tables, a line a row."""
    return "\n".join(normalise(" ".join(cell.text for cell in row)) for table in tables for row in table)
