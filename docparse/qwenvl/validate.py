"""Against the grammar: ``schemas/qwenvl-html.rng`` (RELAX NG)."""

from functools import cache
from importlib import resources
from typing import NamedTuple

from lxml import etree


class Finding(NamedTuple):
    line: int
    message: str


def validate(text: str) -> list[Finding]:
    """What is wrong with a text that should be canonical QwenVL HTML; nothing where it is.

    The text must also be well-formed XML, which the canonical form is.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return [Finding(error.lineno or 1, error.msg or "not well-formed")]
    grammar = _grammar()
    if grammar.validate(root):
        return []
    return [Finding(entry.line, entry.message) for entry in grammar.error_log]


@cache
def _grammar() -> etree.RelaxNG:
    source = resources.files("docparse.schemas").joinpath("qwenvl-html.rng").read_bytes()
    return etree.RelaxNG(etree.fromstring(source))
