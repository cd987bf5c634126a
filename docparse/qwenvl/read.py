"""Canonical blocks to elements: one short function a kind. All leniency is in ``repair.py``."""

from collections.abc import Callable, Iterator, Sequence

from ..content.table import table_text
from ..document import (
    AnyElement,
    Author,
    Caption,
    Cell,
    Chart,
    Chemical,
    Footnote,
    Formula,
    Heading,
    ListItem,
    Music,
    PageFooter,
    PageHeader,
    Paragraph,
    Picture,
    Table,
)
from .answer import Findings
from .grid import place
from .tree import HEADINGS, Node

_PHRASES: dict[str, Callable[..., AnyElement]] = {
    "": Paragraph,
    "caption": Caption,
    "footnote": Footnote,
    "page-header": PageHeader,
    "page-footer": PageFooter,
}


def elements_of(blocks: Sequence[Node]) -> list[AnyElement]:
    """The blocks' elements, in order; boxes stay in the space of the answer."""
    return [element for block in blocks for element in _elements(block)]


def _elements(block: Node) -> Iterator[AnyElement]:
    if block.tag in ("ul", "ol"):
        yield from _items(block, 1)
    elif block.tag == "div":
        yield _DIVS[block.attributes["class"].split()[0]](block)
    elif block.tag == "address":
        yield Author(text=_text(block), box=block.box)
    elif block.tag in HEADINGS:
        yield Heading(text=_text(block), level=int(block.tag[1]), box=block.box)
    else:
        yield _PHRASES[block.attributes.get("class", "")](text=_text(block), box=block.box)


def _items(node: Node, level: int) -> Iterator[AnyElement]:
    for child in _nodes(node):
        if child.tag == "li":
            marker = child.attributes.get("data-marker", "")
            yield ListItem(text=_text(child), level=level, ordered=node.tag == "ol", marker=marker, box=child.box)
        else:
            yield from _items(child, level + 1)


def _table(block: Node) -> AnyElement:
    cells, rows, columns = _cells(_nodes(block)[0])
    return Table(box=block.box, text=table_text(cells), cells=cells, row_count=rows, column_count=columns)


def _chart(block: Node) -> AnyElement:
    content = _nodes(block)[1:]
    if not content or content[0].tag == "p":
        return Chart(box=block.box, text=_text(content[0]) if content else "")
    cells, rows, columns = _cells(content[0])
    return Chart(box=block.box, text=table_text(cells), cells=cells, row_count=rows, column_count=columns)


def _formula(block: Node) -> AnyElement:
    handwritten = "handwritten" in block.attributes["class"]
    content = _nodes(block)[1:]
    text = _text(content[0]) if content else ""
    if content and content[0].tag == "div":
        latex = text.removeprefix("$$").removesuffix("$$")
        return Formula(box=block.box, latex=latex, text=latex, handwritten=handwritten)
    return Formula(box=block.box, text=text, handwritten=handwritten)


def _picture(block: Node) -> AnyElement:
    classes = block.attributes["class"].split()
    texts = [_text(child) for child in _nodes(block)[1:]]
    description = texts.pop(0) if "caption" in classes else ""
    return Picture(box=block.box, description=description, text=texts[0] if texts else "")


def _chemical(block: Node) -> AnyElement:
    smiles = _text(_nodes(block)[1])
    return Chemical(box=block.box, smiles=smiles, text=smiles)


def _music(block: Node) -> AnyElement:
    abc = _text(_nodes(block)[1])
    return Music(box=block.box, abc=abc, text=abc)


_DIVS: dict[str, Callable[[Node], AnyElement]] = {
    "table": _table,
    "chart": _chart,
    "formula": _formula,
    "image": _picture,
    "chemical": _chemical,
    "music": _music,
}


def _cells(table: Node) -> tuple[list[Cell], int, int]:
    """The cells, and how many rows and columns there are."""
    rows = [row for body in _nodes(table) for row in _nodes(body)]
    cells = [
        Cell(
            row=placed.row,
            column=placed.column,
            row_span=placed.row_span,
            column_span=placed.column_span,
            header=placed.node.tag == "th",
            text=_text(placed.node),
            box=placed.node.box,
        )
        for placed in place(rows, Findings())
    ]
    return cells, len(rows), max((cell.column + cell.column_span for cell in cells), default=0)


def _nodes(node: Node) -> list[Node]:
    return [child for child in node.children if isinstance(child, Node)]


def _text(node: Node) -> str:
    return "".join(child for child in node.children if isinstance(child, str))
