"""Captions and what they belong to, by place and by order."""

from typing import get_args

import pytest

from docparse.assemble import find_captions, link_captions
from docparse.document import PICTURED, AnyElement, Caption, Chart, Formula, Paragraph, Picture, Table
from docparse.geometry import Box


def at(y0: float, y1: float, x0: float = 50, x1: float = 300) -> Box:
    return Box(x0, y0, x1, y1)


def linked(*elements: AnyElement) -> list[str | None]:
    """The targets of the captions, in order; elements without an id are named by their place."""
    for index, element in enumerate(elements):
        element.id = element.id or str(index)
    link_captions(elements, 800)
    return [element.target for element in elements if isinstance(element, Caption)]


def test_the_nearest() -> None:
    assert linked(Picture(box=at(0, 200)), Picture(box=at(400, 600)), Caption(text="x", box=at(610, 620))) == ["1"]


def test_captions_below_although_the_next_picture_is_nearer() -> None:
    assert linked(
        Picture(box=at(0, 200)),
        Caption(text="Figure 1", box=at(220, 230)),
        Picture(box=at(240, 400)),
        Caption(text="Figure 2", box=at(420, 430)),
    ) == ["0", "2"]


def test_captions_above_although_the_last_table_is_nearer() -> None:
    assert linked(
        Caption(text="one", box=at(10, 20)),
        Table(box=at(40, 200)),
        Caption(text="two", box=at(205, 215)),
        Table(box=at(240, 400)),
    ) == ["1", "3"]


def test_tables_above_and_figures_below() -> None:
    assert linked(
        Caption(text="Table 1", box=at(10, 20)),
        Table(box=at(25, 100)),
        Picture(box=at(150, 300)),
        Caption(text="Fig. 1", box=at(305, 315)),
    ) == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Table 1", "0"),
        ("Tableau 1", "0"),
        ("表 1", "0"),
        ("Figure 1", "2"),
        ("Abb. 1", "2"),
        ("图 1", "2"),
        ("so", "2"),
    ],
)
def test_the_first_word_says_of_what(text: str, target: str) -> None:
    caption = Caption(text=text, box=at(120, 130))
    assert linked(Table(box=at(0, 100)), caption, Chart(box=at(135, 300))) == [target]


def test_beside() -> None:
    left, right = Picture(box=at(0, 200)), Picture(box=at(0, 200, 310, 560))
    assert linked(
        left, right, Caption(text="a", box=at(210, 220)), Caption(text="b", box=at(210, 220, 310, 560))
    ) == [
        "0",
        "1",
    ]


def test_one_caption_each() -> None:
    assert linked(
        Picture(box=at(0, 100)), Caption(text="a", box=at(105, 110)), Caption(text="b", box=at(112, 120))
    ) == [
        "0",
        None,
    ]


def test_far_away_or_of_a_paragraph_is_no_link() -> None:
    assert linked(Picture(box=at(0, 100)), Caption(text="a", box=at(400, 410))) == [None]
    assert linked(Paragraph(text="x", box=at(0, 100)), Caption(text="a", box=at(101, 110))) == [None]


def test_a_formula_is_the_last_to_have_one() -> None:
    assert linked(Formula(box=at(0, 100)), Caption(text="a", box=at(101, 110)), Picture(box=at(130, 300))) == ["2"]
    assert linked(Formula(box=at(0, 100)), Caption(text="a", box=at(101, 110))) == ["0"]


def test_without_boxes_the_neighbour() -> None:
    assert linked(Picture(), Caption(text="a"), Paragraph(text="x"), Caption(text="b")) == ["0", None]
    assert linked(Picture(), Paragraph(text="x"), Caption(text="a")) == [None]
    assert linked(Picture(), Caption(text="a"), Picture(), Caption(text="b")) == ["0", "2"]


def test_every_kind_with_a_picture_of_its_own_is_cut_out() -> None:
    assert {kind for kind in get_args(AnyElement) if "asset" in kind.model_fields} == set(PICTURED)


@pytest.mark.parametrize(
    ("text", "is_caption"),
    [
        ("Fig. 3: the mole", True),
        ("Fig. IV: the mole", True),
        ("FIGURE XII\nTHE MOLE", True),
        ("Figure I think of", False),
        ("Fig. VIth", False),
        ("Figure 2-1 – the mole", True),
        ("Abb. 4", True),
        ("Figure 3 shows the mole.", False),
        ("Table 1. Depths", False),  # there is none
        ("Figures were lost.", False),
    ],
)
def test_a_paragraph_that_names_and_numbers_what_it_stands_at_is_a_caption(text: str, is_caption: bool) -> None:
    words = Paragraph(text=text, box=at(610, 620), id="b", confidence=0.5)
    (_, found) = find_captions([Picture(box=at(400, 600), id="a"), words], 800)
    assert isinstance(found, Caption) == is_caption
    assert (found.text, found.box, found.id, found.confidence) == (text, words.box, "b", 0.5)


def test_far_from_any_picture_it_is_none() -> None:
    words = Paragraph(text="Fig. 3: the mole", box=at(10, 20))
    assert find_captions([words, Picture(box=at(400, 600))], 800) == [words, Picture(box=at(400, 600))]
