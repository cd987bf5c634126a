"""Reading order on layouts as they occur."""

from hypothesis import given
from hypothesis import strategies as st

from docparse.geometry import Box
from docparse.order import reading_order

TITLE = Box(50, 40, 550, 70)


def test_one_column_is_read_downwards() -> None:
    boxes = [Box(50, y, 550, y + 40) for y in (300, 100, 200)]
    assert reading_order(boxes) == [1, 2, 0]


def test_columns_are_read_one_after_the_other_below_a_title() -> None:
    left = [Box(50, y, 290, y + 90) for y in (100, 200, 300)]
    right = [Box(310, y, 550, y + 90) for y in (100, 200, 300)]
    assert reading_order([TITLE, *right, *left]) == [0, 4, 5, 6, 1, 2, 3]


def test_gaps_that_lie_side_by_side_do_not_cut_columns() -> None:
    """Both columns have a gap at the same height; a figure spans both further down."""
    left = [Box(50, 100, 290, 200), Box(50, 230, 290, 400)]
    right = [Box(310, 100, 550, 200), Box(310, 230, 550, 400)]
    figure = Box(50, 450, 550, 600)
    below = [Box(50, 650, 290, 700), Box(310, 650, 550, 740)]
    assert reading_order([*left, *right, figure, *below]) == [0, 1, 2, 3, 4, 5, 6]


def test_lone_boxes_left_and_right_are_read_downwards() -> None:
    centred, left, below = Box(200, 100, 400, 112), Box(50, 130, 120, 145), Box(50, 160, 550, 300)
    assert reading_order([TITLE, left, centred, below]) == [0, 2, 1, 3]


def test_a_form_is_read_row_by_row() -> None:
    labels = [Box(50, y, 150, y + 12) for y in range(100, 300, 30)]
    values = [Box(200, y, 400, y + 12) for y in range(100, 300, 30)]
    order = reading_order([*labels, *values])
    count = len(labels)
    assert order == [index for row in range(count) for index in (row, row + count)]


def test_columns_begin_at_the_right_in_right_to_left_documents() -> None:
    boxes = [Box(50, 100, 290, 400), Box(310, 100, 550, 250), Box(310, 260, 550, 390)]
    assert reading_order(boxes, right_to_left=True) == [1, 2, 0]


def test_boxes_that_overlap_a_little_are_told_apart() -> None:
    boxes = [Box(50, 100, 550, 202), Box(50, 200, 550, 300)]
    assert reading_order(boxes) == [0, 1]


@given(st.lists(st.tuples(*[st.floats(0, 1000) for _ in range(4)]), max_size=40), st.booleans())
def test_every_box_comes_once(corners: list[tuple[float, float, float, float]], right_to_left: bool) -> None:
    boxes = [Box(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    assert sorted(reading_order(boxes, right_to_left=right_to_left)) == list(range(len(boxes)))
