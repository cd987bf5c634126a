"""Tables: their contents by column, their spans, and how they are ruled and shaded."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from ..geometry import Box
from .desk import Desk, readable, toned
from .item import CellItem, Item
from .prose import Prose
from .sheet import Print
from .typeset import Align, Line, Style, break_lines, line_width, set_lines

Ruling = Literal["grid", "horizontal", "booktabs", "none", "zebra", "box", "vertical", "head"]
_RULINGS: tuple[Ruling, ...] = (
    "grid",
    "grid",
    "horizontal",
    "booktabs",
    "booktabs",
    "none",
    "zebra",
    "box",
    "vertical",
    "head",
)
_WIDEST_TEXT = 14.0
"""Em after which the text of a cell goes on in another line."""


@dataclass(slots=True)
class Slot:
    """A cell before it is set."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    header: bool = False
    align: Align = "left"


@dataclass(slots=True)
class Grid:
    slots: list[Slot]
    rows: int
    columns: int
    head: int
    """Rows that are header."""


def random_grid(prose: Prose, rng: Random, rows: int, columns: int) -> Grid:
    """A grid of words and figures with a head, in which some cells span and some are empty."""
    makers = [_column(prose, rng, first=column == 0) for column in range(columns)]
    head = rng.choices((0, 1, 2), (1, 7, 2))[0] if rows > 3 else rng.randint(0, 1)
    slots = _head(prose, rng, head, columns)
    empty = rng.choice((0.0, 0.0, 0.05, 0.15))
    group = 0
    for row in range(head, rows):
        if head and columns > 2 and rng.random() < 0.03 and group <= row:
            slots.append(Slot(prose.title(4), row, 0, column_span=columns, align=rng.choice(("left", "center"))))
            continue
        for column, (make, align) in enumerate(makers):
            if column == 0 and group > row:
                continue
            slot = Slot("" if column and rng.random() < empty else make(), row, column, align=align)
            if column == 0 and row + 2 < rows and rng.random() < 0.05:
                slot.row_span = rng.randint(2, min(4, rows - row))
                group = row + slot.row_span
            slots.append(slot)
    return Grid(slots, rows, columns, head)


def _column(prose: Prose, rng: Random, *, first: bool) -> tuple[Callable[[], str], Align]:
    right: Align = rng.choice(("right", "right", "right", "center", "left"))
    digits = rng.randint(1, 3)
    text: list[tuple[Callable[[], str], Align]] = [
        (prose.label, "left"),
        (prose.label, "left"),
        (prose.name, "left"),
        (prose.code, "left"),
        (prose.date, "left"),
        (lambda: str(rng.randint(1, 200)), "left"),
    ]
    if first:
        return rng.choice(text)
    figures: list[tuple[Callable[[], str], Align]] = [
        (prose.integer, right),
        (prose.integer, right),
        (lambda: prose.decimal(digits), right),
        (lambda: prose.decimal(digits), right),
        (prose.amount, right),
        (prose.percent, right),
        (lambda: rng.choice(("–", "yes", "no", "x", "+", "-", "n/a", "A", "B")), "center"),
        (lambda: prose.words(rng.randint(2, 9)), "left"),
    ]
    return rng.choice(figures + text[:5])


def _head(prose: Prose, rng: Random, head: int, columns: int) -> list[Slot]:
    align: Align = rng.choice(("left", "center"))
    if head == 0:
        return []

    def title() -> str:
        return rng.choice(
            (
                prose.label(),
                prose.label(),
                prose.label(),
                f"{prose.label()} ({rng.choice('%$€')})",
                str(rng.randint(1990, 2030)),
            )
        )

    if head == 1 or columns < 3:
        slots = [Slot(title(), 0, column, header=True, align=align) for column in range(columns)]
        return slots + [
            Slot(title(), row, column, header=True) for row in range(1, head) for column in range(columns)
        ]
    slots = [Slot(title(), 0, 0, row_span=2, header=True, align="left")]
    column = 1
    while column < columns:
        span = min(rng.randint(2, 3), columns - column)
        slots.append(Slot(title(), 0, column, column_span=span, header=True, align="center"))
        column += span
    return slots + [Slot(title(), 1, column, header=True, align=align) for column in range(1, columns)]


