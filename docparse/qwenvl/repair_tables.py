"""Repairs of tables and charts."""

from collections.abc import Iterator, Sequence

from .answer import Findings
from .grid import fit
from .inline import inline_text
from .repair_parts import Repairing, box_inside, box_of_image, is_nothing, paragraph, pictures_in
from .tree import Node


def table(node: Node, repairing: Repairing) -> Iterator[Node]:
    """A ``<table>``, or the ``div.table`` around it, whose box is the table's; the rest stands beside it."""
    if node.tag == "table":
        yield from _bare_table(node, repairing)
        return
    inner = [block for block in repairing.blocks(node.children) if not is_nothing(block, node.box)]
    first = next((block for block in inner if block.attributes.get("class") == "table"), None)
    if first is None:
        repairing.findings.info("table-without-rows", "a table that has no rows was taken for its words")
        if len(inner) == 1 and inner[0].box is None:
            inner[0].box = node.box
    elif node.box is not None:
        first.box = node.box
    yield from inner


def chart(node: Node, repairing: Repairing) -> Iterator[Node]:
    """The data are the first table, or else the words; the rest stands after the chart."""
    inner = [block for block in repairing.blocks(node.children) if not is_nothing(block, node.box)]
    box = node.box or box_of_image(node, repairing.findings)
    data = next((block for block in inner if block.attributes.get("class") == "table"), None)
    if data is not None:
        content = data.children
        box = box or data.box
        rest = [block for block in inner if block is not data]
    else:
        words = [block for block in inner if block.tag == "p" and not block.attributes]
        content = list(paragraph("\n".join(inline_text(block.children, keep_lines=True) for block in words)))
        rest = [block for block in inner if block.tag != "p" or block.attributes]
    yield Node("div", {"class": "chart"}, [Node("img", box=box), *content], box)
    if rest:
        repairing.findings.info("beside-chart", "what stood beside a chart's data was put after the chart")
    yield from rest


def is_empty(block: Node) -> bool:
    """Whether a block is a table without rows."""
    return block.attributes.get("class") == "table" and not any(node.tag == "tr" for node in block.walk())


def _bare_table(node: Node, repairing: Repairing) -> Iterator[Node]:
    """Captions, the table, and after it what stood between its rows and the pictures of its cells."""
    rows: list[Node] = []
    outside: list[Node] = []
    _gather_rows(node, rows, outside, repairing, in_head=False)
    pictures = [picture for row in rows for picture in pictures_in(row)]
    yield from (block for block in outside if block.attributes.get("class") == "caption")
    body = Node("tbody", {}, list(_fitted(rows, repairing.findings)))
    yield Node("div", {"class": "table"}, [Node("table", {}, [body])], node.box)
    yield from (block for block in outside if block.attributes.get("class") != "caption")
    yield from pictures


def _gather_rows(node: Node, rows: list[Node], outside: list[Node], repairing: Repairing, *, in_head: bool) -> None:
    rowless: Node | None = None
    for child in node.children:
        if isinstance(child, str) and not child.strip():
            continue
        if isinstance(child, Node) and child.tag in ("td", "th"):
            if rowless is None:
                repairing.findings.info("cells-without-row", "cells that stand in no row made one")
                rowless = Node("tr")
                rows.append(rowless)
            rowless.children.append(_cell(child, in_head))
            continue
        rowless = None
        if isinstance(child, Node) and child.tag == "tr":
            rows.append(Node("tr", {}, list(_cells(child, repairing.findings, in_head))))
        elif isinstance(child, Node) and child.tag in ("thead", "tbody", "tfoot"):
            _gather_rows(child, rows, outside, repairing, in_head=child.tag == "thead")
        else:
            outside.extend(repairing.blocks([child]))


def _cells(row: Node, findings: Findings, in_head: bool) -> Iterator[Node]:
    for child in row.children:
        if isinstance(child, Node) and child.tag in ("td", "th"):
            yield _cell(child, in_head)
        elif inline_text([child]):
            findings.warn("text-outside-cell", "words between the cells of a table were put in a cell")
            yield _cell(Node("td", {}, [child]), in_head)


def _cell(node: Node, in_head: bool) -> Node:
    return Node("th" if in_head else node.tag, node.attributes, node.children, node.box)


def _fitted(rows: Sequence[Node], findings: Findings) -> list[Node]:
    """The rows with their cells' words, as a rectangle without overlaps."""
    fitted = [Node("tr") for _ in rows]
    for cell in fit(rows, findings):
        attributes = {}
        if cell.column_span > 1:
            attributes["colspan"] = str(cell.column_span)
        if cell.row_span > 1:
            attributes["rowspan"] = str(cell.row_span)
        text = inline_text(cell.node.children)
        holds_nodes = any(isinstance(child, Node) for child in cell.node.children)
        box = cell.node.box or (box_inside(cell.node) if text and holds_nodes else None)
        fitted[cell.row].children.append(Node(cell.node.tag, attributes, [text] if text else [], box))
        if holds_nodes and any(inner.tag == "table" for inner in cell.node.walk()):
            findings.warn("nested-table", "a table in a table's cell was taken for its words")
    return fitted
