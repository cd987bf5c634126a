"""What an earlier answer proposes to a model that reads again."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.runtime.proposals import Again

ALIKE = dict.fromkeys(range(100, 140), 100)
"""Places, in these tests."""
EARLIER = [1, 2, 100, 11, 12, 13, 103, 14, 15, 16, 17, 108, 18, 19, 20, 21, 22, 9]


def written(earlier: Sequence[int], answer: Sequence[int], most: int) -> tuple[list[int], int]:
    """What a model comes to that writes ``answer``, and in how many passes after the prompt's."""
    proposer = Again(earlier, ALIKE)
    told, passes = [answer[0]], 0
    proposer.take(told, 0)
    while len(told) < len(answer):
        proposed = proposer.next(most)
        assert len(proposed) <= most
        coming = answer[len(told) :]
        right = next(
            (at for at, (one, other) in enumerate(zip(proposed, coming, strict=False)) if one != other), len(proposed)
        )
        new = list(coming[: right + 1])
        told += new
        passes += 1
        proposer.take(new, len(proposed))
    return told, passes


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        (EARLIER, 4),
        # Other places are written past.
        ([1, 2, 101, 11, 12, 13, 104, 14, 15, 16, 17, 109, 18, 19, 20, 21, 22, 9], 7),
        # Another letter, one less and one more.
        ([1, 2, 100, 11, 77, 13, 103, 14, 15, 16, 17, 108, 18, 19, 20, 21, 22, 9], 5),
        ([1, 2, 100, 11, 13, 103, 14, 15, 16, 17, 108, 18, 19, 20, 21, 22, 9], 5),
        ([1, 2, 100, 11, 12, 77, 13, 103, 14, 15, 16, 17, 108, 18, 19, 20, 21, 22, 9], 6),
        # A line that was left out, and one that was not there.
        ([1, 2, 100, 11, 12, 13, 108, 18, 19, 20, 21, 22, 9], 5),
    ],
)
def test_what_is_nearly_the_same_takes_few_passes(answer: list[int], passes: int) -> None:
    told, needed = written(EARLIER, answer, 8)
    assert told == answer
    assert needed <= passes < len(answer) / 2


@given(
    earlier=st.lists(st.integers(0, 120), max_size=60),
    answer=st.lists(st.integers(0, 120), min_size=1, max_size=60),
    most=st.integers(0, 9),
)
def test_anything_may_be_written_whatever_was_before(earlier: list[int], answer: list[int], most: int) -> None:
    told, passes = written(earlier, answer, most)
    assert told == answer
    assert passes <= len(answer)
