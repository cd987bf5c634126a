"""Where ruled tables are found on a page, and what their rows and columns are; and where there are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from docparse.pieces import Sheet, straighten
from docparse.pieces.grid import Grid, grids_of
from tests.ruled import ROW, Paper

ROWS = ("Goods|Tons|Where from", "Rye|12|the north", "Oats|7|the south", "Hay|140|everywhere", "Peas|3|the north")
WIDTHS = (200, 120, 260)
LEFT, TOP = 100, 200
RIGHT, BOTTOM = LEFT + sum(WIDTHS), TOP + ROW * len(ROWS)


def sheet_of(paper: Paper) -> Sheet:
    return straighten(paper.image, 7.5)


def ruled(paper: Paper, how: str, ink: int = 0, width: int = 2) -> Paper:
    paper.cells(LEFT, TOP, WIDTHS, *ROWS)
    lines = {
        "grid": range(len(ROWS) + 1),
        "rows": range(len(ROWS) + 1),
        "head": (0, 1, len(ROWS)),
        "box": (0, len(ROWS)),
    }
    for row in lines[how]:
        paper.across(LEFT, RIGHT, TOP + ROW * row, ink, width)
    edges = [LEFT + sum(WIDTHS[:column]) for column in range(len(WIDTHS) + 1)]
    for edge in {"grid": edges, "box": [LEFT, RIGHT]}.get(how, []):
        paper.upright(edge, TOP, BOTTOM, ink, width)
    return paper


def on_page(grid: Grid) -> list[int]:
    """Left, top, right and bottom in pixels of the page, to be compared with what was drawn."""
    scale = grid.sheet.matrix[0, 0]
    region = grid.region
    return [round(edge * scale) for edge in (region.left, region.top, region.right, region.bottom)]


@pytest.mark.parametrize("how", ["grid", "rows", "head", "box"])
@pytest.mark.parametrize(("ink", "width"), [(0, 2), (0, 5), (190, 1)], ids=["thin", "thick", "faint"])
def test_a_table_is_found_however_it_is_ruled(how: str, ink: int, width: int) -> None:
    (grid,) = grids_of(sheet_of(ruled(Paper(), how, ink, width)))
    assert np.allclose(on_page(grid), [LEFT, TOP, RIGHT, BOTTOM], atol=6)
    assert (grid.column_count, len(grid.lines)) == (3, len(ROWS))
    assert len(grid.rows) - 1 == {"grid": 5, "rows": 5, "head": 2, "box": 1}[how]
    assert all(grid.filled(line) == [True] * 3 for line in range(len(ROWS)))


@pytest.mark.parametrize("how", ["grid", "rows"])
def test_two_tables_of_one_width_are_two(how: str) -> None:
    paper = ruled(Paper(), how)
    below = BOTTOM + 30
    paper.cells(LEFT, below, WIDTHS, *ROWS)
    for row in range(len(ROWS) + 1):
        paper.across(LEFT, RIGHT, below + ROW * row)
    assert len(grids_of(sheet_of(paper))) == 2


def test_a_heading_between_two_tables_is_no_row() -> None:
    paper = ruled(Paper(), "rows")
    paper.write(LEFT, BOTTOM + 38, "Goods of the other harbour")
    below = BOTTOM + 50
    paper.cells(LEFT, below, WIDTHS, *ROWS)
    for row in range(len(ROWS) + 1):
        paper.across(LEFT, RIGHT, below + ROW * row)
    assert [len(grid.rows) for grid in grids_of(sheet_of(paper))] == [6, 6]


def test_a_row_with_one_filled_cell_is_a_row() -> None:
    rows = ("Rye|12", "Oats|7", "Allied|", "Peas|3")
    paper = Paper()
    paper.cells(LEFT, TOP, (300, 200), *rows)
    for row in range(len(rows) + 1):
        paper.across(LEFT, LEFT + 500, TOP + ROW * row)
    (grid,) = grids_of(sheet_of(paper))
    assert len(grid.rows) == 5
    assert [grid.filled(line) for line in range(4)] == [[True, True], [True, True], [True, False], [True, True]]


def test_a_cell_over_two_columns_has_no_stroke_inside() -> None:
    paper = Paper()
    paper.cells(LEFT, TOP, (200, 200), "Both of them together in one", "Rye|12", "Oats|7")
    for row in range(4):
        paper.across(LEFT, LEFT + 400, TOP + ROW * row)
    for edge in (LEFT, LEFT + 400):
        paper.upright(edge, TOP, TOP + 3 * ROW)
    paper.upright(LEFT + 200, TOP + ROW, TOP + 3 * ROW)
    (grid,) = grids_of(sheet_of(paper))
    assert [grid.is_parted_right(line, line, 0) for line in range(3)] == [False, True, True]


def test_a_cell_over_two_rows_has_no_rule_inside() -> None:
    paper = Paper()
    paper.cells(LEFT, TOP, (200, 200), "|Rye", "|Oats", "Hay|12")
    paper.write(LEFT + 10, TOP + 38, "Grain")
    for row in (0, 2, 3):
        paper.across(LEFT, LEFT + 400, TOP + ROW * row)
    paper.across(LEFT + 200, LEFT + 400, TOP + ROW)
    for edge in (LEFT, LEFT + 200, LEFT + 400):
        paper.upright(edge, TOP, TOP + 3 * ROW)
    (grid,) = grids_of(sheet_of(paper))
    assert [grid.is_parted_below(1, column) for column in (0, 1)] == [False, True]


@pytest.mark.parametrize("degrees", [-2.0, 1.5])
def test_a_crooked_table_is_found(degrees: float) -> None:
    paper = ruled(Paper(), "grid")
    paper.image = paper.image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    (grid,) = grids_of(sheet_of(paper))
    assert (grid.column_count, len(grid.rows)) == (3, 6)


def test_running_text_between_two_rules_is_no_table() -> None:
    paper = Paper()
    for line in range(8):
        paper.write(LEFT, TOP + 24 * line, "the harbour wall was built in the year of the flood and mended twice")
    for y in (TOP - 30, TOP + 200):
        paper.across(LEFT, LEFT + 600, y)
    assert grids_of(sheet_of(paper)) == []


def test_dashes_are_no_rules() -> None:
    paper = Paper()
    paper.cells(LEFT, TOP, WIDTHS, *ROWS)
    for row in range(len(ROWS) + 1):
        for x in range(LEFT, RIGHT, 12):
            paper.across(x, x + 7, TOP + ROW * row, width=1)
    assert grids_of(sheet_of(paper)) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(40, 400), st.integers(40, 400))
def test_whatever_is_on_the_page_a_grid_is_sound(seed: int, width: int, height: int) -> None:
    random = np.random.default_rng(seed)
    pixels = np.full((height, width), 255, np.uint8)
    for _ in range(int(random.integers(0, 30))):
        y, x = int(random.integers(height)), int(random.integers(width))
        if random.random() < 0.5:
            pixels[y : y + 2, x : x + int(random.integers(4, width))] = random.integers(0, 200)
        else:
            pixels[y : y + int(random.integers(4, height)), x : x + 2] = random.integers(0, 200)
    for grid in grids_of(straighten(Image.fromarray(pixels), 7.5)):
        assert grid.rows == sorted(set(grid.rows))
        assert grid.strips == sorted(grid.strips)
        assert all(len(edges) == grid.column_count + 1 for edges in grid.edges)
        assert all(len(grid.filled(line)) == grid.column_count for line in range(len(grid.lines)))
