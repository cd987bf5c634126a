import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.content.chart import data_points, examine, quantity
from docparse.document import Cell, Chart
from tests.export.documents import grid


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("12", 12, ""),
        ("12.5", 12.5, ""),
        ("1,234", 1234, ""),
        ("1 234 567", 1_234_567, ""),
        ("1'000", 1000, ""),
        ("-3", -3, ""),
        ("−3.5 %", -3.5, "%"),
        ("(5)", -5, ""),
        ("$5.3 million", 5.3, "$ million"),
        ("€1.2bn", 1.2, "€ bn"),
        ("USD 12", 12, "USD"),
        ("-$3", -3, "$"),
        ("5e3", 5000, ""),
        ("1.2 × 10⁶ kg", 1_200_000, "kg"),
        (r"$1.2 \times 10^{-3}$", 0.0012, ""),
        (r"$48 \mathrm{~GB}$", 48, "GB"),
        (r"$45 \%$", 45, "%"),
        ("3 km²", 3, "km²"),
        ("5 °C", 5, "°C"),
        ("~12 t/ha", 12, "t/ha"),
        (".5", 0.5, ""),
    ],
)
def test_quantities(text: str, number: float, unit: str) -> None:
    found = quantity(text)
    assert found
    assert math.isclose(found.number, number)
    assert found.unit == unit


@pytest.mark.parametrize(
    "text",
    ["", "n/a", "–", "2019-20", "12:30", "1/2", "Q1", "12 34", "1,23", "12 (3)", "3 × 4", "1e400", "9" * 400, "..."],
)
def test_what_is_no_quantity(text: str) -> None:
    assert quantity(text) is None


def test_decimal_commas_where_the_whole_table_has_them() -> None:
    points = data_points(grid(("Jahr", "Anteil"), ("2023", "12,5"), ("2024", "1.013,25")))
    assert [point.number for point in points] == [12.5, 1013.25]
    points = data_points(grid(("Year", "Ships"), ("2023", "12,500"), ("2024", "9,013")))
    assert [point.number for point in points] == [12500, 9013]


def test_numbers_know_what_they_are_the_number_of() -> None:
    chart = Chart(
        cells=grid(
            ("Year", "Revenue (million $)", "Share [%]", "Note"), ("2023", "412", "12", "first"), ("2024", "455 t")
        )
    )
    assert examine(chart) == []
    assert [(point.category, point.series, point.number, point.unit) for point in chart.data] == [
        ("2023", "Revenue (million $)", 412, "million $"),
        ("2023", "Share [%]", 12, "%"),
        ("2024", "Revenue (million $)", 455, "t"),
    ]
    assert (chart.data[2].row, chart.data[2].column) == (2, 1)


def test_heads_that_are_not_marked_and_heads_over_heads() -> None:
    unmarked = grid(("", "Ships"), ("North", "3"), header_rows=0)
    assert [(point.category, point.series) for point in data_points(unmarked)] == [("North", "Ships")]
    spanning = [
        Cell(row=0, column=0, header=True, row_span=2),
        Cell(row=0, column=1, column_span=2, header=True, text="2024"),
        Cell(row=1, column=1, header=True, text="H1"),
        Cell(row=1, column=2, header=True, text="H2"),
        Cell(row=2, column=0, row_span=2, text="Grain"),
        Cell(row=2, column=1, text="1"),
        Cell(row=2, column=2, text="2"),
        Cell(row=3, column=1, text="3"),
    ]
    assert [(point.category, point.series, point.number) for point in data_points(spanning)] == [
        ("Grain", "2024 H1", 1),
        ("Grain", "2024 H2", 2),
        ("Grain", "2024 H1", 3),
    ]


@given(st.lists(st.tuples(st.text(max_size=8), st.text(alphabet="0123456789.,-$%() ekm×^", max_size=12)), max_size=5))
def test_every_number_is_finite_and_stands_in_its_cell(rows: list[tuple[str, str]]) -> None:
    cells = grid(*rows, header_rows=0)
    for point in data_points(cells):
        assert math.isfinite(point.number)
        (cell,) = (cell for cell in cells if (cell.row, cell.column) == (point.row, point.column))
        assert any(char.isdecimal() for char in cell.text)
