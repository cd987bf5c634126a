"""Tables that go on over the next page: made one once all pages are known, and taken apart again."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..document import (
    AnyElement,
    Caption,
    Cell,
    Footnote,
    Page,
    PageFooter,
    PageHeader,
    PageStatus,
    Table,
    TablePart,
)
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


def join_tables(pages: Sequence[Page]) -> None:
    """Make one of each table that the next page goes on with.

    The next page's first element, but for running headers and a caption that says *continued*, is a table of as
    many columns, in the same place from left to right, without a head or with the same one; and the table is its
    own page's last element. The first part gets the rows (``Table.parts``); the others stay where they are and
    keep only the head that they repeat (``Table.continued_from``).
    """
    whole: dict[str, Table] = {}
    """The id of a part -> the table that has its rows."""
    for page, following in pairwise(pages):
        if following.number != page.number + 1 or page.status is not PageStatus.OK or page.unit != following.unit:
            continue
        last, first = _last_table(page), _first_table(following)
        if last is None or first is None or not _same_place(last, page, first, following):
            continue
        table = whole.get(last.id, last)
        if table.column_count == first.column_count > 1 and (head := _repeated_head(table, first)) is not None:
            _append(table, page, first, following, head)
            whole[first.id] = table


def separated(pages: Sequence[Page]) -> list[Page]:
    """The pages with every table's rows where they stand, as before ``join_tables``."""
    rows: dict[str, tuple[list[Cell], int]] = {}
    """The id of a part -> its cells and how many rows they fill."""
    for page in pages:
        for table in page.elements:
            if isinstance(table, Table) and table.parts:
                for part, span in parts_of(table, page.number):
                    cells = [_moved(cell, -span.start) for cell in table.cells if cell.row in span]
                    rows[part.element] = (cells, len(span))
    if not rows:
        return list(pages)
    return [
        page.model_copy(update={"elements": [_alone(element, rows) for element in page.elements]}) for page in pages
    ]


def parts_of(table: Table, page: int) -> Iterator[tuple[TablePart, range]]:
    """Each part with its rows; a table on one page is its only part."""
    parts = table.parts or [TablePart(element=table.id, page=page, box=table.box, first_row=0)]
    ends = [*(part.first_row for part in parts[1:]), table.row_count]
    for part, end in zip(parts, ends, strict=True):
        yield part, range(part.first_row, end)


def _body(page: Page) -> list[AnyElement]:
    return [element for element in page.elements if not isinstance(element, _FURNITURE)]


def _last_table(page: Page) -> Table | None:
    """The table with which the page ends, a caption of its own below it or not."""
    body = _body(page)
    while body and isinstance(body[-1], Caption):
        body.pop()
    last = body[-1] if body else None
    return last if isinstance(last, Table) and (last.cells or last.continued_from) else None


def _first_table(page: Page) -> Table | None:
    """The table with which the page begins, unless its caption makes it a new one."""
    body = _body(page)
    first = next((element for element in body if not isinstance(element, Caption)), None)
    if not isinstance(first, Table) or not first.cells:
        return None
    above = body[: body.index(first)]
    captions = [element for element in body if isinstance(element, Caption) and element.target == first.id]
    told = all(_CONTINUED.search(caption.text) for caption in [*above, *captions])
    return first if told else None


def _same_place(last: Table, page: Page, first: Table, following: Page) -> bool:
    """Whether one ends low and the other begins high, with the same sides; unknown boxes are no objection."""
    if last.box is None or first.box is None:
        return True
    scale = following.width / page.width if page.width else 1.0
    off = _OFF * following.width
    return (
        last.box.y1 >= _HIGHEST_END * page.height
        and first.box.y0 <= _LOWEST_TOP * following.height
        and abs(last.box.x0 * scale - first.box.x0) <= off
        and abs(last.box.x1 * scale - first.box.x1) <= off
    )


def _repeated_head(table: Table, first: Table) -> int | None:
    """How many rows at the top of ``first`` repeat the table's; None where it has a head of its own."""
    marked = _head_rows(first)
    for count in dict.fromkeys((_head_rows(table), marked, 1)):
        if 0 < count < first.row_count and marked <= count and _texts(table, count) == _texts(first, count):
            return count
    return 0 if marked == 0 else None


def _head_rows(table: Table) -> int:
    """How many rows at the top have header cells alone."""
    return next((cell.row for cell in table.cells if not cell.header), table.row_count)


def _texts(table: Table, count: int) -> list[tuple[int, int, int, int, str]] | None:
    """What the first rows say and where; None where a cell reaches below them, or all are empty."""
    cells = [cell for cell in table.cells if cell.row < count]
    if any(cell.row + cell.row_span > count for cell in cells) or not any(cell.text.strip() for cell in cells):
        return None
    return [
        (cell.row, cell.column, cell.row_span, cell.column_span, "".join(cell.text.split()).casefold())
        for cell in cells
    ]


def _append(table: Table, page: Page, first: Table, following: Page, head: int) -> None:
    if not table.parts:
        table.parts = [TablePart(element=table.id, page=page.number, box=table.box, first_row=0)]
    table.parts.append(TablePart(element=first.id, page=following.number, box=first.box, first_row=table.row_count))
    table.cells += [_moved(cell, table.row_count - head) for cell in first.cells if cell.row >= head]
    table.row_count += first.row_count - head
    table.text = table_text(table.cells)
    first.cells = [cell for cell in first.cells if cell.row < head]
    first.row_count = head
    first.text = table_text(first.cells)
    first.continued_from = table.id


def _alone(element: AnyElement, rows: dict[str, tuple[list[Cell], int]]) -> AnyElement:
    """The part as its page has it: the head that it repeats, if any, and its rows."""
    if not isinstance(element, Table) or element.id not in rows:
        return element
    head, height = (element.cells, element.row_count) if element.continued_from else ([], 0)
    own, count = rows[element.id]
    cells = [*head, *(_moved(cell, height) for cell in own)]
    changes = {"cells": cells, "row_count": height + count, "text": table_text(cells)}
    return element.model_copy(update={**changes, "parts": [], "continued_from": None})


def _moved(cell: Cell, rows: int) -> Cell:
    return cell.model_copy(update={"row": cell.row + rows}) if rows else cell
