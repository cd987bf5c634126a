"""Reading order: the recursive X-Y cut (Nagy and Seth, 1984) over the boxes of a page.

A region is cut where an empty corridor crosses it: into columns where a vertical one does, else into bands at
horizontal ones. What cannot be cut is read top to bottom. Pure geometry; boxes are in points.
"""

from collections.abc import Sequence

from .geometry import Box

_OVERLAP = 3.0
"""Points by which neighbouring boxes may overlap and still be told apart."""


_TALLEST_ROW = 30.0
"""Points. What is taller is no field of a form but a paragraph."""


def reading_order(boxes: Sequence[Box], *, right_to_left: bool = False) -> list[int]:
    """Indices of ``boxes`` in reading order; columns from the right in right-to-left documents."""
    return _cut(boxes, list(range(len(boxes))), right_to_left)


def _cut(boxes: Sequence[Box], members: list[int], right_to_left: bool) -> list[int]:
    if len(members) < 2:
        return members
    columns = _split(boxes, members, axis=0)
    if right_to_left:
        columns.reverse()
    bands = _split(boxes, members, axis=1)
    if len(columns) > 1 and (len(bands) == 1 or not _are_rows(boxes, columns)):
        parts = columns
    elif len(columns) > 1:
        parts = bands
    else:
        parts = _merge_bands(boxes, bands)
    if len(parts) == 1:
        return sorted(members, key=lambda index: (round(boxes[index].y0), boxes[index].x0))
    return [index for part in parts for index in _cut(boxes, part, right_to_left)]


def _split(boxes: Sequence[Box], members: list[int], *, axis: int) -> list[list[int]]:
    """The members parted where no box's extent along the axis (0: x, 1: y) reaches."""

    def extent(index: int) -> tuple[float, float]:
        low, high = boxes[index][axis], boxes[index][axis + 2]
        inset = min(_OVERLAP, (high - low) / 4)
        return low + inset, high - inset

    parts: list[list[int]] = []
    reach = float("-inf")
    for index in sorted(members, key=extent):
        low, high = extent(index)
        if low > reach:
            parts.append([])
        parts[-1].append(index)
        reach = max(reach, high)
    return parts


def _are_rows(boxes: Sequence[Box], columns: list[list[int]]) -> bool:
    """Whether the columns are those of a form or a key-value list, which is read row by row: nearly every
    box of the shortest column has a box of the same height beside it in another."""
    shortest = min(columns, key=len)
    others = [boxes[index] for column in columns if column is not shortest for index in column]
    if len(shortest) < 2 or max(boxes[index].height for index in shortest) > _TALLEST_ROW:
        return False

    def has_partner(box: Box) -> bool:
        return any(
            min(box.y1, other.y1) - max(box.y0, other.y0) > 0.7 * max(box.height, other.height) for other in others
        )

    partners = sum(has_partner(boxes[index]) for index in shortest)
    return partners >= 0.8 * len(shortest)


def _merge_bands(boxes: Sequence[Box], bands: list[list[int]]) -> list[list[int]]:
    """Bands joined where they are pieces of the same columns: a corridor between columns that goes through
    several bands outweighs the gaps that happen to lie side by side in them."""
    merged: list[list[int]] = []
    for band in bands:
        if merged:
            joined = merged[-1] + band
            columns = _split(boxes, joined, axis=0)
            # Two lone boxes that happen to stand left and right of each other are no columns.
            has_columns = any(len(_split(boxes, part, axis=0)) > 1 for part in (merged[-1], band))
            if has_columns and len(columns) > 1 and not _are_rows(boxes, columns):
                merged[-1] = joined
                continue
        merged.append(band)
    return merged
