"""Elements that stand in a column: headings, paragraphs, lists, tables with captions, footnotes."""

from dataclasses import dataclass, replace

from ..geometry import Box
from .desk import Desk, readable
from .fonts import Slope
from .item import Item
from .sheet import Color
from .tables import random_grid, set_table
from .typeset import Align, Style, break_lines, line_width, set_line, set_lines

_BULLETS = ("•", "•", "•", "–", "-", "◦", "▪", "■", "*", "—", "●", "○", "›", "➢", "✓")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


@dataclass(slots=True)
class Column:
    """Where the next element goes: its room begins at ``y``; pixels of the sheet."""

    x: float
    y: float
    width: float
    bottom: float

    @property
    def room(self) -> float:
        return self.bottom - self.y


@dataclass(slots=True)
class Manner:
    """How the elements of one page look."""

    body: Style
    gap: float
    """Between paragraphs, pixels."""
    bullet: str
    ordinals: str
    headings: tuple[Style, Style, Style]
    numbered: bool
    """Whether headings begin with a number."""
    emphasis: float


def manner(desk: Desk) -> Manner:
    rng = desk.rng
    align: Align = rng.choice(("justify", "justify", "left"))
    indented = rng.random() < 0.4
    body = desk.style(
        rng.choices(("regular", "bold", "italic"), (20, 1, 1))[0],
        align=align,
        indent=desk.em * rng.uniform(1, 2.2) if indented else 0.0,
        hyphenate=rng.random() < (0.7 if align == "justify" else 0.2),
    )
    color: Color | None = None
    if desk.color and rng.random() < 0.5:
        color = (rng.uniform(0, 0.7), rng.uniform(0, 0.4), rng.uniform(0, 0.7))
    slope: Slope = rng.choice(("bold", "bold", "bold", "regular", "italic", "bold-italic"))
    place: Align = rng.choice(("left", "left", "left", "center"))
    scales = (rng.uniform(1.5, 2.4), rng.uniform(1.15, 1.5), rng.uniform(1.0, 1.12))
    styles = [
        desk.style(slope if n else "bold", s, heading=True, align=place, color=color, leading=1.15)
        for n, s in enumerate(scales)
    ]
    return Manner(
        body=body,
        gap=0.0 if indented and rng.random() < 0.7 else desk.em * rng.uniform(0.3, 1.0),
        bullet=next((b for b in (rng.choice(_BULLETS), "•", "-") if body.face.has(b)), "-"),
        ordinals=rng.choice(("1.", "1.", "1)", "(1)", "a)", "a.", "(a)", "i.", "I.")),
        headings=(styles[0], styles[1], styles[2]),
        numbered=rng.random() < 0.25,
        emphasis=rng.choice((0.0, 0.0, 0.1)),
    )


def heading(desk: Desk, how: Manner, column: Column, level: int, number: str = "") -> list[Item]:
    style = how.headings[level - 1]
    text = readable(f"{number} {desk.prose.title()}" if number else desk.prose.title(), style.face)
    lines = break_lines(text, style, column.width)
    before = style.size * 0.5
    if len(lines) * style.leading + before > column.room or len(lines) > 3:
        return []
    printed = set_lines(desk.sheet, text, lines, column.x, column.y + before, column.width, style)
    column.y += before + len(lines) * style.leading + style.size * desk.rng.uniform(0.1, 0.5)
    return [Item(f"h{level}", printed)]


def paragraph(desk: Desk, how: Manner, column: Column, text: str, *, kind: str = "p") -> tuple[list[Item], str]:
    """As many lines as the column has room for; the text that is left goes on elsewhere."""
    style = how.body
    text = readable(text, style.face)
    lines = break_lines(text, style, column.width)
    fitting = int(column.room / style.leading + 1e-6)
    rest = ""
    if fitting < len(lines):
        lines = lines[: max(0, fitting)]
        while lines and lines[-1].pieces[-1].hyphen:
            lines.pop()
        if not lines:
            return [], text
        last = lines[-1].pieces[-1]
        end = last.start + len(last.text)
        # A word too wide for a line is cut without a hyphen: what was printed of it ends the text.
        text, rest = text[:end], text[end:].strip()
    printed = set_lines(desk.sheet, text, lines, column.x, column.y, column.width, style)
    column.y += len(lines) * style.leading + how.gap
    return [Item(kind, printed)], rest


