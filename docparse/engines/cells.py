"""The cells of a printed table, filled with what was read in each."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..geometry import Box
from ..pieces.grid import Grid
from ..pieces.sheet import to_page
from ..pieces.unread import LETTER
from .answer import Answer, markup, strung

_OFF = 2.4
"""By which the places of one word in two readings differ at the most, in heights of the text."""
_TWO_KINDS = 1.2
"""The steps from row to row against those from line to line of a row, at the least."""
_HIGH = 0.8
"""Of the steps from line to line, that are no longer than from row to row."""
_RULED = 0.4
"""Rows between rules for each line at the least, in a table with a rule below each row."""
_FEWEST_RULES = 2
"""Inside of such a table."""


@dataclass(frozen=True)
class Said:
    """``element.text[start:end]``, which stands around (x, y), in pixels of the sheet; and where the row and the cell
    begin that it is in, if it is in a table."""

    element: Answer
    start: int
    end: int
    x: float
    y: float
    row: int | None
    cell: int | None
    is_header: bool

    @property
    def text(self) -> str:
        return self.element.text[self.start : self.end]


_Cell = tuple[int, int]
"""Row and column."""


def table_of(grid: Grid, said: Sequence[Said]) -> Answer:
    """The table with what is said in it, with its box on the page image."""
    of_lines: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        away = [abs(line.middle - one.y) for line in grid.lines]
        of_lines[away.index(min(away))].append(one)
    rows = _rows(grid, of_lines)
    cells: dict[_Cell, list[Said]] = defaultdict(list)
    for index, (first, last) in enumerate(rows):
        for line in range(first, last + 1):
            for one in of_lines[line]:
                cell = cells[index, _column(grid, line, one)]
                if not any(_is_same(one, other, grid.sheet.unit) for other in cell):
                    cell.append(one)
    spans = _spans(grid, rows, cells)
    parts = [markup(f'<div class="table" data-bbox="{_box(grid)}"><table><tbody>')]
    for index in range(len(rows)):
        parts.append(markup("<tr>"))
        for (row, column), (down, right) in spans.items():
            if row == index:
                within = [(row + below, column + beside) for below in range(down) for beside in range(right)]
                parts += _cell([one for cell in within for one in cells[cell]], down, right)
        parts.append(markup("</tr>"))
    parts.append(markup("</tbody></table></div>\n"))
    # Nothing else will be made of its words.
    return replace(strung(parts), words=())


def _is_same(one: Said, other: Said, unit: float) -> bool:
    """Whether a word of a cell was read twice: it is the same, at about the same place."""
    near = abs(one.x - other.x) <= _OFF * unit and abs(one.y - other.y) <= _OFF * unit
    return near and one.text.strip() == other.text.strip()


def _box(grid: Grid) -> str:
    region = grid.region
    box = to_page(grid.sheet.matrix, Box(region.left, region.top, region.right, region.bottom))
    return " ".join(str(round(side)) for side in box)


def _cell(said: Sequence[Said], down: int, right: int) -> list[Answer]:
    name = "th" if sum(one.is_header for one in said) * 2 > len(said) else "td"
    spans = (f' colspan="{right}"' if right > 1 else "") + (f' rowspan="{down}"' if down > 1 else "")
    parts = [markup(f"<{name}{spans}>")]
    for before, one in pairwise([None, *said]):
        assert one is not None
        if before is not None and not (before.element is one.element and before.end == one.start):
            parts.append(markup(" "))
        parts.append(one.element.part(one.start, one.end))
    return [*parts, markup(f"</{name}>")]


def _rows(grid: Grid, of_lines: dict[int, list[Said]]) -> list[tuple[int, int]]:
    """The first and the last line of each row."""
    bands = [
        [index for index, line in enumerate(grid.lines) if top <= line.middle < bottom]
        for top, bottom in pairwise([-math.inf, *grid.rows[1:-1], math.inf])
    ]
    bands = [band for band in bands if band]
    if len(grid.rows) - 2 >= _FEWEST_RULES and len(bands) >= _RULED * len(grid.lines):
        return [(band[0], band[-1]) for band in bands]
    border = _border([below.middle - above.middle for above, below in pairwise(grid.lines)])
    found: list[tuple[int, int]] = []
    for band in bands:
        first = band[0]
        for above, below in pairwise(band):
            step = grid.lines[below].middle - grid.lines[above].middle
            # A row of which every cell has two lines is less likely than two rows.
            is_one = grid.filled(above) != grid.filled(below) if step < border else _is_one(of_lines, above, below)
            if not is_one:
                found.append((first, above))
                first = below
        found.append((first, band[-1]))
    return found


def _border(steps: Sequence[float]) -> float:
    """Shorter steps from line to line are within a row; 0 where they are all of one kind."""
    if len(steps) < 2:
        return 0.0
    short, long = min(steps), float(np.quantile(steps, _HIGH))
    return (short + long) / 2 if long >= _TWO_KINDS * short else 0.0


def _is_one(of_lines: dict[int, list[Said]], above: int, below: int) -> bool:
    """Whether the model says that two lines are of one row."""
    rows, others = (
        Counter((id(one.element), one.row) for one in of_lines[line] if one.row is not None)
        for line in (above, below)
    )
    if not rows or not others:
        return False
    if rows.most_common(1)[0][0] == others.most_common(1)[0][0]:
        return True
    cells, under = ({(id(one.element), one.cell) for one in of_lines[line]} for line in (above, below))
    return bool(cells & under) and len(others) == 1


def _column(grid: Grid, line: int, said: Said) -> int:
    """That in which its middle is, of those with ink."""
    middle = said.x + len(said.text.strip()) * LETTER * grid.sheet.unit / 2
    filled = grid.filled(line)
    away = [
        (not filled[column], max(0.0, left - middle, middle - right))
        for column, (left, right) in enumerate(grid.cells_of(line))
    ]
    return away.index(min(away))


def _spans(
    grid: Grid, rows: Sequence[tuple[int, int]], cells: dict[_Cell, list[Said]]
) -> dict[_Cell, tuple[int, int]]:
    """The cells in order, with over how many rows and columns each reaches."""
    # The rule below each row, if there is one.
    rules = [
        next(
            (edge for edge, y in enumerate(grid.rows) if grid.lines[above].middle < y < grid.lines[below].middle),
            None,
        )
        for (_, above), (below, _) in pairwise(rows)
    ]
    found: dict[_Cell, tuple[int, int]] = {}
    taken: set[_Cell] = set()
    for row, (first, last) in enumerate(rows):
        for column in range(grid.column_count):
            if (row, column) in taken:
                continue
            down = right = 1
            has_text = bool(cells[row, column])
            while row + down < len(rows) and (rule := rules[row + down - 1]) is not None:
                more = bool(cells[row + down, column])
                if grid.is_parted_below(rule, column) or (has_text and more):
                    break
                has_text |= more
                down += 1
            while (
                down == 1
                and column + right < grid.column_count
                and (row, column + right) not in taken
                and not grid.is_parted_right(first, last, column + right - 1)
            ):
                right += 1
            found[row, column] = down, right
            taken |= {(row + below, column + beside) for below in range(down) for beside in range(right)}
    return found
