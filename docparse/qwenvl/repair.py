"""The tree of an answer to canonical blocks: what ``schemas/qwenvl-html.rng`` describes, whatever it was before.

Each defect has a small function, which leaves a problem. No word is lost, and no box is invented: where it is
in doubt whose box one is, nobody gets it. In the blocks ``\n`` stands for ``<br/>``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..content.marks import raised
from ..geometry import Box
from . import repair_pictures as pictures
from . import repair_tables as tables
from .answer import Findings
from .inline import inline_text
from .kinds import classes_of, is_misspelt, kind_of
from .repair_parts import PHRASE_TAGS, Repairing, box_inside, pictures_in
from .tree import Node, is_inline

Loose = Callable[[str], Iterable[Node]]
"""Makes blocks of text that stands in no tag."""
_PARAGRAPH_CLASSES = ("caption", "footnote", "page-header", "page-footer")


def canonical(root: Node, findings: Findings, loose: Loose) -> list[Node]:
    """The blocks below ``root`` in canonical form, in order."""
    return _drop_empty(_placed(_Repairing(findings, loose).blocks(root.children), findings), findings)


class _Repairing(Repairing):
    def __init__(self, findings: Findings, loose: Loose) -> None:
        self.findings = findings
        self._loose = loose

    def blocks(self, children: Iterable[Node | str]) -> Iterator[Node]:
        run: list[Node | str] = []
        for child in children:
            if isinstance(child, str) or (child.box is None and is_inline(child)):
                run.append(child)
                continue
            yield from self._loose_run(run)
            run.clear()
            yield from self.block(child)
        yield from self._loose_run(run)

    def block(self, node: Node) -> Iterator[Node]:
        if node.tag == "title":
            if words := inline_text(node.children):
                self.findings.info("title-dropped", f"the answer has a title of its own: {words}")
        elif kind := kind_of(node):
            if is_misspelt(node):
                self.findings.info("class-misspelt", f"a class that the format does not have was taken for {kind!r}")
            yield from _REPAIRS[kind](node, self)
        else:
            yield from _container(node, self)

    def _loose_run(self, run: Sequence[Node | str]) -> Iterator[Node]:
        text = _with_breaks(run)
        if text.strip():
            for node in self._loose(text):
                yield from self.block(node)


def _with_breaks(run: Iterable[Node | str]) -> str:
    """Loose words as their dialect reads them: line ends as they were, ``<br>`` as written."""
    return "".join(
        part if isinstance(part, str) else "<br>" if part.tag == "br" else _loose_words(part) for part in run
    )


def _loose_words(part: Node) -> str:
    words = _with_breaks(part.children)
    return raised(words) if part.tag == "sup" else words


def _container(node: Node, repairing: Repairing) -> Iterator[Node]:
    """A tag that is nothing by itself. Around words alone it is their paragraph."""
    if all(isinstance(child, str) or is_inline(child) for child in node.children):
        if classes_of(node) and node.box is not None:
            repairing.findings.info("unknown-class", "a class that the format does not have made a paragraph")
        yield from _phrase(node, repairing)
        return
    inner = list(repairing.blocks(node.children))
    if node.box is not None and not any(block.box for block in inner):
        if len(inner) == 1:
            inner[0].box = node.box
        else:
            repairing.findings.info("box-dropped", "a box around several elements without boxes was dropped")
    yield from inner


def _phrase(node: Node, _: Repairing, *, keep_lines: bool = False) -> Iterator[Node]:
    """Headings and paragraphs of all classes; pictures in them stand after them."""
    text = inline_text(node.children, keep_lines=keep_lines or node.tag == "pre")
    kind = kind_of(node)
    box = node.box or (box_inside(node) if text else None)
    yield Node(
        node.tag if node.tag in PHRASE_TAGS else "p",
        {"class": kind} if kind in _PARAGRAPH_CLASSES else {},
        [text] if text else [],
        box,
    )
    yield from pictures_in(node)


def _text_div(node: Node, repairing: Repairing) -> Iterator[Node]:
    """``div.text`` of Qwen3-VL, in which line ends are those of the page."""
    if any(kind_of(inner) in ("table", "list", "image") for inner in node.walk()):
        yield from repairing.blocks(node.children)
    else:
        yield from _phrase(Node("p", {}, node.children, node.box), repairing, keep_lines=True)


def _author(node: Node, _: Repairing) -> Iterator[Node]:
    """An address; one that only wraps several paragraphs with boxes is several."""
    wrapped = [child for child in node.children if isinstance(child, Node) and child.box is not None]
    if node.box is None and len(wrapped) > 1:
        for child in node.children:
            if text := inline_text([child]):
                box = child.box if isinstance(child, Node) else None
                yield Node("address", {"class": "author"}, [text], box)
    else:
        text = inline_text(node.children)
        yield Node("address", {"class": "author"}, [text] if text else [], node.box or box_inside(node))
    yield from pictures_in(node)


def _list(node: Node, repairing: Repairing, level: int = 1) -> Iterator[Node]:
    """Each item as a list of its own, nested as deep as it is. A list has no box: its items have."""
    if node.box is not None and not any(inner.box for inner in node.walk() if inner is not node):
        items = [child for child in node.children if isinstance(child, Node)]
        if len(items) == 1:
            items[0].box = node.box
        else:
            repairing.findings.info("box-dropped", "a box around several elements without boxes was dropped")
    for child in node.children:
        if isinstance(child, Node) and child.tag in ("ul", "ol"):
            yield from _list(child, repairing, level + 1)
        elif isinstance(child, Node) and child.tag == "li":
            yield from _item(child, node.tag, level, repairing)
        elif isinstance(child, Node) or child.strip():
            repairing.findings.info("text-outside-item", "words between the items of a list were made an item")
            yield from _item(Node("li", {}, [child]), node.tag, level, repairing)


def _item(item: Node, tag: str, level: int, repairing: Repairing) -> Iterator[Node]:
    """The item's own words; lists and whatever else is in it stand after it."""
    words: list[Node | str] = []
    others: list[Node] = []
    for child in item.children:
        if isinstance(child, Node) and kind_of(child) not in ("", "paragraph", "picture"):
            others.append(child)
        else:
            words.append(child)
    own = Node("li", {}, words)
    text = inline_text(words)
    marker = " ".join(item.attributes.get("data-marker", "").split())
    if text or marker:
        attributes = {"data-marker": marker} if marker else {}
        made = Node("li", attributes, [text] if text else [], item.box or box_inside(own))
        for _ in range(level):
            made = Node(tag, {}, [made])
        yield made
    yield from pictures_in(own)
    for other in others:
        yield from _list(other, repairing, level + 1) if other.tag in ("ul", "ol") else repairing.block(other)


