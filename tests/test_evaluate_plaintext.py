"""One plain text whatever the markup, for the truth and for every system."""

import pytest

from docparse.evaluate.plaintext import (
    Cell,
    html_tables,
    html_to_text,
    markdown_tables,
    markdown_to_text,
    normalise,
    table_from_rows,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ﬁnd  it", "find it"),
        ("so\u00adft", "soft"),
        ("con-\nfirm", "confirm"),
        ("well-known", "wellknown"),
        ("co- operate", "co- operate"),
        ("2-11", "2-11"),
        ("“a” — ‘b’", "\"a\" 'b'"),
        ("• item", "item"),
        ("name ______ end", "name end"),
        ("感染 症", "感染症"),
        ("한국 어 text", "한국어 text"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_words_have_a_letter_or_a_digit() -> None:
    assert words("a = b, 1 + 2 | …") == ["a", "b,", "1", "2"]


def test_characters_of_unspaced_scripts_are_words() -> None:
    assert words("법률 PDF文書") == ["법", "률", "PDF", "文", "書"]


def test_markdown_loses_its_marks_and_nothing_else() -> None:
    source = "# Title\n\nSome **bold** and *it* with `code` H<sub>2</sub>O.<br>Next <!-- image -->\n\n![alt](x.png)"
    assert markdown_to_text(source) == "Title\nSome bold and it with code H2O.\nNext"


def test_list_numbers_stay() -> None:
    assert markdown_to_text("3. three\n4. four\n\n- dot") == "3. three\n4. four\ndot"


def test_pipes_and_html_are_the_same_table() -> None:
    pipes = "| a | b |\n| - | - |\n| 1 | **2** |"
    inside = "text\n\n<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>\n"
    assert markdown_tables(pipes) == markdown_tables(inside) == [table_from_rows([["a", "b"], ["1", "2"]])]
    assert markdown_to_text(pipes) == "a b\n1 2"


def test_words_around_the_peers_pictures_are_not_text() -> None:
    source = (
        "**==> picture [1 x 2] intentionally omitted <==**\n\n"
        "**----- Start of picture text -----**<br>\nKept<br>**----- End of picture text -----**<br>\n"
    )
    assert markdown_to_text(source) == "Kept"


def test_spans_are_read() -> None:
    source = '<table><tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></table>'
    assert html_tables(source) == [[[Cell("a", 1, 2), Cell("b", 2, 1)], [Cell("c"), Cell("d")]]]


def test_rows_and_columns_without_text_are_dropped() -> None:
    assert table_from_rows([["", "", ""], ["", "a", "b"], ["", "c", ""]]) == table_from_rows([["a", "b"], ["c", ""]])


def test_a_span_over_an_empty_column_shrinks() -> None:
    source = '<table><tr><td colspan="3">a</td></tr><tr><td>b</td><td>c</td><td></td></tr></table>'
    assert html_tables(source)[0][0] == [Cell("a", 3)]  # the spanning cell fills the third column


def test_a_nested_table_is_its_cells_text() -> None:
    source = "<table><tr><td>out<table><tr><td>in</td></tr></table></td><td>b</td></tr></table>"
    assert html_tables(source) == [[[Cell("out in"), Cell("b")]]]


def test_comments_and_pictures_are_no_text() -> None:
    assert html_to_text("<p>a<!-- no --> <img alt='no'>b</p>") == "a b"
