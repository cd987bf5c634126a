"""Loops, told from what a page may rightly repeat."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import docparse
from docparse.qwenvl import parse, write
from docparse.qwenvl.loops import find_loop
from tests.conftest import SHARED

SIZE = (1000, 1400)
START = '<html><body>\n<p data-bbox="100 100 900 160">'
TABLE = '<html><body>\n<div class="table" data-bbox="100 100 900 700"><table>'
ROW = "<tr><td>0</td><td>0</td><td>0</td></tr>"


def marching(count: int, step: int = 40) -> str:
    return "<html><body>" + "".join(
        f'<p data-bbox="100 {100 + step * n} 300 {130 + step * n}">Name: ________</p>\n' for n in range(count)
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (START + "The tide " * 300, START + "The tide "),
        (START + "Ships pay. " + "no, " * 700, START + "Ships pay. no, "),
        (TABLE + "<tr><td>Goods</td></tr>" + ROW * 150, TABLE + "<tr><td>Goods</td></tr>" + ROW),
        (TABLE + "<tr>" + "<td></td>" * 30000, TABLE + "<tr><td></td>"),
        ('<p data-bbox="1 2 300 40">Stop.</p>\n' * 8, '<p data-bbox="1 2 300 40">Stop.</p>\n'),
        ("<ul>" + "<li>one</li>\n" * 400, "<ul><li>one</li>\n"),
        (marching(60), marching(1)),
    ],
)
def test_a_loop_is_found_where_it_begins(text: str, kept: str) -> None:
    loop = find_loop(text, SIZE)
    assert loop is not None
    # Rounds may be counted from any place in them.
    assert abs(len(text[: loop.start].rstrip("<")) - len(kept)) <= len(kept) // 2 + 12
    assert loop.rounds >= 4
    answer = parse(text, truncated=True, size=SIZE)
    assert [problem.kind for problem in answer.problems if problem.kind == "loop"] == ["loop"]


@pytest.mark.parametrize(
    "text",
    [
        TABLE + ROW * 60,
        TABLE + "<tr>" + "<td>0</td>" * 40,
        marching(30),
        START + "ha " * 30,
        START + "_" * 90,
        '<p data-bbox="1 2 300 40">Yes</p>\n<p data-bbox="400 2 700 40">No</p>\n' * 2,
        "- [ ] agree\n" * 40,
        "",
        "<",
    ],
)
def test_what_a_page_may_repeat_is_no_loop(text: str) -> None:
    assert find_loop(text, SIZE) is None


def test_what_ends_by_itself_is_left_as_it_is() -> None:
    text = TABLE + ROW * 150 + "</table></div></body></html>"
    assert "loop" not in {problem.kind for problem in parse(text, size=SIZE).problems}


@pytest.mark.skipif(not (SHARED / "model-outputs").is_dir(), reason="no recorded answers here")
def test_no_real_answer_loops_wherever_it_is_cut() -> None:
    for path in sorted((SHARED / "model-outputs").glob("*.html")):
        text = path.read_text("utf-8")
        for end in range(0, len(text), 487):
            assert find_loop(text[:end]) is None, (path.name, end)


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="no corpus here")
@pytest.mark.parametrize("pdf", sorted(SHARED.glob("corpus/quality/*tables*/*.pdf")), ids=lambda path: path.name)
def test_no_real_table_is_a_loop_wherever_it_is_cut(pdf: Path) -> None:
    for page in docparse.parse(pdf, engine="layout").pages:
        shown = [
            element if element.box is None else element.model_copy(update={"box": element.box.scaled(2, 2)})
            for element in page.elements
        ]
        text = write(shown)
        for end in range(300, len(text), 311):
            assert find_loop(text[:end], (2 * page.width, 2 * page.height)) is None, (page.number, end)


@given(st.text(alphabet='<p>td/ "=0123456789data-bbox\n', max_size=300), st.integers(1, 40))
def test_nothing_raises(text: str, times: int) -> None:
    find_loop(text * times, SIZE)
