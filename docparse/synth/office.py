"""Letters, forms and receipts."""

from dataclasses import replace

from ..geometry import Box
from .blocks import Column, items, manner, paragraph, table
from .desk import Desk, readable
from .item import Item
from .tables import Grid, Ruling, Slot, random_grid, set_table
from .typeset import Align, Style, break_lines, line_width, set_line, set_lines

_LABELS = {
    "en": "Name|Address|Date of birth|Phone|E-mail|Customer No.|Signature|Place, date|Occupation|Account|Amount",
    "de": "Name|Anschrift|Geburtsdatum|Telefon|E-Mail|Kundennummer|Unterschrift|Ort, Datum|Beruf|Konto|Betrag|Grund",
    "fr": "Nom|Adresse|Date de naissance|Téléphone|Courriel|N° client|Signature|Lieu, date|Profession|Compte|Montant",
    "es": "Nombre|Dirección|Fecha de nacimiento|Teléfono|Correo|N.º de cliente|Firma|Lugar, fecha|Cuenta|Importe",
}
_SALUTATIONS = {"en": "Dear {},", "de": "Guten Tag {},", "fr": "Bonjour {},", "es": "Estimado/a {}:"}
_CLOSINGS = {
    "en": "Yours sincerely,",
    "de": "Mit freundlichen Grüßen",
    "fr": "Cordialement,",
    "es": "Atentamente,",
}
_TOTALS = {
    "en": ("SUBTOTAL", "TAX", "TOTAL", "CASH", "CHANGE"),
    "de": ("Zwischensumme", "MwSt.", "SUMME", "BAR", "Rückgeld"),
    "fr": ("SOUS-TOTAL", "TVA", "TOTAL", "ESPÈCES", "RENDU"),
    "es": ("SUBTOTAL", "IVA", "TOTAL", "EFECTIVO", "CAMBIO"),
}


def letter(desk: Desk) -> list[Item]:
    """Sender, address, date, subject, text, closing."""
    rng, prose = desk.rng, desk.prose
    how = manner(desk)
    how.gap = max(how.gap, 0.4 * desk.em)
    code = prose.language.code
    body = replace(how.body, indent=0.0)
    ragged = replace(body, align="left", hyphenate=False)
    column = Column(desk.left, desk.top, desk.right - desk.left, desk.bottom)
    made: list[Item] = []

    def add(kind: str, text: str, style: Style, *, share: float = 1.0, gap: float = 1.0) -> None:
        item, column.y = desk.block(kind, text, style, column.x, column.y, column.width * share)
        column.y += gap * desk.em
        made.append(item)

    head: Align = rng.choice(("left", "center", "right"))
    if rng.random() < 0.6:
        add("page_header", prose.company(), desk.style("bold", 1.3, heading=True, align=head), gap=0.2)
        small = desk.style(scale=0.8, align=head)
        add("page_header", f"{prose.street()}, {prose.city()} · {prose.phone()}", small, gap=2)
    made.append(_lines(desk, column, [prose.name(), prose.street(), prose.city()], ragged))
    column.y += 2 * desk.em
    add("p", prose.date(), replace(ragged, align=rng.choice(("right", "left"))), gap=1.5)
    if rng.random() < 0.7:
        bold = desk.style("bold")
        add(rng.choice(("h2", "h3")), prose.title(8), replace(bold, align="left"), gap=1)
    add("p", _SALUTATIONS.get(code, prose.capital(prose.word()) + " {},").format(prose.name()), ragged, gap=0.8)
    end = column.bottom - 7 * desk.em
    column.bottom = end
    for _ in range(rng.randint(2, 9)):
        chance = rng.random()
        if chance < 0.1:
            made += items(desk, how, column, rng.randint(2, 5), ordered=rng.random() < 0.5)
        elif chance < 0.18:
            made += table(desk, how, column, rng.randint(3, 6), rng.randint(2, 4), captioned=False)
        elif column.room > 2 * body.leading:
            new, _ = paragraph(desk, how, column, prose.paragraph(rng.choice((80, 200, 400))))
            made += new
    column.bottom = desk.bottom
    column.y += 0.5 * desk.em
    add("p", _CLOSINGS.get(code, prose.capital(prose.words(2)) + ","), ragged, gap=rng.uniform(1.2, 2.5))
    add("p", prose.name(), ragged)
    return made


def _lines(desk: Desk, column: Column, texts: list[str], style: Style) -> Item:
    """One element whose lines end where its texts do."""
    texts = [readable(text, style.face) for text in texts]
    text = " ".join(texts)
    lines = []
    start = 0
    for part in texts:
        lines += [
            line._replace(pieces=[piece._replace(start=piece.start + start) for piece in line.pieces])
            for line in break_lines(part, style, column.width)
        ]
        start += len(part) + 1
    printed = set_lines(desk.sheet, text, lines, column.x, column.y, column.width, style)
    column.y += len(lines) * style.leading
    return Item("p", printed)


