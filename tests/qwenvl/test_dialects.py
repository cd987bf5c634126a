"""Answers that are no QwenVL HTML are taken as what they are, and that is told."""

from typing import Any

import pytest

from docparse.document import Caption, Formula, Heading, ListItem, Paragraph, Picture, Table
from docparse.geometry import Box
from docparse.qwenvl import parse


def read(text: str, dialect: str) -> list[Any]:
    answer = parse(text)
    assert answer.dialect == dialect
    assert "dialect" in [problem.kind for problem in answer.problems]
    return answer.elements


def test_qwen3vl() -> None:
    text = '<html><body><div class="text" data-bbox="10 20 500 60">Ropes\n2 knots</div></body></html>'
    assert read(text, "qwen3vl") == [Paragraph(text="Ropes\n2 knots", box=Box(10, 20, 500, 60))]


def test_plain_html() -> None:
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="UTF-8"><style>p {}</style></head><body><main>'
        '<section class="x"><h2>Ropes</h2><article><img src="a.png" alt="a rope"><span>by hand</span></article>'
        "</section><ul><li><a href='#'>one</a></li></ul></main></body></html>"
    )
    assert read(text, "html") == [
        Heading(text="Ropes", level=2),
        Picture(description="a rope"),
        Paragraph(text="by hand"),
        ListItem(text="one"),
    ]


def test_markdown() -> None:
    text = "\n".join(
        [
            "# Ropes and *knots* #",
            "",
            "A **bold** line with $a_1^*$ and $\\{b\\}$,",
            "which goes [on](http://x.example).",
            "- one",
            "  - two",
            "3. three",
            "",
            "| a | b\\|c |",
            "|---|:-:|",
            "| 1 | x<br>y |",
            "$$",
            "x_1 \\\\ y",
            "$$",
            "![a rope](rope.png)",
            "---",
            "```python",
            "if a < b:",
            "    pass",
            "```",
        ]
    )
    heading, words, one, two, three, table, formula, picture, code = read(text, "markdown")
    assert heading == Heading(text="Ropes and *knots*", level=1)
    assert words == Paragraph(text="A bold line with $a_1^*$ and $\\{b\\}$, which goes on.")
    assert (one, two) == (ListItem(text="one"), ListItem(text="two", level=2))
    assert three == ListItem(text="three", ordered=True, marker="3.")
    assert isinstance(table, Table)
    assert [(cell.text, cell.header) for cell in table.cells] == [
        ("a", True),
        ("b|c", True),
        ("1", False),
        ("x\ny", False),
    ]
    assert formula == Formula(latex="x_1 \\\\ y", text="x_1 \\\\ y")
    assert picture == Picture(description="a rope")
    assert code == Paragraph(text="if a < b:\npass")


def test_markdown_with_a_table_in_html() -> None:
    heading, table, words = read("## Knots\n\n<table><tr><td>a</td></tr></table>\n\nAfter *it*.", "markdown")
    assert (heading, table.text, words) == (Heading(text="Knots", level=2), "a", Paragraph(text="After *it*."))


def test_markdown_in_a_fence() -> None:
    assert read("```markdown\n# A\n\n```c\nint a;\n```\nb\n```", "markdown")[0] == Heading(text="A", level=1)


def test_code_in_words_is_no_fence_around_an_answer() -> None:
    texts = [element.text for element in read("Some words.\n\n```\ncode\n```\n\nMore words.", "text")]
    assert "Some words." in texts
    assert "More words." in texts


def test_qwenvl_markdown() -> None:
    """Of Qwen3-VL: boxes in comments before tables, which are LaTeX, and for pictures."""
    text = "\n".join(
        [
            "```markdown",
            "<!-- Image (104, 29, 455, 75) -->",
            "",
            "# 宇通客车 (600066)",
            "",
            "Words before it,",
            "<!-- Table (108, 298, 386, 446) -->",
            "\\begin{table}[h]",
            "\\centering \\caption{**Table 1** of it}",
            "\\begin{tabular}{|l|c|}",
            "\\hline",
            "\\multicolumn{2}{|c|}{\\textbf{行业}} \\\\ \\hline",
            "总股本 & 2,214 \\\\",
            "\\end{tabular} Source: us",
            "\\end{table}",
            "",
            "<!-- Image (500, 200, 400, 300) -->",
            "After.",
            "```",
        ]
    )
    picture, heading, before, caption, table, source, refused, after = read(text, "qwenvl-markdown")
    assert (picture, heading) == (Picture(box=Box(104, 29, 455, 75)), Heading(text="宇通客车 (600066)", level=1))
    assert (before, caption) == (Paragraph(text="Words before it,"), Caption(text="Table 1 of it"))
    assert isinstance(table, Table)
    assert table.box == Box(108, 298, 386, 446)
    assert [(cell.text, cell.column_span) for cell in table.cells] == [("行业", 2), ("总股本", 1), ("2,214", 1)]
    assert (source, refused, after) == (Paragraph(text="Source: us"), Picture(), Paragraph(text="After."))
    assert "box-inverted" in {problem.kind for problem in parse(text).problems}


