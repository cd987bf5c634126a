import pytest
from lxml import etree

import docparse.qwenvl

from .documents import full_document


def test_one_body_a_page_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_body(elements: list[object], attributes: dict[str, str]) -> str:
        listed = " ".join(f'{name}="{value}"' for name, value in attributes.items())
        return f"<body {listed}>{len(elements)}</body>"

    monkeypatch.setattr(docparse.qwenvl, "write_body", write_body, raising=False)
    root = etree.fromstring(full_document().to_qwenvl())
    assert root.tag == "html"
    assert [dict(body.attrib) for body in root][1] == {"data-page": "2", "data-width": "1240", "data-height": "1754"}
    assert [body.text for body in root] == ["21", "14", "0"]