def form(desk: Desk) -> list[Item]:
    """Labels with what was filled in, on dotted lines, in boxes, or as a table."""
    rng, prose = desk.rng, desk.prose
    how = manner(desk)
    title = desk.style("bold", rng.uniform(1.3, 1.9), heading=True, leading=1.15)
    column = Column(desk.left, desk.top, desk.right - desk.left, desk.bottom)
    item, column.y = desk.block("h1", prose.title(6), title, column.x, column.y, column.width)
    made = [item]
    column.y += desk.em
    if rng.random() < 0.5:
        new, _ = paragraph(desk, how, column, prose.paragraph(rng.choice((80, 200))))
        made += new
    while column.room > 8 * desk.em and len(made) < 40:
        if rng.random() < 0.35:
            style = desk.style("bold", 1.1, heading=True)
            item, column.y = desk.block("h2", prose.title(4), style, column.x, column.y + 0.4 * desk.em, column.width)
            column.y += 0.4 * desk.em
            made.append(item)
        fields = [_field(desk) for _ in range(rng.randint(2, 8))]
        if rng.random() < 0.4:
            slots = [
                Slot(text, row, n, header=False) for row, field in enumerate(fields) for n, text in enumerate(field)
            ]
            ruling: Ruling = rng.choice(("grid", "grid", "horizontal", "none"))
            done = set_table(
                desk,
                Grid(slots, len(fields), 2, 0),
                column.x + 1,
                column.y,
                column.width - 2,
                column.room,
                ruling=ruling,
                fill=True,
            )
            if done is None:
                break
            made.append(done[0])
            column.y = done[1] + desk.em
        else:
            made += _fields(desk, column, fields)
        if rng.random() < 0.15:
            break
    return made


def _field(desk: Desk) -> tuple[str, str]:
    rng, prose = desk.rng, desk.prose
    labels = _LABELS.get(prose.language.code, "").split("|")
    label = rng.choice(labels) if labels[0] and rng.random() < 0.5 else prose.label()
    value = rng.choice(
        (prose.name, prose.date, prose.city, prose.street, prose.phone, prose.code, prose.amount, prose.email)
    )()
    return label, "" if rng.random() < 0.08 else value


def _fields(desk: Desk, column: Column, fields: list[tuple[str, str]]) -> list[Item]:
    """``Label: value``, each a paragraph; the values under each other, on a line or in a frame."""
    rng = desk.rng
    style = desk.style()
    bold = desk.style(rng.choice(("bold", "regular", "regular")))
    framed = rng.choice(("", "", "line", "frame"))
    colon = rng.choice((":", ":", ""))
    step = style.leading * rng.uniform(1.2, 1.8)
    labels = [readable(label + colon, bold.face) for label, _ in fields]
    hang = max(line_width(label, bold) for label in labels) + desk.em
    aligned = rng.random() < 0.6 and hang < 0.5 * column.width
    made = []
    for label, (_, value) in zip(labels, fields, strict=True):
        start = column.x + (hang if aligned else line_width(label, bold) + style.space)
        right = column.x + column.width
        value = readable(value, style.face) if value else ""
        if column.room < step + desk.em or (value and start + line_width(value, style) > right - 0.3 * desk.em):
            continue
        line = desk.sheet.new_line()
        baseline = column.y + style.ascent
        printed = set_line(desk.sheet, label, column.x, baseline, bold, line)
        if value:
            offset = len(label) + 1
            first = len(desk.sheet.runs)
            set_line(desk.sheet, value, start + 0.3 * desk.em, baseline, style, line)
            for number in range(first, len(desk.sheet.runs)):
                run = desk.sheet.runs[number]
                desk.sheet.runs[number] = run._replace(first=run.first + offset)
            printed.text, printed.stop = f"{label} {value}", len(desk.sheet.runs)
        item = Item("p", printed)
        low = baseline + style.descent * 0.9
        if framed == "line":
            item.ink.append(desk.sheet.fill(Box(start, low, right, low + 1)))
        elif framed == "frame":
            high = column.y - 0.1 * desk.em
            for box in (
                Box(start, high, right, high + 1),
                Box(start, low, right, low + 1),
                Box(start, high, start + 1, low),
                Box(right - 1, high, right, low),
            ):
                item.ink.append(desk.sheet.fill(box))
        made.append(item)
        column.y += step
    column.y += desk.em * 0.6
    return made


