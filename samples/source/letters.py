"""encrypted.pdf, a letter behind a password, and mixed.pdf, a letter with a scanned form behind it."""

from __future__ import annotations

from typing import Any

import pymupdf

from samples.source.scanner import lay, scanned
from samples.source.typeset import Flow, Frame, Sheet, Style, finished, new_document

PASSWORD = "docparse"
LEFT, RIGHT = 80.0, 515.0
BODY = Style(size=11.5, leading=15.5)

SEALED_TITLE = "The combination of the map cabinet"
SEALED = [
    "Dear Ines,",
    "You asked for the combination of the map cabinet before you take the archive over, and I would rather not "
    "have it lie about on paper. It is 31 – 07 – 44, to the right first. The lock sticks in damp weather; lean on "
    "the door with your knee while you turn, and do not let the carpenter tell you that it needs oil.",
    "In the second drawer from below you will find the survey of 1883, which is not in the catalogue. Nobody "
    "forgot it. My predecessor left it out because the southern boundary of the common differs by forty paces from "
    "the one that was sold in 1902, and he wished to have a quiet year. So did I, every year. I think that you are "
    "braver than the two of us, and that it is time.",
    "The key of the reading room hangs where it always did.",
]
SEALED_FROM = ("With my best wishes", "Edmund Carrow")

CLAIM_TITLE = "Storm damage to a greenhouse, claim 20-4471"
CLAIM = [
    "Dear Sir or Madam,",
    "In the night of the ninth of January the storm took eleven panes out of our greenhouse and laid the twelfth "
    "on the neighbour’s car, which was not damaged. I enclose the form that you sent, filled in and signed, as a "
    "scan, because the original is needed by the glazier for his estimate.",
    "You ask in your letter whether the panes were fixed according to the instructions of the maker. They were "
    "fixed in 1961, and the maker is no longer with us. They had withstood every storm since then.",
    "I should be glad to have your answer before the seedlings are due, that is to say by the end of February.",
]
CLAIM_FROM = ("Yours faithfully", "Rosalind Achterberg")
FORM_TITLE = "Report of damage to a building"
FORM = [
    ("Name of the insured", "Rosalind Achterberg"),
    ("Address", "3 Orchard Row, Upper Wending"),
    ("Policy number", "UW 118 302"),
    ("Day and hour of the damage", "9 January 2024, about 3 in the morning"),
    ("Cause", "Storm from the north-west"),
    ("What was damaged", "Greenhouse, 11 panes of 60 x 45 cm"),
    ("Estimated cost of the repair", "£ 286.00"),
    ("Seen by a witness", "Mr. J. Tolley, 5 Orchard Row"),
]


def encrypted() -> bytes:
    """AES-256, so that its bytes are new each time: the salts are random."""
    document, [sheet] = new_document()
    _letter(sheet, "Lower Wending, 2 March 2024", SEALED_TITLE, SEALED, SEALED_FROM)
    sheet.finish()
    return finished(
        document,
        title=SEALED_TITLE,
        author=SEALED_FROM[1],
        encryption=pymupdf.PDF_ENCRYPT_AES_256,
        user_pw=PASSWORD,
        owner_pw=f"{PASSWORD}-owner",
        permissions=pymupdf.PDF_PERM_ACCESSIBILITY | pymupdf.PDF_PERM_PRINT | pymupdf.PDF_PERM_COPY,
    )


def mixed() -> bytes:
    document, [letter, scan] = new_document(2)
    _letter(letter, "Upper Wending, 15 January 2024", CLAIM_TITLE, CLAIM, CLAIM_FROM)
    letter.finish()
    form, page = _form()
    lay(scan.page, scanned(page, turn=-0.6, seed=4471))
    form.close()
    return finished(document, title=CLAIM_TITLE, author=CLAIM_FROM[1])


def _letter(sheet: Sheet, place: str, title: str, texts: list[str], end: tuple[str, str]) -> None:
    sheet.write(RIGHT, 110, place, "tiro", 11.5, align="right")
    sheet.write(LEFT, 170, title, "tibo", 13)
    flow = Flow([Frame(sheet, LEFT, 192, RIGHT - LEFT, 720)])
    for text in texts:
        flow.paragraph(text, BODY)
        flow.space(8)
    flow.space(8)
    for text in end:
        flow.paragraph(text, BODY)
        flow.space(22)


def _form() -> tuple[Any, Any]:
    """The form as it was before it was scanned: printed labels, answers from a typewriter."""
    document, [sheet] = new_document()
    sheet.write(LEFT, 90, "Wending Mutual Insurance", "helv", 10)
    sheet.write(RIGHT, 90, "Form B 2", "helv", 10, align="right")
    sheet.write(LEFT, 130, FORM_TITLE, "hebo", 17)
    y = 160.0
    for label, answer in FORM:
        sheet.box(LEFT, y, RIGHT, y + 44, edge=(0, 0, 0), width=0.9)
        sheet.write(LEFT + 8, y + 14, label, "helv", 8.5)
        sheet.write(LEFT + 8, y + 34, answer, "cour", 12.5)
        y += 44
    for x, text in ((LEFT, "The building is lived in"), (LEFT + 230, "It is insured elsewhere")):
        sheet.box(x, y + 24, x + 12, y + 36, edge=(0, 0, 0), width=0.9)
        sheet.write(x + 20, y + 34, text, "helv", 10.5)
    sheet.rule(LEFT + 1, y + 25, LEFT + 11, y + 35, 1.4)
    sheet.rule(LEFT + 1, y + 35, LEFT + 11, y + 25, 1.4)
    sheet.rule(LEFT, y + 110, LEFT + 190, y + 110, 0.8)
    sheet.write(LEFT, y + 122, "Day", "helv", 8.5)
    sheet.write(LEFT + 8, y + 104, "15 January 2024", "cour", 12.5)
    sheet.rule(LEFT + 230, y + 110, RIGHT, y + 110, 0.8)
    sheet.write(LEFT + 230, y + 122, "Signature", "helv", 8.5)
    x, y = LEFT + 240, y + 104
    sheet.page.draw_bezier((x, y), (x + 10, y - 50), (x + 46, y - 40), (x + 12, y - 16), width=1.5)
    sheet.page.draw_bezier((x + 12, y - 16), (x + 30, y - 10), (x + 30, y + 6), (x + 58, y - 8), width=1.5)
    sheet.page.draw_bezier((x + 58, y - 8), (x + 80, y - 62), (x + 84, y + 22), (x + 150, y - 10), width=1.5)
    sheet.finish()
    return document, sheet.page
