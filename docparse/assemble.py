"""Pages put together: ids, captions and what they belong to."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from .document import (
    CAPTIONED,
    AnyElement,
    Caption,
    Chart,
    Chemical,
    Formula,
    Music,
    PageFooter,
    PageHeader,
    Paragraph,
    Picture,
    Problem,
    Table,
)
from .geometry import Box

_NEAR = 0.1
"""Share of the page's height that may lie between a caption and what it belongs to."""
_LABELS = (
    (re.compile(r"(?:tab(?:le|elle|leau|la|ela|ella)?s?\b|табл|表)", re.IGNORECASE), (Table,)),
    (re.compile(r"(?:fig|abb|рис|图|圖|図)", re.IGNORECASE), (Picture, Chart, Chemical, Music)),
)
"""What a caption's first word says of what it belongs to."""
_NUMBERED = re.compile(r"[^\W\d]+\.?\s?(?:[A-Z]?\d{1,3}(?:[.-]\d{1,3})*|(?<=\s)[IVXL]{1,7})(?:\s?[.:–—|]|\s*$|\s*\n)")
"""``Fig. 3: …``, ``Table 2-1 – …``, ``TABLE IV`` on a line; a sentence that begins with ``Table 2 shows`` is none."""


def name_elements(page: int, elements: Sequence[AnyElement]) -> None:
    """Give each element its id, ``p<page>-e<index>``, both from 1."""
    for index, element in enumerate(elements, start=1):
        element.id = f"p{page}-e{index}"


def find_captions(elements: Sequence[AnyElement], page_height: float) -> list[AnyElement]:
    """The elements, with captions for the paragraphs that name and number a table or figure next to them: QwenVL
    HTML as the vendor's checkpoints write it has no captions."""
    found: list[AnyElement] = []
    for place, element in enumerate(elements):
        if isinstance(element, Paragraph) and _NUMBERED.match(element.text):
            caption = Caption.model_validate(element.model_dump(exclude={"kind"}))
            kinds = next((kinds for label, kinds in _LABELS if label.match(element.text)), ())
            targets = ((to, other) for to, other in enumerate(elements) if isinstance(other, kinds))
            if any(_link(caption, other, to - place, page_height) for to, other in targets):
                element = caption
        found.append(element)
    return found


def place_furniture(elements: Sequence[AnyElement], page_height: float) -> list[AnyElement]:
    """The elements, with headers and footers as which of the two they are by their places; those with text of the
    page on both sides are paragraphs. A model that sees a part of the page cannot know."""
    boxes = [element.box for element in elements if element.box and not isinstance(element, PageHeader | PageFooter)]
    top, bottom = min((box.y1 for box in boxes), default=page_height), max((box.y0 for box in boxes), default=0.0)
    return [
        _placed(element, element.box, page_height, top, bottom)
        if isinstance(element, PageHeader | PageFooter) and element.box
        else element
        for element in elements
    ]


def _placed(element: AnyElement, box: Box, page_height: float, top: float, bottom: float) -> AnyElement:
    """``top`` and ``bottom`` is where the page's first text ends and its last begins."""
    is_header = box.center[1] < page_height / 2
    kind = (
        PageHeader if is_header and box.y0 < top else PageFooter if not is_header and box.y1 > bottom else Paragraph
    )
    return element if isinstance(element, kind) else kind.model_validate(element.model_dump(exclude={"kind"}))


def link_captions(elements: Sequence[AnyElement], page_height: float) -> None:
    """Set each caption's ``target``: something near that can have one, each at most one.

    A page puts its captions on one side: that one is taken which links the most captions, and of several the one
    that links them over the shortest distances. Where boxes are missing, the neighbour in reading order counts.
    """
    links = [link for link in _possible_links(elements, page_height) if link is not None]
    attempts = [_chosen([link for link in links if fits(link)]) for fits in _SIDES]
    best = min(attempts, key=lambda chosen: (-len(chosen), sum(link.distance for link in chosen)))
    for link in best:
        link.caption.target = link.target.id


class _Link(NamedTuple):
    caption: Caption
    target: AnyElement
    distance: float
    """Between their boxes, in page units, and more for what is less likely to belong together."""
    steps: int
    """In reading order; negative where the caption comes first."""
    is_above: bool
    """Whether the caption stands above, or comes first where boxes are missing."""


_SIDES: tuple[Callable[[_Link], bool], ...] = (
    lambda link: True,
    lambda link: not link.is_above,
    lambda link: link.is_above,
    lambda link: link.is_above == isinstance(link.target, Table),
)
"""The captions' sides: near, below, above, above tables and below all else."""


def _possible_links(elements: Sequence[AnyElement], page_height: float) -> Iterator[_Link | None]:
    targets = [(place, element) for place, element in enumerate(elements) if isinstance(element, CAPTIONED)]
    for place, caption in enumerate(elements):
        if isinstance(caption, Caption):
            yield from (_link(caption, other, other_place - place, page_height) for other_place, other in targets)


def _link(caption: Caption, target: AnyElement, steps: int, page_height: float) -> _Link | None:
    if caption.box is None or target.box is None:
        distance, is_above = 0.0, steps > 0
        if abs(steps) > 1:
            return None
    else:
        distance, is_above = gap(caption.box, target.box), caption.box.center[1] < target.box.center[1]
        if distance > _NEAR * page_height:
            return None
    named = next((kinds for label, kinds in _LABELS if label.match(caption.text)), None)
    # A formula is the last to have a caption of its own.
    if isinstance(target, Formula) or (named and not isinstance(target, named)):
        distance += page_height
    return _Link(caption, target, distance, steps, is_above)


def _chosen(links: Sequence[_Link]) -> list[_Link]:
    """The nearest first, each caption and each target once."""
    chosen: list[_Link] = []
    taken: set[int] = set()
    for link in sorted(links, key=lambda link: (link.distance, abs(link.steps))):
        if id(link.caption) not in taken and id(link.target) not in taken:
            taken |= {id(link.caption), id(link.target)}
            chosen.append(link)
    return chosen


def gap(first: Box, second: Box) -> float:
    """The distance between two boxes; 0 where they touch."""
    across = max(first.x0 - second.x1, second.x0 - first.x1, 0.0)
    down = max(first.y0 - second.y1, second.y0 - first.y1, 0.0)
    return across + down


def attach(problems: Sequence[Problem], page: int) -> list[Problem]:
    """The problems, each with its page."""
    return [problem.model_copy(update={"page": page}) for problem in problems]
