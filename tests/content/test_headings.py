"""Levels that mean the same on every page, whatever each page's engine said."""

import pytest

from docparse.content.headings import level_headings
from docparse.document import Heading
from docparse.wire import OutlineEntry

from .pages import page


def levels(*headings: Heading, outline: tuple[OutlineEntry, ...] = ()) -> list[int]:
    """The levels after all pages are known; each heading on a page of its own."""
    level_headings([page(number, heading) for number, heading in enumerate(headings, start=1)], outline)
    return [heading.level for heading in headings]


def test_numbers_tell_the_depth() -> None:
    headings = [
        Heading(text=text, level=level)
        for text, level in [
            ("On tides", 1),
            ("1 Introduction", 2),
            ("1.1 Aims", 2),
            ("1.1.1 Of the first kind", 2),
            ("2. Results", 2),
            ("A.1 Tables", 2),
        ]
    ]
    assert levels(*headings) == [1, 2, 3, 4, 2, 3]


def test_roman_sections_have_letters_below_them() -> None:
    headings = [Heading(text=text) for text in ("I. First", "II. Second", "A. Part", "III. Third")]
    assert levels(*headings) == [2, 2, 3, 2]


def test_letters_are_sections_where_nothing_is_roman() -> None:
    assert levels(*(Heading(text=text) for text in ("A. Part", "B. Part", "B.1 Of it"))) == [2, 2, 3]


@pytest.mark.parametrize("text", ["A new hope", "1984", "I am", "3D printing", "2024-05-01", "A", "U.S. exports"])
def test_what_is_no_number_of_a_section(text: str) -> None:
    assert levels(Heading(text=text, level=3)) == [3]


def test_a_size_is_as_deep_as_the_numbers_in_it() -> None:
    headings = [
        Heading(text="On tides", level=1, font_size=24),
        Heading(text="Summary", font_size=16),
        Heading(text="1 Introduction", font_size=16.2),
        Heading(text="1.1 Aims", font_size=12),
        Heading(text="Of boats", font_size=12),
        Heading(text="Acknowledgements", font_size=15.9),
    ]
    assert levels(*headings) == [1, 2, 2, 3, 3, 2]


def test_sizes_alone_tell_an_order() -> None:
    headings = [
        Heading(text="On tides", level=1, font_size=24),
        Heading(text="Summary", level=2, font_size=16),
        Heading(text="Aims", level=2, font_size=12),
        Heading(text="Methods", level=1, font_size=16),
    ]
    assert levels(*headings) == [1, 2, 3, 2]


def test_the_outline_comes_before_numbers_and_sizes() -> None:
    headings = [
        Heading(text="On tides", level=1, font_size=24),
        Heading(text="Summary", font_size=12),
        Heading(text="Methods", font_size=12),
        Heading(text="3.1 Apart", font_size=12),
    ]
    outline = (
        OutlineEntry(1, "On tides", 1),
        OutlineEntry(2, "Summary", 2),
        OutlineEntry(3, "METHODS", 3),
        OutlineEntry(2, "Apart", 4),
    )
    assert levels(*headings, outline=outline) == [1, 2, 3, 2]


def test_an_outline_entry_of_another_page_is_another_heading() -> None:
    headings = [
        Heading(text="Notes", level=2),
        Heading(text="1 First"),
        Heading(text="2 Second"),
        Heading(text="Notes"),
    ]
    outline = (OutlineEntry(1, "Part", 2), OutlineEntry(2, "Notes", 9))
    assert levels(*headings, outline=outline) == [2, 2, 2, 2]


def test_without_a_sign_the_engines_levels_stay() -> None:
    assert levels(Heading(text="On tides", level=1), Heading(text="a", level=2), Heading(text="b", level=4)) == [
        1,
        2,
        4,
    ]


def test_two_titles_of_one_size_are_no_title() -> None:
    headings = [Heading(text="One", level=1, font_size=20), Heading(text="Two", level=1, font_size=20)]
    assert len(set(levels(*headings))) == 1


def test_no_level_is_deeper_than_html_has() -> None:
    assert levels(Heading(text="T", level=1), Heading(text="1.2.3.4.5.6.7 Deep")) == [1, 6]


def test_many_sizes_of_a_poster_are_no_depths_without_end() -> None:
    headings = [Heading(text=f"Word {'x' * size}", font_size=float(size)) for size in range(60, 10, -5)]
    assert max(levels(*headings)) <= 5
