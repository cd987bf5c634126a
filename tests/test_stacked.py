"""Tables that the cutting of a page has cut are one again, and no others."""

from dataclasses import replace
from typing import Any

import pytest

from docparse.document import StopReason, Table
from docparse.engines.answer import Answer
from docparse.engines.pieced import join
from docparse.engines.stacked import stacked
from docparse.geometry import Box
from docparse.qwenvl import parse, validate

SIZE = 600, 800


def element(text: str, **fields: Any) -> Answer:
    """Each character is a token."""
    told = Answer(text, StopReason.END, SIZE, [-0.1] * len(text), list(range(1, len(text) + 1)))
    return replace(told, **fields)


def table(box: Box, *rows: str, head: int = 0, **fields: Any) -> Answer:
    text = ""
    for number, row in enumerate(rows):
        name = "th" if number < head else "td"
        cells = "".join(f"<{name}>{cell}</{name}>" for cell in row.split("|"))
        text += ("<thead>" if number == 0 < head else "<tbody>" if number == head else "") + f"<tr>{cells}</tr>"
        text += "</thead>" if number + 1 == head else ""
    numbers = " ".join(str(round(side)) for side in box)
    return element(f'<div class="table" data-bbox="{numbers}"><table>{text}</tbody></table></div>\n', **fields)


def tables(elements: list[Answer]) -> list[Table]:
    joined = join(stacked(elements, SIZE), SIZE)
    assert validate(joined.text) == []
    return [found for found in parse(joined.text, size=SIZE).elements if isinstance(found, Table)]


def test_three_parts_are_one_place() -> None:
    (whole,) = tables(
        [
            table(Box(50, 100, 550, 140), "Year|Ice", "2012|81", head=1),
            table(Box(52, 143, 548, 180), "2013|77", "2014|90"),
            table(Box(52, 182, 548, 200), "2015|64"),
        ]
    )
    assert whole.text == "Year\tIce\n2012\t81\n2013\t77\n2014\t90\n2015\t64"
    assert [cell.header for cell in whole.cells] == [True] * 2 + [False] * 8
    assert whole.box == Box(50, 100, 550, 200)


def test_rows_that_stand_far_apart_are_of_one_table() -> None:
    parts = [
        table(Box(50, 100, 550, 170), "Year|Ice", "2012|81", head=1),
        table(Box(52, 195, 548, 265), "2013|77", "2014|90"),
    ]
    assert len(tables(parts)) == 1


def test_the_first_row_below_the_cut_is_no_head() -> None:
    (whole,) = tables(
        [
            table(Box(50, 100, 550, 140), "Year|Ice", "2012|81", head=1),
            table(Box(60, 150, 540, 190), "2013|77", "2014|90", head=1),
        ]
    )
    assert [cell.header for cell in whole.cells] == [True] * 2 + [False] * 6


def test_one_of_several_columns_may_be_missing_below_the_cut() -> None:
    (whole,) = tables(
        [
            table(Box(50, 100, 550, 140), "Year|Ice|Snow|Days", "2012|81|7|60", head=1),
            table(Box(52, 150, 450, 170), "2013|77|6"),
            table(Box(52, 180, 548, 200), "2014|90|7|71"),
        ]
    )
    assert (whole.row_count, whole.column_count) == (4, 4)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(table(Box(52, 180, 548, 200), "2013|77"), id="far-below"),
        pytest.param(table(Box(152, 142, 548, 200), "2013|77"), id="narrower"),
        pytest.param(table(Box(52, 142, 548, 200), "2013|77|3"), id="more-columns"),
        pytest.param(table(Box(52, 142, 548, 200), "Year|Ice", "2013|77", head=1), id="head"),
        pytest.param(table(Box(52, 142, 500, 200), "Town|Snow", "Orrin|77", head=1), id="head-narrower"),
        pytest.param(element("<table></table>"), id="empty"),
        pytest.param(element("<table><td>2013<td>77</table>"), id="broken"),
    ],
)
def test_others_stay_apart(second: Answer) -> None:
    first = table(Box(50, 100, 550, 140), "Year|Ice", "2012|81", head=1)
    assert stacked([first, second], SIZE) == [first, second]


def test_what_stands_between_keeps_them_apart() -> None:
    first = table(Box(50, 100, 550, 140), "Year|Ice", "2012|81")
    second = table(Box(50, 150, 550, 170), "2013|77")
    text = element('<p data-bbox="50 141 550 149">Snow</p>\n')
    assert stacked([first, text, second], SIZE) == [first, text, second]


def test_why_a_part_stopped_is_not_forgotten() -> None:
    parts = [
        table(Box(50, 100, 550, 140), "Year|Ice", "2012|81"),
        table(Box(50, 150, 550, 170), "2013|77", stop_reason=StopReason.LOOP, unread=(Box(1, 2, 3, 4),), closed=1),
    ]
    (whole,) = stacked(parts, SIZE)
    assert (whole.stop_reason, whole.unread, whole.closed) == (StopReason.LOOP, (Box(1, 2, 3, 4),), 1)


def test_the_tokens_are_those_of_their_words() -> None:
    (whole,) = stacked(
        [table(Box(50, 100, 550, 140), "Year|Ice", "2012|81"), table(Box(50, 150, 550, 170), "Rye|77")], SIZE
    )
    at = whole.text.index("Rye")
    assert [whole.text[end - 1] for end in whole.token_ends if at < end <= at + 3] == ["R", "y", "e"]
