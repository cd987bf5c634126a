"""receipt.png: what the till of an ironmonger prints, photographed flat."""

from __future__ import annotations

from samples.source.scanner import png, scanned
from samples.source.typeset import Face, Sheet, new_document

WIDTH = 226.0  # 80 mm paper
LEFT, RIGHT = 14.0, WIDTH - 14.0
ARTICLES = [
    ("Hinge, brass, 75 mm", 2, 415),
    ("Wood screws 4x40, box", 1, 690),
    ("Linseed oil, 0.5 l", 1, 1125),
    ("Sandpaper P120", 5, 80),
    ("Key cut, cylinder", 1, 950),
    ("Twine, jute, 50 m", 1, 345),
]
TAX = 20  # per cent, contained in the prices
GIVEN = 5000


def money(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"


def total() -> int:
    return sum(count * price for _, count, price in ARTICLES)


def lines() -> list[tuple[str, str, Face]]:
    """The receipt as printed: left, right and face of each line; a line without either is a rule."""
    rows: list[tuple[str, str, Face]] = [("", "", "cour")]
    for name, count, price in ARTICLES:
        rows.append((name, money(count * price), "cour"))
        if count > 1:
            rows.append((f"  {count} x {money(price)}", "", "cour"))
    tax = round(total() * TAX / (100 + TAX))
    rows += [
        ("", "", "cour"),
        ("TOTAL GBP", money(total()), "cobo"),
        ("Cash", money(GIVEN), "cour"),
        ("Change", money(GIVEN - total()), "cour"),
        ("", "", "cour"),
        (f"VAT {TAX}% on {money(total() - tax)}", money(tax), "cour"),
    ]
    return rows


def receipt() -> bytes:
    rows = lines()
    document, [sheet] = new_document(size=(WIDTH, 190 + 13.5 * len(rows)))
    middle = WIDTH / 2
    sheet.write(middle, 34, "HALVORSEN & DAUGHTER", "cobo", 13, align="centre")
    sheet.write(middle, 50, "Ironmongers since 1911", "cour", 9, align="centre")
    sheet.write(middle, 62, "8 Quay Street, Skarv", "cour", 9, align="centre")
    y = _rows(sheet, rows, 84.0)
    sheet.write(LEFT, y + 8, "14/02/2024 16:42", "cour", 9)
    sheet.write(RIGHT, y + 8, "Till 2  No. 3071", "cour", 9, align="right")
    sheet.write(middle, y + 32, "Goods may be returned within", "cour", 9, align="centre")
    sheet.write(middle, y + 43, "30 days with this receipt.", "cour", 9, align="centre")
    sheet.write(middle, y + 64, "THANK YOU", "cobo", 11, align="centre")
    sheet.finish()
    image = scanned(sheet.page, turn=0.8, seed=3071, paper=240, noise=2.4)
    document.close()
    return png(image)


def _rows(sheet: Sheet, rows: list[tuple[str, str, Face]], y: float) -> float:
    for left, right, face in rows:
        if not left and not right:
            sheet.rule(LEFT, y - 3, RIGHT, y - 3, 0.8, dashes="[3 2] 0")
        else:
            sheet.write(LEFT, y, left, face, 9.5)
            sheet.write(RIGHT, y, right, face, 9.5, align="right")
        y += 13.5
    return y
