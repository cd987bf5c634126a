"""Lists nested by indents and by how their markers count."""

from docparse.content.lists import nest_lists, ordinals
from docparse.document import ListItem, PageFooter, Paragraph

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
