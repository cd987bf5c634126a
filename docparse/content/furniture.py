"""Running headers, footers and page numbers, by what makes them furniture: they come again page after page."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..document import AnyElement, Footnote, Heading, ListItem, Page, PageFooter, PageHeader, Paragraph

_BAND = 0.12
"""Of the page's height, at the top and at the bottom, in which furniture stands."""
_TALLEST = 0.06
_LONGEST = 200
_SAME_PLACE = 0.012
"""Of the page's height, by which furniture may move from page to page."""
_FEWEST_PAGES = 3
"""Or both of two, where the text counts them."""

_TEXTUAL = (Paragraph, Heading, ListItem, Footnote, PageHeader, PageFooter)
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]{1,8}|[IVXLC]{1,8}")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class _Seen(NamedTuple):
    """An element as one of a series over the pages."""

    page: Page
    place: int
    """Its index on the page."""
    element: AnyElement
    y: float
    """The centre, as a share of the page's height."""
    numbers: tuple[int, ...]


def mark_furniture(pages: Sequence[Page]) -> None:
    """Make headers and footers of what comes again at the same place on several pages, the same or counting.

    A heading stays one where it comes first: it may be the title that the others repeat.
    """
    series = [seen for group in _groups(pages) for seen in _at_one_place(group)]
    copies = _copied_pages(pages, series)
    for members in series:
        if not _is_furniture(members, len(pages)):
            continue
        kind = PageHeader if members[0].y < 0.5 else PageFooter
        first_heading = next((seen for seen in members if isinstance(seen.element, Heading)), None)
        for seen in members:
            if (
                seen is first_heading
                or seen.page.number in copies
                or isinstance(seen.element, PageHeader | PageFooter)
            ):
                continue
            seen.page.elements[seen.place] = _as_furniture(seen.element, kind)


def _groups(pages: Sequence[Page]) -> Iterator[list[_Seen]]:
    """Elements with the same words, whatever their numbers."""
    groups: dict[str, list[_Seen]] = defaultdict(list)
    for page in pages:
        for place, element in enumerate(page.elements):
            if not isinstance(element, _TEXTUAL) or element.box is None or not page.height:
                continue
            text = _printed(element)
            if text and len(text) <= _LONGEST and element.box.height <= _TALLEST * page.height:
                key, numbers = _keyed(text)
                groups[key].append(_Seen(page, place, element, element.box.center[1] / page.height, numbers))
    yield from groups.values()


def _printed(element: AnyElement) -> str:
    marker = element.marker if isinstance(element, ListItem) else ""
    return f"{marker} {element.text}".strip()


def _keyed(text: str) -> tuple[str, tuple[int, ...]]:
    """The text with its numbers taken out, and the numbers; a Roman one must stand alone."""
    if _ROMAN.fullmatch(text):
        return "#roman", (_roman(text.lower()),)
    numbers = tuple(int(digits) for digits in _DIGITS.findall(text))
    return " ".join(_DIGITS.sub("#", text).casefold().split()), numbers


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(-value if value < after else value for value, after in pairwise([*values, 0]))


def _at_one_place(group: Sequence[_Seen]) -> Iterator[list[_Seen]]:
    """The group parted by height on the page, each part in the order of the pages."""
    members: list[_Seen] = []
    for seen in sorted(group, key=lambda seen: seen.y):
        if members and seen.y - members[-1].y > _SAME_PLACE:
            yield sorted(members, key=lambda seen: seen.page.number)
            members = []
        members.append(seen)
    if members:
        yield sorted(members, key=lambda seen: seen.page.number)


def _is_furniture(members: Sequence[_Seen], page_count: int) -> bool:
    if not all(seen.y < _BAND for seen in members) and not all(seen.y > 1 - _BAND for seen in members):
        return False
    same = len({seen.numbers for seen in members}) == 1
    if any(isinstance(seen.element, Heading) for seen in members) and not same:
        return False
    found = len({seen.page.number for seen in members})
    enough = found >= _FEWEST_PAGES or (found == page_count == 2 and not same)
    return enough and (same or _counts(members))


def _counts(members: Sequence[_Seen]) -> bool:
    """Whether no number falls from page to page; on one page (two columns of it) they may be anything."""
    return all(
        before.page is after.page or all(a <= b for a, b in zip(before.numbers, after.numbers, strict=True))
        for before, after in pairwise(members)
    )


def _copied_pages(pages: Sequence[Page], series: Sequence[Sequence[_Seen]]) -> set[int]:
    """Pages whose body comes again too, such as forms: their headings are not furniture, but a copy's content."""
    again: dict[int, int] = defaultdict(int)
    for members in series:
        if len({seen.page.number for seen in members}) < 2:
            continue
        for seen in members:
            again[seen.page.number] += _BAND <= seen.y <= 1 - _BAND
    copies = set()
    for page in pages:
        body = sum(
            element.box is not None and _BAND <= element.box.center[1] / page.height <= 1 - _BAND
            for element in page.elements
            if isinstance(element, _TEXTUAL) and page.height
        )
        if body and 2 * again[page.number] >= body:
            copies.add(page.number)
    return copies


def _as_furniture(element: AnyElement, kind: Callable[..., AnyElement]) -> AnyElement:
    return kind(
        id=element.id,
        box=element.box,
        text=_printed(element),
        confidence=element.confidence,
        doubts=element.doubts,
        grounding=element.grounding,
    )
