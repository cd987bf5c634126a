"""One defect a test: what becomes of it, and the problem that says so."""

from typing import Any

import pytest

from docparse.document import (
    Author,
    Caption,
    Chart,
    Chemical,
    Footnote,
    Formula,
    Heading,
    ListItem,
    Music,
    PageHeader,
    Paragraph,
    Picture,
    Table,
)
from docparse.geometry import Box
from docparse.qwenvl import parse

B = Box(1, 2, 30, 40)
C = Box(5, 6, 70, 80)
BOX = 'data-bbox="1 2 30 40"'
OTHER = 'data-bbox="5 6 70 80"'
P = Paragraph


def page(body: str) -> str:
    return f"<html><body>{body}</body></html>"


def kinds(text: str, **options: bool) -> list[str]:
    return [problem.kind for problem in parse(text, **options).problems]


SOUND: list[tuple[str, str, list[Any]]] = [
    ("heading", f"<h3 {BOX}> Of ropes</h3>", [Heading(text="Of ropes", level=3, box=B)]),
    ("paragraph", f"<p {BOX}>one\n  two</p>", [P(text="one two", box=B)]),
    ("line break", f"<p {BOX}>one<br>two<br/>three</p>", [P(text="one\ntwo\nthree", box=B)]),
    ("column break", f"<p></p><p {BOX}>a</p><p> </p>", [P(text="a", box=B)]),
    ("inline tags", f"<p {BOX}><b>H</b><sub>2</sub>O <a>site</a> <i>x</i></p>", [P(text="H2O site x", box=B)]),
    ("references", f"<p {BOX}>a &lt; b &amp;&#233;</p>", [P(text="a < b &é", box=B)]),
    (
        "classes",
        f'<p class="page-header" {BOX}>a</p><p class="footnote" {OTHER}>b</p>',
        [PageHeader(text="a", box=B), Footnote(text="b", box=C)],
    ),
    (
        "author",
        f'<address class="author" {BOX}><p {BOX}>Ada</p><p {BOX}>Here</p></address>',
        [Author(text="Ada\nHere", box=B)],
    ),
    (
        "list",
        f"<ul><li {BOX}>a<ol><li>b</li></ol></li></ul>",
        [ListItem(text="a", box=B), ListItem(text="b", level=2, ordered=True)],
    ),
    ("picture", f'<div class="image" {BOX}><img {BOX}/></div>', [Picture(box=B)]),
    ("picture without img", f'<div class="image" {BOX}></div>', [Picture(box=B)]),
    (
        "described picture",
        f'<div class="image caption" {BOX}><img {BOX}/><p>A dog.</p></div>',
        [Picture(box=B, description="A dog.")],
    ),
    ("printed words", f'<div class="image ocr" {BOX}><img {BOX}/><p>EXIT</p></div>', [Picture(box=B, text="EXIT")]),
    (
        "formula",
        f'<div class="formula" {BOX}><img {BOX}/><div>$$a &lt; b$$</div></div>',
        [Formula(box=B, latex="a < b", text="a < b")],
    ),
    ("bare formula", f'<div class="formula" {BOX}>\\[a^2\\]</div>', [Formula(box=B, latex="a^2", text="a^2")]),
    (
        "characters of a formula",
        f'<div class="formula" {BOX}><img/><p>E = mc2</p></div>',
        [Formula(box=B, text="E = mc2")],
    ),
    (
        "handwriting",
        f'<div class="formula handwritten" {BOX}><div>$x$</div></div>',
        [Formula(box=B, latex="x", text="x", handwritten=True)],
    ),
    (
        "vendor's class",
        f'<div class="formula machine_printed" {BOX}><div>$$x$$</div></div>',
        [Formula(box=B, latex="x", text="x")],
    ),
    (
        "vendor's class with a dot",
        f'<div class="formula.machine_printed" {BOX}><div>$$x$$</div></div>'
        f'<div class="formula.handwritten" {OTHER}><div>$$y$$</div></div>',
        [Formula(box=B, latex="x", text="x"), Formula(box=C, latex="y", text="y", handwritten=True)],
    ),
    (
        "fields of a form",
        f'<p {BOX}>Name <input type="text" value="Ada"> <input type="radio" value="1"> <input placeholder="how"></p>',
        [P(text="Name Ada how", box=B)],
    ),
    (
        "structure",
        f'<div class="chemical formula" format="smile" {BOX}><img/><div>C=C(&lt;1)</div></div>',
        [Chemical(box=B, smiles="C=C(<1)", text="C=C(<1)")],
    ),
    (
        "music",
        f'<div class="music sheet" format="abc notation" {BOX}><img/><div>X:1\nK:C\nA&lt;B c&gt;d|</div></div>',
        [Music(box=B, abc="X:1\nK:C\nA<B c>d|", text="X:1\nK:C\nA<B c>d|")],
    ),
]


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in SOUND], ids=[case[0] for case in SOUND])
def test_sound_pages_leave_no_problem(body: str, expected: list[Any]) -> None:
    answer = parse(page(body))
    assert answer.elements == expected
    assert answer.problems == []
    assert answer.dialect == "qwenvl"


