"""The words of a node as one string: blanks folded, ``\\n`` where a line really ends."""

import re
from collections.abc import Iterable, Iterator

from ..content.marks import raised
from .tree import INLINE, Node

_NEWLINES = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def inline_text(children: Iterable[Node | str], *, keep_lines: bool = False) -> str:
    """The text of some nodes. ``<br>`` and blocks part lines; the source's own line ends are blanks unless
    ``keep_lines``."""
    return fold("".join(_parts(children, keep_lines)))


def fold(text: str) -> str:
    """With runs of blanks as one, and no empty lines."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def raw_text(children: Iterable[Node | str]) -> str:
    """Text as it stands, for notations in which blanks and line ends have a meaning; ``<br>`` is a line end."""
    text = "".join(_raw_parts(children))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _parts(children: Iterable[Node | str], keep_lines: bool) -> Iterator[str]:
    for child in children:
        if isinstance(child, str):
            yield child if keep_lines else _NEWLINES.sub(" ", child)
        elif child.tag == "br":
            yield "\n"
        elif child.tag == "sup":
            yield raised("".join(_parts(child.children, keep_lines)))
        elif child.tag in INLINE:
            yield from _parts(child.children, keep_lines)
        elif child.tag in ("td", "th"):
            yield from _parts(child.children, keep_lines)
            yield " "
        else:
            yield "\n"
            yield from _parts(child.children, keep_lines or child.tag == "pre")
            yield "\n"


def _raw_parts(children: Iterable[Node | str]) -> Iterator[str]:
    after_break = False
    for child in children:
        if isinstance(child, str):
            # ``<br>`` at the end of a line is that line's end, not one more.
            yield child.removeprefix("\n") if after_break else child
        else:
            yield "\n" if child.tag == "br" else "".join(_raw_parts(child.children))
        after_break = isinstance(child, Node) and child.tag == "br"
