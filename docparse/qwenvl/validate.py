"""What is wrong with QwenVL HTML: against ``schemas/qwenvl-html.rng`` (RELAX NG), and what no grammar can say."""

import math
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import NamedTuple

from lxml import etree

from ..document import Severity
from ..geometry import Box
from .answer import Findings
from .boxes import LEAST_INSIDE
from .grammar import schema
from .grid import place
from .tree import Node

_RULES = {"p": "paragraph", "address": "author", "ul": "list", "ol": "list"} | {
    f"h{n}": "heading" for n in range(1, 7)
}
"""Tag -> the grammar's definition of it; that of a ``div`` has the name of its first class."""
_DIV_RULES = frozenset("table chart formula image chemical music".split())

_ASKING = threading.Lock()
_AT_ONCE = 200
"""Blocks that are held against the grammar together."""

_BOX = re.compile(r"(?:-?[0-9]{1,7}(?:\.[0-9])? ){3}-?[0-9]{1,7}(?:\.[0-9])?")
_DECIMAL = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")
_SPAN_FAULTS = {
    "cells-overlap": "this cell reaches over one that comes down from a row above",
    "span-too-long": "this cell reaches below the last row of its table",
    "table-too-wide": "this cell reaches further to the right than any table does",
}


class Finding(NamedTuple):
    """``line`` counts from 1."""

    line: int
    message: str


def validate(text: str) -> list[Finding]:
    """What is wrong with a text that should be canonical QwenVL HTML, from top to bottom; nothing where it is.

    The text must be well-formed XML, which the canonical form is (else all that is told is where it is not); it must
    follow the grammar; and its boxes and spans must be possible ones, which no grammar can say. Never raises.
    """
    data = text.encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, _parser(recover=False))
    except etree.XMLSyntaxError as error:
        return _syntax(data) or [Finding(error.lineno or 1, error.msg or "not well-formed")]
    return sorted([*_against_grammar(root), *_boxes(root), *_spans(root)], key=lambda finding: finding.line)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


# Well-formed


def _syntax(data: bytes) -> list[Finding]:
    """Every place where a parser that carries on has to."""
    parser = _parser(recover=True)
    with suppress(etree.XMLSyntaxError):
        etree.fromstring(data, parser)
    told = ((entry.line, entry.message) for entry in parser.error_log)
    return sorted((Finding(max(line, 1), message) for line, message in dict.fromkeys(told)), key=lambda one: one.line)


# Against the grammar


def _against_grammar(root: etree._Element) -> list[Finding]:
    wrong = next(filter(None, (_told_by(_grammar(""), part) for part in _parts(root))), None)
    if wrong is None:
        return []
    return [finding for block in root.iterfind("body/*") for finding in _in_block(block)] or wrong


def _told_by(grammar: etree.RelaxNG, element: etree._Element) -> list[Finding]:
    """All that a grammar has to say against this. It keeps that until it is asked again, so that threads which ask at
    the same time would take what is told of another's for theirs, or nothing."""
    with _ASKING:
        if grammar.validate(element):
            return []
        told = [Finding(entry.line, entry.message) for entry in grammar.error_log]
    return told or [Finding(_line(element), "this does not follow the grammar")]


def _parts(root: etree._Element) -> Iterator[etree._Element]:
    """The text a few blocks at a time, each part with all that stands around them: libxml2 takes time in the square
    of the number of blocks."""
    if len(root) == 0 or (len(root) == 1 and len(root[0]) <= _AT_ONCE):
        yield root
        return
    for body in root:
        blocks = list(body)
        for start in range(0, max(1, len(blocks)), _AT_ONCE):
            part = etree.Element(root.tag)
            around = etree.SubElement(part, body.tag)
            for made, given in ((part, root), (around, body)):
                made.attrib.update(given.attrib)
                made.text, made.tail, made.sourceline = given.text, given.tail, given.sourceline
            around.extend(deepcopy(block) for block in blocks[start : start + _AT_ONCE])
            yield part


def _in_block(block: etree._Element) -> list[Finding]:
    """libxml2 tells of a wrong block only that it is not the last of those that may stand there. So each is held
    against the one definition that is meant for it."""
    classes = (block.get("class") or "").split()
    rule = _RULES.get(str(block.tag), "")
    if block.tag == "div" and classes and classes[0] in _DIV_RULES:
        rule = classes[0]
    if not rule:
        shown = f'<{block.tag} class="{" ".join(classes)}">' if classes else f"<{block.tag}>"
        return [Finding(_line(block), f"{shown} is no block of the format")]
    alone = deepcopy(block)
    alone.tail = None
    return _told_by(_grammar(rule), alone)


@cache
def _grammar(rule: str) -> etree.RelaxNG:
    """The grammar, or only what it says of one kind of block."""
    return etree.RelaxNG(schema(rule))


# What no grammar can say


def _boxes(root: etree._Element) -> Iterator[Finding]:
    """Boxes whose corners are in the wrong order, without area, or beside the page."""
    for body in root.iter("body"):
        width, height = (_size(body.get(name)) for name in ("data-width", "data-height"))
        for element in body.iter("{*}*"):
            shown = element.get("data-bbox", "")
            if not _BOX.fullmatch(shown):
                continue  # none, or the grammar has told
            box = Box(*map(float, shown.split()))
            if box.x0 > box.x1 or box.y0 > box.y1:
                yield Finding(_line(element), f"the corners of the box {shown} are in the wrong order")
            elif box.area == 0:
                yield Finding(_line(element), f"the box {shown} has no area")
            elif box.clipped(width, height).area < LEAST_INSIDE * box.area:
                page = f" ({width:.10g} × {height:.10g})" if width < math.inf and height < math.inf else ""
                yield Finding(_line(element), f"the box {shown} does not lie on the page{page}")


def _size(value: str | None) -> float:
    """A side of the page; without end where it is not told."""
    return float(value) if value and _DECIMAL.fullmatch(value) else math.inf


def _spans(root: etree._Element) -> Iterator[Finding]:
    """Cells of a table that overlap, or that reach beyond it."""
    for table in root.iter("table"):
        lines: dict[int, int] = {}
        rows = []
        for row in table.iter("tr"):
            rows.append(Node("tr"))
            for cell in row.iterchildren("td", "th"):
                node = Node(
                    "td", {name: str(cell.get(name)) for name in ("rowspan", "colspan") if name in cell.attrib}
                )
                lines[id(node)] = _line(cell)
                rows[-1].children.append(node)
        kinds = _Kinds()
        for placed in place(rows, kinds):
            yield from (
                Finding(lines[id(placed.node)], _SPAN_FAULTS[kind]) for kind in kinds.seen if kind in _SPAN_FAULTS
            )
            kinds.seen.clear()


class _Kinds(Findings):
    """The kinds of problems since they were last asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def add(self, kind: str, severity: Severity, message: str) -> None:
        self.seen.append(kind)


def _line(element: etree._Element) -> int:
    return element.sourceline or 1  # type: ignore[return-value, truthy-bool]  # lxml-stubs: "..."
