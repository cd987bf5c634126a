"""Whatever is long takes time in proportion: each of these took minutes when something looked at all of it again for
each of its parts."""

import time
from collections.abc import Callable
from string import ascii_lowercase

import pytest

from docparse.content.table import infer_header, table_text
from docparse.content.whole import make_whole
from docparse.document import Cell, Document, ListItem, Page, Paragraph, Table
from docparse.export.html import to_html
from docparse.geometry import Box
from docparse.qwenvl import parse, validate

from .content.pages import document, page

_SECONDS = 8
"""Of processor time, for what takes less than two."""


def _whole(of_page: Callable[[int], Page], pages: int) -> Document:
    read = document(*(of_page(number) for number in range(1, pages + 1)))
    make_whole(read)
    return read


def _list(number: int) -> Page:
    return page(
        number, *(ListItem(text="berth", marker=f"{letter})", ordered=True) for letter in ascii_lowercase[:20])
    )


def _table(number: int) -> Page:
    cells = [Cell(row=row, column=column, text=f"{number}.{row}") for row in range(20) for column in range(5)]
    return page(
        number, Table(cells=cells, row_count=20, column_count=5, text=table_text(cells), box=Box(60, 40, 540, 760))
    )


def _formulas() -> None:
    words = " and ".join(f"$x_{{{number}}}$" for number in range(20_000))
    to_html(document(page(1, Paragraph(text=words))))


def _wide_table() -> None:
    (table,) = parse(f"<table><tr>{'<td>a</td>' * 60_000}</tr><tr><td>b</td></tr></table>").elements
    assert isinstance(table, Table)
    infer_header(table)


def _validation() -> None:
    assert validate(f"<html><body>{'<p>a</p>' * 100_000}</body></html>") == []


LONG: dict[str, Callable[[], object]] = {
    "lists": lambda: _whole(_list, 800),
    "a table": lambda: _whole(_table, 1500),
    "formulas in one paragraph": _formulas,
    "a wide table": _wide_table,
    "validation": _validation,
}


@pytest.mark.parametrize("work", LONG.values(), ids=LONG)
def test_time_is_in_proportion(work: Callable[[], object]) -> None:
    start = time.process_time()
    work()
    assert time.process_time() - start < _SECONDS


def test_a_table_of_many_pages_says_all_of_it() -> None:
    first, *rest = _whole(_table, 30).pages
    (table,) = first.elements
    assert isinstance(table, Table)
    assert (table.row_count, len(table.parts), table.text) == (600, 30, table_text(table.cells))
    assert not any(later.elements for later in rest)
