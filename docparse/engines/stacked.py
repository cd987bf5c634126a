"""Tables that were cut where the page was cut for the model, joined again. In doubt they stay apart."""

import re
from collections.abc import Sequence

from ..document import Table
from ..geometry import Box
from ..qwenvl import parse
from .answer import BOX, Answer, strung

_BETWEEN_ROWS = 0.012
"""Share of the page's height between two rows of a table, with what boxes are off by; where rows stand further apart,
as much as the average row of the two parts takes up."""
_OFF = 0.08
"""Share of the page's width by which the sides of two parts may differ."""
_NARROWER = 0.7
"""The narrower of two parts against the other, where its last column is missing."""
_SEVERAL = 3
"""Columns of a table of which one may be missing."""
_TABLE = re.compile(r'(?:<div class="table"[^<>]*>)?\s*<table\b.*<tr\b.*</tr>', re.DOTALL)
_ROW = re.compile(r"<tr\b")
_HEADER = re.compile(r"(</?)th\b")
_SECTION = re.compile(r"</?t(?:head|body)>")


def stacked(elements: Sequence[Answer], size: tuple[int, int]) -> list[Answer]:
    """The elements of a page image, which is of ``size``, as they are ``placed``: of tables that stand on top of each
    other, with nothing between, one is made."""
    kept: list[Answer] = []
    last: Table | None = None
    for element in elements:
        table = _table_of(element, size)
        if last is not None and table is not None and _stands_on(last, table, size):
            kept[-1] = _joined(kept[-1], element)
            last = _table_of(kept[-1], size)
        else:
            kept.append(element)
            last = table
    return kept


def _table_of(element: Answer, size: tuple[int, int]) -> Table | None:
    if not _TABLE.match(element.text):
        return None
    found = parse(f"<html><body>{element.text}</body></html>", size=size).elements
    return found[0] if len(found) == 1 and isinstance(found[0], Table) else None


def _stands_on(above: Table, below: Table, size: tuple[int, int]) -> bool:
    """Whether it is no further below than the next row, and as wide. Where it has a head (a model takes the first row
    that it sees for one) there must be no doubt of that; else one of several columns may be missing."""
    if above.box is None or below.box is None or not (above.cells and below.cells):
        return False
    row = (above.box.height + below.box.height) / (above.row_count + below.row_count)
    if abs(below.box.y0 - above.box.y1) > max(_BETWEEN_ROWS * size[1], row):
        return False
    fewer, more = sorted((above.column_count, below.column_count))
    left, right = abs(above.box.x0 - below.box.x0) / size[0], abs(above.box.x1 - below.box.x1) / size[0]
    if head := _head(below):
        return 1 < fewer == more and max(left, right) <= _OFF / 2 and head != _head(above)
    narrower, wider = sorted((above.box.width, below.box.width))
    if fewer < more:
        return more - 1 == fewer >= _SEVERAL and left <= _OFF and narrower >= _NARROWER * wider
    return fewer > 1 and max(left, right) <= _OFF


def _head(table: Table) -> list[tuple[int, int, str]]:
    """The header cells of the rows at the top that have no others."""
    rows = next((cell.row for cell in table.cells if not cell.header), table.row_count)
    return [(cell.row, cell.column, "".join(cell.text.split()).casefold()) for cell in table.cells if cell.row < rows]


def _joined(above: Answer, below: Answer) -> Answer:
    rows = below.part(*_rows(below))
    # What was taken for a head stands in the middle of the table.
    for pattern, instead in ((_SECTION, ""), (_HEADER, r"\1td")):
        for match in reversed(list(pattern.finditer(rows.text))):
            rows = rows.spliced(*match.span(), match.expand(instead))
    _, end = _rows(above)
    whole = strung([above.part(0, end), rows, above.part(end, len(above.text))])
    place, other = BOX.search(whole.text), BOX.search(below.text)
    if place and other:
        box = Box(*map(float, place.groups())).union(Box(*map(float, other.groups())))
        whole = whole.spliced(*place.span(), " ".join(str(round(side)) for side in box))
    return whole.told_by([above, below])


def _rows(table: Answer) -> tuple[int, int]:
    """Where the first row begins and the last ends."""
    start = _ROW.search(table.text)
    return start.start() if start else 0, table.text.rindex("</tr>") + len("</tr>")
