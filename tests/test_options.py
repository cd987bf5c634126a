"""Page selections and the ranges of options."""

import pytest

from docparse import Options, UsageError
from docparse.options import name_pages, select_pages


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (None, [1, 2, 3, 4, 5, 6, 7, 8]),
        ("3", [3]),
        ("1-3,7,-1", [1, 2, 3, 7, 8]),
        ("-1,1", [8, 1]),
        ("-3--1", [6, 7, 8]),
        ("6--1", [6, 7, 8]),
        (" 2 , 2 - 3 ", [2, 3]),
    ],
)
def test_pages_are_selected_in_the_order_asked_for(selection: str | None, expected: list[int]) -> None:
    assert select_pages(selection, 8) == expected


@pytest.mark.parametrize("selection", ["", "a", "1-", "1,,2", "3-2", "9", "-9", "0", "1-9", "1;2"])
def test_selections_that_cannot_be(selection: str) -> None:
    with pytest.raises(UsageError):
        select_pages(selection, 8)


def test_a_selection_is_checked_before_any_document_is_opened() -> None:
    with pytest.raises(UsageError, match="there is no page 0"):
        Options(pages="0")


@pytest.mark.parametrize("selection", ["", "3", "1-3", "1,3-4,7", "7,1-2"])
def test_pages_are_named_as_they_are_selected(selection: str) -> None:
    assert name_pages(select_pages(selection, 8) if selection else []) == selection
