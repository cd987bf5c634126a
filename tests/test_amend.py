"""What was left out is put where it belongs."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docparse.document import StopReason
from docparse.engines.amend import Part, amended
from docparse.engines.answer import Answer
from docparse.geometry import Box
from docparse.pieces import PieceSettings, part_of
from docparse.pieces.unread import Lines
from tests.print import SIZE, Printed, lines, piece_of, words_of

SETTINGS = PieceSettings(7.5, 448)
PARAGRAPH = '<p data-bbox="16 12 380 80">{}</p>'


def answer(body: str, read: list[Printed] | None = None) -> Answer:
    text = f"<html><body>\n{body}\n</body></html>"
    words = words_of(read, text) if read is not None else ()
    ends = list(range(1, len(text) + 1))
    return Answer(text, StopReason.END, SIZE, [math.log(0.9)] * len(ends), ends, words=words)


def complete(body: str, printed: list[Printed], read: list[Printed], parts: list[str]) -> str:
    """The body of the answer that read some lines, with what its parts, in the order of their places, say."""
    piece, whole = piece_of(printed), answer(body, read)
    lines_of = Lines(piece)
    places = lines_of.unread(whole.words, whole.drawn)
    assert len(places) == len(parts)
    told = [
        Part(place, part_of(lines_of.sheet, place, SETTINGS, 16), answer(text))
        for place, text in zip(places, parts, strict=True)
    ]
    result = amended(whole, piece, lines_of, told)
    assert result.is_valid
    assert len(result.token_ends) == len(result.token_logprobs)
    assert result.token_ends == sorted(result.token_ends)
    assert [
        result.text[word.start : word.end] for word in result.words if "<" in result.text[word.start : word.end]
    ] == []
    return result.text[slice(*result.inside)].strip()


def paragraph(text: str) -> str:
    return f'<p data-bbox="24 24 200 40">{text}</p>'


TEXT = ["the harbour wall was built in the year", "of the flood, and mended twice by those", "who lived behind it."]


@pytest.mark.parametrize("missed", range(3))
def test_a_line_of_a_paragraph(missed: int) -> None:
    printed = lines(*TEXT)
    read = [line for line in printed if line is not printed[missed]]
    body = PARAGRAPH.format(" ".join(line.text for line in read))
    told = complete(body, printed, read, [paragraph(TEXT[missed])])
    assert re.sub(r"<[^>]*>\s*", " ", told).split() == " ".join(TEXT).split()
    assert told.count("<p") == (2 if missed == 0 else 1), "what stands above may be of another"


def test_words_within_a_line() -> None:
    printed = lines(*TEXT)
    second = Printed(20 + round(Printed(0, 0, "the harbour wall was built in ").width), 20, "the year")
    body = PARAGRAPH.format("the harbour the year " + " ".join(TEXT[1:]))
    read = [Printed(20, 20, "the harbour"), second, *printed[1:]]
    told = complete(body, printed, read, [paragraph("wall was built in")])
    assert f">{' '.join(TEXT)}<" in told


def test_the_beginning_of_a_line() -> None:
    printed = lines(*TEXT)
    end = Printed(20 + round(Printed(0, 0, "the harbour wall ").width), 20, "was built in the year")
    body = PARAGRAPH.format(" ".join([end.text, *TEXT[1:]]))
    told = complete(body, printed, [end, *printed[1:]], [paragraph("the harbour wall")])
    assert f">{' '.join(TEXT)}<" in told


def test_a_paragraph_further_down_is_one_by_itself() -> None:
    printed = [*lines(*TEXT[:2]), *lines("Every spring it leaks.", first=110)]
    body = PARAGRAPH.format(" ".join(TEXT[:2]))
    told = complete(
        body, printed, printed[:2], ['<p class="footnote" data-bbox="24 24 99 40">Every spring it leaks.</p>']
    )
    place = re.search(r'<p data-bbox="(\d+) (\d+) (\d+) (\d+)">Every spring it leaks\.</p>\Z', told)
    assert place is not None, told
    assert int(place[2]) < 110 < int(place[4]), "where it is printed"


def test_an_item_of_a_list() -> None:
    printed = lines("first stone", "second stone", "third stone", first=30)
    items = '<ul><li data-bbox="16 20 99 36">first stone</li><li data-bbox="16 56 99 72">third stone</li></ul>'
    part = '<ul><li data-marker="•" data-bbox="24 24 120 40">second stone</li></ul>'
    told = complete(items, printed, [printed[0], printed[2]], [part])
    assert re.findall(r"<li[^>]*>([^<]*)</li>", told) == ["first stone", "second stone", "third stone"]
    assert told.count("<ul>") == 1


TABLE = '<div class="table" data-bbox="12 12 380 80"><table><tbody>{}</tbody></table></div>'


def row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def table(*rows: tuple[str, str]) -> list[Printed]:
    return [
        Printed(x, 20 + 18 * number, cell)
        for number, cells in enumerate(rows)
        for x, cell in zip((20, 250), cells, strict=True)
    ]


ROWS = ("Anna Berg", "twelve stones"), ("Bert Cole", "eleven stones"), ("Carl Dorn", "seven stones")


@pytest.mark.parametrize("empty", [True, False])
def test_a_cell_of_a_table(empty: bool) -> None:
    printed = table(*ROWS)
    told_row = row("Bert Cole", "") if empty else row("Bert Cole")
    read = [line for line in printed if line.text != "eleven stones"]
    body = TABLE.format(row(*ROWS[0]) + told_row + row(*ROWS[2]))
    assert complete(body, printed, read, [paragraph("eleven stones")]) == TABLE.format("".join(row(*r) for r in ROWS))


def test_the_first_cell_of_a_row() -> None:
    printed = table(*ROWS)
    read = [line for line in printed if line.text != "Bert Cole"]
    body = TABLE.format(row(*ROWS[0]) + row("", "eleven stones") + row(*ROWS[2]))
    assert complete(body, printed, read, [paragraph("Bert Cole")]) == TABLE.format("".join(row(*r) for r in ROWS))


def test_a_row_of_a_table() -> None:
    printed = table(*ROWS)
    read = [line for line in printed if line.text not in ROWS[1]]
    body = TABLE.format(row(*ROWS[0]) + row(*ROWS[2]))
    parts = [paragraph(cell) for cell in ROWS[1]]
    assert complete(body, printed, read, parts) == TABLE.format("".join(row(*r) for r in ROWS))


def test_what_is_there_is_not_told_again() -> None:
    printed = lines(*TEXT)
    body = PARAGRAPH.format(" ".join(TEXT))
    # The model has the words of the second line, and says that they stand in the third.
    read = [printed[0], Printed(20, printed[2].y, TEXT[1]), printed[2]]
    assert complete(body, printed, read, [paragraph("of the flood and mended twice by thoze")]) == body


def test_nor_is_what_the_very_cell_says() -> None:
    printed = lines("Overview changes", "has it")
    body = TABLE.format(row("Overview changes"))
    # The model says that it stands in the second line.
    read = [Printed(20, printed[1].y, "Overview changes")]
    assert complete(body, printed, read, [paragraph("Overview changes")]) == body


def test_a_picture_has_no_words() -> None:
    printed = lines(*TEXT)
    body = PARAGRAPH.format(" ".join(TEXT[:2]))
    part = '<div class="image" data-bbox="24 24 200 40"><img data-bbox="24 24 200 40"/></div>'
    assert complete(body, printed, printed[:2], [part]) == body


boxes = st.tuples(st.integers(0, 380), st.integers(0, 180), st.integers(1, 200), st.integers(1, 60))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(boxes, st.sampled_from(["a new line", "B&amp;C", "x"])), max_size=6), st.booleans())
def test_wherever_it_is_the_answer_stays_valid(
    told: list[tuple[tuple[int, int, int, int], str]], is_table: bool
) -> None:
    printed = table(*ROWS) if is_table else lines(*TEXT)
    body = TABLE.format("".join(row(*r) for r in ROWS)) if is_table else PARAGRAPH.format(" ".join(TEXT))
    piece, whole = piece_of(printed), answer(body, printed)
    parts = [
        Part(Box(x, y, x + width, y + height), piece, answer(paragraph(text))) for (x, y, width, height), text in told
    ]
    result = amended(whole, piece, Lines(piece), parts)
    assert result.is_valid
    assert len(result.text) >= len(whole.text)


def test_what_is_put_in_has_the_place_where_it_was_found() -> None:
    printed = lines(*TEXT)
    read = [printed[0], printed[2]]
    piece, whole = piece_of(printed), answer(PARAGRAPH.format(f"{TEXT[0]} {TEXT[2]}"), read)
    lines_of = Lines(piece)
    (place,) = lines_of.unread(whole.words, whole.drawn)
    part = Part(place, part_of(lines_of.sheet, place, SETTINGS, 16), answer(paragraph(TEXT[1])))
    result = amended(whole, piece, lines_of, [part])
    (word,) = [word for word in result.words if result.text[word.start : word.end] == TEXT[1]]
    assert (lines_of.of(word), word.x) == (1, place.x0)


def test_several_elements_that_were_left_out_stay_several() -> None:
    printed = lines("the harbour wall was built in the year", "Saltby on the sea", *TEXT[1:])
    part = f'<h2 data-bbox="24 24 120 40">{printed[1].text}</h2>\n{paragraph(" ".join(TEXT[1:]))}'
    told = complete(PARAGRAPH.format(printed[0].text), printed, printed[:1], [part])
    assert re.findall(r"<(\w+)[^<>]*>([^<>]+)<", told) == [
        ("p", printed[0].text),
        ("h2", printed[1].text),
        ("p", " ".join(TEXT[1:])),
    ]
