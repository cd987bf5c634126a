"""The grammar takes what it should, and says where it does not."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from docparse.qwenvl import validate


def test_a_page() -> None:
    body = (
        '<h1 data-bbox="1 2 3 4">a</h1><p class="caption" data-bbox="-1 2.5 3 4">b<br/>c</p>'
        '<div class="table"><table><thead><tr><th colspan="2">d</th></tr></thead><tbody/></table></div>'
        '<div class="formula"><img/><div>$$e$$</div></div>'
    )
    assert validate(f"<html><body>{body}</body></html>") == []


@pytest.mark.parametrize(
    "body",
    [
        '<p data-bbox="1 2 3">a</p>',
        '<p data-bbox="1 2 3 4.55">a</p>',
        '<p onclick="x()">a</p>',
        "<p><b>a</b></p>",
        "<script/>",
        '<div class="image"/>',
        '<div class="sidebar">a</div>',
        "<table><tbody/></table>",
    ],
)
def test_what_is_not_canonical(body: str) -> None:
    assert validate(f"<html><body>\n<p>a</p>\n{body}</body></html>")[0].line == 3


def test_messages_name_the_fault() -> None:
    def first(body: str) -> str:
        return validate(f"<html><body>{body}</body></html>")[0].message

    assert "data-bbox" in first('<p data-bbox="1 2 3">a</p>')
    assert "<script>" in first("<script/>")
    assert "text" in first("loose")


@pytest.mark.parametrize(
    "text", ["", "words", "<html><body><p></body></html>", "<html>&nbsp;</html>", "<p>\ud800</p>"]
)
def test_what_is_not_well_formed(text: str) -> None:
    (finding,) = validate(text)[:1]
    assert finding.line >= 1
    assert finding.message


def test_every_syntax_error_has_its_line() -> None:
    text = "<html><body>\n<p>a & b</p>\n<p>c</h1>\n<p class=d>e</p>\n<p>f</p></body></html>"
    found = validate(text)
    assert {finding.line for finding in found} >= {2, 3, 4}
    assert found == sorted(found, key=lambda finding: finding.line)


PAGE = '<html><body data-width="600" data-height="800.5">\n<p>a</p>\n{}</body></html>'


@pytest.mark.parametrize(
    ("box", "word"),
    [
        ("10 20 5 40", "order"),
        ("10 40 50 20", "order"),
        ("10 20 10 40", "area"),
        ("700 20 800 40", "600 × 800.5"),
        ("500 20 800 40", "does not lie"),
        ("-90 -90 10 10", "does not lie"),
        ("550 20 610 40", ""),
        ("0 0 600 800.5", ""),
    ],
)
@pytest.mark.parametrize("tag", ['<p data-bbox="{}">b</p>', '<ul>\n<li data-bbox="{}">b</li></ul>'])
def test_boxes_that_cannot_be(box: str, word: str, tag: str) -> None:
    found = validate(PAGE.format(tag.format(box)))
    assert [finding.line for finding in found] == ([tag.count("\n") + 3] if word else [])
    assert all(word in finding.message for finding in found)


def test_a_page_of_no_known_size_ends_nowhere_but_begins() -> None:
    body = '<p data-bbox="9000 9000 9900 9900">a</p>\n<p data-bbox="-50 -50 -10 -10">b</p>'
    (finding,) = validate(f"<html><body>{body}</body></html>")
    assert (finding.line, finding.message) == (2, "the box -50 -50 -10 -10 does not lie on the page")


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (['<td rowspan="2">a</td><td>b</td>', "<td>c</td>"], []),
        (['<td>a</td><td rowspan="2">b</td>', '<td colspan="2">c</td>'], [5]),
        (['<td rowspan="3">a</td><td>b</td>', "<td>c</td>"], [4]),
        (['<td colspan="9999">a</td>', '<td rowspan="999999999">b</td>'], [4, 5]),
    ],
)
def test_spans_that_cannot_be(rows: list[str], lines: list[int]) -> None:
    markup = "".join(f"\n<tr>{row}</tr>" for row in rows)
    found = validate(PAGE.format(f'<div class="table"><table><tbody>{markup}</tbody></table></div>'))
    assert [finding.line for finding in found] == lines


def test_faults_of_all_kinds_are_told_from_top_to_bottom() -> None:
    found = validate(PAGE.format('<p data-bbox="9 9 1 1">b</p>\n<script/>\n<p data-bbox="1 1 1 1">c</p>'))
    assert [finding.line for finding in found] == [3, 4, 5]


def test_words_between_the_blocks_of_a_long_page() -> None:
    blocks = "<p>a</p>\n" * 250
    assert validate(f"<html><body>{blocks}</body></html>") == []
    assert validate(f"<html><body>{blocks}words{blocks}</body></html>")
    assert validate(f"<html><body>{blocks}</body>words</html>")
    assert [one.line for one in validate(f"<html><body>{blocks}<q/></body></html>")] == [251]


def test_threads_that_ask_at_the_same_time() -> None:
    """Pages are read side by side: what is wrong with one must not be told of another, nor be lost."""
    wrong = '<html><body><p data-bbox="1 2 30 40">a</p><p data-bbox="1 x 30 40">b</p></body></html>'
    right = "<html><body>" + 20 * '<p data-bbox="1 2 30 40">a</p>' + "</body></html>"
    texts = [wrong, right] * 1000
    told = {text: validate(text) for text in (wrong, right)}
    assert [bool(told[text]) for text in (wrong, right)] == [True, False]
    with ThreadPoolExecutor(8) as pool:
        assert all(found == told[text] for found, text in zip(pool.map(validate, texts), texts, strict=True))