@dataclass(slots=True)
class _Set:
    slot: Slot
    style: Style
    text: str
    lines: list[Line]


def set_table(
    desk: Desk,
    grid: Grid,
    x: float,
    y: float,
    width: float,
    room: float,
    *,
    ruling: Ruling | None = None,
    scale: float = 1.0,
    fill: bool | None = None,
) -> tuple[Item, float] | None:
    """Draw a table with its top left at ``x, y``; the item and its lower end, or None where it does not fit."""
    rng = desk.rng
    rule: Ruling = rng.choice(_RULINGS) if ruling is None else ruling
    body = desk.style(scale=scale, leading=rng.uniform(1.1, 1.25))
    head = desk.style(rng.choice(("bold", "bold", "regular")), scale=scale, leading=1.15)
    pad_x = body.size * (rng.uniform(0.35, 0.8) if rule != "none" else rng.uniform(0.6, 1.2))
    pad_y = body.size * rng.uniform(0.08, 0.45)
    dark = rule in ("grid", "zebra", "head") and grid.head > 0 and rng.random() < 0.2
    cells = []
    for slot in grid.slots:
        style = head if slot.header else body
        cells.append((slot, style, readable(slot.text, style.face) if slot.text else ""))
    widths = _widths(cells, grid.columns, pad_x, body.size, width)
    if widths is None:
        return None
    spread = rng.random() < 0.5 if fill is None else fill
    if spread and sum(widths) < width:
        factor = width / sum(widths)
        widths = [value * factor for value in widths]
    lefts = [x]
    for value in widths:
        lefts.append(lefts[-1] + value)
    sets = [
        _Set(
            slot,
            style,
            text,
            _lines(text, style, lefts[slot.column + slot.column_span] - lefts[slot.column] - 2 * pad_x),
        )
        for slot, style, text in cells
    ]
    tops = _tops(sets, grid.rows, y, pad_y, body.leading)
    if tops[-1] > y + room:
        return None
    item = Item("table", rows=grid.rows)
    item.ink += _shade(desk, rule, lefts, tops, grid.head, dark)
    for cell in sets:
        item.cells.append(_set_cell(desk, cell, lefts, tops, pad_x, pad_y, light=dark and cell.slot.header))
    item.ink += _rules(desk, rule, sets, lefts, tops, grid.head)
    return item, tops[-1]


def _lines(text: str, style: Style, width: float) -> list[Line]:
    # A hair more, since a column is exactly as wide as its widest cell.
    return break_lines(text, style, width + 0.01) if text else []


def _widths(
    cells: list[tuple[Slot, Style, str]], columns: int, pad: float, em: float, width: float
) -> list[float] | None:
    """Of the columns: as their cells need, long ones cut; None where that is more than there is."""
    needed = [em] * columns
    least = [em] * columns
    for slot, style, text in cells:
        if not text or slot.column_span > 1:
            continue
        longest = max(style.width(word) for word in text.split(" "))
        whole = line_width(text, style)
        needed[slot.column] = max(needed[slot.column], longest, min(whole, _WIDEST_TEXT * em))
        least[slot.column] = max(least[slot.column], longest, min(whole, 4 * em))
    spare = width - 2 * pad * columns
    if sum(least) > spare:
        return None
    if sum(needed) > spare:
        share = (spare - sum(least)) / max(1e-6, sum(needed) - sum(least))
        needed = [low + (high - low) * share for low, high in zip(least, needed, strict=True)]
    return [value + 2 * pad for value in needed]


def _tops(sets: list[_Set], rows: int, y: float, pad: float, leading: float) -> list[float]:
    heights = [leading + 2 * pad] * rows
    for tall in (False, True):
        for cell in sets:
            slot = cell.slot
            if (slot.row_span > 1) is not tall:
                continue
            need = len(cell.lines) * cell.style.leading + 2 * pad
            have = sum(heights[slot.row : slot.row + slot.row_span])
            if need > have:
                heights[slot.row + slot.row_span - 1] += need - have
    tops = [y]
    for height in heights:
        tops.append(tops[-1] + height)
    return tops


