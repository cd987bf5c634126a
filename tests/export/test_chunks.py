"""Chunks for retrieval: every word once, nothing cut that must stay whole, and where it all is from."""

import json
import re
from collections import Counter

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docparse.content.text import split_math
from docparse.document import (
    AnyElement,
    Caption,
    Chart,
    Document,
    Element,
    Formula,
    Heading,
    ListItem,
    Music,
    Page,
    PageFooter,
    Paragraph,
    Part,
    Picture,
    Table,
)
from docparse.export.atoms import estimate
from docparse.export.chunks import chunks
from docparse.export.json import document_schema
from docparse.geometry import Box
from tests.qwenvl.strategies import PAGES

from .documents import document_of, full_document, grid, source

LONG = "The quay was built in 1911. It was widened twice, and the mole moved. "


def table(rows: int, **fields: object) -> Table:
    cells = grid(("Berth", "Depth"), *((f"berth {number}", f"{number}.5") for number in range(rows)))
    return Table(cells=cells, row_count=rows + 1, column_count=2, **fields)


def test_a_chunk_a_section_under_its_headings() -> None:
    document = document_of(
        Heading(level=1, text="Harbour"),
        Heading(level=2, text="Ships"),
        Paragraph(text="They come."),
        ListItem(marker="•", text="one"),
        ListItem(marker="2.", text="two"),
        PageFooter(text="7"),
        Heading(level=2, text="Fish"),
        Paragraph(text="They swim."),
        Heading(level=1, text="End"),
    )
    found = list(chunks(document))
    assert [chunk.text for chunk in found] == [
        "Harbour\n\nShips\n\nThey come.\n\n• one\n2. two",
        "Fish\n\nThey swim.",
        "End",
    ]
    assert [chunk.headings for chunk in found] == [["Harbour", "Ships"], ["Harbour", "Fish"], ["End"]]
    assert [chunk.number for chunk in found] == [1, 2, 3]
    assert [place.element for place in found[1].places] == ["p1-e6", "p1-e7"]
    (whole,) = chunks(document_of(Paragraph(text="a"), PageFooter(text="7")), furniture=True)
    assert whole.text == "a\n\n7"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("harbour", 2),
        ("Über vier", 2),
        ("гавань", 3),
        ("2024", 4),
        ("港口 한국", 4),
        ("a, b.", 4),
        ("$x^2$", 5),
        ("x٣", 2),
    ],
)
def test_tokens_are_estimated(text: str, tokens: int) -> None:
    assert estimate(text) == tokens


def test_paragraphs_stay_whole_and_long_ones_are_cut_between_sentences() -> None:
    twice = (LONG * 2).strip()
    document = document_of(Paragraph(text="Short one here."), Paragraph(text=twice), Paragraph(text="x"))
    assert [chunk.text for chunk in chunks(document, estimate(twice) + 1)] == ["Short one here.", f"{twice}\n\nx"]
    found = list(chunks(document_of(Paragraph(text=(LONG * 9).strip())), 50))
    assert all(chunk.text.endswith((". ", ".")) for chunk in found)
    assert " ".join(chunk.text for chunk in found) == (LONG * 9).strip()
    wide = "港口全年开放，船只可以随时进出。" * 20
    found = list(chunks(document_of(Paragraph(text=wide)), 50))
    assert "".join(chunk.text for chunk in found) == wide
    assert all(chunk.text.endswith("。") for chunk in found)


def test_a_heading_and_a_caption_stay_with_what_follows() -> None:
    document = document_of(
        Paragraph(text=LONG.strip()), Caption(text="Table 1. Berths.", target="p1-e2"), table(3), Heading(text="Next")
    )
    found = list(chunks(document, 40))
    assert found[1].text.startswith("Table 1. Berths.\n\nBerth | Depth\nberth 0 | 0.5")
    assert found[2].text == "Next"


