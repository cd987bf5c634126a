"""What the schema says of single elements."""

from docparse.qwenvl.grammar import contents


def test_the_document_is_made_of_html() -> None:
    assert contents()[""].children == {"html"}
    assert contents()["html"].children == {"body"}


def test_an_element_has_what_its_definitions_refer_to() -> None:
    cell = contents()["td"]
    assert cell.children == {"br", "sup"}
    assert cell.attributes == {"colspan", "rowspan", "data-bbox"}
    assert cell.has_text


def test_names_that_share_a_definition() -> None:
    assert contents()["ul"] == contents()["ol"]
    assert contents()["ul"].children == {"ul", "ol", "li"}
    assert not contents()["ul"].has_text


def test_an_element_that_is_defined_several_times_has_what_any_of_these_has() -> None:
    assert {"table", "img", "p", "div"} <= contents()["div"].children
    assert {"class", "format", "data-bbox"} == contents()["div"].attributes


def test_what_holds_nothing_is_void() -> None:
    assert {name for name, content in contents().items() if content.is_void} == {"br", "img"}