def test_a_place_of_nothing_is_refused() -> None:
    text = "# a\n<!-- Table (1, 2, 30, 40) -->\n<!-- Image (5, 6, 70, 80) -->\n<!-- Table (1, 2, 30, 40) -->"
    answer = parse(text)
    assert answer.elements == [Heading(text="a", level=1), Picture(box=Box(5, 6, 70, 80))]
    assert [problem.message for problem in answer.problems if problem.kind == "box-dropped"] == [
        "a box that stood in front of no element was dropped (2 times)"
    ]


def test_words() -> None:
    assert read("One line\nand one more & <one>\n\nNext", "text") == [
        Paragraph(text="One line\nand one more & <one>"),
        Paragraph(text="Next"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[{"bbox_2d": [1, 2, 30, 40], "text_content": "a b"}, {"bbox_2d": [5, 6, 70, 80], "text_content": "c"}]',
        '```json\n[\n\t{"bbox_2d": [1, 2, 30, 40], "text_content": "a b"},\n'
        '{"bbox_2d": [5, 6, 70, 80], "text_content": "c"},\n]\n```',
        '[{"bbox_2d": [1, 2, 30, 40], "text_content": "a b"} {{"bbox_2d": [5, 6, 70, 80], "text_content": "c"}',
        '[{"bbox_2d": [1, 2, 30, 40], "text_content": "a b"}, {"bbox_2d": [5, 6, 70, 80], "text_content": "c',
    ],
)
def test_spotted_lines(text: str) -> None:
    assert read(text, "spotting-json") == [
        Paragraph(text="a b", box=Box(1, 2, 30, 40)),
        Paragraph(text="c", box=Box(5, 6, 70, 80)),
    ]


def test_grounded_things_are_pictures_of_what_they_are() -> None:
    text = '[{"bbox_2d": [1, 2, 30, 40], "label": "dog", "sub_label": "wet"}, {"point_2d": [3, 4], "label": "cat"}]'
    assert read(text, "spotting-json") == [
        Picture(description="dog, wet", box=Box(1, 2, 30, 40)),
        Picture(description="cat"),
    ]


def test_keys_and_values() -> None:
    text = 'Here you are:\n```json\n{"total": "8.75 <all>", "date": null, "items": [{"name": "tea"}, 3]}\n```'
    texts = [element.text for element in read(text, "spotting-json")]
    assert texts == ["total: 8.75 <all>", "date:", "items name: tea", "items: 3"]


def test_numbers_and_keys_are_kept_as_they_are_written() -> None:
    texts = [
        element.text for element in read('{"total": 17.50, "item": "tea", "item": "milk", "n": 3}', "spotting-json")
    ]
    assert texts == ["total: 17.50", "item: tea", "item: milk", "n: 3"]
    texts = [element.text for element in read('{"total": 17.50, "paid": {"in": ', "spotting-json")]
    assert texts == ["total: 17.50", "paid in:"]


def test_broken_json_loses_no_word() -> None:
    texts = " ".join(e.text for e in parse('[{"bbox_2d": [1, 2, 3], "text_content": "he said "so" twice"}]').elements)
    assert texts.split() == ["he", "said", "so", "twice"]


def test_a_box_that_is_none_is_refused_here_too() -> None:
    answer = parse('[{"bbox_2d": [9, 2, 3, 40], "text_content": "a"}, {"bbox_2d": "1 2 3 4", "text_content": "b"}]')
    assert [element.box for element in answer.elements] == [None, None]
    assert {"box-inverted", "box-malformed"} <= {problem.kind for problem in answer.problems}


def test_a_key_without_a_name_is_none() -> None:
    assert [element.text for element in parse('{"": 3\n8').elements] == ["3", "8"]
