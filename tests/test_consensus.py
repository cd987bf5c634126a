"""What several readings of a piece agree on."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.engines.consensus import agree
from docparse.pieces.unread import Word


def answer(text: str, probability: float = 0.9) -> Answer:
    ends = list(range(1, len(text) + 1))
    return Answer(text, StopReason.END, (64, 32), [math.log(probability)] * len(ends), ends)


def page(text: str, box: str = "4 8 60 28") -> str:
    return f'<html><body>\n<p data-bbox="{box}">{text}</p>\n</body></html>'


@pytest.mark.parametrize(
    "read",
    [
        ("the harbour wa11", "the hambour wall", "thc harbour wall"),
        # A line is skipped, another one is read twice.
        ("wall and the harbour and the harbour", "wall and the", "wall and the harbour"),
        ("fish &amp; chips", "fish & chips", "fish &amp; chlps"),
    ],
)
def test_most_of_them_are_right(read: tuple[str, str, str]) -> None:
    wanted = {"the harbour wa11": "the harbour wall", "fish &amp; chips": "fish &amp; chips"}
    _, agreed = agree([answer(page(text)) for text in read])
    assert agreed.text == page(wanted.get(read[0], "wall and the harbour"))


def test_who_is_surer_counts_for_more() -> None:
    _, agreed = agree([answer(page("plot 7"), 0.3), answer(page("plot 7"), 0.3), answer(page("plot 1"), 0.95)])
    assert agreed.text == page("plot 1")


def test_the_probability_is_measured_by_the_share_of_votes() -> None:
    _, agreed = agree([answer(page("cat"), 1.0), answer(page("cat"), 1.0), answer(page("cot"), 0.5)])
    shares = dict(zip(agreed.token_ends, map(math.exp, agreed.token_logprobs), strict=True))
    letter = agreed.text.index("cat")
    assert shares[letter + 1] == pytest.approx((2.5 / 3) ** 0.4)
    assert shares[letter + 2] == pytest.approx((2 / 3) ** 0.4)
    assert agreed.token_ends[-1] == len(agreed.text)


def test_markup_and_boxes_are_those_of_one_that_is_valid() -> None:
    broken = page("one two").replace("</p>", "</h1>")
    readings = [answer(broken), answer(broken), answer(page("onc two", "0 0 9 9"))]
    chosen, agreed = agree(readings)
    assert (chosen, agreed.text) == (2, page("one two", "0 0 9 9"))


def test_text_does_not_come_between_cells() -> None:
    rows = "<table><tbody><tr>{}</tr></tbody></table>"
    table = f'<html><body>\n<div class="table" data-bbox="0 0 9 9">{rows}</div>\n</body></html>'
    good = answer(table.format("<td>a</td><td>b</td>"), 0.5)
    loose = answer(table.format("<td>a</td>x<td>b</td>"), 0.9)
    chosen, agreed = agree([loose, good, loose])
    assert (chosen, agreed) == (1, good)


def test_words_stay_where_they_stand() -> None:
    base = answer(page("one tree xx four"))
    words = []
    for number, word in enumerate(("one", "tree", "xx", "four")):
        start = base.text.index(word)
        words.append(Word(16.0 * number, 8, start, start + len(word)))
    base = replace(base, words=tuple(words))
    other = answer(page("one three four"), 0.95)
    chosen, agreed = agree([base, base, other, other])
    assert (chosen, agreed.text) == (0, page("one three four"))
    told = {word.x: agreed.text[word.start : word.end] for word in agreed.words}
    assert told == {0: "one", 16: "three", 48: "four"}, "the word that was voted out has no place any more"


@given(st.lists(st.text(alphabet="ab <>&;/p\n", max_size=30), min_size=1, max_size=5))
def test_any_readings_give_one(texts: list[str]) -> None:
    readings = [answer(page(text)) for text in texts]
    chosen, agreed = agree(readings)
    assert agreed.is_valid or not any(reading.is_valid for reading in readings)
    assert len(agreed.token_ends) == len(agreed.token_logprobs)
    assert all(value <= 0 for value in agreed.token_logprobs)
    if len(set(texts)) == 1:
        assert agreed.text == readings[chosen].text
