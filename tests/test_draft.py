"""A text layer to elements."""

import pytest

from docparse.document import Caption, Heading, ListItem, Paragraph, Table
from docparse.draft import draft, join_lines
from docparse.geometry import Box
from docparse.textlayer import Block, Line, TableCell, TextLayer

BOX = Box(10, 10, 100, 20)


def lines(*texts: str, size: float = 10, bold: bool = False, x: float = 10) -> tuple[Line, ...]:
    return tuple(
        Line(text, Box(x, 10 + 12 * i, 100, 20 + 12 * i), size=size, bold=bold) for i, text in enumerate(texts)
    )


@pytest.mark.parametrize(
    ("printed", "words", "joined"),
    [
        (["one", "two"], "", "one two"),
        (["hyphen-", "ated"], "", "hyphenated"),
        (["well-", "known"], "well-known", "well-known"),
        (["well-", "known"], "wellknown", "wellknown"),
        (["state-of-the-", "art"], "", "state-of-the-art"),
        (["pages 3-", "5"], "", "pages 3- 5"),
        (["New-", "York"], "", "New- York"),
        (["soft\u00ad", "ware"], "", "software"),
        (["die Ver\u2010", "waltung"], "", "die Verwaltung"),
        (["中文的", "句子。"], "", "中文的句子。"),
        (["中文", "and English"], "", "中文 and English"),
        (["한국어", "문장"], "", "한국어 문장"),
        (["ends soft\u00ad"], "", "ends soft-"),
        (["ภาษา", "ไทย"], "", "ภาษาไทย"),
        (["使用，", "Python"], "", "使用，Python"),
        (["בית־", "ספר"], "", "בית־ספר"),
        (["שלום", "עולם"], "", "שלום עולם"),
    ],
)
def test_lines_become_running_text(printed: list[str], words: str, joined: str) -> None:
    assert join_lines(lines(*printed), set(words.split())) == joined


def test_a_listing_keeps_its_lines() -> None:
    listing = tuple(Line(text, BOX, monospace=True) for text in ("if x:", "    return y"))
    assert join_lines(listing, set()) == "if x:\n    return y"


def test_kinds_follow_the_layout() -> None:
    layer = TextLayer(
        (
            Block("title", BOX, lines("A Title", size=20)),
            Block("section-header", BOX, lines("1 Ice", bold=True)),
            Block("section-header", BOX, lines("Dear Sir or Madam,")),
            Block("text", BOX, lines("Running text of the page.")),
            Block("caption", BOX, lines("Figure 1. Ice.")),
        )
    )
    kinds = [(type(element), element.text) for element in draft(layer)]
    assert kinds == [
        (Heading, "A Title"),
        (Heading, "1 Ice"),
        (Paragraph, "Dear Sir or Madam,"),
        (Paragraph, "Running text of the page."),
        (Caption, "Figure 1. Ice."),
    ]


def test_list_items_have_markers_and_levels() -> None:
    layer = TextLayer(
        (
            Block("list-item", BOX, lines("• first", "goes on")),
            Block("list-item", BOX, lines("– nested", x=30)),
            Block("list-item", BOX, lines("2. second", "3. third")),
        )
    )
    items = [element for element in draft(layer) if isinstance(element, ListItem)]
    assert [(item.marker, item.text, item.level, item.ordered) for item in items] == [
        ("•", "first goes on", 1, False),
        ("–", "nested", 2, False),
        ("2.", "second", 1, True),
        ("3.", "third", 1, True),
    ]


def test_a_table_keeps_spans_and_headers() -> None:
    cells = (
        TableCell(0, 0, 1, 2, True, "Both", BOX),
        TableCell(1, 0, 1, 1, False, "hyphen-\nated", BOX),
        TableCell(1, 1, 1, 1, False, "two\nlines", BOX),
    )
    (table,) = draft(TextLayer((Block("table", BOX, cells=cells),)))
    assert isinstance(table, Table)
    assert (table.row_count, table.column_count) == (2, 2)
    assert [cell.text for cell in table.cells] == ["Both", "hyphenated", "two\nlines"]
    assert table.cells[0].column_span == 2
    assert table.cells[0].header
