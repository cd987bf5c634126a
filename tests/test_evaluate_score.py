"""Boxes, kinds and order, and a whole page."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.document import AnyElement, Chart, Heading, ListItem, PageHeader, Paragraph, Part
from docparse.evaluate.cases import ELEMENTS, WHOLE_TEXT, Case
from docparse.evaluate.content import Content, from_elements, from_markdown, printed
from docparse.evaluate.matching import best_pairs
from docparse.evaluate.outputs import Output, is_valid
from docparse.evaluate.places import f1, iou, match_boxes
from docparse.evaluate.score import Score, score
from docparse.evaluate.summary import by_kind
from docparse.evaluate.systems import Reading
from docparse.evaluate.worst import differences
from docparse.geometry import Box

SIZE = (100.0, 200.0)
BOXES = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h), *(st.integers(0, 50), st.integers(0, 50)), *[st.integers(1, 40)] * 2
)
PAGE: list[AnyElement] = [
    PageHeader(text="Running", box=Box(0, 0, 100, 10)),
    Heading(text="Title", box=Box(0, 20, 100, 40)),
    Paragraph(text="one two", box=Box(0, 50, 100, 80)),
    ListItem(text="three", marker="•", box=Box(0, 90, 100, 110)),
]


def case_of(*elements: AnyElement, told: frozenset[str] = WHOLE_TEXT | ELEMENTS) -> Case:
    return Case("p", Path("p.png"), from_elements(elements, SIZE), told)


def scored(case: Case, content: Content, **options: bool) -> Score:
    return score(case, "system", Reading(Output(content, "engine", seconds=2.0)), **options)


def test_iou() -> None:
    assert iou(Box(0, 0, 10, 10), Box(5, 0, 15, 10)) == pytest.approx(50 / 150)
    assert iou(Box(0, 0, 10, 10), Box(10, 0, 20, 10)) == 0


@given(BOXES, BOXES)
def test_iou_is_symmetric_and_one_only_for_equals(one: Box, other: Box) -> None:
    assert iou(one, other) == iou(other, one)
    assert (iou(one, other) == 1) == (one == other)


@given(st.lists(BOXES, max_size=6), st.lists(BOXES, max_size=6), st.sampled_from([0.5, 0.75]))
def test_matching_is_one_to_one(truth: list[Box], found: list[Box], threshold: float) -> None:
    pairs = match_boxes(truth, found, threshold)
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert all(iou(truth[a], found[b]) >= threshold for a, b in pairs)


def test_the_greatest_overlap_goes_first() -> None:
    assert best_pairs([(0.6, 0, 0), (0.9, 1, 0), (0.5, 0, 1)]) == [(0, 1), (1, 0)]
    assert f1(1, 2, 4) == pytest.approx(1 / 3)
    assert f1(0, 0, 0) is None


def test_one_box_twice_is_one_hit() -> None:
    twice = [PAGE[1], PAGE[1].model_copy()]
    values = scored(case_of(PAGE[1]), from_elements(twice, SIZE)).values
    assert values["box_f1_50"] == pytest.approx(2 / 3)


def test_identity_is_perfect() -> None:
    values = scored(case_of(*PAGE), from_elements(PAGE, SIZE)).values
    best = {"cer": 0, "wer": 0, "text_edit": 0, "text_recall": 1, "text_precision": 1, "text_order": 1}
    best |= {"box_f1_50": 1, "box_f1_75": 1, "kind_accuracy": 1, "element_order": 1, "seconds": 2}
    assert {key: values[key] for key in best} == best


def test_boxes_are_brought_to_the_space_of_the_truth() -> None:
    bigger = [e.model_copy(update={"box": e.box and e.box.scaled(3, 2)}) for e in PAGE]
    assert scored(case_of(*PAGE), from_elements(bigger, (300.0, 400.0))).values["box_f1_75"] == 1


def test_each_place_of_a_joined_element_is_one() -> None:
    column = Paragraph(text="one two", box=Box(0, 50, 45, 80))
    next_column = Paragraph(text="three", box=Box(55, 10, 100, 20))
    places = [Part(page=page, box=box) for page, box in ((1, column.box), (1, next_column.box), (2, Box(0, 0, 9, 9)))]
    joined = Paragraph(text="one two three", box=column.box, parts=places)
    values = scored(case_of(column, next_column), from_elements([joined], SIZE)).values
    assert (values["box_f1_75"], values["kind_accuracy"], values["cer"]) == (1, 1, 0)


def test_nothing_found_scores_nothing_and_text_alone_has_no_boxes() -> None:
    values = scored(case_of(*PAGE), Content(elements=())).values
    assert (values["cer"], values["box_f1_50"], values["kind_accuracy"]) == (1, 0, None)
    assert "box_f1_50" not in scored(case_of(*PAGE), Content(text="Title")).values


def test_kinds_and_order() -> None:
    other = [PAGE[2], Paragraph(text="Title", box=PAGE[1].box), PAGE[3], PAGE[0]]
    result = scored(case_of(*PAGE), from_elements(other, SIZE))
    assert result.values["kind_accuracy"] == 0.75
    assert result.values["element_order"] == pytest.approx(1 - 2 * 4 / 6)
    rows = by_kind([result])
    assert (rows["heading"]["f1_50"], rows["heading"]["placed"], rows["heading"]["cer_micro"]) == (0, 1, 0)
    assert (rows["paragraph"]["truth"], rows["paragraph"]["found"]) == (1, 2)
    assert rows["paragraph"]["f1_50"] == pytest.approx(2 / 3)


def test_of_a_system_without_kinds_none_are_said() -> None:
    result = scored(case_of(*PAGE), from_elements(PAGE, SIZE), names_kinds=False)
    assert result.values["kind_accuracy"] is None
    assert by_kind([result])["heading"]["f1_50"] is None
    assert by_kind([result])["heading"]["placed"] == 1


def test_text_of_a_page() -> None:
    ordinal = ListItem(text="three", marker="3.")
    assert printed(from_elements([*PAGE, ordinal], SIZE)) == "Running\nTitle\none two\nthree\n3. three"
    assert printed(from_elements(PAGE, SIZE), without={"page_header"}) == "Title\none two\nthree"


def test_furniture_can_be_left_out_whatever_the_system_calls_it() -> None:
    called = [Paragraph(text="Running", box=PAGE[0].box), *PAGE[1:]]
    values = scored(case_of(*PAGE), from_elements(called, SIZE), furniture=False).values
    assert (values["cer"], values["box_f1_50"]) == (0, 1)


def test_words_inside_a_chart_are_not_held_against_anybody() -> None:
    chart = Chart(box=Box(0, 120, 100, 200))
    labels = Paragraph(text="10 20 30", box=Box(10, 130, 40, 150))
    assert scored(case_of(*PAGE, chart), from_elements([*PAGE, labels], SIZE)).values["cer"] == 0
    flat = case_of(*PAGE, chart, told=WHOLE_TEXT)  # its boxes are another image's
    assert scored(flat, from_elements([*PAGE, labels], SIZE)).values["cer"] != 0


def test_notations_are_taken_out_of_markdown() -> None:
    content = from_markdown("Text\n\n$$\nx^2\n$$\n\n```smiles\nCCO\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
    assert (content.formulas, content.molecules, len(content.tables)) == (("\nx^2\n",), ("CCO",), 1)
    assert content.text == "Text\na b\n1 2"


@pytest.mark.parametrize(
    ("answer", "valid"),
    [
        ('<html><body>\n<p data-bbox="1 2 3 4">a</p>\n</body></html>', True),
        ('```html\n<html><body>\n<p data-bbox="1 2 3 4">a</p>\n</body></html>\n```', True),
        ('<html><body><p data-bbox="1 2 3 4">a</body></html>', False),
        ('<html><body><p data-bbox="1 2 3 4">a</p>', False),
        ("just words", False),
    ],
)
def test_valid_without_repair(answer: str, valid: bool) -> None:
    assert is_valid(answer) is valid


def test_differences_are_marked_and_line_ends_are_none() -> None:
    truth, output = differences("one\ntwo <b>", "one twa <b>")
    assert truth == 'one<br/>tw<span class="del">o</span> &lt;b&gt;'
    assert output == 'one<br/>tw<span class="ins">a</span> &lt;b&gt;'
