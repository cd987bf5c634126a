"""A born-digital page's own text as elements: what the layout engine answers, with no model at all.

Pure: a ``TextLayer`` goes in, elements with boxes in page units come out.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from .content.joining import join_texts, vocabulary_of
from .document import (
    AnyElement,
    Caption,
    Cell,
    Footnote,
    Formula,
    Heading,
    ListItem,
    PageFooter,
    PageHeader,
    Paragraph,
    Picture,
    Table,
)
from .geometry import Box
from .textlayer import Block, Line, TextLayer

_BULLET = re.compile(r"([•◦▪▫‣⁃●○■□◆◇▶►➢➤✓✔✗∙·–—*-]|o(?= ))(?=\s|$)")
_ORDINAL = re.compile(r"(\(?(?:\d{1,3}|[a-zA-Z]|[ivxlc]{2,6}|[IVXLC]{2,6})[.)])(?=\s|$)")
_INDENT = 6.0
"""Points by which a nested item is indented at least."""


def draft(text_layer: TextLayer) -> list[AnyElement]:
    """The page's elements in reading order."""
    vocabulary = vocabulary_of(word for word, _ in text_layer.words)
    body_size = _body_size(text_layer.blocks)
    elements: list[AnyElement] = []
    for is_list, blocks in groupby(text_layer.blocks, key=lambda block: block.kind == "list-item"):
        if is_list:
            elements.extend(_list_items(list(blocks), vocabulary))
        else:
            elements.extend(_element(block, vocabulary, body_size) for block in blocks)
    return elements


def _body_size(blocks: Iterable[Block]) -> float:
    """The font size in which most of the page's running text is set; 0 where there is none."""
    characters: Counter[float] = Counter()
    for block in blocks:
        if block.kind in ("text", "list-item"):
            for line in block.lines:
                characters[round(line.size, 1)] += len(line.text)
    return characters.most_common(1)[0][0] if characters else 0.0


def _stands_out(lines: Sequence[Line], body_size: float) -> bool:
    """Whether anything but its place makes these lines a heading: size, weight, slope, capitals or a number."""
    text = " ".join(line.text for line in lines)
    return (
        any(line.size > 1.05 * body_size or line.bold or line.italic for line in lines)
        or text.isupper()
        or text[:1].isdigit()
    )


def _element(block: Block, vocabulary: Collection[str], body_size: float) -> AnyElement:
    box = block.box
    match block.kind:
        case "table":
            return _table(block, vocabulary)
        case "picture":
            return Picture(box=box, text="\n".join(line.text for line in block.lines))
        case "formula":
            return Formula(box=box, text=" ".join(line.text for line in block.lines))
    text = join_lines(block.lines, vocabulary)
    match block.kind:
        case "title":
            return Heading(box=box, text=text, level=1)
        case "section-header" if _stands_out(block.lines, body_size):
            return Heading(box=box, text=text, level=2)
        case "caption":
            return Caption(box=box, text=text)
        case "footnote":
            return Footnote(box=box, text=text)
        case "page-header":
            return PageHeader(box=box, text=text)
        case "page-footer":
            return PageFooter(box=box, text=text)
    return Paragraph(box=box, text=text)


def _list_items(blocks: Sequence[Block], vocabulary: Collection[str]) -> Iterator[ListItem]:
    """One item for each marker; a block without one goes on as an item of its own."""
    items = [lines for block in blocks for lines in _split_at_markers(block.lines)]
    indents = sorted(lines[0].box.x0 for lines in items)
    levels = [x for index, x in enumerate(indents) if index == 0 or x - indents[index - 1] > _INDENT]
    # Items side by side in two columns are not nested in each other.
    if levels and levels[-1] - levels[0] > 120:
        levels = levels[:1]
    for lines in items:
        text = join_lines(lines, vocabulary)
        match = _BULLET.match(text) or _ORDINAL.match(text)
        marker = match[1] if match else ""
        yield ListItem(
            box=Box.around(line.box for line in lines),
            text=text[len(marker) :].strip(),
            marker=marker,
            ordered=bool(marker) and not _BULLET.match(text),
            level=max(1, sum(x <= lines[0].box.x0 + 1 for x in levels)),
        )


def _split_at_markers(lines: Sequence[Line]) -> list[list[Line]]:
    items: list[list[Line]] = []
    begins_with_bullet = bool(_BULLET.match(lines[0].text))
    pattern = _BULLET if begins_with_bullet else _ORDINAL
    for line in lines:
        if not items or (pattern.match(line.text) and pattern.match(lines[0].text)):
            items.append([])
        items[-1].append(line)
    return items


def _table(block: Block, vocabulary: Collection[str]) -> Table:
    cells = [
        Cell(
            row=cell.row,
            column=cell.column,
            row_span=cell.row_span,
            column_span=cell.column_span,
            header=cell.header,
            text=join_texts(cell.text.split("\n"), vocabulary, separator="\n"),
            box=cell.box,
        )
        for cell in block.cells
    ]
    rows = max((cell.row + cell.row_span for cell in cells), default=0)
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    return Table(box=block.box, cells=cells, row_count=rows, column_count=columns)


def join_lines(lines: Sequence[Line], vocabulary: Collection[str]) -> str:
    """Running text. Listings (all lines in one monospaced font) keep their line breaks."""
    listing = len(lines) > 1 and all(line.monospace for line in lines)
    return join_texts((line.text for line in lines), vocabulary, separator="\n" if listing else " ")
