"""Paragraphs that the end of a column, a page or a piece of it has cut, joined again. In doubt they stay apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..bidi import is_right_to_left
from ..document import (
    CAPTIONED,
    AnyElement,
    Caption,
    Footnote,
    Formula,
    ListItem,
    Page,
    PageFooter,
    PageHeader,
    PageStatus,
    Paragraph,
)
from ..geometry import Box
from .joining import join_texts, vocabulary_of
from .parts import join_parts

_ASIDE = (PageHeader, PageFooter, Footnote)
"""Stand between the columns or pages of a text without being part of it."""
_FLOATS = (Caption, *(kind for kind in CAPTIONED if kind is not Formula))

_FEWEST_WORDS = 4
_FEWEST_CHARACTERS = 12
"""Of a text without blanks. What is shorter is a label rather than a paragraph that goes on."""
_WIDER = 1.15
"""A paragraph that goes on fills its column, so its other part is not wider, or by an indent at the most."""
_COLUMN_RISE = 0.08
"""Of the page's height, by which the next column begins above the end of the one before."""

_LINE_GAP = 0.012
"""Of the page's height: between two lines of a paragraph, with what boxes are off by."""

_CLOSING = re.compile("[\"'”’»)\\]}）」』\u00b9\u00b2\u00b3\u2070-\u2079]+$")
_OPENING = re.compile("^[\"'“‘«(\\[（「『]+")
_ENDED = tuple(".!?:;…。！？：；؟۔।॥։")
_COMMA = tuple(",，、،")
_MARKED = re.compile(r"\(?\w{1,4}[.)](?:\s|$)|https?:|www\.|[•◦▪‣–—*·]\s")


@dataclass
class _Open:
    """A paragraph that may go on, where its last part stands, and whether a float has come since."""

    element: Paragraph | ListItem
    page: Page
    box: Box | None
    has_float: bool = False


def join_cut(pages: Sequence[Page]) -> dict[str, str]:
    """Join what was cut; the joined element stays where it begins and keeps both places as ``parts``.

    Returns:
        For each id that is gone, the id of the element that its text went into.
    """
    vocabulary = vocabulary_of(element.text for page in pages for element in page.elements)
    gone: dict[str, str] = {}
    before: _Open | None = None
    for page in pages:
        kept: list[AnyElement] = []
        for element in page.elements:
            if isinstance(element, _ASIDE):
                kept.append(element)
            elif isinstance(element, _FLOATS):
                kept.append(element)
                if before is not None:
                    before.has_float = True
            elif not isinstance(element, Paragraph | ListItem):
                kept.append(element)
                before = None
            elif before is not None and _goes_on(before, element, page):
                _absorb(before, element, page, vocabulary)
                gone[element.id] = before.element.id
                before = _Open(before.element, page, element.box)
            else:
                kept.append(element)
                before = _Open(element, page, element.box)
        page.elements = kept
    return gone


def _goes_on(before: _Open, element: Paragraph | ListItem, page: Page) -> bool:
    if isinstance(element, ListItem) and (element.marker or not isinstance(before.element, ListItem)):
        return False
    return _text_goes_on(before.element.text, element.text) and _place_goes_on(before, element.box, page)


# What the words say


def _text_goes_on(before: str, after: str) -> bool:
    if "\n" in before or "\n" in after or not after or not _is_prose(before) or _MARKED.match(after):
        return False
    end = _CLOSING.sub("", before.rstrip())
    start = _OPENING.sub("", after)
    if not end or not start or end.endswith(_ENDED):
        return False
    if start[0].islower():
        return True
    if end.endswith(_COMMA):
        return start[0].isalnum()
    # Scripts without capitals give no sign at a sentence's start, only at its end.
    return start[0].isalpha() and _is_caseless(start[0]) and end[-1].isalpha() and _is_caseless(end[-1])


def _is_prose(text: str) -> bool:
    if any(_is_caseless(character) for character in text[-4:]):
        return len(text) >= _FEWEST_CHARACTERS
    return len(text.split()) >= _FEWEST_WORDS


def _is_caseless(character: str) -> bool:
    return character.isalpha() and character.lower() == character.upper()


# What the places say


def _place_goes_on(before: _Open, box: Box | None, page: Page) -> bool:
    if page is not before.page:
        return _page_goes_on(before, box, page)
    if before.box is None or box is None or not _fits(before.box, box):
        return False
    if _is_next_column(before.box, box, right_to_left=is_right_to_left(before.element.text)):
        return box.y0 < before.box.y1 - _COLUMN_RISE * page.height
    if before.has_float:
        return box.y0 >= before.box.y1 and _is_same_column(before.box, box)
    return _is_below(before, box, page)


def _is_below(before: _Open, box: Box | None, page: Page) -> bool:
    """Cut where the page was cut for the model: the next line of the column."""
    if page is not before.page or before.has_float or before.box is None or box is None:
        return False
    return abs(box.y0 - before.box.y1) <= _LINE_GAP * page.height and _is_same_column(before.box, box)


def _is_same_column(above: Box, below: Box) -> bool:
    return min(above.x1, below.x1) - max(above.x0, below.x0) > 0.8 * min(above.width, below.width)


def _is_next_column(before: Box, box: Box, *, right_to_left: bool) -> bool:
    return box.x1 <= before.x0 + 3 if right_to_left else box.x0 >= before.x1 - 3


def _page_goes_on(before: _Open, box: Box | None, page: Page) -> bool:
    first = before.page
    if page.number != first.number + 1 or first.status is not PageStatus.OK or (first.width, first.height) == (0, 0):
        return False
    if before.box is None or box is None:
        return True
    if before.has_float or first.unit != page.unit:
        return _fits(before.box, box)
    return _fits(before.box, box) and before.box.y1 > first.height / 2 and box.y0 < page.height / 2


def _fits(before: Box, after: Box) -> bool:
    return after.width <= _WIDER * before.width


# Joining


def _absorb(before: _Open, element: Paragraph | ListItem, page: Page, vocabulary: set[str]) -> None:
    whole = before.element
    join_parts(whole, before.page.number, element, page.number, is_below=_is_below(before, element.box, page))
    whole.text = join_texts((whole.text, element.text), vocabulary)
