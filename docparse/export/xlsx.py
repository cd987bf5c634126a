"""A table as a workbook of one sheet (openpyxl): numbers as numbers, all else as texts, never a formula."""

import io
import re
from importlib.util import find_spec
from typing import Any

from ..content.chart import has_decimal_comma, quantity
from ..content.plain import readable
from ..content.text import printable
from ..document import Cell
from ..errors import OutputError
from .sheets import FORMULA, Sheet
from .tables import believable_rows, header_row_count, width_of

_MOST_ROWS, _MOST_COLUMNS, _LONGEST = 1_048_576, 16_384, 32_767
"""Of a sheet and, in characters, of a cell of it, as Excel has them."""
_MOST_DIGITS = 15
"""That a number of a sheet keeps."""
_PLAIN = re.compile(r"[-+−–]?\s?(?:0|[1-9][\d.,'’\s]*|0?[.,]\d+)")
"""A number and nothing else. ``007`` is a code."""


def can_write_xlsx() -> bool:
    return find_spec("openpyxl") is not None


def to_xlsx(sheet: Sheet) -> bytes:
    """Spans are merged cells, heads bold and kept in sight.

    Raises:
        OutputError: the table is larger than a sheet or a cell can be.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    rows = believable_rows(sheet.element.cells, sheet.element.row_count)
    width = width_of(rows)
    if len(rows) > _MOST_ROWS or width > _MOST_COLUMNS:
        raise OutputError(f"{sheet.element.id}: {len(rows)} × {width} cells are more than a sheet of XLSX can have")
    book = Workbook()
    page = book.worksheets[0]
    page.title = re.sub(r"[\[\]:*?/\\]", "_", printable(sheet.element.id))[:31].strip("'") or "table"
    heads = header_row_count(rows)
    comma = has_decimal_comma(sheet.element.cells, sheet.language)
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows, start=1):
        for cell in row:
            place = page.cell(number, cell.column + 1)
            _fill(place, cell.text, may_be_number=number > heads, comma=comma, name=sheet.element.id)
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
    page.freeze_panes = f"A{heads + 1}"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(place: Any, text: str, *, may_be_number: bool, comma: bool, name: str) -> None:
    """``place`` is a cell of openpyxl."""
    text = printable(text)
    if len(text) > _LONGEST:
        raise OutputError(f"{name}: a cell has more characters than one of XLSX can have")
    found = _number(text, comma=comma) if may_be_number else None
    if found is not None:
        place.value, place.number_format = found
    elif text:
        place.value = text
        place.data_type = "s"
        # Stays a text when somebody edits it.
        place.quotePrefix = bool(FORMULA.match(text))


def _number(text: str, *, comma: bool) -> tuple[float, str] | None:
    """The number that a text is, and the format of Excel that shows it as it is printed."""
    shown = readable(text).strip()
    found = quantity(shown, decimal_comma=comma) if _PLAIN.fullmatch(shown) else None
    if found is None or found.unit or sum(character.isdigit() for character in shown) > _MOST_DIGITS:
        return None
    whole, _, part = shown.partition("," if comma else ".")
    form = "#,##0" if re.search(r"\d\D+\d", whole) else "0"
    form += "." + "0" * len(part.strip()) if part.strip() else ""
    number = int(found.number) if found.number.is_integer() else found.number
    return number, f"+{form};-{form};{form}" if shown.startswith("+") else form


def _covered(cell: Cell, row: int) -> set[tuple[int, int]]:
    return {
        (row + below, cell.column + beside) for below in range(cell.row_span) for beside in range(cell.column_span)
    }
