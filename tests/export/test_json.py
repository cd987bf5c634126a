import json
import math
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docparse import InputError
from docparse.document import Document, Element, Heading, Page, Paragraph
from docparse.export.json import document_schema, from_json, page_line, schema_text, to_json
from tests.qwenvl.strategies import PAGES

from .documents import GOLDEN, document_of, full_document, source

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "document.schema.json"


def validator(part: str | None = None) -> jsonschema.Draft202012Validator:
    schema = document_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema if part is None else {**schema["$defs"][part], "$defs": schema["$defs"]}
    )


def test_checked_in_schema_is_that_of_the_classes() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run: python tests/regenerate.py --schema"


def test_golden() -> None:
    assert to_json(full_document()) == (GOLDEN / "full.json").read_text(encoding="utf-8")


def test_full_document_is_valid_and_comes_back() -> None:
    document = full_document()
    validator().validate(json.loads(to_json(document)))
    assert Document.model_validate_json(to_json(document)) == document
    assert to_json(document, indent=None).count("\n") == 1


def test_schema_refuses_what_is_not_written() -> None:
    data = json.loads(to_json(full_document()))
    data["pages"][0]["elements"][1].pop("level")
    assert not validator().is_valid(data)
    data = json.loads(to_json(full_document()))
    data["pages"][0]["elements"][1]["surprise"] = 1
    assert not validator().is_valid(data)


def test_keys_keep_the_order_of_the_classes() -> None:
    data = json.loads(to_json(document_of(Heading(text="x"))))
    assert list(data) == list(Document.model_fields)
    assert list(data["pages"][0]["elements"][0])[:5] == ["kind", "id", "box", "parts", "text"]


def test_characters_stand_for_themselves() -> None:
    assert "größer ≥ 中" in to_json(document_of(Paragraph(text="größer ≥ 中")))


@pytest.mark.parametrize("text", ["a\ud800b", "\udfff", "\x00\x1f", "\u2028 \x85", '"\\'])
def test_any_text_can_be_written(text: str) -> None:
    document = document_of(Paragraph(text=text))
    for written in (to_json(document), page_line(document.source, document.pages[0])):
        written.encode("utf-8")
        json.loads(written)
    validator().validate(json.loads(to_json(document)))


def test_page_line_is_one_line() -> None:
    document = document_of(Paragraph(text="a\nb\u2028c\x85d"))
    line = page_line(document.source, document.pages[0])
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    data = json.loads(line)
    assert list(data) == ["schema_version", "source", "page"]
    assert data["page"]["elements"][0]["text"] == "a\nb\u2028c\x85d"
    validator("PageLine").validate(data)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("width",), 1e20, "page 1 cannot be 1e+20 × 842 pt large"),
        (("height",), -1, "page 1 cannot be 595 × -1 pt large"),
        (("width",), math.nan, "page 1 cannot be nan"),
        (("elements", 3, "box"), [0, 0, math.inf, 1], "p1-e3: 0 0 inf 1 cannot be a box"),
        (("elements", 3, "parts", 1, "box", 2), 1e20, "p1-e3: 100 60 1e+20 90"),
        (("elements", 12, "cells", 6, "box", 0), -1e20, "p1-e12: -1e+20"),
        (("elements", 12, "cells", 6, "row"), 10**15, "p1-e12: no table"),
        (("elements", 12, "row_count"), 10**15, "p1-e12: no table"),
    ],
)
def test_what_no_page_has_is_refused_in_words(place: tuple[str | int, ...], value: object, words: str) -> None:
    data = json.loads(to_json(full_document()))
    part = data["pages"][0]
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    with pytest.raises(InputError, match=re.escape(words)):
        from_json(json.dumps(data).encode(), "x.json")


@settings(max_examples=60, deadline=None)
@given(st.lists(PAGES, max_size=3))
def test_what_is_written_is_read_back_the_same(pages: list[list[Element]]) -> None:
    document = Document(
        generator="test",
        source=source(len(pages)),
        pages=[
            Page(number=number, width=595.32, height=841.9, unit="pt", elements=elements)
            for number, elements in enumerate(pages, start=1)
        ],
    )
    written = to_json(document)
    loaded = from_json(written.encode(), "x")
    assert loaded == document
    assert to_json(loaded) == written
