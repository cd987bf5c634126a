"""notations.png: a leaf of an almanac with a formula, a chart, a molecule and a song, and how a model would write it.

`drawings/` holds the molecule as RDKit and the song as verovio drew them once, so that the page is the same with
every version of theirs.
"""

from __future__ import annotations

import io
import json
from html import escape
from pathlib import Path
from typing import Any

import pymupdf
from PIL import Image

from samples.source.typeset import Sheet, Style, new_document

SIZE = (420.0, 490.0)
DPI = 150
LEFT, RIGHT = 36.0, 384.0
DRAWINGS = Path(__file__).parent / "drawings"
SMILES = "Cn1c(=O)c2c(ncn2C)n(C)c1=O"
ABC = """X:1
T:The Kettle Song
M:3/4
L:1/8
K:G
D2|:G3 A B2|(3ABA G4|E2 G3 E|1 D4 D2:|2 D6|]
w:The ket-tle sings up-on the stove, the win-ter's long, so drink! drink!
"""
BODY = Style(size=10, leading=13)
CAPTION = Style("tiit", 9, 11, "centre")
TEXT = (
    "Forty litres of water are heated from 8 °C to 95 °C with 2.4 kW; the kettle of the tea house takes its time, as "
    "the formula below shows. The chart gives the cups that were sold in a week."
)
CUPS = {"Mon": 84, "Tue": 91, "Wed": 77, "Thu": 102, "Fri": 118}
FORMULA = r"t = \frac{m c (T_{1} - T_{0})}{P} = \frac{40 \cdot 4186 \cdot 87}{2400} \approx 6070 \mathrm{~s} \tag{1}"
Place = tuple[float, float, float, float]


def notations() -> bytes:
    """The page as a picture in greys."""
    document, [sheet] = new_document(size=SIZE)
    sheet.write(SIZE[0] / 2, 48, "Water, Tea and a Song", "tibo", 17, align="centre")
    sheet.paragraph(LEFT, 64, TEXT, BODY, RIGHT - LEFT)
    _formula(sheet)
    _chart(sheet, *PLACES["chart"])
    for name in ("molecule", "song"):
        _drawing(sheet, name, PLACES[name])
    sheet.paragraph(LEFT, PLACES["chart"][3] + 6, "Cups a day", CAPTION, 160)
    sheet.paragraph(226, PLACES["molecule"][3] + 6, "What keeps the guests awake", CAPTION, 150)
    sheet.finish()
    pixels = sheet.page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY)
    image = Image.frombytes("L", (pixels.width, pixels.height), pixels.samples).quantize(16)
    document.close()
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True, dpi=(DPI, DPI))
    return buffer.getvalue()


PLACES: dict[str, Place] = {
    "title": (120, 34, 300, 54),
    "text": (LEFT, 64, RIGHT, 104),
    "formula": (80, 116, RIGHT, 152),
    "chart": (LEFT, 168, 196, 304),
    "chart caption": (LEFT, 309, 196, 322),
    "molecule": (236, 178, 366, 296),
    "molecule caption": (226, 301, 376, 314),
    "song": (LEFT, 340, RIGHT, 470),
}
"""Where things stand, in points."""


def answer() -> str:
    """The page as a model would write it, in QwenVL HTML, boxes in pixels of the picture."""
    molecule = _box("molecule")
    rows = "".join(f"<tr><td>{day}</td><td>{cups}</td></tr>" for day, cups in CUPS.items())
    song, text = (
        ABC.strip(),
        TEXT.replace("2.4 kW", r"$2.4 \mathrm{~kW}$").replace("95 °C", r"$95^{\circ} \mathrm{C}$"),
    )
    parts = [
        f"<h1{_box('title')}>Water, Tea and a Song</h1>",
        f"<p{_box('text')}>{text}</p>",
        f'<div class="formula"{_box("formula")}><img{_box("formula")}/><div>$${escape(FORMULA)}$$</div></div>',
        f'<div class="chart"{_box("chart")}><img{_box("chart")}/>'
        f"<table><tr><th>Day</th><th>Cups</th></tr>{rows}</table></div>",
        f'<p class="caption"{_box("chart caption")}>Cups a day</p>',
        f'<div class="chemical formula" format="smile"{molecule}><img{molecule}/><div>{SMILES}</div></div>',
        f'<p class="caption"{_box("molecule caption")}>What keeps the guests awake</p>',
        f'<div class="music sheet" format="abc notation"{_box("song")}><img{_box("song")}/><div>{song}</div></div>',
    ]
    return "\n".join(["```html", "<html><body>", *parts, "</body></html>", "```"])


