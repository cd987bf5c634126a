"""Elements end where the last of their lines does, and paragraphs that are printed apart are apart."""

import re
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.engines.paragraphs import parted
from docparse.geometry import Box
from docparse.pieces.unread import Lines
from tests.print import PITCH, SIZE, Printed, lines, piece_of, words_of

FIRST = ["the harbour wall was built in the year of the flood", "and mended twice by those who lived behind it."]
SECOND = ["the stones came by boat from the north, each with", "the name of him who had paid for it cut below."]


def answer(body: str, printed: Sequence[Printed]) -> Answer:
    text = f"<html><body>\n{body}\n</body></html>"
    ends = list(range(1, len(text) + 1))
    return Answer(text, StopReason.END, SIZE, [-0.1] * len(ends), ends, words=words_of(printed, text))


def paragraph(printed: Sequence[Printed], box: str = "16 12 380 30") -> str:
    return f'<p data-bbox="{box}">{" ".join(line.text for line in printed)}</p>'


def told(body: str, printed: Sequence[Printed]) -> list[tuple[str, Box]]:
    """The text and the box of each element."""
    result = parted(answer(body, printed), Lines(piece_of(printed)))
    assert result.is_valid
    assert result.token_ends == sorted(result.token_ends)
    return [
        (match[2], Box(*map(float, match[1].split())))
        for match in re.finditer(r'<\w+[^<>]* data-bbox="([^"]*)">([^<]*)<', result.text)
    ]


def test_a_box_reaches_from_the_first_line_to_the_last() -> None:
    printed = lines(*FIRST, *SECOND)
    ((text, box),) = told(paragraph(printed), printed)
    assert text == " ".join([*FIRST, *SECOND])
    assert abs(box.y0 - (printed[0].y - 6)) <= 5
    assert abs(box.y1 - (printed[-1].y + 6)) <= 5


def test_an_indent_begins_a_paragraph() -> None:
    printed = lines(*FIRST, *SECOND)
    printed[2] = replace(printed[2], x=44)
    found = told(paragraph(printed), printed)
    assert [text for text, _ in found] == [" ".join(FIRST), " ".join(SECOND)]
    assert found[0][1].y1 <= found[1][1].y0


def test_an_indent_within_a_sentence_does_not() -> None:
    printed = lines(f"{FIRST[0]} and of the rain", *SECOND)
    printed[1] = replace(printed[1], x=44)
    assert len(told(paragraph(printed), printed)) == 1


def test_a_blank_begins_a_paragraph() -> None:
    printed = [*lines(*FIRST), *lines(*SECOND, first=20 + 3 * PITCH)]
    assert [text for text, _ in told(paragraph(printed), printed)] == [" ".join(FIRST), " ".join(SECOND)]


def test_the_item_of_a_list_begins_one() -> None:
    printed = lines(*FIRST, "1. the stones", "2. the sand")
    assert [text for text, _ in told(paragraph(printed), printed)] == [
        " ".join(FIRST),
        "1. the stones",
        "2. the sand",
    ]


def test_a_word_that_is_said_to_stand_elsewhere_makes_no_box_larger() -> None:
    printed = lines(*FIRST, *SECOND)
    body = f"{paragraph(printed[:2])}\n{paragraph(printed[2:])}"
    read = answer(body, printed)
    last = max((word for word in read.words if word.start < read.text.index("</p>")), key=lambda word: word.start)
    astray = replace(read, words=tuple(replace(w, y=w.y + 2 * PITCH) if w is last else w for w in read.words))
    result = parted(astray, Lines(piece_of(printed)))
    boxes = [Box(*map(float, match[1].split())) for match in re.finditer(r'data-bbox="([^"]*)"', result.text)]
    assert boxes[0].y1 <= boxes[1].y0


def test_headings_items_and_headers_are_not_parted() -> None:
    printed = [*lines(*FIRST), *lines(*SECOND, first=20 + 3 * PITCH)]
    text = " ".join(line.text for line in printed)
    for element in (
        f'<h2 data-bbox="16 12 380 30">{text}</h2>',
        f'<ul><li data-bbox="16 12 380 30">{text}</li></ul>',
        f'<p class="page-header" data-bbox="16 12 380 30">{text}</p>',
    ):
        assert [found for found, _ in told(element, printed)] == [text]


def test_an_answer_without_places_stays_as_it_is() -> None:
    printed = lines(*FIRST)
    read = replace(answer(paragraph(printed), printed), words=())
    assert parted(read, Lines(piece_of(printed))).text == read.text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30), st.sampled_from(FIRST + SECOND)), max_size=7),
    st.data(),
)
def test_no_word_is_lost_whatever_is_said_of_its_place(
    places: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    y, printed = 20, []
    for indent, blank, text in places:
        printed.append(Printed(20 + indent, y, text))
        y += PITCH + blank
    read = answer(paragraph(printed), printed)
    moved = tuple(
        replace(word, y=word.y + data.draw(st.sampled_from((0, 0, 0, 16, -32, 500)))) for word in read.words
    )
    result = parted(replace(read, words=moved), Lines(piece_of(printed)))
    plain = [re.sub(r"<[^<>]*>", " ", one.text).split() for one in (read, result)]
    assert plain[0] == plain[1]
    assert result.is_valid == read.is_valid
