"""Charts drawn as vectors: bars, lines, pies, scattered points, with the table of their data as truth."""

from collections.abc import Sequence
from math import cos, pi, sin
from random import Random

from ..geometry import Box
from .desk import Desk, readable
from .item import Item
from .sheet import BLACK, Color, Print
from .typeset import Style, line_width, set_line

_KINDS = ("bar", "bar", "rows", "line", "pie", "scatter")


class _Plot:
    """The frame inside the axes, in pixels of the sheet, and the values at its ends."""

    def __init__(self, box: Box, high: float) -> None:
        self.box = box
        self.high = high

    def x(self, share: float) -> float:
        return self.box.x0 + share * self.box.width

    def y(self, value: float) -> float:
        return self.box.y1 - value / self.high * self.box.height


def chart(desk: Desk, x: float, y: float, width: float, height: float) -> Item:
    """A chart in this room; its box will go around what was drawn."""
    rng = desk.rng
    kind = rng.choice(_KINDS)
    style = desk.style(scale=rng.uniform(0.7, 0.85), color=BLACK)
    item = Item("chart")
    start = len(desk.sheet.runs)
    series = 1 if kind in ("pie", "rows", "scatter") else rng.choice((1, 1, 2, 3))
    count = rng.randint(3, 7)
    high = float(rng.choice((1, 5, 10, 20, 50, 100, 200, 1000, 5000)))
    digits = 0 if high >= 50 else rng.choice((1, 2)) if high < 10 else rng.choice((0, 1))
    values = [[round(rng.uniform(0.05, 1.0) * high, digits) for _ in range(count)] for _ in range(series)]
    names = _names(desk, style, kind, count, width)
    # Only what is printed is in the truth: names of series where there is a key to them.
    keyed = kind != "pie" and (series > 1 or rng.random() < 0.3)
    heads = ["", *(readable(desk.prose.capital(desk.prose.word()), style.face) for _ in range(series))]
    colors = _colors(rng, max(series, count if kind == "pie" else 1), desk.color)
    top = y + 0.2 * style.size
    if rng.random() < 0.5:
        title = readable(desk.prose.title(5), style.face)
        if line_width(title, style) < width:
            set_line(desk.sheet, title, x + (width - line_width(title, style)) / 2, top + style.size, style)
            top += 2 * style.size
    if keyed:
        top = _legend(desk, item, style, heads[1:], colors, x, top, width)
    bottom = y + height
    if kind == "pie":
        _pie(desk, item, style, names, values[0], colors, Box(x, top, x + width, bottom), digits)
    elif kind == "rows":
        _rows(desk, item, style, names, values[0], colors[0], Box(x, top, x + width, bottom), high, digits)
    else:
        plot = _axes(desk, item, style, Box(x, top, x + width, bottom), high)
        _named(desk, style, plot, names)
        draw = {"bar": _bars, "line": _lines, "scatter": _points}[kind]
        draw(desk, item, style, plot, values, colors, digits)
    rows = [[name, *(_figure(desk, row[n], digits) for row in values)] for n, name in enumerate(names)]
    item.headed = keyed
    item.data = [heads, *rows] if keyed else rows
    item.drawn = Print("", start, len(desk.sheet.runs))
    return item


def _names(desk: Desk, style: Style, kind: str, count: int, width: float) -> list[str]:
    """Of the categories, short enough to stand beside each other."""
    rng = desk.rng
    if kind in ("line", "scatter") or rng.random() < 0.25:
        first, step = rng.choice(((rng.randint(1990, 2020), 1), (1, 1), (10, 10), (rng.randint(1950, 2000), 5)))
        return [str(first + n * step) for n in range(count)]
    room = width / (count + 1.5) if kind == "bar" else width / 3
    names: list[str] = []
    for _ in range(count):
        name = next(
            (
                w
                for w in (readable(desk.prose.label(), style.face) for _ in range(12))
                if line_width(w, style) < 0.9 * room
            ),
            "ABCDEFGH"[len(names)],
        )
        names.append(name)
    return names


