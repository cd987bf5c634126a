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
_WIDEST, _WIDEST_BULLET = 3.0, 1.5
"""A marker, as (12) and viii."""
_BLANK, _WHITE = 0.3, 1.0
"""Behind a marker at the least, and inside of it at the most; where words begin like such a marker too."""
_BEFORE = 3.0
"""From a marker to where the item's box begins at the most."""


def items(element: Answer, sheet: Sheet) -> list[Answer]:
    """The items of a list, as it is ``placed``, one by one, each with the tags of lists that stand before it and
    behind; another element as it is. What a model took for a marker is text where no marker is printed."""
    if "<li" not in element.text or not _LIST.match(element.text):
        return [element]
    edges = [0, *(match.end() for match in _END.finditer(element.text)), len(element.text)]
    parts = [element.part(*edge) for edge in pairwise(edges) if edge[0] < edge[1]]
    markers = [match[2] if (match := _MARKED.search(part.text)) else "" for part in parts]
    first, *others = (
        _with_true_marker(part, before, sheet) for part, before in zip(parts, ["", *markers], strict=False)
    )
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


def _with_true_marker(item: Answer, before: str, sheet: Sheet) -> Answer:
    """``before`` is the marker of the item above."""
    marked = _MARKED.search(item.text)
    place = BOX.search(item.text)
    if marked is None or place is None:
        return item
    if _is_printed(marked[2].strip(_AROUND), before.strip(_AROUND), Box(*map(float, place.groups())), sheet):
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


def _is_printed(letters: str, before: str, box: Box, sheet: Sheet) -> bool:
    """Whether the first line of this box, in pixels of the page image, begins like that of an item. ``letters`` are
    those of its marker, none of a bullet, and ``before`` those of the marker above."""
    widest = _WIDEST if letters else _WIDEST_BULLET
    white = _BLANK if not letters or letters.isdecimal() or _counts_on(before, letters) else _WHITE
    left, top, right, bottom = from_page(sheet.matrix, box)
    region = Region(max(0, int(left - _BEFORE * sheet.unit)), max(0, int(top) - 2), int(right) + 3, int(bottom) + 3)
    for line in lines_in(sheet, region)[:1]:
        inked = sheet.dashes[line.top : line.bottom, region.left : region.right].any(axis=0)
        runs = _runs(np.flatnonzero(inked).tolist(), white * sheet.unit)
        return len(runs) > 1 and runs[0][1] - runs[0][0] <= widest * sheet.unit
    return True


def _counts_on(before: str, letters: str) -> bool:
    """Whether a letter begins a count or is the next; then it is no word that looks like one."""
    return letters in ("a", "A", "i", "I") or (len(letters) == len(before) == 1 and ord(letters) == ord(before) + 1)


def _runs(inked: Sequence[int], white: float) -> list[tuple[int, int]]:
    """First and last of each stretch without that much white."""
    starts = [0, *(number for number, (one, other) in enumerate(pairwise(inked), 1) if other - one > white)]
    return [(inked[first], inked[end - 1]) for first, end in pairwise([*starts, len(inked)])] if inked else []
