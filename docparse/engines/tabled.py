"""Ruled tables, by where the words stand that a model read in parts of them: each as one, as it is printed."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..geometry import Box
from ..pieces import Sheet
from ..pieces.grid import Grid, grids_of
from ..pieces.sheet import from_page
from ..pieces.unread import Word
from ..qwenvl import validate
from .answer import BOX, TAG, Answer, open_at
from .cells import Said, table_of

_LEAST = 0.34
"""Of the words in a grid, that the model has said to stand in a table, at the least."""
# In heights of the text.
_LEFT, _ABOVE = 2.0, 1.0
"""From the grid to where a word of it is said to stand at the most."""
_FAR = 2.7
"""From a line to where a word of it is said to stand at the most."""

_CELLS = frozenset({"td", "th"})
_EMPTY = re.compile(r"<tr>(?:\s*<t[dh][^<>]*>\s*</t[dh]>)*\s*</tr>|<thead>\s*</thead>|<li[^<>]*>\s*</li>")


def tabled(elements: Sequence[Answer], sheet: Sheet) -> list[Answer]:
    """The elements of a page, as they are ``placed``, with those in a ruled table as one.

    It is put where the first of them stands; what an element says beside the table stays.
    """
    told = list(elements)
    if not any("<table" in element.text for element in told):
        return told
    said = [one for element in told for one in _said(element, sheet)]
    for grid in grids_of(sheet):
        whole = _with_table(told, said, grid)
        if whole is not told:
            told, said = whole, [one for element in whole for one in _said(element, sheet)]
    return told


def _with_table(elements: list[Answer], said: Sequence[Said], grid: Grid) -> list[Answer]:
    inside = [one for one in said if _is_inside(one, grid)]
    if not inside or sum(one.cell is not None for one in inside) < _LEAST * len(inside):
        return elements
    table = table_of(grid, inside)
    if validate(f"<html><body>{table.text}</body></html>"):
        return elements
    (place,) = BOX.finditer(table.text)
    told: list[Answer] = []
    gone: list[Answer] = []
    at: int | None = None
    for element in elements:
        own = [one for one in inside if one.element is element]
        others = [one for one in said if one.element is element and not any(one is mine for mine in own)]
        if own and at is None:
            at = len(told) + (1 if others and others[0].start < own[0].start else 0)
        if not own:
            told.append(element)
        elif others:
            told.append(_without(element, own, others, Box(*map(float, place.groups()))))
        else:
            gone.append(element)
    told.insert(at or 0, table.told_by(gone))
    return told


def _said(element: Answer, sheet: Sheet) -> Iterator[Said]:
    """All that it says, in order; where the model has not told a place, at that of what comes before."""
    pieces = list(_pieces(element))
    word = next((word for word, _, _ in pieces if word is not None), None)
    for own, start, end in pieces:
        word = own or word
        if word is None:
            return
        x, y, *_ = from_page(sheet.matrix, Box(word.x, word.y, word.x, word.y))
        opened = open_at(element.text, start)
        cell = row = None
        if _CELLS.intersection(opened):
            cell = element.text.rfind("<t", 0, start)
            row = element.text.rfind("<tr", 0, start)
        yield Said(element, start, end, x, y, row, cell, is_header="th" in opened)


def _pieces(element: Answer) -> Iterator[tuple[Word | None, int, int]]:
    """Its words, and what stands between tags and words; from where to where."""
    words = iter([*element.words, None])
    word = next(words)
    tags = [match.span() for match in TAG.finditer(element.text)]
    for (_, start), (end, _) in pairwise([(0, 0), *tags, (len(element.text), 0)]):
        while word is not None and word.start < end:
            yield from _blank_or(element.text, start, word.start)
            if element.text[word.start : word.end].strip():
                yield word, word.start, word.end
            start, word = max(start, word.end), next(words)
        yield from _blank_or(element.text, start, end)


def _blank_or(text: str, start: int, end: int) -> Iterator[tuple[None, int, int]]:
    if text[start:end].strip():
        yield None, start, end


def _is_inside(said: Said, grid: Grid) -> bool:
    unit, region = grid.sheet.unit, grid.region
    return (
        region.left - _LEFT * unit <= said.x <= region.right
        and region.top - _ABOVE * unit <= said.y <= region.bottom + _ABOVE * unit
        and min(abs(line.middle - said.y) for line in grid.lines) <= _FAR * unit
    )


def _without(element: Answer, own: Sequence[Said], others: Sequence[Said], table: Box) -> Answer:
    """What an element says beside a table, its box without that."""
    for one in reversed(own):
        element = element.spliced(one.start, one.end)
    while (empty := _EMPTY.search(element.text)) is not None:
        element = element.spliced(*empty.span())
    place = BOX.search(element.text)
    if place is None:
        return element
    x0, y0, x1, y1 = map(float, place.groups())
    if others[-1].start < own[0].start:
        y1 = min(y1, table.y0)
    elif others[0].start > own[-1].start:
        y0 = max(y0, table.y1)
    if round(y0) >= round(y1):
        return element
    return element.spliced(*place.span(), " ".join(str(round(side)) for side in (x0, y0, x1, y1)))
