"""Paragraphs that a column or page break has cut, joined; others left apart."""

import pytest

from docparse.content.paragraphs import join_cut
from docparse.document import (
    AnyElement,
    Caption,
    Footnote,
    Grounding,
    Heading,
    ListItem,
    Page,
    PageFooter,
    PageHeader,
    PageStatus,
    Paragraph,
    Part,
    Picture,
)
from docparse.geometry import Box

from .pages import line, page, texts

LEFT, RIGHT = Box(60, 500, 290, 760), Box(310, 60, 540, 200)
BOTTOM, TOP = line(740), line(60)


def joined(*pages: Page) -> list[str]:
    join_cut(pages)
    return [text for one in pages for text in texts(one)]


def over_page(before: str, after: str, *between: AnyElement) -> list[str]:
    return joined(page(1, Paragraph(text=before, box=BOTTOM), *between), page(2, Paragraph(text=after, box=TOP)))


def over_column(before: str, after: str) -> list[str]:
    return joined(page(1, Paragraph(text=before, box=LEFT), Paragraph(text=after, box=RIGHT)))


def test_over_a_page_with_both_places() -> None:
    first = Paragraph(text="The ice was thin and the", box=BOTTOM)
    pages = [
        page(1, first, PageFooter(text="1")),
        page(2, PageHeader(text="Ice"), Paragraph(text="wind blew.", box=TOP)),
    ]
    assert join_cut(pages) == {"p2-e2": "p1-e1"}
    assert first.text == "The ice was thin and the wind blew."
    assert first.parts == [Part(page=1, box=BOTTOM), Part(page=2, box=TOP)]
    assert first.box == BOTTOM
    assert texts(pages[1]) == ["Ice"]


def test_over_a_column_with_both_places() -> None:
    first = Paragraph(text="The ice was thin and the", box=LEFT)
    join_cut([page(1, first, Paragraph(text="wind blew.", box=RIGHT))])
    assert first.parts == [Part(page=1, box=LEFT), Part(page=1, box=RIGHT)]


def test_where_the_page_was_cut_for_the_model() -> None:
    first, second = Box(60, 100, 540, 160), Box(60, 163, 540, 220)
    parts = Paragraph(text=BEFORE, box=first), Paragraph(text=AFTER, box=second)
    assert joined(page(1, *parts)) == [f"{BEFORE} {AFTER}"]
    assert (parts[0].box, parts[0].parts) == (Box(60, 100, 540, 220), [])


def test_over_three_pages() -> None:
    long = "words that go on and on over a whole page"
    pages = [
        page(1, Paragraph(text=f"These are {long}", box=BOTTOM)),
        page(2, Paragraph(text=long, box=Box(60, 60, 540, 752))),
        page(3, Paragraph(text="to the end.", box=TOP)),
    ]
    assert joined(*pages) == [f"These are {long} {long} to the end."]
    assert [part.page for part in pages[0].elements[0].parts] == [1, 2, 3]


def test_a_word_that_was_broken_is_whole_again() -> None:
    assert over_page("Nobody knew the thick-", "ness of the ice.") == ["Nobody knew the thickness of the ice."]
    assert over_page("Nobody read the well-", "known book, however well-known.") == [
        "Nobody read the well-known book, however well-known."
    ]


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("港口全年开放，船只可以随时进出，不必", "等待潮水。", "港口全年开放，船只可以随时进出，不必等待潮水。"),
        ("この港は一年中開いていて、船はいつ", "でも入れます。", "この港は一年中開いていて、船はいつでも入れます。"),
        ("הנמל פתוח כל השנה וכל", "היום והלילה.", "הנמל פתוח כל השנה וכל היום והלילה."),
        ("الميناء مفتوح طوال السنة وكل", "يوم وليلة.", "الميناء مفتوح طوال السنة وكل يوم وليلة."),
    ],
)
def test_scripts_without_capitals(before: str, after: str, whole: str) -> None:
    assert over_page(before, after) == [whole]


def test_the_next_column_of_hebrew_is_to_the_left() -> None:
    right, left = Box(310, 500, 540, 760), Box(60, 60, 290, 200)
    first, second = Paragraph(text="הנמל פתוח כל השנה וכל", box=right), Paragraph(text="היום והלילה.", box=left)
    assert joined(page(1, first, second)) == ["הנמל פתוח כל השנה וכל היום והלילה."]


