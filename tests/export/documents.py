"""Documents built in code: one with every kind of element, one whose every text field wants to be a script."""

import base64
import re
import struct
import zlib
from pathlib import Path

from docparse.document import (
    Asset,
    Author,
    Caption,
    Cell,
    Chart,
    Chemical,
    DataPoint,
    Document,
    Element,
    Footnote,
    Formula,
    Grounding,
    Heading,
    ListItem,
    Music,
    Page,
    PageFooter,
    PageHeader,
    PageStatus,
    Paragraph,
    Part,
    Picture,
    Problem,
    Severity,
    Source,
    StopReason,
    Table,
    Timings,
)
from docparse.geometry import Box

GOLDEN = Path(__file__).parent / "golden"
"""What the exporters make of ``full_document``; only ``python tests/regenerate.py`` writes there."""

ABC = "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nC D E F | G A B c |]"
SMILES = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"


def source(page_count: int = 1) -> Source:
    return Source(
        name="harbour.pdf", media_type="application/pdf", bytes=48213, sha256="0" * 64, page_count=page_count
    )


def document_of(*elements: Element, **fields: object) -> Document:
    """One page with these elements, numbered."""
    for index, element in enumerate(elements):
        element.id = element.id or f"p1-e{index}"
    page = Page(number=1, width=595, height=842, unit="pt", elements=list(elements), **fields)
    return Document(generator="docparse test", source=source(), pages=[page])


