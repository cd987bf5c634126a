"""What comes again page after page is furniture; what only looks like it is not."""

from collections.abc import Callable

import pytest

from docparse.content.furniture import mark_furniture
from docparse.document import AnyElement, Heading, Page, PageFooter, PageHeader, Paragraph

from .pages import kinds, line, page, texts

BODY = "Every page has other words in its middle, such as number"


def pages(count: int, at: Callable[[int], list[AnyElement]]) -> list[Page]:
    """Pages with a body of their own and what ``at`` puts on each."""
    made = []
    for number in range(1, count + 1):
        words = " ".join(["one", "two", "three", "four", "five", "six"][:number])
        made.append(page(number, *at(number), Paragraph(text=f"{BODY} {words}", box=line(300))))
    return made


def test_a_line_at_the_top_of_three_pages_is_their_header() -> None:
    made = pages(3, lambda number: [Paragraph(text="Report 14", box=line(30))])
    mark_furniture(made)
    assert [kinds(one)[0] for one in made] == ["page_header"] * 3
    assert [texts(one)[0] for one in made] == ["Report 14"] * 3
    assert made[0].elements[0].id == "p1-e1"
    assert made[0].elements[0].box == line(30)


@pytest.mark.parametrize("number_of", [str, lambda number: f"Page {number} of 3", lambda number: "i" * number])
def test_numbers_that_count_are_a_footer(number_of: Callable[[int], str]) -> None:
    made = pages(3, lambda number: [Paragraph(text=number_of(number), box=line(770))])
    mark_furniture(made)
    assert [kinds(one)[0] for one in made] == ["page_footer"] * 3


def test_two_pages_are_enough_where_the_text_counts_them() -> None:
    made = pages(2, lambda number: [Paragraph(text=f"Page {number}", box=line(770))])
    mark_furniture(made)
    assert [kinds(one)[0] for one in made] == ["page_footer"] * 2


def test_left_and_right_pages_are_told_apart_by_their_words() -> None:
    made = pages(6, lambda number: [Paragraph(text="Ada Weir" if number % 2 else "On tides", box=line(30))])
    mark_furniture(made)
    assert [kinds(one)[0] for one in made] == ["page_header"] * 6


def test_a_title_that_the_pages_repeat_stays_where_it_comes_first() -> None:
    made = pages(3, lambda number: [Heading(text="On tides", box=line(40))])
    mark_furniture(made)
    assert [kinds(one)[0] for one in made] == ["heading", "page_header", "page_header"]


def test_what_an_engine_called_furniture_stays_so() -> None:
    made = pages(1, lambda number: [PageHeader(text="top", box=line(30)), PageFooter(text="7", box=line(770))])
    mark_furniture(made)
    assert kinds(made[0])[:2] == ["page_header", "page_footer"]


@pytest.mark.parametrize(
    ("count", "at"),
    [
        pytest.param(2, lambda number: [Paragraph(text="Dear Sir", box=line(30))], id="twice-the-same"),
        pytest.param(3, lambda number: [Paragraph(text="Signed", box=line(400))], id="in-the-middle"),
        pytest.param(
            3, lambda number: [Paragraph(text="Dear Sir", box=line(30 + 20 * number))], id="at-other-places"
        ),
        pytest.param(
            3, lambda number: [Paragraph(text=f"{[93, 12, 57][number - 1]} tons", box=line(30))], id="amounts"
        ),
        pytest.param(3, lambda number: [Heading(text=f"Question {number}", box=line(40))], id="counted-headings"),
        pytest.param(
            3, lambda number: [Paragraph(text="a long text " * 20, box=line(20, height=60))], id="paragraphs"
        ),
        pytest.param(3, lambda number: [Paragraph(text="No place")], id="no-box"),
    ],
)
def test_no_furniture(count: int, at: Callable[[int], list[AnyElement]]) -> None:
    made = pages(count, at)
    before = [kinds(one) for one in made]
    mark_furniture(made)
    assert [kinds(one) for one in made] == before


def test_copies_of_one_form_keep_their_headings() -> None:
    def form(number: int) -> Page:
        return page(
            number,
            Paragraph(text="Application", box=line(40)),
            Paragraph(text="Name", box=line(200)),
            Paragraph(text="Street", box=line(300)),
        )

    made = [form(number) for number in range(1, 4)]
    mark_furniture(made)
    assert [kinds(one) for one in made] == [["paragraph"] * 3] * 3