DEFECTS: list[tuple[str, str, list[Any]]] = [
    ("fence-unclosed", f"```html\n<p {BOX}>a</p>", [P(text="a", box=B)]),
    ("fence-unopened", page(f"<p {BOX}>a</p>") + "\n```", [P(text="a", box=B)]),
    ("remark", f"Here it is:\n```html\n<p {BOX}>a</p>\n```\nAnything else?", [P(text="a", box=B)]),
    (
        "remark",
        f"```html\n{page(f'<p {BOX}>a</p>')}\n```\n\n" + "This HTML shows the page. " * 30,
        [P(text="a", box=B)],
    ),
    ("remark", f"<think>\nA page, so <p>.\n</think>\n\n<p {BOX}>a</p>", [P(text="a", box=B)]),
    ("remark", "It has one paragraph. " * 30 + f"</think><p {BOX}>a</p>", [P(text="a", box=B)]),
    ("special-token", f"<p {BOX}>a</p><|im_end|>", [P(text="a", box=B)]),
    ("unreadable-characters", f"<p {BOX}>a\x00\x0bb</p>", [P(text="ab", box=B)]),
    ("cut-in-tag", f'<p {BOX}>a</p><p data-bbox="1 2', [P(text="a", box=B)]),
    ("cut-in-tag", f"<p {BOX}>a</p><!-- Image (104, 2", [P(text="a", box=B)]),
    ("cut-in-tag", f"<p {BOX}>a</bo", [P(text="a", box=B)]),
    ("unclosed-at-end", f"<p {BOX}>a", [P(text="a", box=B)]),
    ("tag-without-end", f"<p {BOX}<p {OTHER}>a</p>", [P(text="a", box=C)]),
    ("box-malformed", f'<p data-bbox="1 2 3">a</p><p {BOX}>b</p>', [P(text="a"), P(text="b", box=B)]),
    ("box-malformed", '<p data-bbox="1 2 3 4 5">a</p>', [P(text="a")]),
    ("box-malformed", '<p data-bbox="1 2 3 nan">a</p>', [P(text="a")]),
    ("box-malformed", '<p data-bbox="1 2 3 99999999">a</p>', [P(text="a")]),
    ("box-inverted", '<p data-bbox="30 2 1 40">a</p>', [P(text="a")]),
    ("box-empty", '<p data-bbox="1 2 1 40">a</p>', [P(text="a")]),
    ("box-outside-page", '<p data-bbox="-9 2 1 40">a</p>', [P(text="a")]),
    ("box-doubled", '<p data-bbox="1 2 30 40 1 2 30 40">a</p>', [P(text="a", box=B)]),
    ("box-from-polygon", '<p data-polygon="1 3 30 2 29 40 2 39">a</p>', [P(text="a", box=B)]),
    ("box-on-img", f'<div class="image"><img {BOX}/></div>', [Picture(box=B)]),
    ("box-dropped", f"<div {BOX}><p>a</p><p>b</p></div>", [P(text="a"), P(text="b")]),
    ("attribute-doubled", f"<p {BOX} {OTHER}>a</p>", [P(text="a")]),
    ("unescaped", f"<p {BOX}>a < b <全> c<d</p>", [P(text="a < b <全> c<d", box=B)]),
    ("unescaped", f"<p {BOX}>List<T> & R&D &c</p>", [P(text="List<T> & R&D &c", box=B)]),
    ("unescaped", f"<p {BOX}>so $x<y$ and $a<b>c$ hold</p>", [P(text="so $x<y$ and $a<b>c$ hold", box=B)]),
    (
        "unescaped",
        f'<div class="music sheet" {BOX}><div>K:C\nA<B c>d <a>b</a></div></div><p>b <b>c</b></p>',
        [Music(box=B, abc="K:C\nA<B c>d <a>b</a>", text="K:C\nA<B c>d <a>b</a>"), P(text="b c")],
    ),
    (
        "mixed-formula",
        f'<div class="formula" {BOX}><img/><div>$$a$$</div>whence $b$</div>',
        [Formula(box=B, latex="a", text="a"), P(text="whence $b$")],
    ),
    (
        "mixed-formula",
        f'<div class="formula" {BOX}><div>$$a$$ and $$b$$</div></div>',
        [Formula(box=B, latex="a", text="a"), P(text="and"), Formula(latex="b", text="b")],
    ),
    ("author-box", f'<p {BOX}></p><address class="author"><p>Ada</p></address>', [Author(text="Ada", box=B)]),
    ("empty-element", f"<p {BOX}></p><p>a</p>", [P(text="a")]),
    ("class-misspelt", f'<div class="formulla" {BOX}>$$x$$</div>', [Formula(box=B, latex="x", text="x")]),
    (
        "class-misspelt",
        f'<div class="chemical_formula" {BOX}><img/><div>CO</div></div>',
        [Chemical(box=B, smiles="CO", text="CO")],
    ),
    ("class-misspelt", f'<div class="music_sheet" {BOX}><div>K:C</div></div>', [Music(box=B, abc="K:C", text="K:C")]),
    ("unknown-class", f'<div class="sidebar" {BOX}>a</div>', [P(text="a", box=B)]),
    ("unknown-tag", f"<p {BOX}>a <foo>b</foo></p>", [P(text="a b", box=B)]),
    ("unclosed-tag", f"<h2 {BOX}>a<p {OTHER}>b</p>", [Heading(text="a", box=B), P(text="b", box=C)]),
    ("stray-end-tag", f"<p {BOX}>a</p></div></table>", [P(text="a", box=B)]),
    ("loose-text", f"<p {BOX}>a</p>b <b>c</b>", [P(text="a", box=B), P(text="b c")]),
    (
        "text-outside-item",
        f"<p {BOX}>a</p><ul>b<li>c</li></ul>",
        [P(text="a", box=B), ListItem(text="b"), ListItem(text="c")],
    ),
    ("table-without-rows", f'<div class="table" {BOX}>a b</div>', [P(text="a b", box=B)]),
    ("active-content", f"<p {BOX}>a<script>alert(1)</script>b</p>", [P(text="ab", box=B)]),
    ("active-content", f'<p {BOX} onclick="x()">a</p>', [P(text="a", box=B)]),
    ("active-content", f'<p {BOX}><a href="javascript:x()">a</a></p>', [P(text="a", box=B)]),
    ("active-content", f"<p {BOX}>a<iframe>b</iframe></p>", [P(text="ab", box=B)]),
    ("comment", f"<p {BOX}>a<!-- b --></p>", [P(text="a", box=B)]),
    ("title-dropped", f"<head><title>T</title></head><p {BOX}>a</p>", [P(text="a", box=B)]),
]