def items(desk: Desk, how: Manner, column: Column, count: int, *, ordered: bool) -> list[Item]:
    """A list, of some of whose items others hang."""
    rng, prose = desk.rng, desk.prose
    style = replace(how.body, indent=0.0, align="left" if rng.random() < 0.6 else how.body.align)
    characters = rng.choice((15, 40, 90))
    left = style.size * rng.choice((0.0, 0.0, 0.8, 1.6))
    made: list[Item] = []
    numbers = [0, 0]
    level = 1
    for _ in range(count):
        if made and rng.random() < 0.15:
            level = 3 - level
        if level == 1:
            numbers[1] = 0
        numbers[level - 1] += 1
        marker = _ordinal(how.ordinals if level == 1 else "a)", numbers[level - 1]) if ordered else how.bullet
        marker = readable(marker, style.face)
        indent = column.x + left + style.size * 1.6 * (level - 1)
        hang = max(line_width(marker, style) + 0.5 * style.size, style.size * 1.3)
        text = prose.words(rng.randint(1, 5)) if characters < 20 else prose.paragraph(rng.randint(5, characters))
        text = readable(text, style.face)
        width = column.x + column.width - indent - hang
        lines = break_lines(text, style, width)
        if len(lines) * style.leading > column.room:
            break
        line = desk.sheet.lines
        marked = set_line(desk.sheet, marker, indent, column.y + style.ascent, style, line)
        printed = set_lines(desk.sheet, text, lines, indent + hang, column.y, width, style)
        column.y += len(lines) * style.leading + 0.3 * how.gap
        made.append(Item("li", printed, marker=marked, ordered=ordered, level=level))
    column.y += how.gap
    return made


def _ordinal(form: str, number: int) -> str:
    """``form`` with its ``1``, ``a``, ``i`` or ``I`` counted on to this number."""
    kind = next(character for character in form if character in "1aiI")
    value = str(number)
    if kind == "a":
        value = "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26]
    elif kind != "1":
        value = _ROMAN[(number - 1) % len(_ROMAN)]
    return form.replace(kind, value.upper() if kind == "I" else value)


def table(desk: Desk, how: Manner, column: Column, rows: int, columns: int, *, captioned: bool) -> list[Item]:
    """With a caption above or below it, where there is one; nothing where it does not fit."""
    rng = desk.rng
    above = rng.random() < 0.6
    style = replace(
        desk.style(rng.choice(("regular", "italic")), rng.uniform(0.85, 1.0)), align=rng.choice(("left", "center"))
    )
    number = f"{rng.choice(('Table', 'Tab.', desk.prose.label()))} {rng.randint(1, 30)}"
    text = f"{number}{rng.choice((':', '.', ' –'))} {desk.prose.sentence(longest=14)}"
    text = readable(text, style.face)
    lines = break_lines(text, style, column.width) if captioned else []
    taken = len(lines) * style.leading + 0.5 * desk.em if captioned else 0.0
    if len(lines) > 4:
        return []
    y = column.y + 0.3 * desk.em + (taken if above else 0.0)
    grid = random_grid(desk.prose, rng, rows, columns)
    made = set_table(
        desk,
        grid,
        column.x + 1,
        y,
        column.width - 2,
        column.bottom - y - (0 if above else taken),
        scale=rng.uniform(0.85, 1.0),
    )
    if made is None:
        return []
    item, end = made
    place = column.y if above else end + 0.4 * desk.em
    result = [item]
    if lines:
        caption = Item("caption", set_lines(desk.sheet, text, lines, column.x, place, column.width, style))
        result.insert(0 if above else 1, caption)
    column.y = (end if above else end + taken) + 0.7 * desk.em
    return result


def footnotes(desk: Desk, x: float, bottom: float, width: float, count: int) -> tuple[list[Item], float]:
    """Set from below; the items, and where the text above them has to end."""
    rng = desk.rng
    style = desk.style(scale=rng.uniform(0.72, 0.85), leading=1.15)
    notes = []
    height = 0.0
    mark = rng.choice(("{}", "{}", "[{}]", "{})"))
    first = rng.randint(1, 20)
    for number in range(first, first + count):
        sign = rng.choice("*†") if count == 1 and rng.random() < 0.3 else mark.format(number)
        text = readable(f"{sign} {desk.prose.paragraph(rng.randint(20, 120))}", style.face)
        lines = break_lines(text, style, width)
        notes.append((text, lines))
        height += len(lines) * style.leading
    y = bottom - height
    if rng.random() < 0.7:
        desk.sheet.ornament(
            Box(x, y - 0.5 * style.size, x + width * rng.choice((0.3, 0.4, 1.0)), y - 0.5 * style.size + 1)
        )
    made = []
    for text, lines in notes:
        made.append(Item("footnote", set_lines(desk.sheet, text, lines, x, y, width, style)))
        y += len(lines) * style.leading
    return made, bottom - height - 1.2 * style.size
