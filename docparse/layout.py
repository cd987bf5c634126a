"""A page's text runs gathered into blocks by PyMuPDF's layout model. Runs in the worker process.

The layout model groups the same text lines that MuPDF reports and names each group (title, section-header, text,
list-item, table, picture, caption, formula, footnote, page-header, page-footer).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import pymupdf

from .bidi import is_right_to_left
from .geometry import Box
from .order import reading_order
from .textlayer import Block, Line, TableCell
from .textlines import Run

_SMALLEST = 2.0
"""Points. Smaller groups are specks."""
_SMALLEST_PICTURE = 16.0
"""Points. Smaller images that the layout model passed over are ornaments."""


_FEWEST_EDGES = 5
"""Of a table of two cells: two lines one way and three the other."""


class _Region(NamedTuple):
    kind: str
    box: Box


class _Word(NamedTuple):
    text: str
    box: Box
    run: int


def read_blocks(page: pymupdf.Page, runs: Sequence[Run], images: Sequence[Box]) -> list[Block]:
    """Every run in exactly one block, blocks in reading order. The page's rotation has been removed.

    ``images`` are the places of its raster images.
    """
    page.get_layout(return_raw=True)
    regions = [_Region(group["class_name"], Box(*group["group_bbox"])) for group in page.layout_information or ()]
    tables, rest = _read_tables(page, runs)
    table_boxes = [table.box for table in tables]
    regions = [
        region
        for region in regions
        if min(region.box.width, region.box.height) > _SMALLEST
        and not any(_mostly_inside(region.box, box) for box in table_boxes)
    ]
    regions += _unclaimed_images(images, page.rect, [*(region.box for region in regions), *table_boxes])
    return arrange([*tables, *_fill(regions, rest)])


def plain_blocks(runs: Sequence[Run]) -> list[Block]:
    """Blocks without the layout model, for pages that it cannot read: MuPDF's own, as paragraphs."""
    return arrange(_orphans(runs))


def arrange(blocks: Sequence[Block]) -> list[Block]:
    """The blocks in reading order: page headers, the body, page footers."""
    right_to_left = is_right_to_left("".join(line.text for block in blocks for line in block.lines))
    parts: dict[str, list[Block]] = {"page-header": [], "body": [], "page-footer": []}
    for block in blocks:
        parts[block.kind if block.kind in parts else "body"].append(block)
    return [
        part[index]
        for part in parts.values()
        for index in reading_order([block.box for block in part], right_to_left=right_to_left)
    ]


def _mostly_inside(box: Box, other: Box) -> bool:
    return box.overlap(other) > 0.5 * box.area


# Text


def _fill(regions: Sequence[_Region], runs: Sequence[Run]) -> list[Block]:
    members: dict[int, list[Run]] = defaultdict(list)
    orphans = []
    for run in runs:
        index = _region_of(run.line.box, regions)
        if index is None:
            orphans.append(run)
        else:
            members[index].append(run)
    blocks = []
    for index, region in enumerate(regions):
        lines = in_rows(members[index])
        if region.kind == "picture":
            blocks.append(Block("picture", region.box, lines))
        elif lines:
            # A region called table that has no cells is read as text.
            kind = "text" if region.kind == "table" else region.kind
            blocks.append(Block(kind, Box.around(line.box for line in lines), lines))
    return blocks + _orphans(orphans)


def _region_of(box: Box, regions: Sequence[_Region]) -> int | None:
    """The region that a run belongs to: the smallest that holds most of it, pictures last."""
    holders = [
        (region.kind == "picture", region.box.area, index)
        for index, region in enumerate(regions)
        if region.box.holds_center_of(box) or _mostly_inside(box, region.box)
    ]
    return min(holders)[2] if holders else None


def _orphans(runs: Sequence[Run]) -> list[Block]:
    """Runs that no region claims, gathered by MuPDF's blocks: nothing of the page is lost."""
    by_block: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        by_block[run.block].append(run)
    blocks = []
    for members in by_block.values():
        lines = in_rows(members)
        blocks.append(Block("text", Box.around(line.box for line in lines), lines))
    return blocks


