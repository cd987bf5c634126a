"""Where the cells of a table stand, as a browser places them (HTML Standard, 4.9.12), kept within bounds."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .answer import Findings
from .tree import Node

_WIDEST = 256
"""Columns that spans may reach. It bounds the work; no page has so many."""
_SPARSEST = 16
"""Slots a cell, on average: an emptier grid is not filled up, so that a small answer makes no huge table."""


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
            for step in range(1, column_span):
                if taken.get(column + step, (0, 0))[0] > row:
                    findings.warn("cells-overlap", "cells of a table overlap; the wider one was cut short")
                    column_span = step
                    break
            if row_span > 1:
                taken.update(
                    dict.fromkeys(range(column, column + column_span), (row + row_span, column + column_span))
                )
            yield Placed(row, column, row_span, column_span, cell)
            column += column_span


def fit(rows: Sequence[Node], findings: Findings) -> list[Placed]:
    """The cells as ``place`` has them, made a rectangle in which every slot belongs to one cell.

    Only a grid that is nearly empty keeps slots without a cell; a warning says so.
    """
    return _filled(_narrowed(list(place(rows, findings)), findings), len(rows), findings)


def _narrowed(placed: list[Placed], findings: Findings) -> list[Placed]:
    """Without the columns in which no cell begins, which nobody sees: the spans that make them are too wide."""
    begun = sorted({cell.column for cell in placed})
    if all(cell.column + cell.column_span <= len(begun) for cell in placed):
        return placed
    findings.info(
        "span-too-wide", "cells reached over columns in which none begins, or beyond the last, and were cut short"
    )
    narrowed = []
    for cell in placed:
        column = bisect_left(begun, cell.column)
        end = bisect_left(begun, cell.column + cell.column_span)
        narrowed.append(cell._replace(column=column, column_span=end - column))
    return narrowed


def _filled(placed: list[Placed], row_count: int, findings: Findings) -> list[Placed]:
    """With an empty cell in each slot that has none; in a row of header cells it is one too."""
    width = max((cell.column + cell.column_span for cell in placed), default=0)
    if sum(cell.row_span * cell.column_span for cell in placed) == width * row_count:
        return placed
    if width * row_count > _SPARSEST * len(placed):
        findings.warn("table-ragged", "the rows of a table differ so much in length that slots stay without a cell")
        return placed
    findings.info("table-ragged", "the rows of a table differ in length; empty cells make them equal")
    taken = [bytearray(width) for _ in range(row_count)]
    plain_rows = {cell.row for cell in placed if cell.node.tag != "th"}
    head_rows = {cell.row for cell in placed} - plain_rows
    for cell in placed:
        for row in range(cell.row, cell.row + cell.row_span):
            taken[row][cell.column : cell.column + cell.column_span] = b"\x01" * cell.column_span
    empty = [
        Placed(row, column, 1, 1, Node("th" if row in head_rows else "td"))
        for row, slots in enumerate(taken)
        for column, used in enumerate(slots)
        if not used
    ]
    return sorted([*placed, *empty], key=lambda cell: cell[:2])


def _span(cell: Node, name: str, findings: Findings) -> int:
    value = cell.attributes.get(name)
    if value is None:
        return 1
    value = value.strip()
    if value.isascii() and value.isdecimal() and int(value[:7]) >= 1:
        return int(value[:7])
    findings.warn("bad-span", f"a {name} that is no number from 1 was taken for 1")
    return 1