def _set_cell(
    desk: Desk, cell: _Set, lefts: list[float], tops: list[float], pad_x: float, pad_y: float, *, light: bool
) -> CellItem:
    slot, style = cell.slot, cell.style
    left, right = lefts[slot.column], lefts[slot.column + slot.column_span]
    top, bottom = tops[slot.row], tops[slot.row + slot.row_span]
    spare = bottom - top - 2 * pad_y - len(cell.lines) * style.leading
    down = spare / 2 if slot.row_span > 1 or slot.header else 0.0
    if light:
        style = toned(style, (1.0, 1.0, 1.0))
    aligned = Style(style.face, style.size, style.leading, slot.align, 0.0, style.tracking, style.color)
    if cell.lines:
        printed = set_lines(
            desk.sheet, cell.text, cell.lines, left + pad_x, top + pad_y + down, right - left - 2 * pad_x, aligned
        )
    else:
        printed = Print("", len(desk.sheet.runs), len(desk.sheet.runs))
    return CellItem(printed, slot.row, slot.column, slot.row_span, slot.column_span, slot.header)


def _shade(desk: Desk, rule: Ruling, lefts: list[float], tops: list[float], head: int, dark: bool) -> list[Box]:
    rng = desk.rng
    drawn = []
    tone = rng.uniform(0.82, 0.95)
    shade = (tone, tone, tone)
    if desk.color and rng.random() < 0.7:
        shade = (tone, min(1.0, tone + rng.uniform(-0.08, 0.08)), min(1.0, tone + rng.uniform(-0.02, 0.1)))
    if head and (dark or (rule in ("grid", "zebra", "head", "box") and rng.random() < 0.4)):
        deep = rng.uniform(0.0, 0.3)
        color = (deep, deep, min(1.0, deep + (rng.uniform(0, 0.4) if desk.color else 0.0))) if dark else shade
        drawn.append(desk.sheet.fill(Box(lefts[0], tops[0], lefts[-1], tops[head]), color))
    if rule == "zebra":
        odd = rng.randint(0, 1)
        drawn += [
            desk.sheet.fill(Box(lefts[0], tops[row], lefts[-1], tops[row + 1]), shade)
            for row in range(head, len(tops) - 1)
            if row % 2 == odd
        ]
    return drawn


def _rules(desk: Desk, rule: Ruling, sets: list[_Set], lefts: list[float], tops: list[float], head: int) -> list[Box]:
    rng = desk.rng
    thin = rng.uniform(0.8, 1.6)
    thick = thin * rng.uniform(1.0, 2.2)
    tone = rng.choice((0.0, 0.0, 0.0, 0.3, 0.6))
    drawn: list[Box] = []

    def horizontal(y: float, weight: float, x0: float = lefts[0], x1: float = lefts[-1]) -> None:
        drawn.append(
            desk.sheet.fill(Box(x0 - thin / 2, y - weight / 2, x1 + thin / 2, y + weight / 2), (tone, tone, tone))
        )

    def vertical(x: float, y0: float, y1: float) -> None:
        drawn.append(desk.sheet.fill(Box(x - thin / 2, y0, x + thin / 2, y1), (tone, tone, tone)))

    if rule in ("booktabs", "box", "head", "horizontal", "vertical"):
        horizontal(tops[0], thick)
        horizontal(tops[-1], thick)
        if head:
            horizontal(tops[head], thin)
    if rule in ("box", "vertical"):
        vertical(lefts[0], tops[0], tops[-1])
        vertical(lefts[-1], tops[0], tops[-1])
    # Rules inside stop at the cells that span them.
    for cell in sets if rule in ("grid", "horizontal", "vertical") else ():
        slot = cell.slot
        top, bottom = tops[slot.row], tops[slot.row + slot.row_span]
        left, right = lefts[slot.column], lefts[slot.column + slot.column_span]
        if rule == "grid" or (rule == "horizontal" and bottom < tops[-1]):
            horizontal(bottom, thin, left, right)
        if rule == "grid" or (rule == "vertical" and right < lefts[-1]):
            vertical(right, top, bottom)
        if rule == "grid" and slot.row == 0:
            horizontal(top, thin, left, right)
        if rule == "grid" and slot.column == 0:
            vertical(left, top, bottom)
    return drawn
