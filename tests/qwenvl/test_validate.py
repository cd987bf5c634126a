"""The grammar takes what it should, and says where it does not."""

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
