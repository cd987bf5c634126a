"""Text that was cut where the page was cut for the model, or that a model broke off in the middle, as one again.

What goes on is told by where it is printed; words alone decide over columns and pages (``docparse/content``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..geometry import Box
from ..pieces import Sheet
from ..pieces.rivers import lines_in
from ..pieces.sheet import Region, from_page
from ..pieces.unread import LETTER
from .answer import BOX, TAG, Answer, markup, strung
from .items import closed, items
from .paragraphs import ENDED, MARKED

_BEGIN = re.compile(r"\s*((?:</?[uo]l>\s*)*)<(p|h[1-6]|li)\b([^<>]*)>")
_END = re.compile(r"</(p|h[1-6]|li)>\s*((?:</?[uo]l>\s*)*)\Z")
_EMPTY_LIST = re.compile(r"<([uo]l)>\s*</\1>|</([uo]l)>\s*<\2>")
_NOTE = 'class="footnote"'
_HYPHEN = re.compile(r"[-‐\u00ad]\Z")
# In heights of the text.
_FULL, _TOLD = 5.0, 9.0
"""White behind a line that is full at the most, and behind its last word where the model says that it stands."""
_FLUSH = 1.2
"""Between the left ends of lines that are not indented at the most."""
_INDENT = 6.0
"""Of the first line of a paragraph at the most."""
_HANGING = 3.5
"""From the first line of an item to where the second begins at the most."""
_PITCH = 2.6
"""From line to line, where there is but one; more on a page whose lines are usually further apart."""

_NEXT = 1.25
"""From a line to the next against the usual, at the most."""
_NEXT_HEADING = 2.2
"""The same of headings, against the height of their letters."""
_ALIKE = 0.3
"""Of that height, by which these may differ."""
_OVER = 0.5
"""Of the narrower of two elements, that stand over each other."""


@dataclass(frozen=True)
class _Printed:
    """An element, the name of its first and its last tag (of a note its class), its last box and what is printed in
    it: for each line its top, bottom, left and right in pixels of the sheet."""

    answer: Answer
    name: str
    last_name: str
    has_marker: bool
    box: Box
    lines: list[Region]

    @property
    def text(self) -> str:
        return TAG.sub("", self.answer.text).strip()

    @property
    def height(self) -> float:
        return float(np.median([line.bottom - line.top for line in self.lines]))


def mended(elements: Sequence[Answer], sheet: Sheet) -> list[Answer]:
    """The elements of a page, as they are ``placed``; those of which one goes on with the other as one."""
    parts = [item for element in elements for item in items(element, sheet)]
    found = [_printed(part, sheet) for part in parts]
    text = [one for one in found if one is not None]
    pitch = max(_PITCH * sheet.unit, float(np.median(_steps(text) or [0])))
    told: list[Answer] = []
    last: _Printed | None = None
    for part, printed in zip(parts, found, strict=True):
        if last is not None and printed is not None and _goes_on(last, printed, sheet, pitch):
            told[-1] = _joined(last, printed)
            last = _printed(told[-1], sheet)
        else:
            told.append(part)
            last = printed
    return closed(told)


def _steps(printed: Sequence[_Printed]) -> list[int]:
    """From line to line in each."""
    return [below.middle_row - above.middle_row for one in printed for above, below in pairwise(one.lines)]


def _printed(element: Answer, sheet: Sheet) -> _Printed | None:
    """None if it is no running text."""
    begin, end = _BEGIN.match(element.text), _END.search(element.text)
    boxes = [Box(*map(float, match.groups())) for match in BOX.finditer(element.text)]
    if begin is None or end is None or not boxes or "<table" in element.text:
        return None
    is_note = _NOTE in begin[3]
    if "class=" in begin[3] and not is_note:
        return None
    box = boxes[-1]
    left, top, right, bottom = from_page(sheet.matrix, box)
    region = Region(max(0, int(left) - 2), max(0, int(top) - 2), int(right) + 3, int(bottom) + 3)
    lines = []
    for line in lines_in(sheet, region):
        inked = np.flatnonzero(sheet.text[line.top : line.bottom, region.left : region.right].any(axis=0))
        lines.append(Region(region.left + int(inked[0]), line.top, region.left + int(inked[-1]), line.bottom))
    if not lines:
        return None
    name, last_name = (_NOTE, _NOTE) if is_note else (begin[2], end[1])
    return _Printed(element, name, last_name, "data-marker" in begin[3], box, lines)


def _goes_on(above: _Printed, below: _Printed, sheet: Sheet, pitch: float) -> bool:
    over = min(above.box.x1, below.box.x1) - max(above.box.x0, below.box.x0)
    step = below.lines[0].middle_row - above.lines[-1].middle_row
    if step <= 0 or over < _OVER * min(above.box.width, below.box.width):
        return False
    if MARKED.match(below.text) or _HYPHEN.search(above.text):
        return False
    if above.last_name.startswith("h") and above.last_name == below.name:
        high = max(above.height, below.height)
        return step <= _NEXT_HEADING * high and abs(above.height - below.height) <= _ALIKE * high
    steps = _steps([above, below])
    if step > _NEXT * (float(np.median(steps)) if steps else pitch):
        return False
    first, unit = below.lines[0].left, sheet.unit
    if above.last_name == below.name == _NOTE:
        has_mark = not below.text.lstrip('"«„“(')[:1].isalpha()
        return not has_mark and abs(first - above.lines[0].left) <= _INDENT * unit and _is_full(above, below, sheet)
    if (above.last_name, below.name) == ("p", "p"):
        if len(above.lines) > 1:
            is_flush = abs(first - min(line.left for line in above.lines[1:])) <= _FLUSH * unit
        else:
            is_flush = -_FLUSH * unit <= above.lines[0].left - first <= _INDENT * unit
        return is_flush and len(above.lines) + len(below.lines) > 2 and _is_full(above, below, sheet)
    if (
        above.last_name == "li"
        and below.name in ("p", "li")
        and not below.has_marker
        and not ENDED.search(above.text)
    ):
        left = above.lines[-1].left
        is_hanging = left - _FLUSH * unit <= first <= left + _HANGING * unit
        return is_hanging and (below.name == "li" or _is_full(above, below, sheet))
    return False


def _is_full(above: _Printed, below: _Printed, sheet: Sheet) -> bool:
    """Whether the last line above reaches as far to the right as any, by its ink and by its last word: what is drawn
    around a field of a form is ink too."""
    right = max(line.right for line in (*above.lines, *below.lines))
    white = (right - above.lines[-1].right) / sheet.unit
    # It may be short because the next word was too long for it.
    next_word = (below.text.split() or [""])[0]
    is_ragged = not ENDED.search(above.text) and white <= LETTER * (len(next_word) + 1)
    if white > _FULL:
        return is_ragged
    answer = above.answer
    words = [word for word in answer.words if answer.text[word.start : word.end].strip()]
    if not words:
        return True
    x, *_ = from_page(sheet.matrix, Box(words[-1].x, words[-1].y, words[-1].x, words[-1].y))
    letters = len(answer.text[words[-1].start : words[-1].end].strip())
    return x + letters * LETTER * sheet.unit >= right - _TOLD * sheet.unit


def _joined(above: _Printed, below: _Printed) -> Answer:
    begin, end = _BEGIN.match(below.answer.text), _END.search(below.answer.text)
    place = _END.search(above.answer.text)
    assert begin
    assert end
    assert place
    inner = below.answer.part(begin.end(), end.start())
    before = len(above.answer.text[: place.start()].rstrip())
    lists = _empty_lists_gone(place[2] + begin[1] + end[2])
    whole = strung([above.answer.part(0, before), markup(" "), inner, markup(f"</{place[1]}>{lists}")])
    *_, box = BOX.finditer(whole.text, 0, before)
    numbers = " ".join(str(round(side)) for side in above.box.union(below.box))
    return whole.spliced(*box.span(), numbers).told_by([above.answer, below.answer])


def _empty_lists_gone(tags: str) -> str:
    """These tags of lists, without a list of nothing or one that ends where another begins."""
    while (nothing := _EMPTY_LIST.search(tags)) is not None:
        tags = tags[: nothing.start()] + tags[nothing.end() :]
    return tags
