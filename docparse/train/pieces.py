"""Synthetic pages in the pieces that the engine cuts them into, each with its part of the truth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..geometry import Box
from ..pieces import Piece, PieceSettings, cut, straighten
from ..synth.page import SynthPage
from .lessons import CELL

Floats = npt.NDArray[np.float64]
Interval = tuple[int, int]

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*?(/?)>")
_BOX = re.compile(r'(?<= data-bbox=")[^"]*(?=")')
_MARKER = re.compile(r' data-marker="([^"]*)"')
_ENTITY = re.compile(r"&\w+;")
_FRAME = ("<html><body>\n", "\n</body></html>")
_PARTS = frozenset({"ul", "ol", "li", "table", "thead", "tbody", "tr"})
"""Left out where nothing of them is printed in the piece. Cells stay with their row, empty ones too."""
_DRAWN = re.compile(r'<div class="(?!table)')
_PICTURE = '<div class="image" data-bbox="{0}"><img data-bbox="{0}"/></div>'


def page_pieces(page: SynthPage, settings: PieceSettings) -> list[SynthPage]:
    """The pieces of a page, each as a page: what the model sees of it, and what it is to write to that.

    Text that is cut goes on without its beginning or stops in the middle; of a table the rows are there that are
    printed in the piece. What is drawn (charts, music, molecules) is a picture. Pieces that nothing is to be written
    to, or that cut a table through a row or a merged cell, are left out.
    """
    blocks = _blocks(page.html)
    made = (_part(page, piece, blocks) for piece in cut(straighten(page.image, settings.text_height), settings, CELL))
    return [part for part in made if part is not None]


@dataclass
class _Node:
    """An element of the HTML: where it, what is inside of it, and its end begin, and where it is over."""

    start: int
    inside: int
    closing: int = 0
    end: int = 0
    tag: str = ""
    children: list["_Node"] = field(default_factory=list)


class _UncuttableError(Exception):
    """The piece cuts what the format cannot write in part."""


def _blocks(html: str) -> list[_Node]:
    root = _Node(0, 0)
    opened = [root]
    for found in _TAG.finditer(html, len(_FRAME[0]), len(html) - len(_FRAME[1])):
        slash, tag, empty = found.groups()
        if slash:
            node = opened.pop()
            node.closing, node.end = found.span()
        else:
            node = _Node(*found.span(), tag=tag)
            opened[-1].children.append(node)
            if empty:
                node.closing = node.end = found.end()
            else:
                opened.append(node)
    return root.children


def _part(page: SynthPage, piece: Piece, blocks: list[_Node]) -> SynthPage | None:
    corners = _to_piece(piece, page.boxes.reshape(-1, 2)).reshape(-1, 2, 2)
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside = ((middles >= piece.shown[:2]) & (middles < piece.shown[2:])).all(axis=1)
    cutting = _Cutting(page, piece, boxes, inside)
    try:
        for block in blocks:
            cutting.take(block)
    except _UncuttableError:
        return None
    if not cutting.written:
        return None
    html, offsets, glyphs = cutting.result()
    return SynthPage(
        image=piece.image.convert("RGB"),
        html=html,
        offsets=offsets,
        boxes=boxes[glyphs],
        lines=page.lines[glyphs],
        language=page.language,
        look=page.look,
        kind="piece",
        seed=page.seed,
        sheet=page.sheet,
    )


def _to_piece(piece: Piece, points: Floats) -> Floats:
    """Pixels of the page image to pixels of the piece; ``[n, 2]``."""
    turned: Floats = (points - piece.matrix[:, 2]) @ np.linalg.inv(piece.matrix[:, :2]).T
    return turned


class _Cutting:
    """The truth of one piece as it is written."""

    def __init__(self, page: SynthPage, piece: Piece, boxes: Floats, inside: npt.NDArray[np.bool_]) -> None:
        """``boxes`` ``[n, 4]`` are those of the glyphs in pixels of the piece, ``inside`` ``[n]`` which of them
        are in it."""
        self._page = page
        self._piece = piece
        self._boxes = boxes
        self._inside = inside
        self._offsets = page.offsets
        self.written: list[str] = []
        self._sources: list[Interval] = []
        """Where in the page's HTML each of ``written`` stands; empty for what does not stand there."""

    def take(self, block: _Node) -> None:
        """Write what of a block is in the piece."""
        html = self._page.html
        if _DRAWN.match(html, block.start):
            self._take_drawn(block)
            return
        whole = self._glyphs(block.start, block.end)
        kept = whole[self._inside[whole]]
        if not len(kept):
            return
        is_whole = len(kept) == len(whole)
        intervals = [(block.start, block.end)] if is_whole else list(self._intervals(block))
        if self.written:
            self._write("\n", (0, 0))
        for start, end in intervals:
            self._copy(start, end, whole_block=is_whole)

    def result(self) -> tuple[str, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The HTML, where in it each glyph of the piece stands, and which of the page's glyphs these are."""
        position = len(_FRAME[0])
        offsets: list[int] = []
        glyphs: list[int] = []
        for text, (start, end) in zip(self.written, self._sources, strict=True):
            found = self._glyphs(start, end)
            offsets += (self._offsets[found] - start + position).tolist()
            glyphs += found.tolist()
            position += len(text)
        return "".join(self.written).join(_FRAME), np.array(offsets, np.int64), np.array(glyphs, np.int64)

    def _glyphs(self, start: int, end: int) -> npt.NDArray[np.int64]:
        """Indices of the glyphs whose characters stand in this stretch of the HTML."""
        return np.arange(*np.searchsorted(self._offsets, (start, end)))

    def _write(self, text: str, source: Interval) -> None:
        self.written.append(text)
        self._sources.append(source)

    def _intervals(self, node: _Node) -> Iterator[Interval]:
        """The stretches of a node's HTML that its part in the piece is made of."""
        whole = self._glyphs(node.start, node.end)
        kept = whole[self._inside[whole]]
        if len(kept) == len(whole) and (len(kept) or node.tag not in _PARTS):
            yield node.start, node.end
        elif not len(kept) and node.tag in _PARTS:
            return
        elif any(child.tag in _PARTS or child.tag in ("td", "th", "table") for child in node.children):
            if "rowspan" in self._page.html[node.start : node.end] and node.tag == "table":
                raise _UncuttableError
            yield node.start, node.inside
            for child in node.children:
                yield from self._intervals(child)
            yield node.closing, node.end
        elif node.children or not len(kept):
            # Raised numbers and line breaks cut in two, or a row without one of its cells.
            raise _UncuttableError
        else:
            yield from self._opening(node)
            text = kept[self._offsets[kept] >= node.inside]
            if not len(text) or len(text) != text[-1] - text[0] + 1:
                raise _UncuttableError
            last = int(self._offsets[text[-1]])
            entity = _ENTITY.match(self._page.html, last)
            yield int(self._offsets[text[0]]), entity.end() if entity else last + 1
            yield node.closing, node.end

    def _opening(self, node: _Node) -> Iterator[Interval]:
        """The opening tag, without the marker of an item whose beginning is elsewhere."""
        marker = _MARKER.search(self._page.html, node.start, node.inside)
        if marker and not self._inside[self._glyphs(*marker.span())].all():
            yield node.start, marker.start()
            yield marker.end(), node.inside
        else:
            yield node.start, node.inside

    def _copy(self, start: int, end: int, *, whole_block: bool) -> None:
        """A stretch of the page's HTML, its boxes in pixels of the piece."""
        position = start
        for found in _BOX.finditer(self._page.html, start, end):
            self._write(self._page.html[position : found.start()], (position, found.start()))
            box = self._placed(found[0])
            if not whole_block:
                # What the box is of may be cut: its part is as high as the lines that are left.
                glyphs = self._glyphs(found.start(), self._end_of_box(found.start()))
                glyphs = glyphs[self._inside[glyphs]]
                if len(glyphs):
                    top, bottom = self._boxes[glyphs, 1].min(), self._boxes[glyphs, 3].max()
                    box = Box(box.x0, max(box.y0, float(top)), box.x1, min(box.y1, float(bottom)))
            self._write(_format(box), (0, 0))
            position = found.end()
        self._write(self._page.html[position:end], (position, end))

    def _end_of_box(self, start: int) -> int:
        """Where the next element with a box begins, or the page ends."""
        found = _BOX.search(self._page.html, start + 1)
        while found and found[0] == "":
            found = _BOX.search(self._page.html, found.end() + 1)
        return found.start() if found else len(self._page.html)

    def _placed(self, numbers: str) -> Box:
        x0, y0, x1, y1 = (float(number) for number in numbers.split())
        corners = _to_piece(self._piece, np.array([(x, y) for x in (x0, x1) for y in (y0, y1)]))
        box = Box(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        shown = self._piece.shown
        return Box(
            min(max(box.x0, shown.x0), shown.x1),
            min(max(box.y0, shown.y0), shown.y1),
            min(max(box.x1, shown.x0), shown.x1),
            min(max(box.y1, shown.y0), shown.y1),
        )

    def _take_drawn(self, block: _Node) -> None:
        found = _BOX.search(self._page.html, block.start, block.inside)
        if found is None:
            return
        box = self._placed(found[0])
        x0, y0, x1, y1 = (float(number) for number in found[0].split())
        across, down = np.hypot(*self._piece.matrix[:, :2])
        if box.area < 0.5 * (x1 - x0) * (y1 - y0) / (across * down):
            return
        if self.written:
            self._write("\n", (0, 0))
        self._write(_PICTURE.format(_format(box)), (0, 0))


def _format(box: Box) -> str:
    return " ".join(str(round(number)) for number in box)
