"""The sample report, read from its PDF: what only the whole of it tells."""

import pytest

import docparse
from docparse.document import AnyElement, Caption, Document, Footnote, Heading, Paragraph

from ..conftest import SAMPLES


@pytest.fixture(scope="module")
def report() -> Document:
    return docparse.parse(SAMPLES / "report.pdf", engine="layout")


def elements(report: Document) -> list[AnyElement]:
    return [element for page in report.pages for element in page.elements]


def only(report: Document, text: str) -> AnyElement:
    (found,) = [element for element in elements(report) if text in element.text]
    return found


def test_headings_have_one_level_each_over_all_pages(report: Document) -> None:
    headings = [element for element in elements(report) if isinstance(element, Heading)]
    assert (headings[0].text, headings[0].level) == ("Eleven Winters of Ice on Lake Orrin", 1)
    numbered = [heading for heading in headings if heading.text[0].isdigit()]
    assert len(numbered) == 7
    thanks = only(report, "Thanks")
    assert {heading.level for heading in (*numbered, thanks) if isinstance(heading, Heading)} == {2}


def test_a_paragraph_over_a_page_has_both_places(report: Document) -> None:
    paragraph = only(report, "where n counts the days since the bay closed")
    assert [part.page for part in paragraph.parts] == [1, 2]
    assert paragraph.text.endswith("square root of a degree day.")
    assert paragraph.box == paragraph.parts[0].box
    assert [part.box and part.box.y0 > 400 for part in paragraph.parts] == [True, False]


def test_a_paragraph_over_a_column_has_both_places(report: Document) -> None:
    paragraph = only(report, "Table 1 gives the numbers for each station")
    assert [part.page for part in paragraph.parts] == [2, 2]
    assert paragraph.text.endswith("until the middle of January.")


def test_no_other_paragraph_begins_in_the_middle_of_a_sentence(report: Document) -> None:
    paragraphs = [element for element in elements(report) if isinstance(element, Paragraph)]
    assert [paragraph.text for paragraph in paragraphs if paragraph.text[0].islower()] == [
        only(report, "where n counts the days").text
    ]


def test_a_note_and_its_mark(report: Document) -> None:
    note = only(report, "The lake, its observatory")
    assert isinstance(note, Footnote)
    assert note.text.startswith("¹ ")
    assert "Lake Orrin¹ is a good place" in only(report, "for such a diary").text


def test_running_headers_and_page_numbers_are_no_text(report: Document) -> None:
    kinds = {element.kind for element in elements(report) if "Report 14: Ice" in element.text}
    assert kinds == {"page_header"}
    kinds = {element.kind for element in elements(report) if element.text.startswith("Page ")}
    assert kinds == {"page_footer"}


def test_captions_belong_to_something(report: Document) -> None:
    kinds = {element.id: element.kind for element in elements(report)}
    captions = [element for element in elements(report) if isinstance(element, Caption)]
    assert [kinds[caption.target or ""] for caption in captions] == ["table", "picture", "picture"]


def test_the_language(report: Document) -> None:
    assert report.language == "en"
    assert '<html lang="en" dir="ltr">' in report.to_html()
