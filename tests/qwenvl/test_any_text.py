"""Whatever a model writes: nothing raises, nothing hangs, and what is written again is canonical."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.qwenvl import parse, validate, write

_PIECES = st.sampled_from(
    "<html> <body> </body> </html> <p> </p> <p <div </div> <div> <ul> <ol> </ul> </ol> <li> </li> <table> "
    "</table> <tr> "
    "</tr> <td> <th> </td> <thead> <tbody> <img/> <img <br> <h2> </h2> <address> </address> <b> </b> <a> </a> "
    "<script> </script> <style> <!-- --> <caption> </caption> <title> <span> </span> <foo> </foo> ```html ``` "
    '<div\tclass="image"> <div\tclass="table"> <div\tclass="formula"> <div\tclass="chart"> <div\tclass="text"> '
    '<div\tclass="music\tsheet"> <div\tclass="chemical\tformula"> <p\tdata-bbox="1\t2\t3\t4"> data-bbox="5 5 9 9" '
    '<td\tcolspan="300"\trowspan="70000"> <td\trowspan="2"> <div\tdata-bbox="1\t2\t3\t4"> <pre> <hr> $$ $ | # - 1. '
    '{"bbox_2d": [ ] } , : " \' &lt; & < > \\ words <|im_end|> <!doctype <?xml \n \n\n \x00 \ud800 \u2028'.split(" ")
)
SOUP = st.lists(_PIECES | st.sampled_from([" ", "\n", "\n\n"]) | st.text(max_size=5), max_size=40).map("".join)


@given(st.text() | SOUP, st.booleans())
def test_nothing_raises_and_what_is_written_is_canonical(text: str, truncated: bool) -> None:
    answer = parse(text, truncated=truncated)
    assert validate(write(answer.elements)) == []


@given(SOUP)
def test_a_second_reading_changes_nothing(text: str) -> None:
    once = parse(write(parse(text).elements)).elements
    assert parse(write(once)).elements == once


_TAGS = st.sampled_from(
    "<html> <body> </body> </html> <p> </p> </div> <div> <ul> <ol> </ul> </ol> <li> </li> <table> </table> <tr> "
    "</tr> <td> <th> </td> <thead> <tbody> </tbody> <img/> <img> <br> <h2> </h2> <address> </address> <b> </b> "
    "<a> </a> <caption> "
    "</caption> <span> </span> <foo> </foo> < <b <全> </ <pre> </pre> <dl> <dt> <hr> <figure> <figcaption> </figure> "
    '<div|class="image"> <div|class="image|caption"> <div|class="table"> <div|class="formula"> <div|class="chart"> '
    '<div|class="text"> <div|class="music|sheet"> <div|class="chemical|formula"> <p|data-bbox="1|2|3|4"> '
    '<td|colspan="3"> <td|rowspan="9"> <div|data-bbox="1|2|30|40"> <svg> <iframe> <section> <p|class="ocr">'.split(
        " "
    )
).map(lambda tag: tag.replace("|", " "))


@given(st.lists(_TAGS, max_size=40))
def test_no_word_is_lost(tags: list[str]) -> None:
    words = [f"w{number:02}" for number in range(len(tags))]
    text = "<p>.</p>" + "".join(f"{tag}{word} " for tag, word in zip(tags, words, strict=True))
    answer = parse(text)
    read = " ".join(f"{e.text} {getattr(e, 'description', '')}" for e in answer.elements)
    read += " ".join(p.message for p in answer.problems if p.kind == "remark")
    assert {word for word in words if word not in read} == set()


_MARKS = st.sampled_from(
    [
        *(
            "# ",
            "- ",
            "1. ",
            "| ",
            " | ",
            "\n|---|\n",
            "\n\n",
            "\n",
            "$$",
            "**",
            "> ",
            "[",
            "](u)",
            "```",
            "  \n",
            "<br>",
        ),
        *(
            "\\begin{tabular}{l}",
            " & ",
            " \\\\ ",
            "\\end{tabular}",
            "\\textbf{",
            "\\multirow{2}{*}{",
            "\\caption{",
            "}",
        ),
        "<!-- Table (1, 2, 3, 4) -->",
    ]
)


@given(st.lists(_MARKS, max_size=30))
def test_no_word_is_lost_in_markdown(marks: list[str]) -> None:
    words = [f"w{number:02}" for number in range(len(marks))]
    text = "# w\n" + "".join(f"{mark}{word}" for mark, word in zip(marks, words, strict=True))
    read = " ".join(element.text for element in parse(text).elements)
    assert {word for word in words if word not in read} == set()


_N = 30_000
HUGE = {
    "paragraphs": '<p data-bbox="1 2 30 40">some words</p>\n' * _N,
    "nested": "<div>" * 5_000 + "x" + "</div>" * 5_000,
    "nested without end": "<b>" * _N,
    "nested lists": "<ul><li>" * 5_000,
    "nested tables": "<table><tr><td>x" * 5_000,
    "end tags": "</p></b></td>" * _N,
    "angles": "<" * _N * 10,
    "half tags": "<p " * _N,
    "half boxes": '<p data-bbox="1 2' * _N,
    "quotes": '<p class="' * _N,
    "comments": "<!--" * _N,
    "scripts": "<script>" * _N,
    "ampersands": "&" * _N * 10,
    "references": "&#" * _N,
    "fences": "```\n" * _N,
    "blank fence": "# a\n```" + " " * 500_000 + "x",
    "brackets": "[" * _N * 5,
    "braces": '{"a":' * _N,
    "strings": '[{"a": "b" ' * _N,
    "blanks": "<p>" + " " * 2_000_000 + "</p>",
    "dollars": '<div class="formula"><div>' + "$" * _N * 4 + "</div></div>",
    "backslashes": '<div class="formula"><div>$$' + "\\$" * _N * 4 + "</div></div>",
    "one row": "<table><tr>" + '<td colspan="1000">x' * _N,
    "spans": '<table><tr><td rowspan="60000" colspan="200">' + "<tr><td>" * _N,
    "headings": "# " * _N,
    "one heading": "# " + "# " * _N + "x",
    "rules": ("|" + " -" * 20 + "\n") * 5_000,
    "long rule": "a|b\n" + "|" + " " * 500_000 + "x",
    "emphasis": "**a" * _N,
    "links": "[" * _N + "](",
    "items": "- a\n" * _N,
    "classes": '<div class="' + "x y " * _N + '" data-bbox="1 2 3 4">words</div>',
    "attributes": "<p " + "a=1 " * _N + ">words</p>",
    "numbers": '<p data-bbox="' + "1 " * _N + '">words</p>',
    "music": '<div class="music sheet"><div>' + "A<B>c " * _N,
    "breaks": "<p>" + "a<br>" * _N,
    "LaTeX rows": "\\begin{tabular}{l}\n" + "\\multirow{9}{*}{\\multicolumn{99}{l}{a}} & b \\\\\n" * _N,
    "LaTeX without end": "\\begin{tabular}{\n" * _N,
    "nested LaTeX": "\\begin{tabular}{l}" + "\\multirow{2}{*}{" * _N + "}" * _N,
    "captions": "\\begin{table}" + "\\caption{a}" * _N + "\\caption{{" * _N,
    "places": "<!-- Table (1, 2, 3, 4) -->" * _N,
    "half places": "<!-- Table (1 " * _N,
    "place of blanks": "<!-- Table (1" + " " * 500_000,
    "nul": "\x00" * _N,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_time_is_in_proportion(text: str) -> None:
    start = time.process_time()
    parse(text, truncated=True)
    assert time.process_time() - start < 8, f"{len(text) / 1e6:.1f} MB"
