"""What is written is canonical, and is read back as it was."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from docparse.document import AnyElement, Formula, Heading, ListItem, Paragraph, Picture, Table
from docparse.geometry import Box
from docparse.qwenvl import parse, validate, write, write_body

from .strategies import PAGES


@given(PAGES)
def test_elements_come_back(page: list[Any]) -> None:
    text = write(page)
    assert validate(text) == []
    assert parse(text).elements == page


@given(PAGES)
def test_writing_is_stable(page: list[Any]) -> None:
    text = write(page)
    assert write(parse(text).elements) == text


def test_a_table_of_which_only_the_place_is_known_comes_back() -> None:
    page = [Table(box=Box(1, 2, 30, 40))]
    assert parse(write(page)).elements == page


def test_one_line_an_element() -> None:
    page: list[AnyElement] = [
        Heading(text="A", level=1, box=Box(1, 2, 3, 4.5)),
        Paragraph(text="b\nc"),
        ListItem(text="d", marker="•"),
    ]
    assert write(page).split("\n") == [
        "<html><body>",
        '<h1 data-bbox="1 2 3 4.5">A</h1>',
        "<p>b<br/>c</p>",
        '<ul><li data-marker="•">d</li></ul>',
        "</body></html>",
    ]


def test_levels_nest() -> None:
    items = [ListItem(text=str(level), level=level) for level in (1, 2, 2, 1, 3)]
    assert "<ul><li>1</li><ul><li>2</li><li>2</li></ul><li>1</li><ul><ul><li>3</li></ul></ul></ul>" in write(items)


def test_a_picture_says_which_words_are_printed() -> None:
    both = Picture(text="EXIT", description="A door.", box=Box(0, 0, 9, 9))
    assert '<div class="image caption ocr"' in write([both])
    assert '<p>A door.</p><p class="ocr">EXIT</p>' in write([both])


def test_a_body_has_attributes() -> None:
    text = write_body([], {"data-page": "1", "data-width": "595", "data-height": "842"})
    assert text == '<body data-page="1" data-width="595" data-height="842">\n</body>'
    assert validate(f"<html>{text}</html>") == []


def test_boxes_that_are_none_are_not_written() -> None:
    page = [Paragraph(text="a", box=Box(5, 5, 5, 9)), Paragraph(text="b", box=Box(0, 0, float("inf"), 1))]
    assert "data-bbox" not in write(page)


def test_characters_that_xml_has_no_place_for_are_not_written() -> None:
    assert validate(write([Paragraph(text="a\x00b\ud800c"), ListItem(text="d", marker="\x01")])) == []


def test_deep_levels_stay_within_what_parsers_take() -> None:
    assert validate(write([ListItem(text="deep", level=100_000)])) == []


@given(st.text())
def test_any_words_can_be_written(words: str) -> None:
    assert validate(write([Paragraph(text=words), Formula(latex=words), ListItem(text=words, marker=words)])) == []