@pytest.mark.parametrize(
    ("kind", "text", "expected"), DEFECTS, ids=[f"{case[0]}-{i}" for i, case in enumerate(DEFECTS)]
)
def test_a_defect_is_repaired_and_told(kind: str, text: str, expected: list[Any]) -> None:
    answer = parse(text)
    assert answer.elements == expected
    assert kind in [problem.kind for problem in answer.problems]


def cells(body: str) -> list[tuple[int, int, int, int, str]]:
    table = next(e for e in parse(page(body)).elements if isinstance(e, Table))
    return [(c.row, c.column, c.row_span, c.column_span, c.text) for c in table.cells]


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="table" {BOX}><table><tr><td>a</td></tr></table></div>',
        f"<table {BOX}><tr><td>a</td></tr></table>",
        f'<div class="table"><table {BOX}><tr><td>a</td></tr></table></div>',
        f'<div class="table" {BOX}><img {BOX}/><table style="x"><tbody><tr><td class="_empty">a</table></div>',
    ],
)
def test_a_tables_box_may_stand_on_either(body: str) -> None:
    (table,) = parse(page(body)).elements
    assert isinstance(table, Table)
    assert (table.box, table.row_count, table.column_count, table.text) == (B, 1, 1, "a")


def test_a_table() -> None:
    body = (
        f"<table {BOX}><caption>Of it</caption><thead><tr><td rowspan='2'>a</td><td colspan='2'>b</td></tr></thead>"
        f"<tr><td>c<br>d</td><td {OTHER}>e</td></tr></table>"
    )
    caption, table = parse(page(body)).elements
    assert caption == Caption(text="Of it")
    assert isinstance(table, Table)
    assert cells(body) == [(0, 0, 2, 1, "a"), (0, 1, 1, 2, "b"), (1, 1, 1, 1, "c\nd"), (1, 2, 1, 1, "e")]
    assert [cell.header for cell in table.cells] == [True, True, False, False]
    assert (table.row_count, table.column_count, table.text) == (2, 3, "a\tb\nc d\te")
    assert table.cells[3].box == C