def _figure(desk: Desk, value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", "," if desk.prose.language.comma else ".")


def _colors(rng: Random, count: int, color: bool) -> list[Color]:
    if color:
        return [(rng.uniform(0, 0.9), rng.uniform(0, 0.8), rng.uniform(0, 0.9)) for _ in range(count)]
    tones = [0.1 + 0.65 * n / max(1, count - 1) for n in range(count)] if count > 1 else [rng.uniform(0.1, 0.6)]
    return [(tone, tone, tone) for tone in tones]


def _legend(
    desk: Desk,
    item: Item,
    style: Style,
    names: Sequence[str],
    colors: Sequence[Color],
    x: float,
    y: float,
    width: float,
) -> float:
    at = x + 0.1 * width
    side = 0.7 * style.size
    for name, color in zip(names, colors, strict=False):
        item.ink.append(desk.sheet.fill(Box(at, y + 0.3 * style.size, at + side, y + 0.3 * style.size + side), color))
        set_line(desk.sheet, name, at + 1.4 * side, y + style.size, style)
        at += line_width(name, style) + 3 * style.size
    return y + 1.8 * style.size


def _axes(desk: Desk, item: Item, style: Style, box: Box, high: float) -> _Plot:
    rng = desk.rng
    steps = rng.choice((4, 5))
    labels = [_figure(desk, high * n / steps, 0 if high >= 50 else 1 if high >= 5 else 2) for n in range(steps + 1)]
    left = max(line_width(label, style) for label in labels) + 0.7 * style.size
    plot = _Plot(Box(box.x0 + left, box.y0 + 0.6 * style.size, box.x1, box.y1 - 1.6 * style.size), high)
    lined = rng.random() < 0.6
    for n, label in enumerate(labels):
        at = plot.y(high * n / steps)
        set_line(
            desk.sheet, label, plot.box.x0 - 0.5 * style.size - line_width(label, style), at + 0.3 * style.size, style
        )
        if lined or n == 0:
            tone = 0.0 if n == 0 else 0.75
            item.ink.append(desk.sheet.fill(Box(plot.box.x0, at - 0.5, plot.box.x1, at + 0.5), (tone, tone, tone)))
    item.ink.append(desk.sheet.fill(Box(plot.box.x0 - 0.5, plot.box.y0, plot.box.x0 + 0.5, plot.box.y1)))
    return plot


def _named(desk: Desk, style: Style, plot: _Plot, names: Sequence[str]) -> None:
    for n, name in enumerate(names):
        middle = plot.x((n + 0.5) / len(names))
        set_line(desk.sheet, name, middle - line_width(name, style) / 2, plot.box.y1 + 1.3 * style.size, style)


def _bars(
    desk: Desk, item: Item, style: Style, plot: _Plot, values: list[list[float]], colors: list[Color], digits: int
) -> None:
    step = plot.box.width / len(values[0])
    wide = step * desk.rng.uniform(0.5, 0.85) / len(values)
    told = len(values) == 1 and desk.rng.random() < 0.6
    for s, row in enumerate(values):
        for n, value in enumerate(row):
            left = plot.box.x0 + (n + 0.5) * step + (s - len(values) / 2) * wide
            item.ink.append(desk.sheet.fill(Box(left, plot.y(value), left + wide, plot.box.y1), colors[s]))
            if told:
                text = _figure(desk, value, digits)
                middle = left + (wide - line_width(text, style)) / 2
                set_line(desk.sheet, text, middle, plot.y(value) - 0.25 * style.size, style)


def _lines(
    desk: Desk, item: Item, style: Style, plot: _Plot, values: list[list[float]], colors: list[Color], digits: int
) -> None:
    weight = desk.rng.uniform(1.2, 2.5)
    marked = desk.rng.random() < 0.7
    for row, color in zip(values, colors, strict=True):
        points = [(plot.x((n + 0.5) / len(row)), plot.y(value)) for n, value in enumerate(row)]
        item.ink.append(desk.sheet.polyline(points, weight, color))
        for x, y in points if marked else ():
            item.ink.append(
                desk.sheet.fill(Box(x - 1.6 * weight, y - 1.6 * weight, x + 1.6 * weight, y + 1.6 * weight), color)
            )


def _points(
    desk: Desk, item: Item, style: Style, plot: _Plot, values: list[list[float]], colors: list[Color], digits: int
) -> None:
    half = desk.rng.uniform(2, 4)
    for n, value in enumerate(values[0]):
        x, y = plot.x((n + 0.5) / len(values[0])), plot.y(value)
        item.ink.append(desk.sheet.fill(Box(x - half, y - half, x + half, y + half), colors[0]))
        text = _figure(desk, value, digits)
        if desk.rng.random() < 0.8 and x + half + line_width(text, style) + 3 < plot.box.x1:
            set_line(desk.sheet, text, x + half + 2, y + 0.3 * style.size, style)


def _rows(
    desk: Desk,
    item: Item,
    style: Style,
    names: Sequence[str],
    values: list[float],
    color: Color,
    box: Box,
    high: float,
    digits: int,
) -> None:
    """Horizontal bars with their figures at the end."""
    left = box.x0 + max(line_width(name, style) for name in names) + 0.6 * style.size
    right = box.x1 - max(line_width(_figure(desk, value, digits), style) for value in values) - 0.6 * style.size
    step = box.height / len(names)
    item.ink.append(desk.sheet.fill(Box(left - 1, box.y0, left, box.y1)))
    for n, (name, value) in enumerate(zip(names, values, strict=True)):
        middle = box.y0 + (n + 0.5) * step
        end = left + max(1.0, right - left) * value / high
        item.ink.append(desk.sheet.fill(Box(left, middle - 0.35 * step, end, middle + 0.35 * step), color))
        set_line(
            desk.sheet, name, left - 0.5 * style.size - line_width(name, style), middle + 0.3 * style.size, style
        )
        set_line(desk.sheet, _figure(desk, value, digits), end + 0.4 * style.size, middle + 0.3 * style.size, style)


def _pie(
    desk: Desk,
    item: Item,
    style: Style,
    names: Sequence[str],
    values: list[float],
    colors: list[Color],
    box: Box,
    digits: int,
) -> None:
    """Sectors, and beside them a key with the figures."""
    radius = 0.5 * min(box.height, 0.5 * box.width) * 0.95
    cx, cy = box.x0 + radius + 1, (box.y0 + box.y1) / 2
    total = sum(values) or 1.0
    angle = desk.rng.uniform(0, 2 * pi)
    for value, color in zip(values, colors, strict=True):
        turn = 2 * pi * value / total
        steps = max(2, int(turn * radius / 3))
        arc = [angle + turn * k / steps for k in range(steps + 1)]
        desk.sheet.polygon([(cx, cy), *((cx + radius * cos(a), cy + radius * sin(a)) for a in arc)], color)
        angle += turn
    item.ink.append(Box(cx - radius, cy - radius, cx + radius, cy + radius))
    step = min(1.5 * style.size, box.height / len(names))
    y = cy - step * len(names) / 2
    for name, value, color in zip(names, values, colors, strict=True):
        left = cx + radius + style.size
        item.ink.append(
            desk.sheet.fill(Box(left, y + 0.2 * style.size, left + 0.7 * style.size, y + 0.9 * style.size), color)
        )
        set_line(
            desk.sheet, f"{name} {_figure(desk, value, digits)}", left + 1.2 * style.size, y + 0.9 * style.size, style
        )
        y += step
