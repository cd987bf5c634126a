"""Whatever the spans say, a table is a rectangle without overlaps, or the problems say why not."""

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.document import Table
from docparse.qwenvl import parse

_SPAN = st.sampled_from(
    ["", ' colspan="2"', ' colspan="3"', ' rowspan="2"', ' rowspan="4" colspan="2"', ' colspan="0"']
)
_OPENING = st.builds("<{}{}>".format, st.sampled_from(["td", "th"]), _SPAN)
ROWS = st.lists(st.lists(_OPENING, max_size=5), min_size=1, max_size=6)


def markup(rows: list[list[str]]) -> str:
    """A table whose cells say ``0.``, ``1.`` and so on."""
    numbers = itertools.count()
    lines = ("".join(f"{opening}{next(numbers)}." for opening in row) for row in rows)
    return (
        f'<div class="table" data-bbox="1 2 3 4"><table>{"".join(f"<tr>{line}</tr>" for line in lines)}</table></div>'
    )


def owners(table: Table) -> Counter[tuple[int, int]]:
    """How many cells each slot belongs to."""
    return Counter(
        (cell.row + i, cell.column + j)
        for cell in table.cells
        for i in range(cell.row_span)
        for j in range(cell.column_span)
    )


@given(ROWS)
def test_every_slot_belongs_to_one_cell(rows: list[list[str]]) -> None:
    answer = parse(markup(rows))
    (table,) = answer.elements
    assert isinstance(table, Table)
    taken = owners(table)
    assert set(taken.values()) <= {1}
    slots = {(row, column) for row in range(table.row_count) for column in range(table.column_count)}
    assert set(taken) <= slots
    unfilled = any(p.kind == "table-ragged" and p.severity == "warning" for p in answer.problems)
    assert unfilled or set(taken) == slots


@given(ROWS)
def test_the_words_stay_in_their_order(rows: list[list[str]]) -> None:
    (table,) = parse(markup(rows)).elements
    assert isinstance(table, Table)
    assert [cell.text for cell in table.cells if cell.text] == [f"{number}." for number in range(sum(map(len, rows)))]


@pytest.mark.parametrize("columns", [16, 300])
def test_a_small_answer_makes_no_huge_table(columns: int) -> None:
    rows = "<tr><td>x</td></tr>" * 1000
    markup = f"<table><tr>{'<td>a</td>' * columns}</tr>{rows}</table>"
    (table,) = parse(markup).elements
    assert isinstance(table, Table)
    assert len(table.cells) == (16 * 1001 if columns == 16 else 1300)
