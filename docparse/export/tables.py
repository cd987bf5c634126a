"""Tables row by row, and as HTML."""

from collections.abc import Sequence

from ..content.text import printable
from ..document import Cell
from .markup import Node, bbox, node, with_lines, with_text

MAX_SLOTS = 200_000
"""Grids beyond this are written cell by cell as they come: their spans are not to be believed."""


def table_rows(cells: Sequence[Cell], row_count: int = 0) -> list[list[Cell]]:
    """The cells that begin in each row, from left to right.

    Slots that no cell covers get an empty cell, so that every row is complete; spans end with the table.
    """
    if not cells:
        return []
    ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
    height = max(ordered[-1].row + 1, min(row_count, max(cell.row + cell.row_span for cell in cells)))
    width = max(cell.column + cell.column_span for cell in cells)
    if height * width > MAX_SLOTS:
        begun: dict[int, list[Cell]] = {}
        for cell in ordered:
            begun.setdefault(cell.row, []).append(cell)
        return list(begun.values())
    rows: list[list[Cell]] = [[] for _ in range(height)]
    taken = [[False] * width for _ in range(height)]
    for cell in ordered:
        last = min(cell.row + cell.row_span, height)
        for row in range(cell.row, last):
            for column in range(cell.column, cell.column + cell.column_span):
                taken[row][column] = True
        kept = last - cell.row
        rows[cell.row].append(cell if kept == cell.row_span else cell.model_copy(update={"row_span": kept}))
    for row, slots in enumerate(taken):
        missing = [Cell(row=row, column=column) for column, used in enumerate(slots) if not used]
        if missing:
            rows[row] = sorted(rows[row] + missing, key=lambda cell: cell.column)
    return rows


def believable_rows(cells: Sequence[Cell], row_count: int = 0) -> list[list[Cell]]:
    """As ``table_rows``, and of a grid beyond ``MAX_SLOTS`` without its spans: a saved document may hold any."""
    rows = table_rows(cells, row_count)
    if len(rows) * width_of(rows) <= MAX_SLOTS:
        return rows
    alone = {"row_span": 1, "column_span": 1}
    return [[cell.model_copy(update={"column": place, **alone}) for place, cell in enumerate(row)] for row in rows]


def width_of(rows: Sequence[Sequence[Cell]]) -> int:
    """Columns."""
    return max((cell.column + cell.column_span for row in rows for cell in row), default=0)


def slots(rows: Sequence[Sequence[Cell]]) -> list[list[str | None]]:
    """The texts of ``believable_rows`` by row and column; None where a span reaches."""
    width = width_of(rows)
    texts: list[list[str | None]] = [[None] * width for _ in rows]
    for row, cells in zip(texts, rows, strict=True):
        for cell in cells:
            row[cell.column] = printable(cell.text)
    return texts


def header_row_count(rows: Sequence[Sequence[Cell]]) -> int:
    """How many rows at the top hold nothing but header cells; 0 if one of them reaches below."""
    count = 0
    for row in rows:
        if not row or not all(cell.header for cell in row):
            break
        count += 1
    reaches_below = any(cell.row + cell.row_span > count for row in rows[:count] for cell in row if cell.row_span > 1)
    return 0 if reaches_below else count


def table_node(cells: Sequence[Cell], row_count: int, *, plain: bool = False) -> Node:
    """``table`` with ``thead`` and ``tbody``, without attributes of its own.

    ``plain`` is for HTML inside Markdown: mathematics as its source, and spans as the only attributes.
    """
    rows = table_rows(cells, row_count)
    head = header_row_count(rows)
    table = node("table")
    for tag, part in (("thead", rows[:head]), ("tbody", rows[head:])):
        if part:
            cell_node = _plain_cell if plain else _column_header if tag == "thead" else _cell
            table.append(node(tag, *(node("tr", *map(cell_node, row)) for row in part)))
    return table


def _cell(cell: Cell, scope: str | None = None) -> Node:
    if cell.header and cell.column == 0:
        scope = scope or "row"
    tag = "th" if cell.header else "td"
    return with_text(node(tag, dir="auto", scope=scope, **_spans(cell), data_bbox=bbox(cell.box)), cell.text)


def _column_header(cell: Cell) -> Node:
    return _cell(cell, "col")


def _plain_cell(cell: Cell) -> Node:
    lines = "\n".join(line for line in cell.text.split("\n") if line.strip())
    return with_lines(node("th" if cell.header else "td", **_spans(cell)), lines)


def _spans(cell: Cell) -> dict[str, int | None]:
    return {
        "rowspan": cell.row_span if cell.row_span > 1 else None,
        "colspan": cell.column_span if cell.column_span > 1 else None,
    }
