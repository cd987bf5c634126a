"""Ruled tables of a page: where they are, and the edges of their rows and columns.

From strokes and white strips to cells: B. Coüasnon, A. Lemaitre, "Recognition of tables and forms", Handbook of
Document Image Processing and Recognition, 2014.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from .ink import stretches
from .rivers import Strip, lines_in, rivers
from .sheet import Region, Sheet
from .strokes import TOGETHER, Strokes, covered, strokes_of
from .unread import Line

# In heights of the text.
_ALIGNED = 1.5
"""Between the ends of two rules of one table at the most."""
_DOUBLE = 0.7
"""Between two rules that are one, at the most."""
_ROW = 8.0
"""Between two rules with a row of a single cell between them at the most."""
_INNER = 2.0
"""From the edge of a table, or from a stroke, to the next column's edge at the least."""
_REACH, _BLANK = 3.0, 1.2
"""From a white strip to the blank between two cells of one line at the most, and how wide that is at the least."""
_EDGE = 0.4
"""Of a cell on either side, where a stroke or what touches it may be seen."""

_TALLER = 1.15
"""A line of a row against the usual, at the most, where that is known:"""
_FEWEST_BANDS = 4
"""so many rows are between rules."""
_FEWEST_LINES = 3
"""Of a table's body, from where its columns are looked for in it alone."""
_TALL = 0.4
"""Of the table's height, a stroke between two columns at the least."""
_PARTED = 0.5
"""Of a cell's width or height, from where a stroke parts it from the next."""


