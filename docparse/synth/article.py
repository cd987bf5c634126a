"""Pages of running text in one to three columns, and pieces of such pages."""

from ..geometry import Box
from .blocks import Column, Manner, footnotes, heading, items, manner, paragraph, table
from .desk import Desk, readable
from .figures import figure
from .item import Item
from .settings import FIGURES
from .typeset import Align, line_width


def article(desk: Desk) -> list[Item]:
    rng = desk.rng
    how = manner(desk)
    made: list[Item] = []
    header, footer = _furniture(desk)
    top, bottom = desk.top, desk.bottom
    notes: list[Item] = []
    count = rng.choices((1, 2, 3), (5, 4, 0.7))[0]
    while count > 1 and (desk.right - desk.left) / count < 14 * desk.em:
        count -= 1
    gutter = desk.em * rng.uniform(1.4, 2.6)
    if rng.random() < 0.3:
        notes, bottom = footnotes(desk, desk.left, bottom, desk.right - desk.left, rng.randint(1, 3))
    whole = Column(desk.left, top, desk.right - desk.left, bottom)
    if rng.random() < 0.5:
        made += _title(desk, how, whole)
    width = (desk.right - desk.left - gutter * (count - 1)) / count
    ruled = count > 1 and rng.random() < 0.2
    rest = ""
    section = rng.randint(1, 9)
    for number in range(count):
        column = Column(desk.left + number * (width + gutter), whole.y, width, bottom)
        if ruled and number:
            x = column.x - gutter / 2
            desk.sheet.ornament(Box(x - 0.5, whole.y, x + 0.5, bottom))
        rest, section = _fill(desk, how, column, made, rest, section)
        if number and rng.random() < 0.15:
            break
    return [*header, *made, *notes, *footer]


def _title(desk: Desk, how: Manner, column: Column) -> list[Item]:
    rng = desk.rng
    made = heading(desk, how, column, 1)
    if made and rng.random() < 0.4:
        style = desk.style(rng.choice(("regular", "italic")), align=how.headings[0].align)
        names = ", ".join(desk.prose.name() for _ in range(rng.randint(1, 4)))
        item, column.y = desk.block("author", names, style, column.x, column.y, column.width)
        made.append(item)
    column.y += desk.em
    return made


def _fill(desk: Desk, how: Manner, column: Column, made: list[Item], rest: str, section: int) -> tuple[str, int]:
    """Elements until the column is full; what is left of the last paragraph, and the section's number."""
    rng = desk.rng
    full = rng.random() < 0.8
    bottom = column.bottom if full else column.y + column.room * rng.uniform(0.3, 1.0)
    column = Column(column.x, column.y, column.width, bottom)
    failures = 0
    after_heading = False
    while column.room > how.body.leading and failures < 3:
        if rest:
            new, rest = paragraph(desk, how, column, rest)
            made += new
            if not new:
                break
            continue
        chance = rng.random()
        if chance < 0.14 and not after_heading and column.room > 5 * how.body.leading:
            level = rng.choices((1, 2, 3), (0.5, 5, 3))[0]
            new = heading(desk, how, column, level, f"{section}." if how.numbered and level == 2 else "")
            section += level == 2
            after_heading = bool(new)
        elif chance < 0.26:
            new = items(desk, how, column, rng.randint(2, 8), ordered=rng.random() < 0.45)
            after_heading = False
        elif chance < 0.36:
            columns = max(2, min(rng.randint(2, 6), int(column.width / (6 * desk.em))))
            new = table(desk, how, column, rng.randint(3, 9), columns, captioned=rng.random() < 0.5)
            after_heading = False
        elif chance < 0.36 + desk.settings.figures:
            new = figure(desk, column, rng.choice(FIGURES))
            after_heading = False
        else:
            new, rest = paragraph(desk, how, column, desk.prose.paragraph(rng.choice((60, 150, 300, 500, 800))))
            after_heading = False
        made += new
        failures = 0 if new else failures + 1
    return rest, section


def _furniture(desk: Desk) -> tuple[list[Item], list[Item]]:
    """Running header and footer, outside the type area."""
    rng, prose = desk.rng, desk.prose
    style = desk.style(rng.choice(("regular", "regular", "italic")), rng.uniform(0.75, 0.95))
    number = rng.choice(("{}", "{}", "– {} –", "Page {}", "{} / 120", "p. {}")).format(rng.randint(1, 400))
    width = desk.right - desk.left
    header: list[Item] = []
    footer: list[Item] = []

    def line(kind: str, y: float, into: list[Item], texts: list[str]) -> None:
        places: list[Align] = ["center"] if len(texts) == 1 and rng.random() < 0.5 else ["left", "right"]
        if len(texts) == 1 and places != ["center"]:
            places = [rng.choice(("left", "right"))]
        if sum(line_width(readable(text, style.face), style) for text in texts) > 0.85 * width:
            return
        for text, place in zip(texts, places, strict=True):
            set_in = desk.style("regular", style.size / desk.em, align=place)
            item, _ = desk.block(kind, text, set_in, desk.left, y, width)
            into.append(item)

    title = prose.title(4)
    above, below = desk.top - 2.2 * style.leading, desk.bottom + 1.2 * style.leading
    if rng.random() < 0.6:
        line("page_header", above, header, rng.choice(([title], [title, number], [number, title])))
        if rng.random() < 0.3:
            y = above + 1.25 * style.leading
            desk.sheet.ornament(Box(desk.left, y, desk.right, y + 1))
    if rng.random() < 0.7:
        texts = rng.choice(([number], [number], [prose.company(), number], [prose.date(), number], [prose.url()]))
        line("page_footer", below, footer, texts)
    return header, footer


def fragment(desk: Desk) -> list[Item]:
    """One to four elements, as if cut from a page."""
    rng = desk.rng
    how = manner(desk)
    column = Column(desk.left, desk.top, desk.right - desk.left, desk.bottom)
    made: list[Item] = []
    wanted = rng.choices((1, 2, 3, 4), (3, 2, 3, 4))[0]
    if rng.random() < 0.25:
        column.y += rng.uniform(0, 0.5) * column.room
    tries = 0
    while len(made) < wanted and column.room > how.body.leading and tries < 8:
        tries += 1
        chance = rng.random()
        if chance < 0.15:
            new = heading(desk, how, column, rng.choices((1, 2, 3), (1, 3, 3))[0])
        elif chance < 0.3:
            new = items(desk, how, column, rng.randint(1, 5), ordered=rng.random() < 0.45)
        elif chance < 0.45:
            columns = max(1, min(rng.randint(2, 6), int(column.width / (5 * desk.em))))
            new = table(desk, how, column, rng.randint(2, 8), columns, captioned=rng.random() < 0.2)
        elif chance < 0.45 + 0.8 * desk.settings.figures:
            new = figure(desk, column, rng.choice(FIGURES))
        else:
            new, _ = paragraph(desk, how, column, desk.prose.paragraph(rng.choice((10, 40, 100, 200, 400, 800))))
        made += new
    return made
