"""Tables that the end of a page has cut, joined again. In doubt they stay apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from ..document import AnyElement, Caption, Footnote, Page, PageFooter, PageHeader, PageStatus, Table
from ..geometry import Box
from .parts import join_parts
from .table import table_text

_FURNITURE = (PageHeader, PageFooter, Footnote)
_CONTINUED = re.compile(
    r"contin|\bcont(?:['’]?d\b|\.)|fortsetzung|suite|segue|vervolg|续|續|続|계속|продолжение", re.IGNORECASE
)
"""What a caption says over a part that is not the first."""
_LOWEST_TOP = 0.4
"""Share of the page's height above which a table that goes on begins."""
_HIGHEST_END = 0.5
"""Share of the page's height below which a table that will go on ends."""
_OFF = 0.08
"""Share of the page's width by which the sides of two parts may differ."""


@dataclass
class _Open:
    """A table that may go on, and the box of its last part on the page that it ends."""

    table: Table
    box: Box | None


def join_tables(pages: Sequence[Page]) -> dict[str, str]:
    """Make one of each table that the next page goes on with; it stays where it begins.

    The next page's first element, but for running headers and a caption that says *continued*, is a table of as
    many columns, in the same place from left to right, without a head or with the same one, which is left out; and
    the table is its own page's last element.

    Returns:
        For each id that is gone, the id of the table that has its rows.
    """
    gone: dict[str, str] = {}
    before: _Open | None = None
    for page, following in pairwise(pages):
        before = before or _last_table(page)
        first = _first_table(following)
        if before is None or first is None or not _goes_on(before, page, first, following):
            before = None
            continue
        head = _repeated_head(before.table, first)
        if head is None:
            before = None
            continue
        _absorb(before.table, page, first, following, head)
        gone[first.id] = before.table.id
        following.elements = [element for element in following.elements if element is not first]
        before = None if _body(following) else _Open(before.table, first.box)
    return gone


def _body(page: Page) -> list[AnyElement]:
    """What the page's text is, without captions."""
    return [element for element in page.elements if not isinstance(element, (*_FURNITURE, Caption))]


def _last_table(page: Page) -> _Open | None:
    """The table with which the page ends, a caption of its own below it or not."""
    body = _body(page)
    last = body[-1] if body else None
    return _Open(last, last.box) if isinstance(last, Table) and last.cells else None


def _first_table(page: Page) -> Table | None:
    """The table with which the page begins, unless its caption makes it a new one."""
    first = next(iter(_body(page)), None)
    if not isinstance(first, Table) or not first.cells:
        return None
    # In reading order all that stands above it is furniture and captions.
    above = list(takewhile(lambda element: element is not first, page.elements))
    beside = [element for element in page.elements if isinstance(element, Caption) and element.target == first.id]
    captions = [element for element in [*above, *beside] if isinstance(element, Caption)]
    return first if all(_CONTINUED.search(caption.text) for caption in captions) else None


def _goes_on(before: _Open, page: Page, first: Table, following: Page) -> bool:
    if following.number != page.number + 1 or page.status is not PageStatus.OK or page.unit != following.unit:
        return False
    if not before.table.column_count == first.column_count > 1:
        return False
    if before.box is None or first.box is None:
        return True
    scale = following.width / page.width if page.width else 1.0
    off = _OFF * following.width
    return (
        before.box.y1 >= _HIGHEST_END * page.height
        and first.box.y0 <= _LOWEST_TOP * following.height
        and abs(before.box.x0 * scale - first.box.x0) <= off
        and abs(before.box.x1 * scale - first.box.x1) <= off
    )


def _repeated_head(table: Table, first: Table) -> int | None:
    """How many rows at the top of ``first`` repeat the table's; None where it has a head of its own."""
    marked = _head_rows(first)
    for count in {_head_rows(table), marked}:
        if marked <= count < first.row_count and (head := _texts(first, count)) and head == _texts(table, count):
            return count
    return 0 if marked == 0 else None


def _head_rows(table: Table) -> int:
    """How many rows at the top have header cells alone."""
    return next((cell.row for cell in table.cells if not cell.header), table.row_count)


def _texts(table: Table, count: int) -> list[tuple[int, int, int, int, str]] | None:
    """What the first rows say and where; None where a cell reaches below them, or all are empty."""
    cells = list(takewhile(lambda cell: cell.row < count, table.cells))
    if any(cell.row + cell.row_span > count for cell in cells) or not any(cell.text.strip() for cell in cells):
        return None
    return [
        (cell.row, cell.column, cell.row_span, cell.column_span, "".join(cell.text.split()).casefold())
        for cell in cells
    ]


def _absorb(table: Table, page: Page, first: Table, following: Page, head: int) -> None:
    join_parts(table, page.number, first, following.number)
    table.parts[0].first_row = 0
    table.parts[-1].first_row = table.row_count
    _append_rows(table, first, head)


def _append_rows(table: Table, first: Table, head: int) -> None:
    down = table.row_count - head
    # What was taken for a head stands in the middle of the table.
    header = {"header": False} if first.header_inferred or not head else {}
    added = [cell.model_copy(update={"row": cell.row + down, **header}) for cell in first.cells if cell.row >= head]
    if added:
        # Only the new rows: a table of a thousand pages would be written out a thousand times.
        table.text = f"{table.text}\n{table_text(added)}"
        table.cells += added
    table.row_count += first.row_count - head
    table.column_count = max(table.column_count, first.column_count)
