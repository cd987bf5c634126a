"""Drawings of other libraries: what is not a shape or a letter stays behind."""

import pytest
from lxml import etree

from docparse.content.svg import plain_drawing, standalone

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


def copied(inside: str) -> str:
    return plain_drawing(SVG.format(inside)).partition(">")[2].removesuffix("</svg>")


@pytest.mark.parametrize(
    "active",
    [
        "<script>alert(1)</script>",
        "<style>* {{ fill: red }}</style>",
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a>',
        '<image xlink:href="http://evil.example/x.png"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
        '<use xlink:href="http://evil.example/x.svg#a"/>',
        "<!-- comment --><?instruction?>",
        "<title>words</title><desc>words</desc>",
    ],
)
def test_what_could_be_active_stays_behind(active: str) -> None:
    assert copied(active) in ("", "<g/>")


def test_attributes_that_refer_to_something_stay_behind() -> None:
    path = (
        '<path id="a" class="b" onclick="x()" style="fill:url(#g);stroke:#000000;stroke-width:2px;filter:url(#f)" '
        'd="M0 0" transform="translate(1, 2) scale(3)" mask="url(#m)"/>'
    )
    assert copied(path) == (
        '<path d="M0 0" transform="translate(1, 2) scale(3)" stroke="currentColor" stroke-width="2px"/>'
    )


def test_symbols_are_put_where_they_are_used() -> None:
    inside = '<defs><g id="s"><path d="M1 1"/></g></defs><use xlink:href="#s" transform="scale(2)"/>'
    assert copied(inside) == '<g transform="scale(2)"><path d="M1 1"/></g>'


def test_symbols_within_symbols_do_not_multiply() -> None:
    inside = (
        '<defs><g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g></defs><use xlink:href="#a"/>'
    )
    assert "path" not in copied(inside)


def test_entities_are_not_read() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + SVG.format("<text>&e;</text>")
    assert "root:" not in plain_drawing(bomb)


@pytest.mark.parametrize("text", ["<html/>", SVG.replace("viewBox", "viewbox").format(""), "<svg/>"])
def test_what_is_no_drawing(text: str) -> None:
    with pytest.raises(ValueError, match="no drawing"):
        plain_drawing(text)


def test_a_drawing_as_a_file_is_svg() -> None:
    root = etree.fromstring(standalone(plain_drawing(SVG.format('<path d="M0 0"/>'))))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