@pytest.mark.parametrize(
    ("kind", "rows", "expected"),
    [
        (
            "table-ragged",
            "<tr><td>a<td>b<tr><td>c",
            [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (1, 0, 1, 1, "c"), (1, 1, 1, 1, "")],
        ),
        (
            "span-too-wide",
            "<tr><td colspan=9>a<tr><td>b<td>c",
            [(0, 0, 1, 2, "a"), (1, 0, 1, 1, "b"), (1, 1, 1, 1, "c")],
        ),
        (
            "span-too-wide",
            "<tr><td colspan=3>a<td>b<tr><td colspan=4>c<tr><td colspan=3>d<td>e",
            [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b"), (1, 0, 1, 2, "c"), (2, 0, 1, 1, "d"), (2, 1, 1, 1, "e")],
        ),
        ("span-too-long", "<tr><td rowspan=9>a</td></tr>", [(0, 0, 1, 1, "a")]),
        ("bad-span", "<tr><td colspan='many'>a</td></tr>", [(0, 0, 1, 1, "a")]),
        ("table-too-wide", "<tr><td colspan='9000'>a</td></tr>", [(0, 0, 1, 1, "a")]),
        (
            "cells-overlap",
            "<tr><td>a<td rowspan=2>b<tr><td colspan=2>c",
            [(0, 0, 1, 1, "a"), (0, 1, 2, 1, "b"), (1, 0, 1, 1, "c")],
        ),
        ("nested-table", "<tr><td>a<table><tr><td>b<td>c</table></td></tr>", [(0, 0, 1, 1, "a\nb c")]),
        ("text-outside-cell", "<tr>a<td>b</td></tr>", [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b")]),
        ("cells-without-row", "<td>a</td><td>b</td>", [(0, 0, 1, 1, "a"), (0, 1, 1, 1, "b")]),
        ("unclosed-table", f"<tr><td>a</td></tr><p {OTHER}>after</p>", [(0, 0, 1, 1, "a")]),
    ],
)
def test_defects_of_tables(kind: str, rows: str, expected: list[tuple[int, int, int, int, str]]) -> None:
    body = f'<div class="table" {BOX}><table>{rows}</table></div>'
    assert cells(body) == expected
    assert kind in kinds(page(body))


def test_words_and_pictures_beside_a_table_are_kept() -> None:
    body = f'<div class="table" {BOX}><table><tr><td>a<img {OTHER}/></td></tr></table>Source: b</div>'
    table, picture, words = parse(page(body)).elements
    assert (table.kind, table.box, picture, words) == ("table", B, Picture(box=C), P(text="Source: b"))


def test_a_chart() -> None:
    body = (
        f'<div class="chart" {BOX}><img {BOX}/><table><tr><th>x</th></tr><tr><td>1</td></tr></table><p>note</p></div>'
    )
    chart, note = parse(page(body)).elements
    assert isinstance(chart, Chart)
    assert (chart.box, chart.row_count, chart.text, note) == (B, 2, "x\n1", P(text="note"))
    assert "beside-chart" in kinds(page(body))
    (words,) = parse(page(f'<div class="chart" {BOX}><img/><p>rising</p></div>')).elements
    assert words == Chart(box=B, text="rising")


def test_the_element_that_was_cut_is_kept_as_what_it_began_as() -> None:
    text = f'<html><body><h1 {BOX}>a</h1><div class="table" {OTHER}><table><tr><td>b</td><td>c d'
    answer = parse(text, truncated=True)
    heading, table = answer.elements
    assert (heading.text, table.kind, table.box, table.text) == ("a", "table", C, "b\tc d")
    (told,) = [problem for problem in answer.problems if problem.kind == "truncated"]
    assert "table" in told.message


def test_the_same_defect_is_told_once_with_its_number() -> None:
    (problem,) = [p for p in parse('<p data-bbox="1">a</p>' * 3).problems if p.kind == "box-malformed"]
    assert "3 times" in problem.message


def test_several_authors_keep_their_boxes() -> None:
    body = f'<address class="author"><p {BOX}>Ada</p><p {OTHER}>Bob</p></address>'
    assert parse(page(body)).elements == [Author(text="Ada", box=B), Author(text="Bob", box=C)]


def test_tags_that_are_unknown_do_not_pile_up() -> None:
    answer = parse(f"<foo>a</foo><svg>b</svg><p {BOX}>c</p>" * 100)
    assert [element.text for element in answer.elements] == ["ab", "c"] * 100
    assert {"too-deep", "unclosed-at-end", "stray-end-tag"}.isdisjoint(p.kind for p in answer.problems)


def test_fences_between_pages_are_no_words() -> None:
    text = f"```html\n<p {BOX}>a</p>\n```\n```html\n<p {OTHER}>b</p>\n```"
    assert parse(text).elements == [P(text="a", box=B), P(text="b", box=C)]


def test_nothing_is_nothing() -> None:
    for text in ("", " \n", "```html\n```", "<html><body></body></html>"):
        assert parse(text).elements == []
