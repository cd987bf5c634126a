"""Lists nested by indents and by how their markers count."""

import pytest

from docparse.content.lists import nest_lists, ordinals
from docparse.document import Doubt, ListItem, PageFooter, Paragraph

from .pages import line, page


def item(marker: str, x: float | None = None, level: int = 1) -> ListItem:
    box = None if x is None else line(100, x=x, width=200)
    return ListItem(marker=marker, text="item", ordered=marker[-1:] in ".)", level=level, box=box)


def levels(*items: ListItem) -> list[int]:
    nest_lists([page(1, *items)])
    return [entry.level for entry in items]


def test_indents_nest() -> None:
    items = [item("•", 60), item("•", 80), item("•", 100), item("•", 80), item("•", 60)]
    assert levels(*items) == [1, 2, 3, 2, 1]


def test_print_that_is_a_little_askew_does_not_nest() -> None:
    assert levels(item("•", 60), item("•", 63), item("•", 58)) == [1, 1, 1]


def test_columns_do_not_nest() -> None:
    assert levels(item("•", 60), item("•", 320)) == [1, 1]


def test_an_item_without_a_box_leaves_indents_alone() -> None:
    assert levels(item("•", 60), item("•", None), item("•", 90)) == [1, 1, 1]


def test_levels_that_an_engine_gave_stay() -> None:
    assert levels(item("•", 60, level=2), item("•", 90), item("•", 60)) == [2, 1, 1]


def test_a_count_inside_a_count_stands_below() -> None:
    assert levels(item("1."), item("(a)"), item("(b)"), item("2."), item("3.")) == [1, 2, 2, 1, 1]


def test_bullets_inside_a_count_stand_below() -> None:
    assert levels(item("1."), item("•"), item("•"), item("2.")) == [1, 2, 2, 1]


def test_roman_below_letters_below_numbers() -> None:
    found = levels(item("1."), item("(a)"), item("(i)"), item("(ii)"), item("(b)"), item("2."))
    assert found == [1, 2, 3, 3, 2, 1]


def test_letters_up_to_i_and_on_are_one_list() -> None:
    assert levels(*(item(f"{letter})") for letter in "abcdefghij")) == [1] * 10


def test_bullets_after_a_count_that_ends_are_a_list_beside_it() -> None:
    assert levels(item("1."), item("2."), item("•"), item("•")) == [1, 1, 1, 1]


def test_two_counts_one_after_the_other_are_two_lists() -> None:
    assert levels(item("1."), item("2."), item("(a)"), item("(b)")) == [1, 1, 1, 1]


def test_a_paragraph_parts_two_lists() -> None:
    items = [item("1."), item("•"), item("2.")]
    nest_lists([page(1, items[0], items[1], Paragraph(text="between"), items[2])])
    assert [entry.level for entry in items] == [1, 1, 1]


def test_a_nested_list_goes_on_over_the_page() -> None:
    first = [item("1.", 60), item("(a)", 80)]
    second = [item("(b)", 80), item("(c)", 80)]
    nest_lists([page(1, *first, PageFooter(text="1")), page(2, *second)])
    assert [entry.level for entry in (*first, *second)] == [1, 2, 2, 2]


def test_a_list_that_begins_on_the_next_page_is_none_of_the_last() -> None:
    first, second = [item("1.", 60), item("(c)", 80)], [item("(a)", 60), item("(b)", 60)]
    nest_lists([page(1, *first), page(2, *second)])
    assert [entry.level for entry in second] == [1, 1]


def test_ordinals() -> None:
    assert [(ordinal.style[1], ordinal.value) for ordinal in ordinals("i.")] == [("a", 9), ("i", 1)]
    assert [(ordinal.style, ordinal.value) for ordinal in ordinals("(12)")] == [(("(", "1", ")"), 12)]
    assert [ordinal.value for ordinal in ordinals("IV.")] == [4]
    assert ordinals("•") == ordinals("") == ordinals("1") == ordinals("mix)") == ()


def test_what_is_farther_out_ends_a_list_that_goes_on_over_the_page() -> None:
    first = [item("1.", 60), item("(a)", 80)]
    second = [item("(b)", 80), item("2.", 60), item("3.", 60)]
    nest_lists([page(1, *first), page(2, *second)])
    assert [entry.level for entry in (*first, *second)] == [1, 2, 2, 1, 1]


def test_a_paragraph_that_a_list_counts_on_from_is_an_item() -> None:
    doubts = [Doubt(text="1. stones", confidence=0.2), Doubt(text="sand", confidence=0.4)]
    first = Paragraph(id="p1-e1", text="1.  stones and sand", box=line(80, x=61, width=200), doubts=doubts)
    of_page = page(1, first, item("2.", 60), item("3.", 60))
    nest_lists([of_page])
    found = of_page.elements[0]
    assert isinstance(found, ListItem)
    assert (found.id, found.marker, found.text, found.ordered) == ("p1-e1", "1.", "stones and sand", True)
    assert [doubt.text for doubt in found.doubts] == ["stones", "sand"]


def test_paragraphs_that_count_up_to_a_list_are_items_all() -> None:
    texts = ["(a) stones", "(b) sand"]
    of_page = page(1, *(Paragraph(text=text, box=line(60, x=60, width=200)) for text in texts), item("(c)", 60))
    nest_lists([of_page])
    assert [entry.kind for entry in of_page.elements] == ["list_item"] * 3


@pytest.mark.parametrize(
    ("text", "x", "marker"),
    [
        ("3. stones", 60, "2."),
        ("1. stones", 120, "2."),
        ("1. stones", 60, "•"),
        ("1978 was", 60, "1979."),
        ("1.", 60, "2."),
    ],
)
def test_other_paragraphs_above_a_list_stay(text: str, x: float, marker: str) -> None:
    of_page = page(1, Paragraph(text=text, box=line(80, x=x, width=200)), item(marker, 60))
    nest_lists([of_page])
    assert [entry.kind for entry in of_page.elements] == ["paragraph", "list_item"]


def test_a_paragraph_without_a_place_stays() -> None:
    of_page = page(1, Paragraph(text="1. stones"), item("2.", 60))
    nest_lists([of_page])
    assert of_page.elements[0].kind == "paragraph"
