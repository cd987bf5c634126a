"""Boxes by the ink: as large as what was drawn, from where the model says that it begins."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from docparse.geometry import Box
from docparse.pieces import Piece, measure

WIDTH, HEIGHT = 400, 200
LINE = 18


def drawn(*texts: tuple[int, int, str]) -> tuple[Piece, list[Box]]:
    """A piece with texts at (x, y), and the box of the ink of each."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    boxes = []
    for x, y, text in texts:
        alone = Image.new("L", image.size, 255)
        ImageDraw.Draw(alone).multiline_text((x, y), text, 0, ImageFont.load_default(12), spacing=LINE - 12)
        image.paste(0, mask=Image.eval(alone, lambda tone: 255 - tone))
        left, top, right, bottom = Image.eval(alone, lambda tone: 255 * (tone < 128)).getbbox() or (0, 0, 0, 0)
        boxes.append(Box(left, top, right, bottom))
    matrix = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    return Piece(image, matrix, Box(0, 0, WIDTH, HEIGHT), text_height=7.5), boxes


def assert_close(found: list[Box], wanted: list[Box]) -> None:
    assert len(found) == len(wanted)
    for box, true in zip(found, wanted, strict=True):
        assert tuple(box) == pytest.approx(tuple(true), abs=2), (box, true)


PARAGRAPHS = [
    (20, 12, "A paragraph of which the model\nhas read all three of the lines\nthat stand here"),
    (20, 80, "and one below it\nthat is longer in its second line"),
]


def test_a_box_that_ends_too_early_is_drawn_down_to_its_last_line() -> None:
    piece, true = drawn(*PARAGRAPHS)
    told = [Box(box.x0 - 3, box.y0 - 4, box.x1 - 40, box.y0 + 14) for box in true]
    assert_close(measure(piece, told), true)


def test_a_box_that_is_too_large_is_drawn_in() -> None:
    piece, true = drawn(*PARAGRAPHS)
    told = [Box(box.x0, box.y0 + 3, WIDTH, HEIGHT) for box in true]
    assert_close(measure(piece, told), true)


def test_elements_on_one_line_are_kept_apart() -> None:
    piece, true = drawn((20, 12, "Left of the line"), (300, 13, "Page 3"), (20, 60, "And what stands\nbelow"))
    told = [Box(box.x0, box.y0, box.x0 + 40, box.y0 + 8) for box in true]
    assert_close(measure(piece, told), true)


def test_the_order_in_which_they_are_told_does_not_matter() -> None:
    piece, true = drawn(*PARAGRAPHS)
    assert measure(piece, true[::-1]) == measure(piece, true)[::-1]


def test_a_box_with_nothing_in_it_stays() -> None:
    piece, true = drawn((20, 12, "One line"))
    empty = Box(200, 120, 300, 140)
    assert measure(piece, [*true, empty])[1] == empty


corners = st.tuples(st.floats(-50, WIDTH + 50), st.floats(-50, HEIGHT + 50), st.floats(0, 500), st.floats(0, 300))


@settings(max_examples=100, deadline=None)
@given(st.lists(corners.map(lambda given: Box(given[0], given[1], given[0] + given[2], given[1] + given[3]))))
def test_any_boxes_are_measured_or_left(told: list[Box]) -> None:
    piece, _ = drawn(*PARAGRAPHS)
    for found, box in zip(measure(piece, told), told, strict=True):
        inside = 0 <= found.x0 < found.x1 <= WIDTH and 0 <= found.y0 < found.y1 <= HEIGHT
        assert found == box or inside


def test_what_lies_beyond_a_wide_blank_and_the_box_belongs_to_something_else() -> None:
    # A page number that the model has not written, and a paragraph that it has left out.
    piece, true = drawn(
        (20, 12, "A running head"), (300, 12, "Page 3"), (20, 50, "What it has read"), (20, 130, "not")
    )
    told = [Box(box.x0, box.y0, box.x1 - 10, box.y1 - 2) for box in (true[0], true[2])]
    assert_close(measure(piece, told), [true[0], true[2]])


def test_a_rule_under_one_element_alone_is_its_own() -> None:
    piece, (field, left, right) = drawn((20, 12, "Name: Ana"), (20, 60, "Left of the line"), (300, 60, "Page 3"))
    under = Box(60, field.y1 + 2, 600, field.y1 + 3)
    both = Box(20, left.y1 + 2, 380, left.y1 + 3)
    far = Box(20, left.y1 + 40, 380, left.y1 + 41)
    ruled = replace(piece, rules=(under, both, far))
    assert_close(measure(ruled, [field, left, right]), [field.union(under), left, right])


def test_a_rule_that_parts_what_is_above_from_what_is_below_is_nobodys() -> None:
    piece, (header, name) = drawn((20, 12, "Page 3"), (20, 60, "Underlined"))
    rules = (Box(18, header.y1 + 3, 380, header.y1 + 4), Box(name.x0, name.y1 + 2, name.x1, name.y1 + 3))
    assert_close(measure(replace(piece, rules=rules), [header, name]), [header, name.union(rules[1])])


def test_the_dashes_around_a_page_number_are_its_own() -> None:
    piece, (number,) = drawn((100, 12, "– 26 –"))
    told = Box(number.x0 + 12, number.y0, number.x1 - 12, number.y1)
    assert_close(measure(piece, [told]), [number])


def test_a_rule_in_the_piece_is_no_ink_of_its_neighbours() -> None:
    piece, (line,) = drawn((20, 12, "A line above the rule that runs over the page"))
    ImageDraw.Draw(piece.image).line((0, 60, WIDTH, 60), 0)
    assert_close(measure(piece, [line]), [line])


@pytest.mark.parametrize("y", [36, 8])
def test_a_rule_of_dashes_is_no_text(y: int) -> None:
    piece, (shop, price) = drawn((100, 14, "A shop in Saltby"), (100, 52, "and what it costs"))
    draw = ImageDraw.Draw(piece.image)
    for x in range(10, 380, 14):
        draw.line([(x, y), (x + 8, y)], 0, 2)
    told = [Box(box.x0, box.y0 - 4, box.x1, box.y1 + 3) for box in (shop, price)]
    assert_close(measure(piece, told), [shop, price])
