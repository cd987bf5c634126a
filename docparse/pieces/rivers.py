"""The white strips between the columns of a table, that run down through its lines.

T. Kieninger, A. Dengel, "The T-Recs table recognition and analysis system", DAS 1998.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .ink import stretches
from .sheet import Region, Sheet
from .unread import Line, printed_lines

# In heights of the text.
_WORD_GAP = 1.4
"""White between words of a cell at the most."""
_WIDTH, _WIDTH_FEW = 1.5, 2.0
"""Of a strip at the least, and where there are fewer than three lines."""

_CROSSED = 0.15
"""Of the lines, that reach over a strip at the most; one of four may."""

Strip = tuple[int, int]
"""First column of pixels and last + 1."""


def lines_in(sheet: Sheet, region: Region) -> list[Line]:
    """The printed lines of a part of the sheet, in pixels of the sheet."""
    return [line.moved(region.top) for line in printed_lines(region.of(sheet.text), sheet.unit)]


def rivers(sheet: Sheet, region: Region, lines: Sequence[Line]) -> list[Strip]:
    """The strips that next to no line reaches over, from left to right, in pixels of the sheet."""
    if not lines:
        return []
    inked = np.array([_blocks(sheet, region, line) for line in lines])
    count = inked.sum(axis=0)
    most = max(1 if len(lines) >= 4 else 0, int(_CROSSED * len(lines)))
    least = (_WIDTH if len(lines) > 2 else _WIDTH_FEW) * sheet.unit
    found: list[Strip] = []
    last = 0
    for first, end in stretches(count <= most):
        if first == 0 or end == len(count) or end - first < least:
            continue
        if np.count_nonzero(inked[:, last:first].any(axis=1)) > most:
            found.append((first, end))
        elif found:
            # There is no column between this and the one before.
            found[-1] = found[-1][0], end
        last = end
    if found and np.count_nonzero(inked[:, last:].any(axis=1)) <= most:
        found.pop()
    return [(region.left + first, region.left + end) for first, end in found]


def _blocks(sheet: Sheet, region: Region, line: Line) -> npt.NDArray[np.bool_]:
    """Where a line has ink, with the white between its words."""
    inked: npt.NDArray[np.bool_] = np.any(sheet.text[line.top : line.bottom, region.left : region.right], axis=0)
    for first, end in stretches(~inked):
        if first > 0 and end < len(inked) and end - first <= _WORD_GAP * sheet.unit:
            inked[first:end] = True
    return inked
