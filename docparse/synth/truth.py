"""Laid-out items to QwenVL HTML, and the place of each printed character in it."""

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from ..content.marks import split_raised
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
from ..geometry import Box
from ..qwenvl import write
from ..qwenvl.boxes import format_box
from .item import CellItem, Item
from .sheet import Bools, Floats, Glyphs, Ints, Print

_PHRASES: dict[str, Callable[..., AnyElement]] = {
    "p": Paragraph,
    "author": Author,
    "caption": Caption,
    "footnote": Footnote,
    "page_header": PageHeader,
    "page_footer": PageFooter,
}
_SHIFT = 0.5
"""Pixels by which MuPDF may draw a glyph beside its place: it keeps glyphs at few positions within a pixel, and
those of 48 pixels and more at whole ones (``fz_subpixel_adjust``)."""


def write_truth(
    items: Sequence[Item],
    glyphs: Glyphs,
    extents: Sequence[Floats],
    size: tuple[int, int],
    *,
    inked: Bools | None,
    cells: bool,
) -> tuple[str, Ints]:
    """The page's HTML, and for each row of ``glyphs`` the index of its character there (-1: not in it).

    Args:
        glyphs: in pixels of the image, whatever was done to it.
        extents: the same for the ``ink`` of each item.
        size: of the image, pixels; boxes are cut there.
        inked: which pixels of the image have ink, to measure boxes by; None where paper cannot be told from ink.
        cells: whether table cells have boxes.
    """
    boxer = _Boxer(glyphs, size, inked)
    elements = [_element(item, boxer, extent, cells) for item, extent in zip(items, extents, strict=True)]
    html = write(elements)
    return html, _offsets(html, items, elements, glyphs)


class _Boxer:
    def __init__(self, glyphs: Glyphs, size: tuple[int, int], inked: Bools | None) -> None:
        self._starts = glyphs.run_starts
        self._inks = glyphs.inks
        self._size = size
        self._inked = inked

    def __call__(self, prints: Sequence[Print], extents: Floats | None = None) -> Box | None:
        """The whole pixels that the ink touches."""
        parts = [self._inks[self._starts[p.start] : self._starts[p.stop]] for p in prints if p.stop > p.start]
        if extents is not None and len(extents):
            parts.append(extents)
        if not parts:
            return None
        rows = np.concatenate(parts)
        low, high = np.floor(rows[:, :2].min(axis=0) - _SHIFT), np.ceil(rows[:, 2:].max(axis=0) + _SHIFT)
        box = Box(float(low[0]), float(low[1]), float(high[0]), float(high[1])).clipped(*self._size)
        return box if self._inked is None else _trimmed(box, self._inked)


def _trimmed(box: Box, inked: Bools) -> Box:
    """Without the outermost rows and columns of pixels that turned out to have no ink."""
    x0, y0, x1, y1 = (int(value) for value in box)
    part = inked[y0:y1, x0:x1]
    columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    if not len(columns):
        return box
    return Box(float(x0 + columns[0]), float(y0 + rows[0]), float(x0 + columns[-1] + 1), float(y0 + rows[-1] + 1))


def _element(item: Item, boxer: _Boxer, extent: Floats, cells: bool) -> AnyElement:
    lettering = [item.drawn] if item.drawn else []
    box = boxer([*item.prints(), *lettering], extent)
    text = item.printed.text if item.printed else ""
    match item.kind:
        case "h1" | "h2" | "h3":
            return Heading(text=text, level=int(item.kind[1]), box=box)
        case "li":
            marker = item.marker.text if item.marker else ""
            return ListItem(text=text, level=item.level, ordered=item.ordered, marker=marker, box=box)
        case "table":
            return Table(box=box, row_count=item.rows, cells=[_cell(c, boxer if cells else None) for c in item.cells])
        case "chart":
            data = [
                Cell(row=row, column=column, header=item.headed and row == 0, text=value)
                for row, values in enumerate(item.data)
                for column, value in enumerate(values)
            ]
            return Chart(box=box, row_count=len(item.data), cells=data)
        case "picture":
            return Picture(box=box, text=text)
        case "formula":
            return Formula(box=box, latex=item.notation, text=item.notation)
        case "chemical":
            return Chemical(box=box, smiles=item.notation)
        case "music":
            return Music(box=box, abc=item.notation)
    return _PHRASES[item.kind](text=text, box=box)


def _cell(cell: CellItem, boxer: _Boxer | None) -> Cell:
    return Cell(
        row=cell.row,
        column=cell.column,
        row_span=cell.row_span,
        column_span=cell.column_span,
        header=cell.header,
        text=cell.printed.text,
        box=boxer([cell.printed]) if boxer else None,
    )


def _offsets(html: str, items: Sequence[Item], elements: Sequence[AnyElement], glyphs: Glyphs) -> Ints:
    """Each text is looked for from where the one before it ended, together with the tag that opens it."""
    offsets = np.full(len(glyphs.indices), -1, dtype=np.int64)
    position = 0

    def place(printed: Print, opening: str, closing: str, *, quote: bool = False) -> None:
        nonlocal position
        if not printed.text:
            return
        written, shifts = _written(printed.text, quote=quote)
        position = html.index(f"{opening}{written}{closing}", position) + len(opening)
        first, last = glyphs.run_starts[printed.start], glyphs.run_starts[printed.stop]
        indices = glyphs.indices[first:last]
        offsets[first:last] = np.where(indices < 0, -1, position + shifts[np.maximum(indices, 0)])
        position += len(written)

    for item, element in zip(items, elements, strict=True):
        opening = f' data-bbox="{format_box(element.box)}">' if element.box else ">"
        if item.marker:
            place(item.marker, 'data-marker="', '"', quote=True)
        if item.printed:
            place(item.printed, "<p>" if item.kind == "picture" else opening, "</")
        for cell in item.cells:
            place(cell.printed, ">", f"</{'th' if cell.header else 'td'}>")
    return offsets


def _written(text: str, *, quote: bool) -> tuple[str, Ints]:
    """The text as the HTML has it (with ``quote`` in an attribute), and where each of its characters begins there."""
    written: list[str] = []
    shifts: list[int] = []
    at = 0
    for piece, is_raised in [(text, False)] if quote else split_raised(text):
        parts = [escape(character, quote=quote) for character in piece]
        if is_raised:
            at += len("<sup>")
        for part in parts:
            shifts.append(at)
            at += len(part)
        if is_raised:
            at += len("</sup>")
        written.append(f"<sup>{''.join(parts)}</sup>" if is_raised else "".join(parts))
    return "".join(written), np.array(shifts, dtype=np.int64)
