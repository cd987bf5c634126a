"""A ruled table that was read in parts is one, as it is printed, with every word that was read of it."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docparse.document import StopReason
from docparse.document import Table as TableElement
from docparse.engines.answer import Answer
from docparse.engines.pieced import join
from docparse.engines.tabled import tabled
from docparse.geometry import Box
from docparse.pieces import straighten
from docparse.qwenvl import parse, validate
from tests.ruled import ROW, Paper, Said, paragraph, table

ROWS = ("Goods|Tons|Where from", "Rye|12|the north", "Oats|7|the south", "Hay|140|everywhere", "Peas|3|the north")
WIDTHS = (200, 120, 260)
LEFT, TOP = 100, 200
RIGHT, BOTTOM = LEFT + sum(WIDTHS), TOP + ROW * len(ROWS)
Cells = list[list[list[Said]]]


def ruled(paper: Paper, rows: Sequence[str] = ROWS) -> Cells:
    for row in range(len(rows) + 1):
        paper.across(LEFT, RIGHT, TOP + ROW * row)
    return paper.cells(LEFT, TOP, WIDTHS, *rows)


def of_page(paper: Paper, elements: Sequence[Answer]) -> Answer:
    joined = join(tabled(elements, straighten(paper.image, 7.5)), paper.image.size)
    assert validate(joined.text) == []
    return joined


def told(answer: Answer) -> list[tuple[str, str]]:
    return [(element.kind, element.text) for element in parse(answer.text, size=answer.image_size).elements]


WHOLE = ("table", "\n".join(ROWS).replace("|", "\t"))


def words(rows: Cells) -> list[Said]:
    return [word for row in rows for cell in row for word in cell]


def test_its_parts_are_one_table_with_its_place() -> None:
    paper = Paper()
    rows = ruled(paper)
    answer = of_page(paper, [table(rows[:2]), paragraph(words(rows[2:3])), table(rows[3:])])
    assert told(answer) == [WHOLE]
    (found,) = parse(answer.text, size=answer.image_size).elements
    assert found.box is not None
    assert all(abs(one - other) <= 6 for one, other in zip(found.box, (LEFT, TOP, RIGHT, BOTTOM), strict=True))


def test_words_are_in_the_cells_that_they_are_printed_in() -> None:
    paper = Paper()
    rows = ruled(paper)
    confused = [[[*row[0], *row[1]], row[2]] for row in rows]
    assert told(of_page(paper, [table(confused)])) == [WHOLE]


def test_what_stands_beside_it_stays() -> None:
    paper = Paper()
    above = paper.write(LEFT, TOP - 40, "Goods of the harbour")
    rows = ruled(paper)
    below = paper.write(LEFT, BOTTOM + 40, "Weighed on the quay")
    mixed = paragraph([*above, *words(rows[:1])], f"{LEFT} {TOP - 60} {RIGHT} {TOP + 30}")
    answer = of_page(paper, [mixed, table(rows[1:]), paragraph(below)])
    assert told(answer) == [("paragraph", "Goods of the harbour"), WHOLE, ("paragraph", "Weighed on the quay")]
    first = parse(answer.text, size=answer.image_size).elements[0]
    assert first.box is not None
    assert first.box.y1 <= TOP + 6


def test_what_comes_behind_it_in_an_element_comes_behind_it() -> None:
    paper = Paper()
    rows = ruled(paper)
    below = paper.write(LEFT, BOTTOM + 40, "Weighed on the quay")
    answer = of_page(paper, [table(rows[:3]), paragraph([*words(rows[3:]), *below])])
    assert told(answer) == [WHOLE, ("paragraph", "Weighed on the quay")]


def test_text_that_a_model_has_said_to_be_no_table_is_none() -> None:
    paper = Paper()
    rows = ruled(paper)
    other = Paper().cells(LEFT, 900, (200, 200), "Wind|North")
    elements = [*(paragraph(words([row])) for row in rows), table(other)]
    assert of_page(paper, elements).text == join(elements, paper.image.size).text


def test_a_table_without_rules_stays_as_it_was_read() -> None:
    paper = Paper()
    elements = [table(paper.cells(LEFT, TOP, WIDTHS, *ROWS))]
    assert of_page(paper, elements).text == join(elements, paper.image.size).text


@pytest.mark.parametrize("is_read", [True, False], ids=["whole", "in-parts"])
def test_a_cell_of_two_lines_is_one(is_read: bool) -> None:
    paper = Paper()
    for y in (TOP, TOP + ROW, TOP + 5 * ROW):
        paper.across(LEFT, RIGHT, y)
    (head,) = paper.cells(LEFT, TOP, WIDTHS, ROWS[0])
    y = TOP + ROW
    (rye,) = paper.cells(LEFT, y, WIDTHS, "Rye|12|the far north")
    beyond = paper.write(LEFT + 330, y + 44, "beyond the hills")
    (oats,) = paper.cells(LEFT, y + 66, WIDTHS, "Oats|7|the south")
    (hay,) = paper.cells(LEFT, y + 100, WIDTHS, "Hay|140|everywhere")
    first = table([head, [rye[0], rye[1], [*rye[2], *beyond]]]) if is_read else table([head, rye])
    others = [] if is_read else [paragraph(beyond)]
    (found,) = told(of_page(paper, [first, *others, table([oats, hay])]))
    assert found[1].split("\n")[1:] == [
        "Rye\t12\tthe far north beyond the hills",
        "Oats\t7\tthe south",
        "Hay\t140\teverywhere",
    ]


def test_cells_over_several_rows_and_columns() -> None:
    paper = Paper()
    corner = paper.write(LEFT + 10, TOP + 38, "Goods")
    (both,) = paper.cells(LEFT + 200, TOP, (300,), "Tons")
    years, rye = paper.cells(LEFT + 200, TOP + ROW, (150, 150), "2011|2012", "7|8")
    (goods,) = paper.cells(LEFT, TOP + 2 * ROW, (200,), "Rye")
    for y in (TOP, TOP + 2 * ROW, TOP + 3 * ROW):
        paper.across(LEFT, LEFT + 500, y)
    paper.across(LEFT + 200, LEFT + 500, TOP + ROW)
    for x in (LEFT, LEFT + 200, LEFT + 500):
        paper.upright(x, TOP, TOP + 3 * ROW)
    paper.upright(LEFT + 350, TOP + ROW, TOP + 3 * ROW)
    answer = of_page(paper, [table([[corner, *both], years, [*goods, *rye]])])
    (found,) = parse(answer.text, size=answer.image_size).elements
    assert isinstance(found, TableElement)
    assert {(cell.text, cell.row, cell.column, cell.row_span, cell.column_span) for cell in found.cells} == {
        ("Goods", 0, 0, 2, 1),
        ("Tons", 0, 1, 1, 2),
        ("2011", 1, 1, 1, 1),
        ("2012", 1, 2, 1, 1),
        ("Rye", 2, 0, 1, 1),
        ("7", 2, 1, 1, 1),
        ("8", 2, 2, 1, 1),
    }


def test_what_is_known_of_a_part_is_known_of_the_table() -> None:
    paper = Paper()
    rows = ruled(paper)
    stopped = replace(table(rows[3:]), stop_reason=StopReason.LOOP, unread=(Box(1, 2, 3, 4),), closed=1)
    answer = of_page(paper, [table(rows[:3]), stopped])
    assert (answer.stop_reason, answer.unread, answer.closed) == (StopReason.LOOP, (Box(1, 2, 3, 4),), 1)


def test_a_word_that_two_parts_have_read_is_there_once() -> None:
    paper = Paper()
    rows = ruled(paper)
    again = [[[replace(word, x=word.x + 9, y=word.y - 6) for word in cell] for cell in row] for row in rows[2:3]]
    assert told(of_page(paper, [table(rows[:3]), table([*again, *rows[3:]])])) == [WHOLE]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_word_is_lost_and_none_is_there_twice(seed: int) -> None:
    chance = random.Random(seed)
    paper = Paper()
    rows = ruled(
        paper,
        [row.replace("the", f"the{number}").replace("north", f"north{number}") for number, row in enumerate(ROWS)],
    )
    beside = [paper.write(LEFT, y, f"quay{y} wall{y}") for y in (TOP - 60, BOTTOM + 60)]
    # Whatever a model takes for what, wherever it says that something stands.
    said = [*beside[0], *words(rows), *beside[1]]
    moved = [
        replace(word, x=word.x + chance.choice((0, 0, 0, 20, -300)), y=word.y + chance.choice((0, 0, 0, 30, -400)))
        for word in said
    ]
    edges = sorted(chance.sample(range(1, len(moved)), 3))
    groups = [moved[first:end] for first, end in zip([0, *edges], [*edges, len(moved)], strict=True)]
    elements = [table([[group]]) if chance.random() < 0.6 else paragraph(group) for group in groups]
    if chance.random() < 0.5:
        # No place is told.
        elements[0] = replace(elements[0], words=elements[0].words[::2])
    answer = of_page(paper, elements)
    assert sorted(" ".join(text for _, text in told(answer)).split()) == sorted(word.text for word in said)
    for end, after in zip(answer.token_ends, answer.token_ends[1:], strict=False):
        assert end <= after <= len(answer.text)
