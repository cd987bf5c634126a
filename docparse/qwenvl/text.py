"""The text of a node."""

import re

from lxml import etree

_BLOCKS = frozenset("p div li tr table ul ol h1 h2 h3 h4 h5 h6 dt dd pre blockquote".split())
_BLANKS = re.compile(r"[^\S\n]+")


def raw_text(node: etree._Element) -> str:
    """All text below the node, as it stands."""
    return "".join(str(part) for part in node.itertext())


def inline_text(node: etree._Element, *, keep_lines: bool = False) -> str:
    """Text with blanks folded; ``<br>`` and inner blocks part lines. ``keep_lines`` keeps the source's own."""
    parts: list[str] = []
    for event, inner in etree.iterwalk(node, events=("start", "end")):
        if not isinstance(inner.tag, str):
            continue
        if event == "start":
            if inner.tag == "br" or (inner.tag in _BLOCKS and inner is not node):
                parts.append("\n")
            if inner.text and inner.tag not in ("script", "style"):
                parts.append(inner.text if keep_lines else inner.text.replace("\n", " "))
        else:
            if inner.tag in _BLOCKS and inner is not node:
                parts.append("\n")
            if inner.tail and inner is not node:
                parts.append(inner.tail if keep_lines else inner.tail.replace("\n", " "))
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
