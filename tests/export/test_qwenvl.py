from lxml import html

from .documents import full_document


def test_one_body_a_page_with_its_size() -> None:
    text = full_document().to_qwenvl()
    bodies = [html.fragment_fromstring(part, create_parent=True) for part in text.split("</body>")[:-1]]
    assert text.startswith('<html>\n<body data-page="1" data-width="595" data-height="842">')
    assert text.count("<body ") == text.count("</body>") == len(bodies) == 3
    assert '<body data-page="2" data-width="1240" data-height="1754">' in text
    assert "The harbour in figures" in bodies[0].text_content()
    assert "OF THE ROPES" in bodies[1].text_content()
