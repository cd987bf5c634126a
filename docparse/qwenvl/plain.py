"""Words without markup: paragraphs parted by empty lines."""

import re
from collections.abc import Iterator

from .tree import Node

_EMPTY_LINES = re.compile(r"\n[^\S\n]*\n")


def paragraphs(text: str, *, keep_lines: bool = False) -> Iterator[Node]:
    """One ``<p>`` a paragraph. With ``keep_lines`` the line ends of the text are those of the page."""
    for part in _EMPTY_LINES.split(text):
        if part.strip():
            lines = part.replace("<br>", "\n").split("\n") if keep_lines else part.split("<br>")
            yield Node("p", {}, with_breaks(lines))


def with_breaks(lines: list[str]) -> list[Node | str]:
    """The lines with ``<br>`` between them."""
    children: list[Node | str] = []
    for line in lines:
        if children:
            children.append(Node("br"))
        children.append(line)
    return children
