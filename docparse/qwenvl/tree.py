"""The tree of an answer. Tags that were left open are closed where the next one shows that they ended.

libxml2's own HTML parser is not used: what it makes of text that is no HTML (``a<b``, a tag cut in half, a table
in a table) changes from version to version, and some of it loses words. Here every word has a place.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..geometry import Box
from .answer import Findings
from .boxes import box_of
from .tokens import End, Start, Token

_DEEPEST = 64
"""Nested tags. No page has a quarter of this, and what reads the tree may call itself."""

VOID = frozenset("img br hr wbr input col meta link source embed area track base".split())
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i input ins kbd label mark math q s samp small "
    "span strike strong sub sup time tt u var wbr".split()
)
TABLE_PARTS = frozenset("table thead tbody tfoot tr".split())

_PHRASES = HEADINGS | {"p", "title"}
"""Tags that hold words only: the next block ends them."""
_SECTIONS = frozenset("thead tbody tfoot".split())
_CELLS = frozenset("td th".split())
_ENDED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset("ul ol table td th".split())),
    "td": (_CELLS, frozenset("table tr".split())),
    "th": (_CELLS, frozenset("table tr".split())),
    "tr": (_CELLS | {"tr"}, frozenset({"table"})),
    "dt": (frozenset("dt dd".split()), frozenset({"dl"})),
    "dd": (frozenset("dt dd".split()), frozenset({"dl"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
} | {name: (_SECTIONS | _CELLS | {"tr", "caption"}, frozenset({"table"})) for name in _SECTIONS}
"""Which open tags a new one ends, and how far up they are looked for."""


@dataclass(slots=True)
class Node:
    """An element of the answer. Its box is in the space of the answer."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    box: Box | None = None

    def walk(self) -> Iterator["Node"]:
        """The node and all below it, in the order of the text."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()


def is_inline(node: Node) -> bool:
    """Whether the node is part of a line of text, and so is all below it."""
    return node.tag in INLINE and all(inner.tag in INLINE for inner in node.walk())


def build(tokens: Iterable[Token], findings: Findings) -> Node:
    """The tree below one ``body``; ``html``, ``head`` and further bodies are opened up."""
    builder = _Builder(findings)
    for token in tokens:
        if isinstance(token, str):
            builder.stack[-1].children.append(token)
        elif isinstance(token, Start):
            builder.start(token)
        else:
            builder.end(token)
    left_open = [node.tag for node in builder.stack[1:]]
    if left_open:
        findings.info("unclosed-at-end", f"the answer ends inside {', '.join(f'<{tag}>' for tag in left_open[:5])}")
    return builder.stack[0]


def _shown(token: Start) -> list["Node | str"]:
    """What a browser shows in a field of a form."""
    if token.name != "input" or token.attributes.get("type") in ("hidden", "checkbox", "radio"):
        return []
    return [token.attributes.get("value") or token.attributes.get("placeholder", "")]


class _Builder:
    def __init__(self, findings: Findings) -> None:
        self.stack = [Node("body")]
        self._findings = findings
        self._open: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()

    def start(self, token: Start) -> None:
        name = token.name
        if name in ("html", "body", "head"):
            self._close(1)
            return
        if name not in INLINE:
            self._end_implied(name)
        if len(self.stack) > _DEEPEST and name not in VOID:
            self._findings.warn("too-deep", f"tags nested more than {_DEEPEST} deep were opened up")
            self._skipped[name] += not token.closed
            self.stack[-1].children.append(" " if name in INLINE else Node("br"))
            return
        node = Node(name, token.attributes, _shown(token), box_of(token.attributes, self._findings))
        self.stack[-1].children.append(node)
        if name not in VOID and not token.closed:
            self.stack.append(node)
            self._open[name] += 1

    def end(self, token: End) -> None:
        name = token.name
        if name in ("html", "body", "head"):
            self._close(1)
        elif self._skipped[name]:
            self._skipped[name] -= 1
        elif self.stack[-1].tag == name:  # nearly every end
            self._close(len(self.stack) - 1)
        elif self._open[name]:
            limits = ("table",) if name in TABLE_PARTS | _CELLS else ("table", "td", "th")
            if (index := self._nearest((name,), limits if name != "table" else ())) is not None:
                self._close(index)
                return
            self._findings.info("stray-end-tag", "an end tag that ends nothing was dropped")
        elif name not in VOID:
            self._findings.info("stray-end-tag", "an end tag that ends nothing was dropped")

    def _end_implied(self, name: str) -> None:
        """End what cannot go on when a block of this name begins."""
        index = len(self.stack) - 1
        while self.stack[index].tag in INLINE:
            index -= 1
        if self.stack[index].tag in _PHRASES and name != "img":
            self._findings.info("unclosed-tag", f"a <{self.stack[index].tag}> was not closed before the next block")
            self._close(index)
            index = len(self.stack) - 1
        if name in _ENDED_BY:
            ended, limits = _ENDED_BY[name]
            if (outermost := self._outermost(ended, limits)) is not None:
                self._close(outermost)
        elif self.stack[index].tag in TABLE_PARTS and name not in ("caption", "colgroup", "col", "img"):
            # A block between the cells of a table: the table was never closed.
            table = self._nearest(("table",), ())
            if table is not None:
                self._findings.warn("unclosed-table", "a table was not closed before the next block")
                self._close(table)

    def _nearest(self, names: Iterable[str], limits: Iterable[str]) -> int | None:
        for index in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[index].tag
            if tag in names:
                return index
            if tag in limits:
                return None
        return None

    def _outermost(self, names: Iterable[str], limits: Iterable[str]) -> int | None:
        found = None
        for index in range(len(self.stack) - 1, 0, -1):
            tag = self.stack[index].tag
            if tag in names:
                found = index
            elif tag in limits:
                break
        return found

    def _close(self, index: int) -> None:
        """Take off the stack all from ``index``."""
        for node in self.stack[index:]:
            self._open[node.tag] -= 1
        del self.stack[index:]
