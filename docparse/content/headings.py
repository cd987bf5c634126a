"""Headings with levels that mean the same on every page.

An engine sees one page and tells a title from other headings at the most. Over the document, a heading's depth is
known from the PDF's outline, from its number (``2.3.1``), and from other headings in the same size of print.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..document import Heading, Page
from ..wire import OutlineEntry

_DEEPEST = 6
_DEEPEST_BY_SIZE = 4
"""A page that is all display type, a poster, has sizes without end."""
_SAME_SIZE = 0.04
"""Share by which the sizes of one kind of heading differ."""
_NUMBER = re.compile(r"(?:§\s*)?((?:\d{1,3}|[A-Z])(?:\.\d{1,3})*)(?P<dot>\.?)[\s\u2003:–—-]+(?=\S)")
_CHAPTER = re.compile(
    r"(?:chapter|chapitre|kapitel|cap[ií]tulo|capitolo|appendix|annex|anhang)\s+[\dA-Z]", re.IGNORECASE
)
_ROMAN = re.compile(r"[IVX]{1,5}\.\s+(?=\S)")
_SURELY_ROMAN = re.compile(r"(?:II|III|IV|VI|VII)\.\s")
_LETTERS = re.compile(r"[\W_]+")


class _Found(NamedTuple):
    page: int
    heading: Heading


def level_headings(pages: Sequence[Page], outline: Sequence[OutlineEntry]) -> None:
    """Give each heading its level. Where nothing but the engines tells, theirs stay."""
    found = [_Found(page.number, element) for page in pages for element in page.elements if element.kind == "heading"]
    title = _title(found)
    rest = [entry for entry in found if entry.heading is not title]
    depths = _by_outline(rest, outline)
    is_roman = any(_SURELY_ROMAN.match(heading.text) for _, heading in rest)
    for _, heading in rest:
        depths.setdefault(id(heading), _numbered_depth(heading.text, is_roman=is_roman))
    known = {key: depth for key, depth in depths.items() if depth}
    sizes = _size_depths(rest, known)
    if not known and not sizes:
        return
    above = 1 if title is not None else min(heading.level for _, heading in found) - 1
    for _, heading in rest:
        depth = known.get(id(heading)) or sizes.get(_size_class(heading, sizes)) or max(1, heading.level - above)
        heading.level = min(depth + above, _DEEPEST)


def _title(found: Sequence[_Found]) -> Heading | None:
    """The document's title: of level 1, on the first page with headings, and in larger print than any other."""
    for page, heading in found[:3]:
        if page != found[0].page or _numbered_depth(heading.text, is_roman=True):
            return None
        if heading.level == 1 and not any(_is_peer(other, heading) for _, other in found if other is not heading):
            return heading
    return None


def _is_peer(other: Heading, title: Heading) -> bool:
    if other.font_size and title.font_size:
        return other.font_size >= title.font_size * (1 - _SAME_SIZE)
    return other.level == 1


def _by_outline(found: Sequence[_Found], outline: Sequence[OutlineEntry]) -> dict[int, int]:
    """Depths of the headings that the outline has, on its page or a page beside it."""
    entries: dict[str, list[OutlineEntry]] = {}
    for entry in outline:
        if key := _key(entry.title):
            entries.setdefault(key, []).append(entry)
    depths = {}
    for page, heading in found:
        near = [entry for entry in entries.get(_key(heading.text), ()) if abs(entry.page - page) <= 1]
        if near:
            depths[id(heading)] = min(near, key=lambda entry: abs(entry.page - page)).level
    # Levels that only the title has, or nothing that we found, are no depth of ours.
    ranks = {level: rank for rank, level in enumerate(sorted(set(depths.values())), start=1)}
    return {key: ranks[level] for key, level in depths.items()}


def _key(text: str) -> str:
    """What of a heading an outline has as well: its letters and digits, without the number before it."""
    plain = _NUMBER.sub("", text, count=1)
    return _LETTERS.sub("", plain).casefold() or _LETTERS.sub("", text).casefold()


def _numbered_depth(text: str, *, is_roman: bool) -> int:
    """2 for ``2.3 Results``; 0 for a heading without a number, or with one that need not be a section's.

    With ``is_roman`` sections count ``I.``, and ``A.`` is below them.
    """
    if _CHAPTER.match(text) or (is_roman and _ROMAN.match(text)):
        return 1
    match = _NUMBER.match(text)
    if not match:
        return 0
    number = match[1]
    if number.isalpha() and not match["dot"]:
        return 0  # "A new hope"
    return number.count(".") + 1 + (is_roman and number.isalpha())


def _size_depths(found: Sequence[_Found], known: dict[int, int]) -> dict[float, int]:
    """The depth of each size of print among the headings; empty where sizes tell nothing."""
    classes: list[list[Heading]] = []
    sized = sorted(
        (heading for _, heading in found if heading.font_size), key=lambda heading: -(heading.font_size or 0.0)
    )
    for heading in sized:
        last = classes[-1][0].font_size if classes else None
        if last is None or (heading.font_size or 0.0) < last * (1 - _SAME_SIZE):
            classes.append([])
        classes[-1].append(heading)
    depths: dict[float, int] = {}
    deepest = 0
    for members in classes:
        told = sorted(known[id(heading)] for heading in members if id(heading) in known)
        # Most of a size's numbered headings say what the others of that size are; a size that none tells of comes
        # below the size before it.
        deepest = told[len(told) // 2] if told else min(deepest + 1, _DEEPEST_BY_SIZE)
        depths[members[0].font_size or 0.0] = deepest
    return depths


def _size_class(heading: Heading, depths: dict[float, int]) -> float:
    size = heading.font_size or 0.0
    return min((largest for largest in depths if size >= largest * (1 - _SAME_SIZE) and size <= largest), default=0.0)
