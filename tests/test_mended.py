"""What a page's cutting, or a model, has broken off is one element again; what is two stays two."""

import re
from dataclasses import replace

import pytest

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.engines.mended import mended
from docparse.engines.pieced import join
from docparse.geometry import Box
from docparse.pieces import straighten
from docparse.qwenvl import parse, validate
from tests.ruled import Paper, Said, element

LEFT, TOP, PITCH = 100, 200, 26
FULL = [
    "the harbour wall was built in the year of the flood and",
    "mended twice by those who lived behind it, with stones",
    "that came by boat from the far north, each of them with",
    "the name of him who had paid for it cut below and seen",
]
Part = tuple[str, list[tuple[str, int, int]]]
"""A tag, and its lines with where each stands."""


def text(*lines: str, first: int = 0, indent: int = 0, x: int = LEFT) -> list[tuple[str, int, int]]:
    return [
        (line, x + (indent if number == 0 else 0), TOP + PITCH * (first + number))
        for number, line in enumerate(lines)
    ]


def kinds(*parts: Part) -> list[tuple[str, str]]:
    """What a page with these elements comes to."""
    paper = Paper()
    elements = []
    for tag, lines in parts:
        words: list[Said] = []
        for line, x, y in lines:
            words += paper.write(x, y, line)
        right = max(x + 10 * len(line) for line, x, _ in lines)
        box = f"{min(x for _, x, _ in lines)} {lines[0][2] - 16} {right} {lines[-1][2] + 5}"
        elements.append(element(tag, words, box))
    answer = join(mended(elements, straighten(paper.image, 7.5)), paper.image.size)
    assert validate(answer.text) == []
    assert answer.token_ends == sorted(answer.token_ends)
    return [(found.kind, found.text) for found in parse(answer.text, size=answer.image_size).elements]


def test_a_paragraph_that_was_cut_between_two_lines() -> None:
    parts = [("p", text(*FULL[:2])), ("p", text(*FULL[2:], first=2))]
    assert kinds(*parts) == [("paragraph", " ".join(FULL))]


def test_a_first_line_by_itself() -> None:
    parts = [("p", text(FULL[0], x=LEFT + 30)), ("p", text(*FULL[1:], first=1))]
    assert kinds(*parts) == [("paragraph", " ".join(FULL))]


def test_several_parts() -> None:
    parts = [("p", text(FULL[number], first=number)) for number in range(4)]
    assert kinds(*parts[:2], *parts[2:])[0][1].startswith(FULL[0])
    whole = [("p", text(*FULL[:2])), ("p", text(FULL[2], first=2)), ("p", text(FULL[3], first=3))]
    assert kinds(*whole) == [("paragraph", " ".join(FULL))]


def test_a_line_that_was_too_short_for_the_next_word() -> None:
    above = ("p", text(*FULL[:2], "that came by boat from the far north, each of"))
    assert len(kinds(above, ("p", text("extraordinary size, and seen", first=3)))) == 1
    assert len(kinds(above, ("p", text("it was a year of the floods", first=3)))) == 2
    ended = ("p", text(*FULL[:2], "that came by boat from the far north, eachh."))
    assert len(kinds(ended, ("p", text("Extraordinary size, and seen", first=3)))) == 2


def test_a_heading_of_two_lines() -> None:
    parts = [("h2", text("The wall of the harbour, and")), ("h2", text("how it was mended", first=1))]
    assert kinds(*parts) == [("heading", "The wall of the harbour, and how it was mended")]


def test_a_footnote_goes_on_below_if_no_mark_begins_another() -> None:
    first = ("p.footnote", text("* the harbour wall was built in the year of the flood and"))
    assert len(kinds(first, ("p.footnote", text("mended twice since.", first=1)))) == 1
    for mark in ("† ", "2 ", "² "):
        assert len(kinds(first, ("p.footnote", text(f"{mark}mended twice since.", first=1)))) == 2


def test_an_item_goes_on_in_the_line_below() -> None:
    parts = [("li", text("the harbour wall was built in the")), ("li-", text("year of the flood", first=1))]
    assert kinds(*parts) == [("list_item", "the harbour wall was built in the year of the flood")]


def test_an_item_goes_on_where_all_lines_are_further_apart() -> None:
    item = [("the harbour wall was built in the", LEFT, 500)]
    below = [("year of the flood", LEFT, 500 + 2 * PITCH)]
    assert len(kinds(("li", item), ("li-", below))) == 2
    spread = [(line, LEFT, 200 + 2 * PITCH * number) for number, line in enumerate(FULL)]
    assert len(kinds(("p", spread), ("li", item), ("li-", below))) == 2


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param(("p", text(FULL[0], "and mended.")), ("p", text(*FULL[2:], first=2)), id="short-line"),
        pytest.param(("p", text(*FULL[:2])), ("p", text(*FULL[2:], first=3)), id="blank"),
        pytest.param(("p", text(*FULL[:2])), ("p", text(*FULL[2:], first=2, indent=30)), id="indent"),
        pytest.param(("p", text(*FULL[:2])), ("h2", text(*FULL[2:], first=2)), id="heading"),
        pytest.param(("p", text(*FULL[:2])), ("p", text("2. the stones and the sand", first=2)), id="item"),
        pytest.param(("p", text(*FULL[:2])), ("p", text(*FULL[2:], first=2, x=700)), id="beside"),
        pytest.param(("p", text("Name: Orrin Vale")), ("p", text("Town: Saltby", first=1)), id="fields"),
        pytest.param(("h1", text("Harbours")), ("h2", text("The wall", first=1)), id="levels"),
        pytest.param(("li", text("the wall.")), ("li-", text("Stones", first=1)), id="items"),
        pytest.param(("p.page-header", text(*FULL[:2])), ("p", text(*FULL[2:], first=2)), id="running"),
    ],
)
def test_two_are_two(above: Part, below: Part) -> None:
    assert len(kinds(above, below)) == 2


def test_the_place_is_that_of_both_and_nothing_is_forgotten() -> None:
    paper = Paper()
    said = [paper.write(x, y, line) for line, x, y in text(*FULL)]
    above = element("p", [*said[0], *said[1]], "100 184 640 231")
    below = element("p", [*said[2], *said[3]], "100 236 640 283")
    below = replace(below, stop_reason=StopReason.LENGTH, unread=(Box(1, 2, 3, 4),), closed=1)
    (whole,) = mended([above, below], straighten(paper.image, 7.5))
    assert re.findall(r'data-bbox="([^"]*)"', whole.text) == ["100 184 640 283"]
    assert (whole.stop_reason, whole.unread, whole.closed) == (StopReason.LENGTH, (Box(1, 2, 3, 4),), 1)
    words = [whole.text[word.start : word.end] for word in whole.words]
    assert words == " ".join(FULL).split()


def test_what_is_no_element_stays_as_it_is() -> None:
    odd = [Answer(text, StopReason.END, (9, 9), [], []) for text in ("", "words", "<p>a</p>", "</p>", "<li>b")]
    assert mended(odd, straighten(Paper().image, 7.5)) == odd