def test_a_table_is_cut_between_rows_and_its_head_said_again_with_the_page_of_each_part() -> None:
    boxes = [Box(0, 500, 100, 800), Box(0, 50, 100, 300)]
    whole = table(20, id="t", parts=[Part(page=n + 1, box=box, first_row=11 * n) for n, box in enumerate(boxes)])
    found = list(chunks(document_of(whole), 50))
    assert len(found) > 2
    assert all(chunk.text.startswith("Berth | Depth\nberth ") for chunk in found)
    assert [chunk.repeated_lines for chunk in found] == [0] + [1] * (len(found) - 1)
    rows = [line for chunk in found for line in chunk.text.split("\n")[1:]]
    assert rows == [f"berth {number} | {number}.5" for number in range(20)]
    assert found[0].pages == [1]
    assert [place.box for place in found[-1].places] == [boxes[1]]
    assert {tuple(chunk.pages) for chunk in found} <= {(1,), (1, 2), (2,)}


def test_what_is_longer_than_a_chunk_is_one_by_itself() -> None:
    latex = "x + " * 40 + "y"
    document = document_of(Paragraph(text=f"Since ${latex}$ we know."), Formula(latex=latex), table(2))
    found = [chunk.text for chunk in chunks(document, 16)]
    assert found[:4] == ["Since", f"${latex}$", "we know.", f"$${latex}$$"]


def test_lines_are_valid_and_each_is_one() -> None:
    lines = full_document().to_chunks(60).splitlines()
    schema = document_schema()
    validator = jsonschema.Draft202012Validator({"$defs": schema["$defs"], "$ref": "#/$defs/Chunk"})
    for number, line in enumerate(lines, start=1):
        data = json.loads(line)
        validator.validate(data)
        assert data["number"] == number
    assert len(lines) > 5


@settings(max_examples=150)
@given(st.lists(PAGES, max_size=3), st.sampled_from([16, 40, 512]))
def test_every_word_is_in_one_chunk(pages: list[list[Element]], limit: int) -> None:
    for number, elements in enumerate(pages, start=1):
        for index, element in enumerate(elements):
            element.id = f"p{number}-e{index}"
    document = Document(
        generator="test",
        source=source(len(pages)),
        pages=[
            Page(number=n, width=600, height=800, unit="pt", elements=one) for n, one in enumerate(pages, start=1)
        ],
    )
    elements = [element for one in pages for element in one]
    found = list(chunks(document, limit, furniture=True))
    told = ["\n".join(chunk.text.split("\n")[chunk.repeated_lines :]) for chunk in found]
    said = [text for element in elements for text in words(element)]
    assert letters(told) == letters(said)
    # Blanks show where words end: but for scripts without them, none is cut.
    assert Counter(narrow(told)) == Counter(narrow(said))
    for chunk in found:
        assert chunk.text.strip()
        assert chunk.tokens == estimate(chunk.text)
        assert chunk.tokens <= limit or len(chunk.places) == 1
        assert chunk.pages == sorted({place.page for place in chunk.places})
    joined = "\0".join(chunk.text for chunk in found)
    for element in elements:
        for piece in split_math(element.text) if not getattr(element, "cells", None) else []:
            assert piece.latex is None or piece.source in joined


def words(element: AnyElement) -> list[str]:
    """All that is to be read of an element, in its order."""
    match element:
        case Table() | Chart() if element.cells:
            return [cell.text for cell in sorted(element.cells, key=lambda cell: (cell.row, cell.column))]
        case Formula() if element.latex:
            return [f"$${element.latex}$$"]
        case ListItem():
            return [f"{element.marker} {element.text}"]
        case Picture():
            return [element.description, element.text]
        case Music():
            return [element.abc]
    return [element.text]


def letters(texts: list[str]) -> str:
    return re.sub(r"[\s|]", "", "".join(texts))


def narrow(texts: list[str]) -> list[str]:
    return [word for text in texts for word in re.findall("[!-{}~]+", text)]
