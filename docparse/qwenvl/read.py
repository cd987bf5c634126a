"""The tree of an answer to elements: one small function a kind, lenient in what it takes."""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from ..document import (
    AnyElement,
    Author,
    Caption,
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
from ..geometry import Box
from .answer import Findings
from .boxes import read_box
from .table import read_cells
from .text import inline_text, raw_text

_ACTIVE = frozenset(
    "script style iframe object embed noscript template svg canvas audio video head title meta link".split()
)
_CONTAINERS = frozenset(
    "html body div section article main header footer nav aside figure center form blockquote dl fieldset "
    "tbody thead tr".split()
)
_PARAGRAPHS = frozenset("p dt dd pre figcaption caption label button option td th li".split())
_PARAGRAPH_CLASSES: dict[str, Callable[..., AnyElement]] = {
    "caption": Caption,
    "footnote": Footnote,
    "page-header": PageHeader,
    "page-footer": PageFooter,
}
_DELIMITERS = re.compile(r"^\s*(?:\$\$?|\\\[|\\\()\s*|\s*(?:\$\$?|\\\]|\\\))\s*$")


def read_body(root: etree._Element, findings: Findings) -> list[AnyElement]:
    """All elements below ``root`` in document order."""
    return _Reader(findings).read(root)


class _Reader:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._waiting_box: Box | None = None
        """Of an empty paragraph: real checkpoints put an author's box there."""

    def read(self, root: etree._Element) -> list[AnyElement]:
        elements: list[AnyElement] = []
        loose: list[str] = []
        for node in self._blocks(root, loose):
            if node is None:
                self._flush(loose, elements)
            else:
                self._flush(loose, elements)
                elements.extend(self._element(node))
        self._flush(loose, elements)
        return elements

    def _flush(self, loose: list[str], elements: list[AnyElement]) -> None:
        text = " ".join(" ".join(loose).split())
        loose.clear()
        if text:
            elements.append(Paragraph(text=text))

    def _blocks(self, node: etree._Element, loose: list[str]) -> Iterator[etree._Element | None]:
        """The nodes that are elements, containers opened; text between them goes to ``loose``, and None marks
        where a container ends."""
        if node.text:
            loose.append(node.text)
        for child in node:
            if isinstance(child.tag, str):
                if child.tag in _ACTIVE:
                    if child.tag not in ("head", "meta", "title", "link") and raw_text(child).strip():
                        self._findings.warn("active-content", f"a <{child.tag}> in the answer was dropped")
                elif child.tag in _CONTAINERS and not _kind_of(child):
                    yield None
                    yield from self._blocks(child, loose)
                    yield None
                elif child.tag in ("br", "hr"):
                    yield None
                elif _is_block(child):
                    yield child
                else:
                    loose.append(inline_text(child))
            if child.tail:
                loose.append(child.tail)

    def _element(self, node: etree._Element) -> Iterator[AnyElement]:
        kind = _kind_of(node)
        if kind is not None:
            yield from _DIVS[kind](self, node)
        elif node.tag in ("ul", "ol"):
            yield from self._list(node, 1)
        elif node.tag == "table":
            yield from self._table(node)
        elif node.tag == "img":
            yield Picture(box=self._box(node))
        elif node.tag == "address":
            box = self._box(node) or self._waiting_box
            self._waiting_box = None
            if text := inline_text(node):
                yield Author(text=text, box=box)
        elif node.tag[0] == "h" and node.tag[1:].isdigit():
            if text := inline_text(node):
                yield Heading(text=text, level=int(node.tag[1:]), box=self._box(node))
        else:
            yield from self._paragraph(node)

    def _box(self, node: etree._Element) -> Box | None:
        """The node's box, or that of the picture in it."""
        box = read_box(node, self._findings)
        if box is None:
            image = node.find(".//img")
            if image is not None:
                box = read_box(image, self._findings)
        return box

    def _paragraph(self, node: etree._Element) -> Iterator[AnyElement]:
        images = list(node.iter("img"))
        box = read_box(node, self._findings)
        text = inline_text(node, keep_lines=node.tag == "pre")
        classes = (node.get("class") or "").split()
        kind = next((_PARAGRAPH_CLASSES[name] for name in classes if name in _PARAGRAPH_CLASSES), None)
        if kind is None:
            kind = Caption if node.tag in ("figcaption", "caption") else Paragraph
        if text:
            yield kind(text=text, box=box)
        elif box is not None and not images:
            self._waiting_box = box
        for image in images:
            yield Picture(box=read_box(image, self._findings))

    def _list(self, node: etree._Element, level: int) -> Iterator[AnyElement]:
        ordered = node.tag == "ol"
        for child in node:
            if child.tag in ("ul", "ol"):
                yield from self._list(child, level + 1)
            elif isinstance(child.tag, str):
                nested = [sub for sub in child.iter("ul", "ol") if _nearest_item(sub) is child]
                for sub in nested:
                    _detach(sub)
                text = inline_text(child)
                marker = child.get("data-marker") or ""
                if text or marker:
                    yield ListItem(
                        text=text,
                        level=level,
                        ordered=ordered,
                        marker=" ".join(marker.split()),
                        box=read_box(child, self._findings),
                    )
                for sub in nested:
                    yield from self._list(sub, level + 1)
            if child.tail and child.tail.strip():
                yield ListItem(text=" ".join(child.tail.split()), level=level, ordered=ordered)

    def _table(self, node: etree._Element) -> Iterator[AnyElement]:
        """A ``<table>``, or the ``div.table`` around it; text beside it is not lost."""
        tables = [node] if node.tag == "table" else [t for t in node.iter("table") if _outer_table(t) is None]
        box = read_box(node, self._findings)
        for table in tables:
            caption = table.find("caption")
            if caption is not None:
                if text := inline_text(caption):
                    yield Caption(text=text, box=read_box(caption, self._findings))
                _detach(caption)
            grid = read_cells(table, self._findings)
            own = read_box(table, self._findings) if table is not node else None
            if grid.cells:
                yield Table(
                    box=own or box,
                    text=grid.text,
                    cells=grid.cells,
                    row_count=grid.row_count,
                    column_count=grid.column_count,
                )
        if node.tag != "table":
            for table in tables:
                _detach(table)
            if text := inline_text(node):
                yield Paragraph(text=text, box=None if tables else box)

    def _chart(self, node: etree._Element) -> Iterator[AnyElement]:
        box = self._box(node)
        table = node.find(".//table")
        if table is None:
            yield Chart(box=box, text=inline_text(node))
            return
        grid = read_cells(table, self._findings)
        _detach(table)
        yield Chart(
            box=box, text=grid.text, cells=grid.cells, row_count=grid.row_count, column_count=grid.column_count
        )
        if text := inline_text(node):
            yield Paragraph(text=text)

    def _picture(self, node: etree._Element) -> Iterator[AnyElement]:
        """``image``; with ``caption`` its text describes, with ``ocr`` it is printed in the picture. With
        both, ``p.ocr`` is printed and the rest describes."""
        classes = (node.get("class") or "").split()
        box = self._box(node)
        printed = "ocr" in classes
        described = "caption" in classes
        if printed and described:
            inside = [p for p in node.iter("p") if "ocr" in (p.get("class") or "").split()]
            text = "\n".join(filter(None, (inline_text(p) for p in inside)))
            for p in inside:
                _detach(p)
            yield Picture(box=box, text=text, description=inline_text(node))
        elif described:
            yield Picture(box=box, description=inline_text(node))
        else:
            yield Picture(box=box, text=inline_text(node))

    def _formula(self, node: etree._Element) -> Iterator[AnyElement]:
        handwritten = "handwritten" in (node.get("class") or "").split()
        box = self._box(node)
        inner = [child for child in node if child.tag == "div"]
        if not inner:
            text = inline_text(node)
            if node.find("p") is not None and not _DELIMITERS.match(text):
                # Only the page's own characters are known, no LaTeX.
                yield Formula(box=box, text=text, handwritten=handwritten)
            else:
                latex = _undelimited(text)
                yield Formula(box=box, latex=latex, text=latex, handwritten=handwritten)
            return
        parts = [_undelimited(inline_text(child)) for child in inner]
        for child in inner:
            _detach(child)
        for number, latex in enumerate(parts):
            yield Formula(box=box if number == 0 else None, latex=latex, text=latex, handwritten=handwritten)
        if rest := inline_text(node):
            self._findings.info("mixed-formula", "text beside a formula was made a paragraph")
            yield Paragraph(text=rest)

    def _chemical(self, node: etree._Element) -> Iterator[AnyElement]:
        smiles = inline_text(node)
        yield Chemical(box=self._box(node), smiles=smiles, text=smiles)

    def _music(self, node: etree._Element) -> Iterator[AnyElement]:
        lines = (line.rstrip() for line in raw_text(node).strip().splitlines())
        abc = "\n".join(line for line in lines if line)
        yield Music(box=self._box(node), abc=abc, text=abc)

    def _div_text(self, node: etree._Element) -> Iterator[AnyElement]:
        yield from self._paragraph(node)


# By class, in the order in which they are tried: ``chemical formula`` is no formula.
_DIVS: dict[str, Callable[[_Reader, etree._Element], Iterator[AnyElement]]] = {
    "chemical": _Reader._chemical,
    "music": _Reader._music,
    "chart": _Reader._chart,
    "formula": _Reader._formula,
    "table": _Reader._table,
    "image": _Reader._picture,
    "text": _Reader._div_text,
}


def _kind_of(node: etree._Element) -> str | None:
    """What a div's classes say that it is."""
    if node.tag not in ("div", "figure", "section"):
        return None
    classes = (node.get("class") or "").lower().split()
    return next((kind for kind in _DIVS if kind in classes), None)


def _is_block(node: etree._Element) -> bool:
    return (
        node.tag in ("ul", "ol", "table", "img", "address", *_PARAGRAPHS)
        or (len(node.tag) == 2 and node.tag[0] == "h" and node.tag[1].isdigit())
        or _kind_of(node) is not None
        or next(node.iter("img", "table", "p", "div"), None) is not None
    )


def _nearest_item(node: etree._Element) -> etree._Element | None:
    return next(node.iterancestors("li", "ul", "ol"), None)


def _outer_table(node: etree._Element) -> etree._Element | None:
    return next(node.iterancestors("table"), None)


def _detach(node: etree._Element) -> None:
    """Take the node out and leave its tail where it was."""
    parent = node.getparent()
    if parent is None:
        return
    tail = node.tail or ""
    previous = node.getprevious()
    node.tail = None
    if previous is not None:
        previous.tail = (previous.tail or "") + " " + tail
    else:
        parent.text = (parent.text or "") + " " + tail
    parent.remove(node)


def _undelimited(latex: str) -> str:
    return _DELIMITERS.sub("", latex.strip()).strip()