def _place(node: Node, _: Repairing) -> Iterator[Node]:
    """A mark that says where the next block is; ``_placed`` takes it away."""
    if node.box is not None:
        yield node


_REPAIRS: dict[str, Callable[[Node, Repairing], Iterator[Node]]] = {
    "heading": _phrase,
    "paragraph": _phrase,
    "caption": _phrase,
    "footnote": _phrase,
    "page-header": _phrase,
    "page-footer": _phrase,
    "author": _author,
    "text": _text_div,
    "list": _list,
    "table": tables.table,
    "chart": tables.chart,
    "formula": pictures.formula,
    "image": pictures.image,
    "picture": pictures.bare_picture,
    "chemical": pictures.chemical,
    "music": pictures.music,
    "place": _place,
}


def _placed(blocks: Iterable[Node], findings: Findings) -> Iterator[Node]:
    """With the boxes that QwenVL Markdown has in front of tables (``<!-- Table (x1, y1, x2, y2) -->``); a caption
    between the two is not what is meant."""
    place: Box | None = None
    for block in blocks:
        if place is not None and block.attributes.get("class") != "caption":
            if block.box is None:
                block.box = place
            else:
                findings.info("box-dropped", "a box that stood in front of no element was dropped")
            place = None
        if block.tag == "place":
            place = block.box
        else:
            yield block
    if place is not None:
        findings.info("box-dropped", "a box that stood in front of no element was dropped")


def _drop_empty(blocks: Iterable[Node], findings: Findings) -> list[Node]:
    """Without empty paragraphs, which models write between columns. In front of an author without a box stands
    an empty one that has the author's."""
    kept: list[Node] = []
    waiting: Box | None = None
    for block in blocks:
        if waiting is not None:
            if block.tag == "address" and block.box is None:
                findings.info("author-box", "an author's box stood on the empty paragraph before it")
                block.box = waiting
            else:
                findings.info("empty-element", "an element with a box and no words was dropped")
            waiting = None
        if block.tag in PHRASE_TAGS and not block.children:
            waiting = block.box
        elif block.box is not None or not tables.is_empty(block):
            kept.append(block)
    if waiting is not None:
        findings.info("empty-element", "an element with a box and no words was dropped")
    return kept