def receipt(desk: Desk) -> list[Item]:
    """What a till prints: the shop, what was bought as a table, the sum, thanks."""
    rng, prose = desk.rng, desk.prose
    made: list[Item] = []
    x, width = desk.left, desk.right - desk.left
    y = desk.top
    center: Align = rng.choice(("center", "center", "left"))
    body = desk.style(align=center)

    def add(kind: str, text: str, style: Style = body) -> None:
        nonlocal y
        item, y = desk.block(kind, text, style, x, y, width)
        made.append(item)

    def rule() -> None:
        nonlocal y
        y += 0.35 * desk.em
        if rng.random() < 0.5:
            dash = desk.em * rng.choice((0.3, 0.5))
            at = x
            while at + dash <= x + width:
                desk.sheet.ornament(Box(at, y, at + dash, y + 1))
                at += 1.7 * dash
        elif rng.random() < 0.7:
            desk.sheet.ornament(Box(x, y, x + width, y + 1))
        y += 0.35 * desk.em

    add(
        rng.choice(("h1", "h2")),
        prose.company().upper() if rng.random() < 0.5 else prose.company(),
        desk.style("bold", rng.uniform(1.1, 1.6), align=center),
    )
    add("p", prose.street())
    add("p", prose.city())
    if rng.random() < 0.6:
        add("p", f"Tel. {prose.phone()}")
    rule()
    if rng.random() < 0.8:
        add("p", f"{prose.date()} {prose.time()}", replace(body, align="left"))
    if rng.random() < 0.4:
        add("p", f"{rng.choice(('Receipt', 'Bon', 'No.', '#'))} {prose.code()}", replace(body, align="left"))
    rule()
    names = _TOTALS.get(prose.language.code, _TOTALS["en"])
    slots, total = _goods(desk)
    rows = slots[-1].row + 1 if slots else 0
    columns = max(slot.column for slot in slots) + 1
    done = set_table(
        desk, Grid(slots, rows, columns, 0), x, y, width, desk.bottom - y - 9 * desk.em, ruling="none", fill=True
    )
    if done:
        made.append(done[0])
        y = done[1]
        rule()
        tax = total * rng.choice((0.07, 0.19, 0.2, 0.08))
        paid = float(int(total / 10) * 10 + 10)
        sums = [
            (names[0], total - tax),
            (names[1], tax),
            (names[2], total),
            (names[3], paid),
            (names[4], paid - total),
        ]
        kept = sums[rng.randint(0, 2) : rng.choice((3, 5))]
        slots = [
            Slot(text, row, column, align="right" if column else "left")
            for row, (name, value) in enumerate(kept)
            for column, text in enumerate((name, prose.fixed(value, 2)))
        ]
        done = set_table(desk, Grid(slots, len(kept), 2, 0), x, y, width, desk.bottom - y, ruling="none", fill=True)
        if done:
            made.append(done[0])
            y = done[1]
    for _ in range(rng.randint(0, 3)):
        if y + 3 * body.leading < desk.bottom:
            rule()
            add("p", rng.choice((prose.sentence(2, 6), prose.code(), prose.url(), prose.words(3).upper())))
    return made


def _goods(desk: Desk) -> tuple[list[Slot], float]:
    rng, prose = desk.rng, desk.prose
    counted = rng.random() < 0.5
    shouted = rng.random() < 0.5
    room = (desk.bottom - desk.top) / (desk.em * desk.leading * 1.9) - 16
    slots = []
    total = 0.0
    for row in range(max(1, min(rng.randint(1, 18), int(room)))):
        value = round(rng.random() * rng.choice((3, 10, 60)), 2)
        total += value
        name = prose.words(rng.randint(1, 3))
        texts = [str(rng.randint(1, 5))] if counted else []
        texts += [name.upper() if shouted else prose.capital(name), prose.fixed(value, 2)]
        last = len(texts) - 1
        slots += [
            Slot(text, row, column, align="right" if column == last else "left") for column, text in enumerate(texts)
        ]
    return slots, total


def tables(desk: Desk) -> list[Item]:
    """A page that is mostly one or more big tables."""
    rng, prose = desk.rng, desk.prose
    how = manner(desk)
    column = Column(desk.left, desk.top, desk.right - desk.left, desk.bottom)
    made: list[Item] = []
    if rng.random() < 0.7:
        item, column.y = desk.block("h1", prose.title(6), how.headings[0], column.x, column.y, column.width)
        column.y += desk.em
        made.append(item)
    if rng.random() < 0.4:
        new, _ = paragraph(desk, how, column, prose.paragraph(150))
        made += new
    for _ in range(rng.randint(2, 10)):
        most = max(3, int(column.room / (2.2 * desk.em)))
        columns = max(2, min(rng.randint(2, 9), int(column.width / (5 * desk.em))))
        if column.room < 6 * desk.em:
            break
        if rng.random() < 0.3:
            made += table(desk, how, column, rng.randint(3, min(most, 40)), columns, captioned=True)
            continue
        grid = random_grid(prose, rng, rng.randint(3, min(most, 40)), columns)
        done = set_table(
            desk, grid, column.x + 1, column.y, column.width - 2, column.room, scale=rng.uniform(0.8, 1.0)
        )
        if done:
            made.append(done[0])
            column.y = done[1] + desk.em
    return made