def png(width: int, height: int) -> str:
    """A small picture, a dusk over water, as base64."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            sky = y < height * 0.62
            sun = (x - width * 0.68) ** 2 + (y - height * 0.5) ** 2 < (height * 0.14) ** 2
            shade = y * 90 // height
            rows += bytes(
                (250, 214, 150)
                if sun and sky
                else (196 + shade // 2, 120 + shade, 110)
                if sky
                else (40, 62 + shade // 3, 92)
            )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    whole = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + chunk(b"IEND", b"")
    )
    return base64.b64encode(whole).decode()


def grid(*rows: tuple[str, ...], header_rows: int = 1) -> list[Cell]:
    return [
        Cell(row=row, column=column, text=text, header=row < header_rows)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]


def full_document() -> Document:
    """Every kind of element, in the ways that matter to an exporter."""
    first = Page(
        number=1,
        width=595,
        height=842,
        unit="pt",
        engine="replay",
        model="test",
        stop_reason=StopReason.END,
        timings=Timings(read=0.25, engine=1.5),
        elements=[
            PageHeader(id="p1-e0", box=Box(72, 30, 300, 42), text="Harbour authority · annual review"),
            Heading(id="p1-e1", box=Box(72, 80, 520, 104), level=1, text="The harbour in figures"),
            Author(id="p1-e2", box=Box(72, 110, 300, 122), text="Ada Weir, Jon Quay\nInstitute of Tides"),
            Paragraph(
                id="p1-e3",
                box=Box(72, 140, 523, 200),
                parts=[Part(page=1, box=Box(72, 140, 523, 200)), Part(page=2, box=Box(100, 60, 1100, 90))],
                confidence=0.97,
                grounding=Grounding(support=1.0),
                text="Ships pay $5 and $6 a ton;¹ the tide rises by $h = \\frac{1}{2} g t^{2}$ metres, "
                "where $g$ is what it is. A *star*, an _underscore_, a `tick`, <b>no bold</b> & AT&amp;T "
                "stay as printed, and snake_case needs no help.",
            ),
            Heading(id="p1-e4", box=Box(72, 210, 400, 226), level=2, text="1. What comes in"),
            ListItem(id="p1-e5", box=Box(72, 230, 300, 242), marker="•", text="Grain, in bulk"),
            ListItem(id="p1-e6", box=Box(92, 244, 300, 256), level=2, marker="–", text="wheat and rye"),
            ListItem(
                id="p1-e7", box=Box(92, 258, 300, 270), level=2, ordered=True, marker="(a)", text="oats, rarely"
            ),
            ListItem(id="p1-e8", box=Box(72, 272, 300, 284), marker="•", text="Timber"),
            ListItem(
                id="p1-e9",
                box=Box(72, 286, 300, 298),
                ordered=True,
                marker="3.",
                text="Third, after two\non a second line",
            ),
            ListItem(id="p1-e10", box=Box(72, 300, 300, 312), ordered=True, marker="4.", text="Fourth"),
            Caption(
                id="p1-e11",
                box=Box(72, 320, 523, 332),
                target="p1-e12",
                text="Table 1. Tons a quarter, thousands.",
            ),
            Table(
                id="p1-e12",
                box=Box(72, 335, 523, 420),
                row_count=4,
                column_count=4,
                cells=[
                    Cell(row=0, column=0, row_span=2, header=True, text="Goods"),
                    Cell(row=0, column=1, column_span=2, header=True, text="First half"),
                    Cell(row=0, column=3, row_span=2, header=True, text="Year"),
                    Cell(row=1, column=1, header=True, text="Q1"),
                    Cell(row=1, column=2, header=True, text="Q2"),
                    Cell(row=2, column=0, header=True, text="Grain"),
                    Cell(row=2, column=1, text="12.5", box=Box(180, 380, 220, 392)),
                    Cell(row=2, column=2, text="13.0"),
                    Cell(row=2, column=3, text="51.8"),
                    Cell(row=3, column=0, header=True, text="Timber"),
                    Cell(row=3, column=1, text="7.1"),
                    Cell(row=3, column=3, text="$\\approx 30$"),
                ],
            ),
            Table(
                id="p1-e13",
                box=Box(72, 430, 523, 490),
                row_count=3,
                column_count=2,
                cells=grid(("Berth", "Depth | m"), ("North\nmole", "9.5"), ("South", "*11.0*")),
            ),
            Formula(
                id="p1-e14",
                box=Box(150, 500, 450, 540),
                latex="\\int_{0}^{\\infty} e^{-x^{2}}\\,dx = \\frac{\\sqrt{\\pi}}{2} \\tag{1}",
            ),
            Formula(
                id="p1-e15",
                box=Box(150, 545, 450, 570),
                latex="\\frac{a",
                handwritten=True,
                valid=False,
                reason="} is missing",
            ),
            Formula(id="p1-e16", box=Box(150, 575, 450, 600), text="E = m c 2"),
            Picture(
                id="p1-e17",
                box=Box(72, 610, 297, 730),
                description="A low sun over the water",
                asset=Asset(media_type="image/png", width=225, height=120, data=png(225, 120)),
            ),
            Caption(id="p1-e18", box=Box(72, 735, 297, 747), target="p1-e17", text="Figure 1. The outer basin."),
            Footnote(id="p1-e19", box=Box(72, 770, 523, 782), text="¹ Without ballast."),
            PageFooter(id="p1-e20", box=Box(290, 810, 305, 822), text="1"),
        ],
    )
    second = Page(
        number=2,
        width=1240,
        height=1754,
        unit="px",
        status=PageStatus.PARTIAL,
        engine="replay",
        stop_reason=StopReason.LENGTH,
        elements=[
            Heading(id="p2-e0", box=Box(100, 100, 700, 140), level=2, text="2. What goes out"),
            Chart(
                id="p2-e1",
                box=Box(100, 160, 1100, 560),
                row_count=3,
                column_count=2,
                cells=grid(("Year", "Ships"), ("2023", "412"), ("2024", "455")),
                data=[
                    DataPoint(row=1, column=1, category="2023", series="Ships", number=412),
                    DataPoint(row=2, column=1, category="2024", series="Ships", number=455),
                ],
            ),
            Caption(id="p2-e2", box=Box(100, 570, 700, 590), target="p2-e1", text="Figure 2. Ships a year."),
            Picture(id="p2-e3", box=Box(100, 600, 500, 800), text="KEEP CLEAR\nOF THE ROPES"),
            Chemical(
                id="p2-e4",
                box=Box(600, 600, 900, 800),
                smiles=SMILES,
                valid=True,
                canonical="Cn1c(=O)c2c(ncn2C)n(C)c1=O",
                formula="C8H10N4O2",
                asset=Asset(media_type="image/png", width=60, height=40, data=png(60, 40)),
            ),
            Caption(id="p2-e5", box=Box(600, 805, 900, 825), target="p2-e4", text="Caffeine, in the mate's coffee."),
            Music(id="p2-e6", box=Box(100, 850, 1100, 1000), abc=ABC, valid=True),
            Paragraph(id="p2-e7", box=Box(100, 1020, 1100, 1060), text="הנמל פתוח כל השנה, 24 שעות ביממה."),
            Paragraph(id="p2-e8", box=Box(100, 1070, 1100, 1110), text="港口全年开放，水深 $d \\geq 9.5$ 米。"),
            Caption(id="p2-e9", text="A caption that belongs to nothing."),
            Picture(id="p2-e10", asset=Asset(media_type="image/png", width=40, height=30, path="assets/p2 e10.png")),
            ListItem(id="p2-e11", level=2, marker="✓", text="checked"),
            ListItem(id="p2-e12", ordered=True, marker="iv.", text="roman"),
            Paragraph(id="p2-e13"),
            Chemical(id="p2-e14", smiles="C1CC", valid=False, reason="unclosed ring"),
            Music(id="p2-e15", abc="K:C", valid=False, reason="no note"),
        ],
        problems=[
            Problem(
                kind="output-truncated",
                severity=Severity.WARNING,
                message="The model's answer ended at 8192 tokens; the rest of the page is missing.",
                page=2,
            ),
            Problem(
                kind="box-missing",
                severity=Severity.INFO,
                message="The caption has no box.",
                page=2,
                element="p2-e9",
            ),
        ],
    )
    third = Page(
        number=3,
        width=595,
        height=842,
        unit="pt",
        status=PageStatus.FAILED,
        problems=[
            Problem(kind="render-timeout", severity=Severity.ERROR, message="Rendering took more than 60 s.", page=3)
        ],
    )
    return Document(
        generator="docparse test",
        source=source(4),
        title="The harbour in figures",
        language="en",
        pages=[first, second, third],
        problems=[Problem(kind="pages-left-out", severity=Severity.INFO, message="Page 4 was not asked for.")],
    )


def without_drawings(html: str) -> str:
    """The drawings' insides are another library's, and differ from version to version."""
    return re.sub(r"<svg viewBox[^>]*( class=[^>]*>).*?</svg>", r"<svg\1</svg>", html, flags=re.DOTALL)


def hostile_document(payload: str) -> Document:
    """``payload`` in every field that can hold text."""
    asset = Asset(media_type=payload, width=1, height=1, path=payload)
    data = Asset(media_type="image/png", width=1, height=1, data=payload)
    document = document_of(
        PageHeader(text=payload),
        Heading(level=1, text=payload),
        Author(text=payload),
        Paragraph(id=payload, text=payload),
        Paragraph(text=f"${payload}$ and $$\\text{{{payload}}}$$"),
        ListItem(text=payload, marker=payload),
        ListItem(text=payload, marker=payload, ordered=True, level=3),
        Table(text=payload),
        Table(
            cells=[Cell(row=0, column=0, text=payload, header=True), Cell(row=1, column=1, text=payload, row_span=2)]
        ),
        Formula(latex=payload, text=payload, asset=asset),
        Formula(latex=f"\\href{{{payload}}}{{x}} \\style{{{payload}}}{{y}} \\class{{{payload}}}{{z}}"),
        Formula(text=payload),
        Chart(
            id="chart",
            text=payload,
            cells=[Cell(row=0, column=0, text=payload)],
            data=[DataPoint(row=0, column=0, category=payload, series=payload, number=1, unit=payload)],
            asset=data,
        ),
        Caption(text=payload, target="chart"),
        Caption(text=payload, target=payload),
        Picture(description=payload, text=payload, asset=asset),
        Chemical(smiles=payload, text=payload, asset=data),
        Chemical(smiles=payload, valid=False, reason=payload, canonical=payload, formula=payload),
        Chemical(smiles="CO", text=payload, valid=True, canonical=payload, formula=payload),
        Music(abc=payload, text=payload, asset=asset),
        Music(abc=payload, text=payload, valid=False, reason=payload),
        # Words of a tune are drawn as words.
        Music(abc=f'X:1\nT:{payload}\nC:{payload}\nK:C\n"^{payload}"C D E F|\nw:{payload}\n'),
        Footnote(text=payload),
        PageFooter(text=payload),
        problems=[Problem(kind=payload, severity=Severity.ERROR, message=payload, element=payload)],
        engine=payload,
        model=payload,
    )
    document.generator = payload
    document.title = payload
    document.source.name = payload
    document.problems = [Problem(kind=payload, severity=Severity.INFO, message=payload, element=payload)]
    return document