@dataclass(frozen=True)
class Grid:
    """A ruled table of a sheet, in pixels of it."""

    sheet: Sheet
    region: Region
    strokes: Strokes
    """Those in it."""
    rows: list[int]
    """Its top, the rules between its rows, its bottom. There may be rows without a rule between them."""
    strips: list[Strip]
    """What is between each two columns: white, or a stroke, which is as if it were 0 wide."""
    lines: list[Line]
    """What is printed in it."""

    @property
    def column_count(self) -> int:
        return len(self.strips) + 1

    @cached_property
    def edges(self) -> list[list[int | None]]:
        """For each line the edges of its cells, one more than columns; None where the line reaches over one."""
        return [self._edges_in(line) for line in self.lines]

    @property
    def _middles(self) -> list[int]:
        """The edges of the columns, as most lines have them."""
        return [self.region.left, *((first + end) // 2 for first, end in self.strips), self.region.right]

    def cells_of(self, line: int) -> list[tuple[int, int]]:
        """From where to where each column reaches in this line."""
        edges = zip(self.edges[line], self._middles, strict=True)
        return list(pairwise([usual if edge is None else edge for edge, usual in edges]))

    def filled(self, line: int) -> list[bool]:
        """Which columns have ink in this line."""
        printed, reach = self.lines[line], round(_EDGE * self.sheet.unit)
        text = self.sheet.text[printed.top : printed.bottom]
        return [bool(text[:, left + reach : right - reach].any()) for left, right in self.cells_of(line)]

    def is_parted_below(self, edge: int, column: int) -> bool:
        """Whether a rule at ``rows[edge]`` parts what is in a column from what is below."""
        left, right = self._middles[column : column + 2]
        near = [rule for rule in self.strokes.across if abs(rule.middle_row - self.rows[edge]) <= TOGETHER]
        return covered([(rule.left, rule.right) for rule in near], left, right) >= _PARTED * (right - left)

    def is_parted_right(self, first: int, last: int, column: int) -> bool:
        """Whether what is in a column of these lines is parted from what is right of it."""
        start, end = self.strips[column]
        if start < end:
            return all(edges[column + 1] is not None for edges in self.edges[first : last + 1])
        top, bottom = self.lines[first].top, self.lines[last].bottom
        near = [rule for rule in self.strokes.upright if abs(rule.middle_column - start) <= TOGETHER]
        return covered([(rule.top, rule.bottom) for rule in near], top, bottom) >= _PARTED * (bottom - top)

    def _edges_in(self, line: Line) -> list[int | None]:
        unit, region = self.sheet.unit, self.region
        white = np.logical_not(self.sheet.text[line.top : line.bottom].any(axis=0))
        found: list[int | None] = [region.left]
        for (first, end), middle in zip(self.strips, self._middles[1:-1], strict=True):
            if first == end:
                found.append(middle)
                continue
            left, right = (
                max(region.left, first - round(_REACH * unit)),
                min(region.right, end + round(_REACH * unit)),
            )
            blanks = [
                (left + start, left + stop)
                for start, stop in stretches(white[left:right])
                if stop - start >= _BLANK * unit
            ]
            blank = min(blanks, key=lambda blank: max(blank[0] - middle, middle - blank[1], 0), default=None)
            found.append(None if blank is None else min(max(middle, blank[0]), blank[1]))
        return [*found, region.right]


def grids_of(sheet: Sheet) -> list[Grid]:
    """What may be ruled tables: between rules of one width with nothing but rows between them, and with columns."""
    strokes = strokes_of(sheet)
    groups: list[list[Region]] = []
    for rule in strokes.across:
        near = next((group for group in groups if _is_aligned(group[-1], rule, sheet.unit)), None)
        if near is None:
            groups.append([rule])
        elif rule.top - near[-1].bottom <= _DOUBLE * sheet.unit:
            near[-1] = _around([near[-1], rule])
        else:
            near.append(rule)
    tables = [_around(rules) for group in groups for rules in _tables(sheet, group, strokes)]
    outer = [region for region in tables if not any(_is_within(region, other, sheet.unit) for other in tables)]
    found = (_grid(sheet, region, strokes) for region in outer)
    return [grid for grid in found if grid is not None]


def _around(rules: Sequence[Region]) -> Region:
    return Region(
        min(rule.left for rule in rules),
        min(rule.top for rule in rules),
        max(rule.right for rule in rules),
        max(rule.bottom for rule in rules),
    )


def _is_aligned(one: Region, other: Region, unit: float) -> bool:
    return max(abs(one.left - other.left), abs(one.right - other.right)) <= _ALIGNED * unit


def _is_within(inner: Region, outer: Region, unit: float) -> bool:
    """In another one, that is larger."""
    wide = _widened(outer, unit)
    return inner != outer and _around([inner, wide]) == wide


def _widened(region: Region, unit: float) -> Region:
    reach = round(_ALIGNED * unit)
    return replace(region, left=region.left - reach, right=region.right + reach)


@dataclass(frozen=True)
class _Band:
    """What is between two rules of one width."""

    height: int
    lines: int
    is_closed: bool
    """Whether strokes close it left and right."""
    has_columns: bool

    @property
    def line_height(self) -> float:
        return self.height / max(1, self.lines)


def _tables(sheet: Sheet, group: Sequence[Region], strokes: Strokes) -> list[list[Region]]:
    """The rules in groups, between which there are rows of one table and nothing else."""
    bands = [_band(sheet, above, below, strokes) for above, below in pairwise(group)]
    usual = [band.line_height for band in bands if band.lines and (band.has_columns or band.is_closed)]
    tallest = _TALLER * float(np.median(usual)) if usual else 0.0
    found = [[group[0]]]
    for index, (band, (rule, below)) in enumerate(zip(bands, pairwise(group), strict=True)):
        beside = bands[max(0, index - 1) : index + 2]
        is_low = band.lines > 0 and band.line_height <= tallest
        is_row = band.is_closed or (band.has_columns and (is_low or len(bands) < _FEWEST_BANDS))
        # One of which only the first cell has text.
        is_row |= is_low and band.height <= _ROW * sheet.unit and not any(other.is_closed for other in beside)
        ends_there = any(abs(end.top - rule.top) <= TOGETHER for end in strokes.ends)
        if beside[0].is_closed != band.is_closed and ends_there:
            found.append([rule])
        if is_row:
            found[-1].append(below)
        else:
            found.append([below])
    return [rules for rules in found if len(rules) > 1]


def _band(sheet: Sheet, above: Region, below: Region, strokes: Strokes) -> _Band:
    around = _around([above, below])
    region = replace(around, top=above.bottom, bottom=max(above.bottom, below.top))
    height = region.bottom - region.top
    closed = min(
        covered(
            [(rule.top, rule.bottom) for rule in strokes.upright if abs(rule.left - side) <= _ALIGNED * sheet.unit],
            region.top,
            region.bottom,
        )
        for side in (region.left, region.right)
    )
    lines = lines_in(sheet, region)
    return _Band(
        height,
        len(lines),
        is_closed=height - closed <= TOGETHER < height,
        has_columns=len(rivers(sheet, region, lines)) > 0,
    )


def _grid(sheet: Sheet, region: Region, strokes: Strokes) -> Grid | None:
    unit = sheet.unit
    wide = _widened(region, unit)
    inside = Strokes(
        [rule for rule in strokes.across if _around([rule, wide]) == wide],
        [
            rule
            for rule in strokes.upright
            if wide.left <= rule.left <= rule.right <= wide.right
            and covered([(rule.top, rule.bottom)], region.top, region.bottom)
        ],
        strokes.ends,
    )
    lines = lines_in(sheet, region)
    rows = _merged([rule.middle_row for rule in inside.across], _DOUBLE * unit)
    if not lines or len(rows) < 2:
        return None
    strips = _strips(sheet, region, inside, rows, lines)
    if not strips:
        return None
    grid = Grid(sheet, region, inside, rows, strips, lines)
    # A stroke of another thing does not part rows.
    parting = [
        rows[edge]
        for edge in range(1, len(rows) - 1)
        if any(grid.is_parted_below(edge, column) for column in range(grid.column_count))
    ]
    return replace(grid, rows=[rows[0], *parting, rows[-1]])


def _strips(
    sheet: Sheet, region: Region, strokes: Strokes, rows: Sequence[int], lines: Sequence[Line]
) -> list[Strip]:
    apart = _INNER * sheet.unit
    columns: list[int] = []
    for column in _merged([rule.middle_column for rule in strokes.upright], _DOUBLE * sheet.unit):
        near = [(rule.top, rule.bottom) for rule in strokes.upright if abs(rule.middle_column - column) <= TOGETHER]
        tall = covered(near, region.top, region.bottom) >= _TALL * (region.bottom - region.top)
        if tall and region.left + apart < column < region.right - apart:
            columns.append(column)
    ends = [
        any(abs(rule.left - side) <= _ALIGNED * sheet.unit for rule in strokes.upright)
        for side in (region.left, region.right)
    ]
    # Where all is parted by strokes, what else is white is so within a column.
    if columns and all(ends):
        return [(column, column) for column in columns]
    # A head's words are wider than what they stand over, or stand over several columns.
    body = [line for line in lines if line.middle > rows[1]] if len(rows) > 2 else []
    white = [
        (first, end)
        for first, end in rivers(sheet, region, body if len(body) >= _FEWEST_LINES else lines)
        if not any(first - apart < column < end + apart for column in columns)
    ]
    return sorted([*((column, column) for column in columns), *white])


def _merged(places: Sequence[int], close: float) -> list[int]:
    """Those that are close to each other as one, from first to last."""
    groups: list[list[int]] = []
    for place in sorted(places):
        if groups and place - groups[-1][-1] <= close:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [sum(group) // len(group) for group in groups]
