"""Which rows are a table's head where nothing says so."""

import pytest

from docparse.content.table import infer_header
from docparse.document import Cell, Table


def table(*rows: tuple[str, ...]) -> Table:
    cells = [Cell(row=r, column=c, text=text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return Table(cells=cells, row_count=len(rows), column_count=len(rows[0]))


@pytest.mark.parametrize(
    ("rows", "height"),
    [
        ([("Goods", "Tons"), ("Grain", "12.5"), ("Timber", "7")], 1),
        ([("", "2022", "2023"), ("Sales", "$ 1,200", "(300)"), ("Costs", "–", "5 %")], 1),
        ([("Year", "Ships"), ("2023", "412"), ("2024", "455")], 1),
        ([("Goods", "Port"), ("Grain", "Hull"), ("Timber", "Kiel")], 0),  # words over words prove nothing
        ([("Grain", "12.5"), ("Timber", "7")], 0),
        ([("2021", "2022"), ("2023", "2024")], 0),
        ([("Europe", ""), ("France", "12"), ("Spain", "9")], 0),  # a row that names a group
        ([("Goods", "Tons")], 0),
    ],
)
def test_a_head_is_inferred_from_figures_below_words(rows: list[tuple[str, ...]], height: int) -> None:
    guessed = table(*rows)
    infer_header(guessed)
    assert guessed.header_inferred is (height > 0)
    assert {cell.row for cell in guessed.cells if cell.header} == set(range(height))
    assert all(cell.header for cell in guessed.cells if cell.row < height)


def test_a_head_of_two_rows() -> None:
    guessed = table(("Goods", "Half", "x"), ("Goods", "Q1", "Q2"), ("Grain", "1.5", "2"))
    guessed.cells[0].row_span = 2
    guessed.cells[1].column_span = 2
    guessed.cells = [cell for cell in guessed.cells if (cell.row, cell.column) not in ((0, 2), (1, 0))]
    infer_header(guessed)
    assert [cell.header for cell in guessed.cells] == [True, True, True, True, False, False, False]


def test_what_was_read_is_left_alone() -> None:
    marked = table(("Grain", "Tons"), ("Rye", "12.5"))
    marked.cells[2].header = True
    infer_header(marked)
    assert not marked.header_inferred
    assert sum(cell.header for cell in marked.cells) == 1
