"""Tables, and the data of charts, as files for spreadsheets and programs: CSV and JSON (XLSX: ``xlsx``).

A spreadsheet takes a text that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, which can read other files or
call programs. In CSV such a text gets an apostrophe before it, unless it is a plain number such as ``-3.5`` or a dash
alone (https://owasp.org/www-community/attacks/CSV_Injection). JSON has every text as it is.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..document import SCHEMA_VERSION, Caption, Cell, Chart, Document, Model, Part, Table
from .tables import believable_rows, header_row_count, slots

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""What a spreadsheet takes for a formula."""
_HARMLESS = re.compile(r"-|[-+]\s?\d[\d.,'’  \u202f]*\s?[%‰]?")


class Sheet(NamedTuple):
    """A table of a document and where it is from."""

    source: str
    """The name of the document's file."""
    language: str | None
    """The document's."""
    element: Table | Chart
    caption: str
    places: list[Part]


class TableFile(Model):
    """What ``docparse tables --to json`` writes of one table."""

    schema_version: str = SCHEMA_VERSION
    source: str
    caption: str
    places: list[Part]
    header_rows: int
    """How many of the rows are heads."""
    rows: list[list[str | None]]
    """Every slot of the grid; null where a span of another cell reaches."""
    element: Table | Chart
    """With its cells and their spans; pictures left out."""


def sheets(document: Document) -> Iterator[Sheet]:
    """Everything in the document that has a grid, in reading order; a table over several pages once."""
    for page in document.pages:
        captions: dict[str | None, list[str]] = {}
        for element in page.elements:
            if isinstance(element, Caption):
                captions.setdefault(element.target, []).append(element.text)
        for element in page.elements:
            if not isinstance(element, Table | Chart) or not element.cells:
                continue
            places = element.parts or [Part(page=page.number, box=element.box)]
            caption = "\n".join(captions.get(element.id, [])) if element.id else ""
            yield Sheet(document.source.name, document.language, element, caption, places)


def to_csv(sheet: Sheet) -> bytes:
    """Comma-separated, quoted where needed, UTF-8 without a mark, lines ended by CR LF (RFC 4180). The text of a span
    stands in its first slot."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_guarded(value or "") for value in row] for row in slots(_rows(sheet)))
    return text.getvalue().encode("utf-8", "replace")


def to_json(sheet: Sheet, *, indent: int | None = 2) -> bytes:
    """One ``TableFile``."""
    rows = _rows(sheet)
    written = TableFile(
        source=sheet.source,
        caption=sheet.caption,
        places=sheet.places,
        header_rows=header_row_count(rows),
        rows=slots(rows),
        element=sheet.element,
    ).model_dump(mode="json", exclude={"element": {"asset"}})
    return (json.dumps(written, indent=indent, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _rows(sheet: Sheet) -> list[list[Cell]]:
    return believable_rows(sheet.element.cells, sheet.element.row_count)


def _guarded(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) and not _HARMLESS.fullmatch(text.strip()) else text
