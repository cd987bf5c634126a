"""An element of a page as it was laid out, before it has a box."""

from dataclasses import dataclass, field

from ..geometry import Box
from .sheet import Print


@dataclass(slots=True)
class CellItem:
    """A cell; ``row`` and ``column`` count from 0."""

    printed: Print
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    header: bool = False


@dataclass(slots=True)
class Item:
    """``kind`` is that of the document's element, or ``h1`` … ``h3`` for headings.

    Its box will go around its glyphs and around ``ink``: rules, shading, pictures, in pixels of the sheet.
    """

    kind: str
    printed: Print | None = None
    marker: Print | None = None
    ordered: bool = False
    level: int = 1
    cells: list[CellItem] = field(default_factory=list)
    rows: int = 0
    notation: str = ""
    """LaTeX, SMILES or ABC: truth that is not printed letter by letter."""
    data: list[list[str]] = field(default_factory=list)
    """A chart's table."""
    headed: bool = False
    """Whether the first row of ``data`` is its head."""
    drawn: Print | None = None
    """Lettering that is ink of the element but no text of the truth."""
    ink: list[Box] = field(default_factory=list)

    def prints(self) -> list[Print]:
        """All that is printed of it, in the order of the truth."""
        parts = [self.marker, self.printed, *(cell.printed for cell in self.cells)]
        return [part for part in parts if part is not None]
