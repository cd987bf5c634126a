"""Where the cells of a table stand, as a browser places them (HTML Standard, 4.9.12), kept within bounds."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .answer import Findings
from .tree import Node

_WIDEST = 256
"""Columns that spans may reach. It bounds the work; no page has so many."""


class Placed(NamedTuple):
    """A cell and the slots that it takes; rows and columns from 0."""

    row: int
    column: int
    row_span: int
    column_span: int
    node: Node


def place(rows: Sequence[Node], findings: Findings) -> Iterator[Placed]:
    """The cells row by row. No two take the same slot and none reaches below the last row."""
    taken: dict[int, tuple[int, int]] = {}
    """Column -> the row and the column at which a span from above ends."""
    for row, node in enumerate(rows):
        column = 0
        for cell in node.children:
            if not isinstance(cell, Node):
                continue
            while column in taken and taken[column][0] > row:
                column = taken[column][1]
            row_span = _span(cell, "rowspan", findings)
            if row_span > len(rows) - row:
                findings.info("span-too-long", "a cell reaches below the last row of its table")
                row_span = len(rows) - row
            column_span = _span(cell, "colspan", findings)
            if column + column_span > _WIDEST and max(row_span, column_span) > 1:
                findings.warn("table-too-wide", f"a cell's span beyond column {_WIDEST} was taken for 1")
                row_span = column_span = 1
            free = next((i for i in range(1, column_span) if taken.get(column + i, (0, 0))[0] > row), column_span)
            if free < column_span:
                findings.warn("cells-overlap", "cells of a table overlap; the wider one was cut short")
                column_span = free
            if row_span > 1:
                taken.update(
                    dict.fromkeys(range(column, column + column_span), (row + row_span, column + column_span))
                )
            yield Placed(row, column, row_span, column_span, cell)
            column += column_span


def is_ragged(placed: Sequence[Placed], row_count: int) -> bool:
    """Whether some slot of the rectangle around the cells has no cell."""
    columns = max((cell.column + cell.column_span for cell in placed), default=0)
    return sum(cell.row_span * cell.column_span for cell in placed) != columns * row_count


def _span(cell: Node, name: str, findings: Findings) -> int:
    value = cell.attributes.get(name, "1").strip()
    if value.isascii() and value.isdecimal() and int(value[:7]) >= 1:
        return int(value[:7])
    findings.warn("bad-span", f"a {name} that is no number from 1 was taken for 1")
    return 1
