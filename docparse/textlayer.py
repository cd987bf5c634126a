"""The words that a born-digital page carries, with their places.

Types only; ``textlines.py`` and ``layout.py`` fill them.

Everything here is small and picklable, since it crosses from the worker process to ours. Boxes are in page
units.
"""

from dataclasses import dataclass, field

from .geometry import Box


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as printed, in logical order (right-to-left scripts too)."""

    text: str
    box: Box
    size: float = 0.0
    """Font size in points."""
    bold: bool = False
    italic: bool = False
    monospace: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """``row`` and ``column`` from 0; spans in slots."""

    row: int
    column: int
    row_span: int
    column_span: int
    header: bool
    text: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class Block:
    """A region of the page. ``kind`` is PyMuPDF's layout class: title, section-header, text, list-item, table,
    picture, caption, formula, footnote, page-header, page-footer."""

    kind: str
    box: Box
    lines: tuple[Line, ...] = ()
    cells: tuple[TableCell, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLayer:
    """A page's text, as blocks in reading order, and as words for the witness."""

    blocks: tuple[Block, ...] = ()
    words: tuple[tuple[str, Box], ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What was noticed while reading it, e.g. that hidden text was left out."""
