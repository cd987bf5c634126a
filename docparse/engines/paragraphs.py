"""Text elements by the lines that their words are said to stand on: where each ends, and where two are in one."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..geometry import Box
from ..pieces.unread import LETTER, Lines, Word
from .answer import TAG, Answer

_TEXT = re.compile(r'<(p|h[1-6]|li|address)\b([^<>]*)data-bbox="([\d. ]+)"[^<>]*>')
"""Its name, its other attributes, its box."""
# In heights of the text.
_BESIDE = 2.0
"""From the left of an element's box to where its lines begin at the most."""
_INDENT, _MOST_INDENT = 1.2, 9.0
"""Of the first line of a paragraph."""
_FLUSH = 0.8
"""Between the left ends of lines that are not indented at the most."""
_SHORT = 4.0
"""White behind a line that is not full, at the least."""

_SHARE = 0.25
"""Of a line at the edge of an element, that it says at the least: a word may be said to stand one line too far."""
_GAP = 1.45
"""From one line to the next of a paragraph, against the usual, at the most."""
_LEFT = 0.2
"""Of the lines, that begin no further right than those that are flush."""
ENDED = re.compile(r"[.!?:…;][\"»”’“)\]]*\s*\Z")
MARKED = re.compile(r"\s*(?:[•–—▪◦○*·-]|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)]|\[\d+\])(?:\s|\Z)")
"""What begins like an item of a list."""


@dataclass(frozen=True)
class _Row:
    """What an element says of a printed line: from ``start`` in the text, from ``left`` to ``right`` in pixels."""

    line: int
    start: int
    left: int
    right: int
    share: float
    """Of the line's ink, that its words are about as long as."""


def parted(answer: Answer, lines: Lines) -> Answer:
    """The answer to a piece with each text element's box from the first to the last of the lines that it says, and
    with paragraphs apart: where there is a blank or an indent, or an item of a list begins."""
    for match in reversed(list(_TEXT.finditer(answer.text))):
        end = answer.text.find(f"</{match[1]}>", match.end())
        box = Box(*map(float, match[3].split()))
        rows = _rows(answer, lines, match.end(), end if end >= 0 else len(answer.text), box)
        if not rows:
            continue
        is_plain = match[1] == "p" and not match[2].strip() and end >= 0
        starts = _starts(answer.text, match.end(), rows, lines) if is_plain else []
        groups = [
            [row for row in rows if first <= row.start < last]
            for first, last in pairwise([0, *starts, len(answer.text)])
        ]
        for start, group in reversed(list(zip(starts, groups[1:], strict=True))):
            place = len(answer.text[:start].rstrip())
            answer = answer.spliced(place, start, f'</p>\n<p data-bbox="{_numbers(_box(group, lines))}">')
        first = _box(groups[0], lines)
        if not starts:
            first = Box(box.x0, first.y0, max(box.x0, box.x1), first.y1)
        answer = answer.spliced(*match.span(3), _numbers(first))
    return answer


def _numbers(box: Box) -> str:
    return " ".join(str(round(side)) for side in box)


def _box(rows: Sequence[_Row], lines: Lines) -> Box:
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    return Box(left, lines.lines[rows[0].line].top, right, lines.lines[rows[-1].line].bottom)


def _rows(answer: Answer, lines: Lines, start: int, end: int, box: Box) -> list[_Row]:
    """From top to bottom, without those at the edges of which it says little."""
    of_lines: dict[int, list[Word]] = defaultdict(list)
    for word in answer.words:
        line = lines.of(word) if start <= word.start < end else None
        if line is not None:
            of_lines[line].append(word)
    rows = []
    edge = max(0, round(box.x0 - _BESIDE * lines.unit))
    for line, words in sorted(of_lines.items()):
        printed = lines.lines[line]
        inked = np.flatnonzero(lines.sheet.text[printed.top : printed.bottom, edge:].any(axis=0)) + edge
        if len(inked):
            width = sum(word.length + 1 for word in words) * LETTER * lines.unit
            first = min(word.start for word in words)
            rows.append(_Row(line, first, int(inked[0]), int(inked[-1]), width / max(1, lines.width(line))))
    while len(rows) > 1 and rows[-1].share < _SHARE:
        rows.pop()
    while len(rows) > 1 and rows[0].share < _SHARE:
        rows.pop(0)
    return rows


def _starts(text: str, start: int, rows: Sequence[_Row], lines: Lines) -> list[int]:
    """Where in the text another paragraph begins; nowhere if it says its lines in another order than printed."""
    if any(above.start >= below.start for above, below in pairwise(rows)):
        return []
    usual = float(np.median([below.middle - above.middle for above, below in pairwise(lines.lines)] or [0.0]))
    flush = float(np.quantile([row.left for row in rows], _LEFT)) if len(rows) > 3 else min(row.left for row in rows)
    full = max(row.right for row in rows)
    found = []
    for index, (above, below) in enumerate(pairwise(rows), 1):
        between = lines.lines[above.line : below.line + 1]
        indent = below.left - flush
        is_last = index + 1 == len(rows)
        is_indented = _INDENT * lines.unit <= indent <= _MOST_INDENT * lines.unit and (
            is_last or rows[index + 1].left - flush < _FLUSH * lines.unit
        )
        before = TAG.sub("", text[start : below.start])
        has_ended = above.right < full - _SHORT * lines.unit or ENDED.search(before) is not None
        if max(under.middle - over.middle for over, under in pairwise(between)) > _GAP * usual or (
            has_ended and (is_indented or MARKED.match(text, below.start) is not None)
        ):
            found.append(below.start)
    return found
