"""The running lines of a page: what stands in one line at its head or foot, to the left and right of a wide blank."""

from itertools import pairwise

import numpy as np

from .ink import stretches
from .sheet import Region, Sheet, trimmed

# In heights of the text.
_LINE = 3.0
"""A line at the most."""
_APART = 1.5
"""White between it and the page's text at the least."""
_MORE = 1.3
"""The same in what lies between the page's lines as a rule: those of a form stand as far apart as its last."""
_BLANK = 8.0
"""White within it at the least."""


def without_running(sheet: Sheet, page: Region) -> list[Region]:
    """The page, before it what of its first line and behind it what of its last is a piece by itself.

    Such a line belongs to no column, and a model takes what stands far apart in it for one, or for a table.
    """
    lines = stretches(np.any(page.of(sheet.text), axis=1))
    if len(lines) < 3:
        return [page]
    whites = [below[0] - above[1] for above, below in pairwise(lines)]
    least = max(_APART * sheet.unit, _MORE * float(np.median(whites)))
    head = _parts(sheet, page, lines[0]) if whites[0] >= least else []
    foot = _parts(sheet, page, lines[-1]) if whites[-1] >= least else []
    first, last = lines[1 if head else 0], lines[-2 if foot else -1]
    body = trimmed(sheet.text, Region(page.left, page.top + first[0], page.right, page.top + last[1]))
    return [*head, *([] if body is None else [body]), *foot]


def _parts(sheet: Sheet, page: Region, line: tuple[int, int]) -> list[Region]:
    """What stands apart in a line, from left to right; none where it is no running one."""
    top, bottom = page.top + line[0], page.top + line[1]
    if bottom - top > _LINE * sheet.unit:
        return []
    blanks = stretches(np.logical_not(sheet.text[top:bottom, page.left : page.right].any(axis=0)))
    middles = [page.left + (first + end) // 2 for first, end in blanks if end - first >= _BLANK * sheet.unit]
    edges = [page.left, *middles, page.right]
    parts = [trimmed(sheet.text, Region(left, top, right, bottom)) for left, right in pairwise(edges)]
    found = [part for part in parts if part is not None]
    return found if len(found) > 1 else []
