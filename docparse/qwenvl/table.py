"""An HTML table to a grid of cells, as a browser forms it (HTML Standard, 4.9.12)."""

from dataclasses import dataclass

from lxml import etree

from ..document import Cell
from .answer import Findings
from .boxes import read_box
from .text import inline_text

_WIDEST_SPAN = 1000
"""As the HTML Standard limits ``colspan``."""
_LARGEST_GRID = 1_000_000


@dataclass(frozen=True)
class Grid:
    cells: list[Cell]
    row_count: int
    column_count: int

    @property
    def text(self) -> str:
        """Rows as lines, cells parted by tabs."""
        rows: list[list[str]] = [[] for _ in range(self.row_count)]
        for cell in self.cells:
            rows[cell.row].append(cell.text.replace("\n", " "))
        return "\n".join("\t".join(row) for row in rows if row)


def read_cells(table: etree._Element, findings: Findings) -> Grid:
    """The cells of the table; nested tables become text of the cell that they are in."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    column_count = 0
    for row, node in enumerate(rows):
        column = 0
        in_head = next(node.iterancestors("thead"), None) is not None
        for data in node:
            if not isinstance(data.tag, str):
                continue
            while (row, column) in taken:
                column += 1
            # A span that reaches below the last row ends there.
            row_span = min(_span(data, "rowspan", findings), len(rows) - row)
            column_span = _span(data, "colspan", findings)
            if len(taken) + row_span * column_span > _LARGEST_GRID:
                findings.warn("table-too-large", "the spans of a table ask for more than a million cells")
                row_span = column_span = 1
            slots = {(row + i, column + j) for i in range(row_span) for j in range(column_span)}
            if slots & taken:
                findings.warn("table-overlap", "cells of a table overlap; a span was cut short")
                column_span = 1
                slots = {(row + i, column) for i in range(row_span)}
            taken |= slots
            if next(data.iter("table"), None) is not None:
                findings.info("nested-table", "a table inside a table's cell was made text")
            text = inline_text(data)
            if data.tail and data.tail.strip():
                text = f"{text}\n{' '.join(data.tail.split())}".strip()
            cells.append(
                Cell(
                    row=row,
                    column=column,
                    row_span=row_span,
                    column_span=column_span,
                    header=data.tag == "th" or in_head,
                    text=text,
                    box=read_box(data, findings),
                )
            )
            column += column_span
            column_count = max(column_count, column)
    return Grid(cells, len(rows), column_count)


def _span(data: etree._Element, name: str, findings: Findings) -> int:
    value = (data.get(name) or "1").strip()
    if value.isdecimal() and 1 <= int(value[:6]) <= _WIDEST_SPAN:
        return int(value[:6])
    findings.warn("bad-span", f"a {name} that is no number from 1 to {_WIDEST_SPAN} was taken for 1")
    return 1
