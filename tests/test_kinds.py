"""Every kind of element has its place in each table of kinds: what a new one forgets is named here."""

from importlib import resources
from typing import get_args

import pytest
from lxml import etree

from docparse.content.examine import examine
from docparse.document import AnyElement, Caption, Heading
from docparse.export.html import to_html
from docparse.export.markdown import to_markdown
from docparse.qwenvl import parse, validate, write
from docparse.qwenvl.kinds import ELEMENT_CLASSES, PHRASE_CLASSES

from .export.documents import document_of

KINDS = get_args(AnyElement)
WORDS = "words of it"


def made(kind: type) -> AnyElement:
    element: AnyElement = kind(text=WORDS, id="p1-e1", **({"level": 1} if kind is Heading else {}))
    return element


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_is_checked_and_written(kind: type) -> None:
    examine([made(kind)])
    document = document_of(made(kind))
    assert WORDS in to_html(document)
    assert WORDS in to_markdown(document, furniture=True)
    assert WORDS in document.to_chunks(furniture=True) or kind is Caption
    assert validate(write([made(kind)])) == []


@pytest.mark.parametrize("name", [*ELEMENT_CLASSES, *PHRASE_CLASSES])
def test_every_class_is_repaired_and_read(name: str) -> None:
    (element, *_) = parse(f'<div class="{name}" data-bbox="1 2 30 40"><img/><div>{WORDS}</div></div>').elements
    assert element.box is not None
    assert validate(write([element])) == []


def test_every_class_is_in_the_grammar() -> None:
    grammar = etree.fromstring(resources.files("docparse.schemas").joinpath("qwenvl-html.rng").read_bytes())
    assert set(ELEMENT_CLASSES) <= {define.get("name") for define in grammar.iter("{*}define")}
