"""Lists nested by where their items stand and by how their markers count."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice, pairwise

from ..document import Caption, Chart, Footnote, ListItem, Page, PageFooter, PageHeader, Paragraph, Picture, Table

_INDENT = 0.01
"""Of the page's width, by which a nested item is indented at least."""
_FARTHEST = 0.2
"""Of the page's width: items farther apart stand in different columns."""
_MOST_BELOW = 500
"""Items that may stand below one: the search for where its count goes on ends somewhere."""
_BETWEEN = (PageHeader, PageFooter, Footnote, Table, Picture, Chart, Caption)
"""May stand between two items of one list, at the end of a page or column."""

_ORDINAL = re.compile(r"(\(?)(?:(\d{1,3})|([a-zA-Z])|([ivxlc]{2,6}|[IVXLC]{2,6}))([.)])\Z")
_FIRST = re.compile(r"(\S{1,6})\s+(?=\S)")
_ROMANS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()


@dataclass(frozen=True)
class _Item:
    item: ListItem
    page: Page


@dataclass(frozen=True)
class _Ordinal:
    style: tuple[str, ...]
    value: int


def nest_lists(pages: Sequence[Page]) -> None:
    """Set the level of each list item that its engine put beside others although it stands below one of them, and
    make items of the paragraphs from which a list counts on."""
    for page in pages:
        _count_back(page)
    for run in _runs(pages):
        for _, of_page in groupby(run, key=lambda entry: entry.page.number):
            _indent(list(of_page))
        _go_on(run)
        _count(run)


def _count_back(page: Page) -> None:
    """A paragraph that begins with ``1.``, above an item ``2.`` that begins as far left, is an item too."""
    for index in range(len(page.elements) - 2, -1, -1):
        above, below = page.elements[index], page.elements[index + 1]
        if not (isinstance(above, Paragraph) and isinstance(below, ListItem) and above.box and below.box):
            continue
        first = _FIRST.match(above.text)
        is_flush = abs(above.box.x0 - below.box.x0) <= _INDENT * page.width
        if first and is_flush and _is_next(ordinals(first[1]), ordinals(below.marker)):
            page.elements[index] = _item_of(above, first[1], below)


def _item_of(paragraph: Paragraph, marker: str, like: ListItem) -> ListItem:
    doubts = [
        doubt.model_copy(update={"text": doubt.text.removeprefix(marker).lstrip()}) for doubt in paragraph.doubts
    ]
    return ListItem(
        id=paragraph.id,
        box=paragraph.box,
        parts=paragraph.parts,
        text=paragraph.text.removeprefix(marker).lstrip(),
        confidence=paragraph.confidence,
        doubts=[doubt for doubt in doubts if doubt.text],
        grounding=paragraph.grounding,
        level=like.level,
        ordered=like.ordered,
        marker=marker,
    )


def _runs(pages: Sequence[Page]) -> Iterator[list[_Item]]:
    """Items with nothing of the text between them."""
    run: list[_Item] = []
    for page in pages:
        for element in page.elements:
            if isinstance(element, ListItem):
                run.append(_Item(element, page))
            elif not isinstance(element, _BETWEEN):
                if run:
                    yield run
                run = []
    if run:
        yield run


def _indent(run: Sequence[_Item]) -> None:
    """Levels by indents, for items of one page that have none and that stand in one column."""
    boxes = [entry.item.box for entry in run]
    page = run[0].page
    if any(entry.item.level > 1 for entry in run):
        return
    left = [box.x0 for box in boxes if box is not None]
    if len(left) < len(run) or max(left) - min(left) > _FARTHEST * page.width:
        return
    open_at: list[float] = []
    for entry, x in zip(run, left, strict=True):
        while open_at and x < open_at[-1] - _INDENT * page.width:
            open_at.pop()
        if not open_at or x > open_at[-1] + _INDENT * page.width:
            open_at.append(x)
        entry.item.level = len(open_at)


def _go_on(run: Sequence[_Item]) -> None:
    """A page that begins with ``(b)`` where ``(a)`` was nested has its items nested as deep."""
    last: dict[_Ordinal, int] = {}
    """Where each ordinal stands last among the items before."""
    for index, (before, after) in enumerate(pairwise(run), start=1):
        last.update(dict.fromkeys(ordinals(before.item.marker), index - 1))
        if before.page is after.page:
            continue
        shift = _level_before(run, last, after.item) - after.item.level
        if shift <= 0:
            continue
        for entry in islice(run, index, None):
            # "2." after "(b)" is as far out as the "1." of the page before.
            outer = _level_before(run, last, entry.item)
            if entry.page is not after.page or 0 < outer < entry.item.level + shift:
                break
            entry.item.level += shift


def _level_before(run: Sequence[_Item], last: dict[_Ordinal, int], item: ListItem) -> int:
    """The level of the last item that this one counts on from; 0 where there is none."""
    places = [last.get(_Ordinal(ordinal.style, ordinal.value - 1), -1) for ordinal in ordinals(item.marker)]
    index = max(places, default=-1)
    return run[index].item.level if index >= 0 else 0


def _is_next(last: Sequence[_Ordinal], found: Sequence[_Ordinal]) -> bool:
    return any(_Ordinal(ordinal.style, ordinal.value + 1) in found for ordinal in last)


def _count(run: Sequence[_Item]) -> None:
    """Items between ``1.`` and ``2.`` that begin a count of their own, or have bullets, stand below ``1.``."""
    for index, (before, after) in enumerate(pairwise(run)):
        if before.item.level != after.item.level or not before.item.marker or not after.item.marker:
            continue
        last = ordinals(before.item.marker)
        if not last or not _begins_another(after.item.marker, last):
            continue
        end = _resumed(run, index, last)
        for entry in run[index + 1 : end]:
            entry.item.level += 1


def _begins_another(marker: str, last: Sequence[_Ordinal]) -> bool:
    found = ordinals(marker)
    if not found:
        return True
    styles = {ordinal.style for ordinal in last}
    return not _is_next(last, found) and any(ordinal.value == 1 and ordinal.style not in styles for ordinal in found)


def _resumed(run: Sequence[_Item], index: int, last: Sequence[_Ordinal]) -> int:
    """Where the count of item ``index`` goes on at its level, after others; 0 where it does not."""
    level = run[index].item.level
    wanted = {(ordinal.style, ordinal.value + 1) for ordinal in last}
    for later in range(index + 1, min(index + 2 + _MOST_BELOW, len(run))):
        item = run[later].item
        if item.level < level:
            return 0
        if item.level == level and wanted & {(ordinal.style, ordinal.value) for ordinal in ordinals(item.marker)}:
            return later
    return 0


@lru_cache(maxsize=4096)
def ordinals(marker: str) -> tuple[_Ordinal, ...]:
    """What a marker may count: ``i.`` is the ninth letter or the first Roman number; nothing for a bullet."""
    match = _ORDINAL.match(marker.strip())
    if not match:
        return ()
    before, digits, letter, roman, after = match.groups(default="")
    found = []
    if digits:
        found.append(_Ordinal((before, "1", after), int(digits)))
    if letter:
        found.append(_Ordinal((before, "A" if letter.isupper() else "a", after), ord(letter.lower()) - ord("a") + 1))
    word = roman or letter
    if word.lower() in _ROMANS:
        found.append(_Ordinal((before, "I" if word.isupper() else "i", after), _ROMANS.index(word.lower()) + 1))
    return tuple(found)
