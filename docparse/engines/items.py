"""The items of a list, and which of them begin with a marker that is printed there."""

import html
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..geometry import Box
from ..pieces import Sheet
from ..pieces.rivers import lines_in
from ..pieces.sheet import Region, from_page
from .answer import BOX, Answer, strung

_LIST = re.compile(r"(?:\s*</?[uo]l>|\s*<li\b[^<>]*>(?:(?!</?(?:li|[uo]l)\b).)*</li>)*\s*\Z", re.DOTALL)
"""One in which no list stands inside an item."""
_TAG = re.compile(r"<(?:([uo]l)|/[uo]l)>")
"""Of a list, its name where it begins."""
_END = re.compile(r"</li>(?:\s*</[uo]l>)*\s*")
_MARKED = re.compile(r'(<li\b[^<>]*?)\s*data-marker="([^"<>]*)"([^<>]*>)\s*')
_AROUND = "().[]•–—▪■◦○●*·- "
"""What makes of letters a marker."""
# In heights of the text.
_WIDEST = 3.0
"""A marker, as (12) and viii."""
_WHITE = 1.0
"""Behind a marker at the least, and inside of it at the most."""
_BEFORE = 3.0
"""From a marker to where the item's box begins at the most."""


def items(element: Answer, sheet: Sheet) -> list[Answer]:
    """The items of a list, as it is ``placed``, one by one, each with the tags of lists that stand before it and
    behind; another element as it is. What a model took for a marker is text where no marker is printed."""
    if "<li" not in element.text or not _LIST.match(element.text):
        return [element]
    edges = [0, *(match.end() for match in _END.finditer(element.text)), len(element.text)]
    first, *others = (_with_true_marker(element.part(*edge), sheet) for edge in pairwise(edges) if edge[0] < edge[1])
    return [first.told_by([element]), *others]


def closed(parts: Sequence[Answer]) -> list[Answer]:
    """The elements of these parts: each as many of them as it takes to close the lists that the first opens."""
    elements: list[list[Answer]] = []
    depth = 0
    for part in parts:
        if depth > 0:
            elements[-1].append(part)
        else:
            elements.append([part])
        depth = max(0, depth + sum(1 if tag[1] else -1 for tag in _TAG.finditer(part.text)))
    return [of[0] if len(of) == 1 else strung(of).told_by(of) for of in elements]


def _with_true_marker(item: Answer, sheet: Sheet) -> Answer:
    marked = _MARKED.search(item.text)
    place = BOX.search(item.text)
    if marked is None or place is None or _is_printed(Box(*map(float, place.groups())), sheet):
        return item
    item = item.spliced(*marked.span(), marked[1] + marked[3])
    start = marked.end() - (len(marked[0]) - len(marked[1]) - len(marked[3]))
    word = html.unescape(marked[2])
    written = html.unescape(item.text[start:])
    if written.startswith(word):
        return item
    word = word.strip(_AROUND)
    # Its letters may be in the text as well.
    again = next((count for count in range(len(word), 1, -1) if written.startswith(word[-count:])), 0)
    missing = word[: len(word) - again] + ("" if again or not word else " ")
    return item.spliced(start, start, html.escape(missing, quote=False))


def _is_printed(box: Box, sheet: Sheet) -> bool:
    """Whether the first line of this box, in pixels of the page image, begins like that of an item."""
    left, top, right, bottom = from_page(sheet.matrix, box)
    region = Region(max(0, int(left - _BEFORE * sheet.unit)), max(0, int(top) - 2), int(right) + 3, int(bottom) + 3)
    for line in lines_in(sheet, region)[:1]:
        inked = sheet.dashes[line.top : line.bottom, region.left : region.right].any(axis=0)
        runs = _runs(np.flatnonzero(inked).tolist(), _WHITE * sheet.unit)
        return len(runs) > 1 and runs[0][1] - runs[0][0] <= _WIDEST * sheet.unit
    return True


def _runs(inked: Sequence[int], white: float) -> list[tuple[int, int]]:
    """First and last of each stretch without that much white."""
    starts = [0, *(number for number, (one, other) in enumerate(pairwise(inked), 1) if other - one > white)]
    return [(inked[first], inked[end - 1]) for first, end in pairwise([*starts, len(inked)])] if inked else []
