"""Printed lines under each other on paper of their own."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from docparse.pieces.strips import strips_of

UNIT, FACTOR, MOST = 7.5, 16, 448 * 256


def line(width: int, height: int = 14) -> Image.Image:
    """A stroke on paper."""
    pixels = np.full((height, width), 240, np.uint8)
    pixels[height // 2 - 2 : height // 2 + 2, 4:-4] = 10
    return Image.fromarray(pixels)


@given(
    sizes=st.lists(st.tuples(st.integers(12, 900), st.integers(6, 60)), min_size=1, max_size=12),
    scale=st.floats(0.9, 1.15),
)
def test_every_line_is_there_once_and_its_ink_is_around_its_middle(
    sizes: list[tuple[int, int]], scale: float
) -> None:
    found = strips_of([line(*size) for size in sizes], UNIT, MOST, scale, FACTOR)
    assert sorted(number for strips in found for number in strips.numbers) == list(range(len(sizes)))
    for strips in found:
        dark = np.asarray(strips.image) < 128
        assert strips.image.width % FACTOR == strips.image.height % FACTOR == 0
        for number, middle in zip(strips.numbers, strips.middles, strict=True):
            assert dark[round(middle) - 1 : round(middle) + 2].any()
            assert strips.nearest(middle) == number


def test_a_few_of_one_width_are_on_each() -> None:
    found = strips_of([line(width) for width in (300, 40, 310, 50, 60, 70, 80)], UNIT, MOST, 1.0, FACTOR)
    assert [strips.numbers for strips in found] == [(1, 3, 4, 5), (6, 0, 2)]


def test_what_is_too_large_for_one_sheet_goes_to_the_next() -> None:
    found = strips_of([line(1600, 40), line(1600, 40), line(1600, 40)], UNIT, MOST, 1.0, FACTOR)
    assert [len(strips.numbers) for strips in found] == [1, 1, 1]
