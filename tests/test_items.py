"""Items of a list: as many as markers are printed, each with what a model took for the marker of another."""

import pytest

from docparse.document import ListItem
from docparse.engines.answer import Answer, strung
from docparse.engines.items import closed, items
from docparse.engines.mended import mended
from docparse.engines.pieced import join
from docparse.pieces import Sheet, straighten
from docparse.qwenvl import parse, validate
from tests.ruled import Paper, element

TOP, PITCH = 200, 26
Item = tuple[str, str, int, str]
"""The marker that the model says; the line, where its foot starts, and what the model says of it."""


def page(*lines: Item, nested: bool = False) -> tuple[Sheet, Answer, tuple[int, int]]:
    """A page of these lines with one list that has each of them for an item."""
    paper = Paper()
    parts = []
    for number, (marker, line, x, said) in enumerate(lines):
        foot = TOP + PITCH * number
        paper.write(x, foot, line)
        box = f"{x} {foot - 16} {x + 10 * len(line)} {foot + 5}"
        text = f'<li data-marker="{marker}" data-bbox="{box}">' if marker else f'<li data-bbox="{box}">'
        item = element("p", [], box)
        opening = "<ul>" if number == 0 or (nested and number == 1) else ""
        closing = "</ul></ul>" if nested and number == len(lines) - 1 else "</ul>" if number == len(lines) - 1 else ""
        whole = f"{opening}{text}{said}</li>{closing}"
        ends = list(range(1, len(whole) + 1))
        parts.append(Answer(whole, item.stop_reason, item.image_size, [-0.1] * len(ends), ends))
    return straighten(paper.image, 7.5), strung(parts), paper.image.size


def read(*lines: Item, nested: bool = False) -> list[tuple[str, str]]:
    """Marker and text of the items that the page comes to."""
    sheet, answer, size = page(*lines, nested=nested)
    whole = join(mended([answer], sheet), size)
    assert validate(whole.text) == []
    assert whole.token_ends == sorted(whole.token_ends)
    assert len(whole.token_ends) == len(whole.token_logprobs)
    found = parse(whole.text, size=size).elements
    return [(item.marker or "", item.text) for item in found if isinstance(item, ListItem)]


FIRST = ("1.", "1.   the harbour wall was built in the", 100, "the harbour wall was built in the")


@pytest.mark.parametrize(
    ("marker", "line", "said", "words"),
    [
        pytest.param("batoh", "flood.", "flood.", "batoh flood.", id="another-word"),
        pytest.param("flood", "flood.", "flood.", "flood.", id="its-own-word"),
        pytest.param("Flo", "Floods of May.", "loods of May.", "Floods of May.", id="some-letters-twice"),
        pytest.param("t)", "the bees of Saltby", "bees of Saltby", "t bees of Saltby", id="misread"),
        pytest.param("■", "flood of this year.", "flood of this year.", "flood of this year.", id="no-bullet"),
        pytest.param("a&lt;b", "a&lt;b", "", "a<b", id="escaped"),
    ],
)
def test_what_is_no_marker_is_a_word_of_the_item_above(marker: str, line: str, said: str, words: str) -> None:
    assert read(FIRST, (marker, line, 130, said)) == [("1.", f"the harbour wall was built in the {words}")]


@pytest.mark.parametrize(
    ("marker", "line"),
    [("2.", "2.   year of the flood"), ("•", "•   year of the flood"), ("(xii)", "(xii)   year of the flood")],
)
def test_a_printed_marker_begins_an_item(marker: str, line: str) -> None:
    second = (marker, line, 100, "year of the flood")
    assert [found[0] for found in read(FIRST, second)] == ["1.", marker]


@pytest.mark.parametrize(
    ("marker", "line"), [("2.", "2. year of the flood"), ("•", "• year of the flood"), ("a)", "a) year of the flood")]
)
def test_no_more_than_a_blank_behind_a_marker(marker: str, line: str) -> None:
    assert [found[0] for found in read(FIRST, (marker, line, 100, "year of the flood"))] == ["1.", marker]


def test_letters_that_count_on_need_no_more_than_a_blank() -> None:
    found = read(("e)", "e)   the harbour wall", 100, "the harbour wall"), ("f)", "f) in stone", 100, "in stone"))
    assert found == [("e)", "the harbour wall"), ("f)", "in stone")]


def test_items_within_items() -> None:
    below = ("a)", "a)   year of the flood", 130, "year of the flood")
    third = ("b)", "b)   and mended twice by", 130, "and mended twice by")
    last = ("those", "those who lived here.", 160, "those who lived here.")
    assert read(FIRST, below, third, last, nested=True) == [
        ("1.", "the harbour wall was built in the"),
        ("a)", "year of the flood"),
        ("b)", "and mended twice by those who lived here."),
    ]


def test_what_stands_alone_in_a_list_within_goes_up() -> None:
    assert read(FIRST, ("year", "year of the flood", 130, "year of the flood"), nested=True) == [
        ("1.", "the harbour wall was built in the year of the flood")
    ]


def test_across_a_blank_line_nothing_goes_on() -> None:
    line = ("", "year of the flood", 130, "year of the flood")
    aside = ("", "2.", 700, "2.")
    assert read(FIRST, line) == [("1.", "the harbour wall was built in the year of the flood")]
    assert len(read(FIRST, aside, line)) == 3


def test_lists_come_out_as_they_went_in() -> None:
    sheet, answer, _ = page(FIRST, ("2.", "2.   year of the flood", 100, "year of the flood"))
    (whole,) = closed(items(answer, sheet))
    assert (whole.text, whole.token_ends, whole.token_logprobs) == (
        answer.text,
        answer.token_ends,
        answer.token_logprobs,
    )


@pytest.mark.parametrize("text", ["", "words", "<p>a</p>", "<ul><li>a<ul><li>b</li></ul></li></ul>", "</ul>"])
def test_what_is_no_plain_list_stays_as_it_is(text: str) -> None:
    odd = Answer(text, element("p", [], "1 1 2 2").stop_reason, (9, 9), [], [])
    assert closed(items(odd, straighten(Paper().image, 7.5))) == [odd]