def in_rows(runs: Sequence[Run]) -> tuple[Line, ...]:
    """Lines top to bottom; pieces of one printed row side by side in reading direction."""
    if not all(run.upright for run in runs):
        return tuple(run.line for run in runs)
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.line.box.center[1]):
        box = run.line.box
        if rows:
            last = rows[-1][0].line.box
            shared = min(box.y1, last.y1) - max(box.y0, last.y0)
            if shared > 0.5 * min(box.height, last.height):
                rows[-1].append(run)
                continue
        rows.append([run])
    right_to_left = is_right_to_left("".join(run.line.text for run in runs))
    for row in rows:
        row.sort(key=lambda run: run.line.box.x0, reverse=right_to_left)
    return tuple(run.line for run in chain.from_iterable(rows))


# Tables


def _read_tables(page: pymupdf.Page, runs: Sequence[Run]) -> tuple[list[Block], list[Run]]:
    """The page's tables with all words that stand in them, and the runs that are left."""
    # Needs the raw layout that get_layout left on the page; puts it through the table-grid model.
    found = page.find_tables(use_layout=True, union=True, refine=True)
    rest = list(runs)
    tables = []
    for table in found.tables:
        cells = _grid(table.placements)
        if len(cells) < 2:
            continue
        box = Box(*table.bbox)
        inside = [run for run in rest if box.holds_center_of(run.line.box)]
        if not inside:
            continue
        rest = [run for run in rest if not box.holds_center_of(run.line.box)]
        tables.append(Block("table", box, cells=_fill_cells(cells, inside)))
    return tables, rest


def _has_rules(page: pymupdf.Page) -> bool:
    """Whether enough lines are drawn for two cells. Without, the search for ruled tables would only take time."""
    edges = 0
    for drawing in page.get_cdrawings():
        edges += sum(4 if item[0] in ("re", "qu") else 1 for item in drawing["items"])
        if edges >= _FEWEST_EDGES:
            return True
    return False


def _grid(placements: Iterable[Iterable[pymupdf.table.SpanCell]]) -> list[TableCell]:
    """Cells with the row and column of their top left slot, as a browser lays out ``<td>`` (HTML, 4.9.12)."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, placed in enumerate(placements):
        column = 0
        for cell in placed:
            while (row, column) in taken:
                column += 1
            taken.update((row + i, column + j) for i in range(cell.rowspan) for j in range(cell.colspan))
            box = Box(*cell.bbox) if cell.bbox is not None else None
            cells.append(TableCell(row, column, cell.rowspan, cell.colspan, cell.tag == "th", "", box))
            column += cell.colspan
    return cells


def _fill_cells(cells: Sequence[TableCell], runs: Sequence[Run]) -> tuple[TableCell, ...]:
    """Each word goes to the cell that its centre is in, or to the nearest: none is lost, none doubled."""
    words: dict[int, list[_Word]] = defaultdict(list)
    placed = [index for index, cell in enumerate(cells) if cell.box is not None]
    if not placed:
        placed = [0]
    for number, run in enumerate(runs):
        for text, box in run.words:
            nearest = min(placed, key=lambda index: _distance(cells[index].box, box))
            words[nearest].append(_Word(text, box, number))
    return tuple(
        TableCell(
            cell.row,
            cell.column,
            cell.row_span,
            cell.column_span,
            cell.header,
            _cell_text(words[index]),
            cell.box,
        )
        for index, cell in enumerate(cells)
    )


def _distance(cell: Box | None, word: Box) -> float:
    if cell is None:
        return float("inf")
    x, y = word.center
    return max(cell.x0 - x, x - cell.x1, 0.0) + max(cell.y0 - y, y - cell.y1, 0.0)


def _cell_text(words: Sequence[_Word]) -> str:
    """Words in lines from top to bottom; within a line as their run has them."""
    lines: list[list[_Word]] = []
    for word in words:
        if lines and lines[-1][-1].run == word.run:
            lines[-1].append(word)
        else:
            lines.append([word])
    lines.sort(key=lambda line: round(Box.around(word.box for word in line).center[1] / 2))
    return "\n".join(" ".join(word.text for word in line) for line in lines)


# Pictures


def _unclaimed_images(images: Sequence[Box], page: pymupdf.Rect, claimed: Sequence[Box]) -> list[_Region]:
    """Raster images that the layout model passed over, unless they are the paper behind other things."""
    regions: list[_Region] = []
    for image in images:
        box = image.clipped(page.width, page.height)
        others = [*claimed, *(region.box for region in regions)]
        if (
            min(box.width, box.height) >= _SMALLEST_PICTURE
            and box.area < 0.9 * page.width * page.height
            and not any(box.overlap(other) > 0.1 * min(box.area, other.area) for other in others)
        ):
            regions.append(_Region("picture", box))
    return regions
