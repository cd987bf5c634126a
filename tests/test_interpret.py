"""Recorded answers to elements in page units."""

import math
from dataclasses import replace

import pytest

from docparse.document import Chart, Chemical, Formula, Heading, Music, Picture, StopReason, Table
from docparse.engines.base import EnginePage, ModelOutput
from docparse.geometry import Box
from docparse.interpret import interpret
from docparse.textlayer import TextLayer


def page(layer: TextLayer | None = None) -> EnginePage:
    return EnginePage("x.pdf", "0" * 64, 2, 600, 800, None, layer)


def output(text: str, stop: StopReason = StopReason.END) -> ModelOutput:
    return ModelOutput(text, stop, (1200, 1600), "local", "test")


def test_boxes_are_brought_to_page_units() -> None:
    (element,), problems = interpret(output('<h1 data-bbox="100 200 300 400">A</h1>'), page())
    assert isinstance(element, Heading)
    assert element.box == Box(50, 100, 150, 200)
    assert element.id == "p2-e1"
    assert problems == []


def test_what_could_not_be_read_is_told_with_its_place() -> None:
    places = tuple(Box(100, 200 * number, 300, 200 * number + 40) for number in range(1, 6))
    told = replace(output('<p data-bbox="100 20 300 60">A</p>'), unread=places)
    _, (problem,) = interpret(told, page())
    assert (problem.kind, problem.severity.value) == ("unread", "warning")
    assert "(50, 100, 150, 120), (50, 200, 150, 220), (50, 300, 150, 320) and 2 more" in problem.message


def test_a_box_that_reaches_over_the_edge_is_clipped() -> None:
    (element,), problems = interpret(output('<p data-bbox="1000 0 1210 100">A</p>'), page())
    assert element.box == Box(500, 0, 600, 50)
    assert problems == []


def test_a_box_beside_the_page_is_refused() -> None:
    (element,), (problem,) = interpret(output('<p data-bbox="2000 0 2100 100">A</p>'), page())
    assert element.box is None
    assert (problem.kind, problem.element) == ("box-outside-page", "p2-e1")


def test_cells_are_placed_where_their_table_is_not() -> None:
    cells = '<td data-bbox="100 200 300 400">a</td><td data-bbox="2000 0 2100 100">b</td>'
    (table,), (problem,) = interpret(output(f'<div class="table"><table><tr>{cells}</tr></table></div>'), page())
    assert isinstance(table, Table)
    assert [cell.box for cell in table.cells] == [Box(50, 100, 150, 200), None]
    assert (problem.kind, problem.element) == ("box-outside-page", table.id)


def test_a_caption_belongs_to_what_is_near() -> None:
    text = (
        '<div class="image" data-bbox="100 100 500 500"><img/></div>'
        '<div class="image" data-bbox="100 900 500 1300"><img/></div>'
        '<p class="caption" data-bbox="100 1310 500 1340">Figure 2</p>'
    )
    elements, _ = interpret(output(text), page())
    assert isinstance(elements[0], Picture)
    assert elements[2].target == elements[1].id  # type: ignore[union-attr]


def test_an_answer_that_was_cut_off_is_an_error_of_the_page() -> None:
    elements, problems = interpret(output('<p data-bbox="1 1 9 9">whole</p><p>ha', StopReason.LENGTH), page())
    assert [element.text for element in elements] == ["whole", "ha"]
    assert "answer-cut-off" in {problem.kind for problem in problems}


def test_the_page_is_the_witness() -> None:
    layer = TextLayer(words=(("Real", Box(50, 50, 80, 60)), ("words", Box(85, 50, 120, 60))))
    text = '<p data-bbox="90 90 250 130">These are invented words here</p>'
    (element,), problems = interpret(output(text), page(layer))
    assert element.grounding is not None
    assert element.grounding.support == 0.2
    assert [problem.kind for problem in problems] == ["not-on-page"]


def test_an_answer_that_the_model_does_not_trust_itself_is_an_error_of_the_page() -> None:
    text = '<p data-bbox="1 1 9 9">perhaps</p>'
    ends = list(range(1, len(text) + 1))
    for probability, kinds in ((0.9, ["uncertain"]), (0.98, [])):
        answer = replace(output(text), token_logprobs=[math.log(probability)] * len(text), token_ends=ends)
        (element,), problems = interpret(answer, page())
        assert [problem.kind for problem in problems] == kinds
        assert element.confidence == pytest.approx(probability, abs=1e-3)


def test_what_the_notations_say_is_checked() -> None:
    text = (
        '<div class="formula" data-bbox="0 0 100 100"><img/><div>$$\\frac{a$$</div></div>'
        '<div class="chemical formula" format="smile" data-bbox="0 100 100 200"><img/><div>OCC</div></div>'
        '<div class="music sheet" format="abc notation" data-bbox="0 200 100 300"><img/>'
        "<div>X:1\nK:G\nGAB|</div></div>"
        '<div class="chart" data-bbox="0 300 100 400"><img/><table><tr><th>Year</th><th>Tons</th></tr>'
        "<tr><td>2024</td><td>$48 \\mathrm{~kt}$</td></tr></table></div>"
    )
    (formula, chemical, music, chart), problems = interpret(output(text), page())
    assert isinstance(formula, Formula)
    assert isinstance(chemical, Chemical)
    assert isinstance(music, Music)
    assert isinstance(chart, Chart)
    assert (formula.latex, formula.valid, formula.reason) == ("\\frac{a", False, "} is missing")
    assert (chemical.smiles, chemical.canonical, chemical.formula, chemical.valid) == ("OCC", "CCO", "C2H6O", True)
    assert (music.abc, music.valid) == ("X:1\nK:G\nGAB|", True)
    assert [(point.category, point.series, point.number, point.unit) for point in chart.data] == [
        ("2024", "Tons", 48, "kt")
    ]
    assert chart.cells[3].text == "$48 \\mathrm{~kt}$"  # as the model wrote it
    assert [(problem.kind, problem.element) for problem in problems] == [("latex-invalid", "p2-e1")]


def test_headers_and_footers_are_told_by_where_they_stand() -> None:
    text = "\n".join(
        f'<p{kind} data-bbox="100 {16 * y} 900 {16 * y + 60}">words</p>'
        for kind, y in (
            (' class="page-footer"', 2),
            ("", 20),
            (' class="page-header"', 40),
            (' class="page-footer"', 60),
            ("", 80),
            (' class="page-header"', 94),
        )
    )
    found, _ = interpret(output(f"<html><body>{text}</body></html>"), page())
    kinds = [element.kind for element in found]
    assert kinds == ["page_header", "paragraph", "paragraph", "paragraph", "paragraph", "page_footer"]
