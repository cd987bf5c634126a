"""What the cells of a table say of it."""

import re
from collections.abc import Iterable, Sequence

from ..document import Cell, Chart, Table

_NUMBER = re.compile(r"[-+−–±~≈<>≤≥(]*\s*[^\w\s]{0,2}\s*\d[\d.,'’\s·:/]*\s*[^\w\s]{0,3}\s*[a-zA-Z]{0,2}[^\w\s]{0,3}")
"""A figure, with its sign, its currency, per cent, a short unit, a mark of a footnote."""
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_NOTHING = re.compile(r"[-–—.·*/\s]*|n/?a", re.IGNORECASE)


def table_text(cells: Sequence[Cell]) -> str:
    """Rows as lines, cells parted by tabs."""
    rows: dict[int, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell.text.replace("\n", " "))
    return "\n".join("\t".join(texts) for texts in rows.values())


def infer_header(table: Table | Chart) -> None:
    """Mark the cells of the first rows as header cells where the table has none and its figures say so.

    A head is words, or years, over columns of figures; nothing else is proof enough.
    """
    if table.column_count < 2 or any(cell.header for cell in table.cells):
        return
    count = _head_height(table.cells)
    head = [cell for cell in table.cells if cell.row < count]
    body = [cell for cell in table.cells if cell.row >= count]
    if not body or not _is_head(head) or not _figures_below(head, body):
        return
    for cell in head:
        cell.header = True
    table.header_inferred = True


def _head_height(cells: Iterable[Cell]) -> int:
    """The first row, those that its spans reach, and one more below a cell that stands over several columns."""
    first = [cell for cell in cells if cell.row == 0]
    height = max((cell.row_span for cell in first), default=1)
    return max(height, 2) if any(cell.column_span > 1 for cell in first) else height


def _is_head(head: Sequence[Cell]) -> bool:
    """No figures but years; and nothing empty but the corner."""
    if any(_is_figure(cell.text) and not _YEAR.fullmatch(cell.text.strip()) for cell in head):
        return False
    return all(cell.text.strip() or cell.column == 0 for cell in head)


def _figures_below(head: Sequence[Cell], body: Sequence[Cell]) -> bool:
    """Whether some column that has words or a year at its top holds figures of another kind."""
    below: dict[int, list[str]] = {}
    for cell in body:
        if cell.column_span == 1 and not _NOTHING.fullmatch(cell.text.strip()):
            below.setdefault(cell.column, []).append(cell.text.strip())
    for top in head:
        texts = below.get(top.column, [])
        figures = [text for text in texts if _is_figure(text)]
        if len(figures) * 2 <= len(texts) or not top.text.strip():
            continue
        if not _YEAR.fullmatch(top.text.strip()) or not all(map(_YEAR.fullmatch, figures)):
            return True
    return False


def _is_figure(text: str) -> bool:
    return len(text) < 40 and bool(_NUMBER.fullmatch(text.strip()))