def record() -> str:
    """The answer as `docparse --save-raw` keeps it."""
    size = [round(side * DPI / 72) for side in SIZE]
    kept: dict[str, Any] = {
        "format": 1,
        "page": 1,
        "engine": "local",
        "model": "written by hand",
        "image_size": size,
        "stop_reason": "end",
        "text": answer(),
        "token_logprobs": [],
        "token_ends": [],
    }
    return json.dumps(kept, indent=1) + "\n"


def _box(name: str) -> str:
    return f' data-bbox="{" ".join(str(round(side * DPI / 72)) for side in PLACES[name])}"'


def _formula(sheet: Sheet) -> None:
    line = 137.0
    at = sheet.write(84, line, "t", "tiit", 11)
    at = sheet.write(at + 4, line, "=", "tiro", 11)
    at = _fraction(
        sheet,
        at + 6,
        line,
        [
            ("mc", "tiit"),
            ("(", "tiro"),
            ("T", "tiit"),
            ("₁", ""),
            (" − ", "tiro"),
            ("T", "tiit"),
            ("₀", ""),
            (")", "tiro"),
        ],
        [("P", "tiit")],
    )
    at = sheet.write(at + 6, line, "=", "tiro", 11)
    at = _fraction(sheet, at + 6, line, [("40 · 4186 · 87", "tiro")], [("2400", "tiro")])
    sheet.write(at + 6, line, "≈ 6070 s", "tiro", 11)
    sheet.write(RIGHT, line, "(1)", "tiro", 10, align="right")


def _fraction(
    sheet: Sheet, x: float, line: float, above: list[tuple[str, str]], below: list[tuple[str, str]]
) -> float:
    end = _run(sheet, x, line - 10, above)
    sheet.rule(x - 2, line - 3.5, end + 2, line - 3.5, 0.6)
    width = sum(len(text) for text, _ in below) * 5.5
    _run(sheet, (x + end - width) / 2, line + 7.5, below)
    return end + 2


def _run(sheet: Sheet, x: float, baseline: float, run: list[tuple[str, str]]) -> float:
    """Pieces of a formula one after the other; a piece without a face is an inferior figure."""
    for text, face in run:
        if face:
            x = sheet.write(x, baseline, text, "tiit" if face == "tiit" else "tiro", 11)
        else:
            x = sheet.write(x, baseline + 2.5, text.translate({0x2080: "0", 0x2081: "1"}), "tiro", 7.5)
    return x


def _chart(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    left, foot = x0 + 22, y1 - 14
    scale = (foot - y0 - 4) / 120
    for cups in range(0, 121, 40):
        sheet.rule(left, foot - cups * scale, x1, foot - cups * scale, 0.3, colour=(0.7, 0.7, 0.7))
        sheet.write(left - 4, foot - cups * scale + 2.6, str(cups), "helv", 7.5, align="right")
    step = (x1 - left) / len(CUPS)
    for number, (day, cups) in enumerate(CUPS.items()):
        middle = left + step * (number + 0.5)
        sheet.box(middle - 9, foot - cups * scale, middle + 9, foot, fill=(0.35, 0.45, 0.55))
        sheet.write(middle, foot + 10, day, "helv", 7.5, align="centre")
    sheet.rule(left, foot, x1, foot, 0.8)


def _drawing(sheet: Sheet, name: str, place: Place) -> None:
    source = (DRAWINGS / f"{name}.svg").read_text("utf-8").replace("currentColor", "#000000")
    drawing = pymupdf.open(stream=source.encode(), filetype="svg")
    page = pymupdf.open("pdf", drawing.convert_to_pdf())
    sheet.page.show_pdf_page(pymupdf.Rect(place), page, 0)