def test_a_list_item_goes_on() -> None:
    first = ListItem(text="Drill three holes across the", marker="1.", box=BOTTOM)
    second = ListItem(text="wind, at equal distances.", box=TOP)
    assert joined(page(1, first), page(2, second)) == ["Drill three holes across the wind, at equal distances."]


def test_around_a_figure_and_over_footnotes() -> None:
    figure = Picture(box=Box(60, 300, 540, 600))
    caption = Caption(text="Figure 1. Ice.", box=line(610))
    first = Paragraph(text="The ice was thin and the", box=line(280))
    assert joined(page(1, first, figure, caption, Paragraph(text="wind blew.", box=line(640)))) == [
        "The ice was thin and the wind blew.",
        "",
        "Figure 1. Ice.",
    ]
    assert over_page("The ice was thin and the", "wind blew.", Footnote(text="1 Or so.", box=line(770))) == [
        "The ice was thin and the wind blew.",
        "1 Or so.",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("The ice was thin that year.", "wind blew.", id="sentence-ended"),
        pytest.param("The ice was thin that year.”¹", "wind blew.", id="ended-in-quotes-with-a-mark"),
        pytest.param("The ice was thin that year:", "wind blew.", id="colon"),
        pytest.param("The ice was thin that year", "The wind blew.", id="capital"),
        pytest.param("Ice", "wind blew.", id="label"),
        pytest.param("The ice was thin and", "a) wind blew.", id="marker"),
        pytest.param("The ice was thin and", "– wind blew.", id="dash"),
        pytest.param("The ice was thin; see", "www.ice.example", id="address"),
        pytest.param("To: A\nFrom: B, of the harbour", "wind blew.", id="lines"),
        pytest.param("The ice was thin and", "", id="empty"),
        pytest.param("港口全年开放，船只可以随时进出。", "等待潮水。", id="chinese-sentence-ended"),
        pytest.param("港口", "等待潮水。", id="chinese-label"),
    ],
)
def test_the_words_say_no(before: str, after: str) -> None:
    assert over_page(before, after) == [before, after]
    assert over_column(before, after) == [before, after]


BEFORE, AFTER = "The ice was thin and the", "wind blew."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(line(100), line(130), id="one-below-the-other"),
        pytest.param(Box(60, 60, 290, 300), Box(310, 320, 540, 500), id="beside-and-below"),
        pytest.param(Box(60, 500, 200, 760), Box(310, 60, 540, 200), id="wider"),
        pytest.param(None, RIGHT, id="no-box"),
    ],
)
def test_the_places_on_a_page_say_no(first: Box | None, second: Box | None) -> None:
    assert joined(page(1, Paragraph(text=BEFORE, box=first), Paragraph(text=AFTER, box=second))) == [BEFORE, AFTER]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(line(100), TOP, id="ends-high"),
        pytest.param(BOTTOM, line(700), id="begins-low"),
        pytest.param(line(740, width=200), line(60, width=480), id="wider"),
    ],
)
def test_the_places_on_two_pages_say_no(first: Box, second: Box) -> None:
    assert joined(page(1, Paragraph(text=BEFORE, box=first)), page(2, Paragraph(text=AFTER, box=second))) == [
        BEFORE,
        AFTER,
    ]


def test_nothing_is_joined_over_what_is_missing_or_other() -> None:
    def first(**fields: object) -> Page:
        return page(1, Paragraph(text=BEFORE, box=BOTTOM), **fields)

    def second(number: int = 2) -> Page:
        return page(number, Paragraph(text=AFTER, box=TOP))

    assert joined(first(), second()) == [f"{BEFORE} {AFTER}"]
    assert joined(first(), second(3)) == [BEFORE, AFTER]
    assert joined(first(status=PageStatus.PARTIAL), second()) == [BEFORE, AFTER]
    assert joined(first(), page(2, Heading(text="Wind"), Paragraph(text=AFTER, box=TOP))) == [BEFORE, "Wind", AFTER]
    new_item = ListItem(text=AFTER, marker="2.", box=TOP)
    assert joined(first(), page(2, new_item)) == [BEFORE, AFTER]


def test_how_sure_and_how_well_borne_out_are_of_both() -> None:
    first = Paragraph(text="four words and more", box=BOTTOM, confidence=0.9, grounding=Grounding(support=1.0))
    second = Paragraph(text="with as many again.", box=TOP, confidence=0.4, grounding=Grounding(support=0.5))
    joined(page(1, first), page(2, second))
    assert first.confidence == pytest.approx(0.6)
    assert first.grounding == Grounding(support=0.75)
