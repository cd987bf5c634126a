"""Tables, and the data of charts, as files for spreadsheets and programs: CSV, XLSX, JSON; one file a table.

A spreadsheet takes a text that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, which can read other files or
call programs. A cell of XLSX says what it is, so all of ours are texts, as they are printed. CSV cannot: there such a
text gets an apostrophe before it, unless it is a plain number such as ``-3.5`` or a dash alone
(https://owasp.org/www-community/attacks/CSV_Injection). JSON has every text as it is.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from ..content.text import printable
from ..document import SCHEMA_VERSION, Caption, Cell, Chart, Document, Model, Part, Table
from ..errors import OutputError
from .tables import MAX_SLOTS, header_row_count, table_rows

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_HARMLESS = re.compile(r"-|[-+]\s?\d[\d.,'’  \u202f]*\s?[%‰]?")
_MOST_ROWS, _MOST_COLUMNS, _LONGEST = 1_048_576, 16_384, 32_767
"""Of a sheet and, in characters, of a cell of it, as Excel has them."""


class Sheet(NamedTuple):
    """A table of a document and where it is from."""

    source: str
    """The name of the document's file."""
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
            yield Sheet(document.source.name, element, caption, places)


def to_csv(sheet: Sheet) -> bytes:
    """Comma-separated, quoted where needed, UTF-8 without a mark, lines ended by CR LF (RFC 4180). The text of a span
    stands in its first slot."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_guarded(value or "") for value in row] for row in _slots(_rows(sheet)))
    return text.getvalue().encode("utf-8", "replace")


def to_json(sheet: Sheet, *, indent: int | None = 2) -> bytes:
    """One ``TableFile``."""
    rows = _rows(sheet)
    written = TableFile(
        source=sheet.source,
        caption=sheet.caption,
        places=sheet.places,
        header_rows=header_row_count(rows),
        rows=_slots(rows),
        element=sheet.element,
    ).model_dump(mode="json", exclude={"element": {"asset"}})
    return (json.dumps(written, indent=indent, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def can_write_xlsx() -> bool:
    return find_spec("openpyxl") is not None


def to_xlsx(sheet: Sheet) -> bytes:
    """A workbook of one sheet: every cell a text, spans as merged cells, heads bold and kept in sight.

    Raises:
        OutputError: the table is larger than a sheet or a cell can be.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    rows = _rows(sheet)
    width = _width(rows)
    if len(rows) > _MOST_ROWS or width > _MOST_COLUMNS:
        raise OutputError(f"{sheet.element.id}: {len(rows)} × {width} cells are more than a sheet of XLSX can have")
    book = Workbook()
    page = book.worksheets[0]
    page.title = re.sub(r"[\[\]:*?/\\]", "_", printable(sheet.element.id))[:31].strip("'") or "table"
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows, start=1):
        for cell in row:
            text = printable(cell.text)
            if len(text) > _LONGEST:
                raise OutputError(f"{sheet.element.id}: a cell has more characters than one of XLSX can have")
            place = page.cell(number, cell.column + 1)
            if text:
                place.value = text
                place.data_type = "s"
                # Stays a text when somebody edits it.
                place.quotePrefix = bool(_FORMULA.match(text))
            place.alignment = Alignment(wrap_text=True, vertical="top")
            place.font = Font(bold=cell.header)
            covered = _covered(cell, number)
            # Overlapping spans would make a file that Excel calls damaged.
            if len(covered) > 1 and taken.isdisjoint(covered):
                taken |= covered
                page.merge_cells(
                    start_row=number,
                    end_row=number + cell.row_span - 1,
                    start_column=cell.column + 1,
                    end_column=cell.column + cell.column_span,
                )
    page.freeze_panes = f"A{header_row_count(rows) + 1}"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(sheet: Sheet) -> list[list[Cell]]:
    rows = table_rows(sheet.element.cells, sheet.element.row_count)
    if len(rows) * _width(rows) <= MAX_SLOTS:
        return rows
    # Of spans as ``table_rows`` left them a saved document may hold any; beyond its size they are left out.
    alone = {"row_span": 1, "column_span": 1}
    return [[cell.model_copy(update={"column": place, **alone}) for place, cell in enumerate(row)] for row in rows]


def _width(rows: Sequence[Sequence[Cell]]) -> int:
    return max((cell.column + cell.column_span for row in rows for cell in row), default=0)


def _covered(cell: Cell, row: int) -> set[tuple[int, int]]:
    return {
        (row + below, cell.column + beside) for below in range(cell.row_span) for beside in range(cell.column_span)
    }


def _slots(rows: Sequence[Sequence[Cell]]) -> list[list[str | None]]:
    """The texts by row and column; None where a span reaches."""
    slots: list[list[str | None]] = [[None] * _width(rows) for _ in rows]
    for row, cells in zip(slots, rows, strict=True):
        for cell in cells:
            row[cell.column] = printable(cell.text)
    return slots


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text.strip()) else text
