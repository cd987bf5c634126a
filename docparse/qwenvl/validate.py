"""Against the grammar: ``schemas/qwenvl-html.rng`` (RELAX NG)."""

from copy import deepcopy
from functools import cache
from importlib import resources
from typing import NamedTuple

from lxml import etree

_NAMESPACE = "http://relaxng.org/ns/structure/1.0"
_RULES = {"p": "paragraph", "address": "author", "ul": "list", "ol": "list"} | {
    f"h{n}": "heading" for n in range(1, 7)
}
"""Tag -> the grammar's definition of it; that of a ``div`` has the name of its first class."""
_DIV_RULES = frozenset("table chart formula image chemical music".split())


class Finding(NamedTuple):
    """``line`` counts from 1."""

    line: int
    message: str


def validate(text: str) -> list[Finding]:
    """What is wrong with a text that should be canonical QwenVL HTML; nothing where it is.

    The text must also be well-formed XML, which the canonical form is. Never raises.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return [Finding(error.lineno or 1, error.msg or "not well-formed")]
    grammar = _grammar("")
    if grammar.validate(root):
        return []
    in_blocks = [finding for block in root.iterfind("body/*") for finding in _in_block(block)]
    return in_blocks or [Finding(entry.line, entry.message) for entry in grammar.error_log]


def _in_block(block: etree._Element) -> list[Finding]:
    """libxml2 tells of a wrong block only that it is not the last of those that may stand there. So each is held
    against the one definition that is meant for it."""
    line: int = block.sourceline or 1  # type: ignore[assignment, truthy-bool]  # lxml-stubs: "..."
    classes = (block.get("class") or "").split()
    rule = _RULES.get(str(block.tag), "")
    if block.tag == "div" and classes and classes[0] in _DIV_RULES:
        rule = classes[0]
    if not rule:
        shown = f'<{block.tag} class="{" ".join(classes)}">' if classes else f"<{block.tag}>"
        return [Finding(line, f"{shown} is no block of the format")]
    grammar = _grammar(rule)
    alone = deepcopy(block)
    alone.tail = None
    if grammar.validate(alone):
        return []
    return [Finding(entry.line, entry.message) for entry in grammar.error_log]


@cache
def _grammar(rule: str) -> etree.RelaxNG:
    """The grammar, or only what it says of one kind of block."""
    grammar = etree.fromstring(resources.files("docparse.schemas").joinpath("qwenvl-html.rng").read_bytes())
    if rule:
        start = grammar.find(f"{{{_NAMESPACE}}}start")
        if start is not None:
            start.clear()
            etree.SubElement(start, f"{{{_NAMESPACE}}}ref", name=rule)
    return etree.RelaxNG(grammar)
