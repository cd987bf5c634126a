"""All of it together: nothing lost, nothing added, and the second time nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from docparse.content.whole import make_whole
from docparse.document import (
    AnyElement,
    Author,
    Caption,
    Footnote,
    Heading,
    ListItem,
    Page,
    PageFooter,
    Paragraph,
    Picture,
    Problem,
    Severity,
)
from docparse.geometry import Box
from docparse.wire import OutlineEntry

from .pages import HEIGHT, WIDTH, document, page

CUT = [
    "the ice was thin and the",
    "wind blew-",
    "wind",
    "soft\u00ad",
    "港口全年开放，船只可以随时进出，不必",
    "等待潮水。",
]
FURNITURE = ["Page 1", "Page 2", "iv", "1", "2", "1.2 Results", "II. Ice"]
TEXT = st.sampled_from([*CUT, *FURNITURE]) | st.text(max_size=20)
SIDE = st.floats(0, 1)
BOX = st.none() | st.tuples(SIDE, SIDE, SIDE, SIDE).map(
    lambda sides: Box(
        min(sides[0], sides[2]) * WIDTH,
        min(sides[1], sides[3]) * HEIGHT,
        max(sides[0], sides[2]) * WIDTH,
        max(sides[1], sides[3]) * HEIGHT,
    )
)
ELEMENT: st.SearchStrategy[AnyElement] = st.one_of(
    *(st.builds(kind, text=TEXT, box=BOX) for kind in (Paragraph, Author, Caption, Footnote, PageFooter, Picture)),
    st.builds(Heading, text=TEXT, box=BOX, level=st.integers(1, 6), font_size=st.none() | st.floats(0, 99)),
    st.builds(
        ListItem,
        text=TEXT,
        box=BOX,
        level=st.integers(1, 3),
        marker=st.sampled_from(["", "•", "1.", "2.", "(a)", "i."]),
    ),
)
PAGES = st.lists(st.lists(ELEMENT, max_size=5), max_size=4)
OUTLINE = st.lists(st.builds(OutlineEntry, st.integers(1, 9), TEXT, st.integers(1, 5)), max_size=3)


def letters(pages: list[Page]) -> str:
    """What is printed, without what joining may change: blanks and the hyphens at a cut."""
    markers = ("".join(getattr(element, "marker", "") + element.text for element in one.elements) for one in pages)
    return "".join(
        sorted("".join("".join(markers).split()).replace("-", "").replace("\u2010", "").replace("\u00ad", ""))
    )


@given(PAGES, OUTLINE)
def test_no_letter_is_lost_and_none_is_added(elements: list[list[AnyElement]], outline: list[OutlineEntry]) -> None:
    copies = [[element.model_copy(deep=True) for element in of_page] for of_page in elements]
    pages = [page(number, *of_page) for number, of_page in enumerate(copies, start=1)]
    whole = document(*pages)
    before = letters(pages)
    boxes = {(one.number, element.box) for one in pages for element in one.elements}
    make_whole(whole, outline)
    assert letters(whole.pages) == before
    kept = {(one.number, element.box) for one in whole.pages for element in one.elements}
    kept |= {(part.page, part.box) for one in whole.pages for element in one.elements for part in element.parts}
    assert kept == boxes


def test_problems_follow_an_element_that_went_into_another() -> None:
    problem = Problem(kind="not-on-page", severity=Severity.WARNING, message="x", page=2, element="p2-e1")
    first = page(1, Paragraph(text="The ice was thin and the", box=Box(60, 740, 540, 752)))
    second = page(2, Paragraph(text="wind blew.", box=Box(60, 60, 540, 72)), problems=[problem])
    make_whole(document(first, second))
    assert problem.element == "p1-e1"
    assert first.elements[0].text == "The ice was thin and the wind blew."
