"""Pages put together: ids, captions and what they belong to."""

from collections.abc import Sequence

from .document import AnyElement, Caption, Chart, Chemical, Formula, Music, Picture, Problem, Table
from .geometry import Box

_CAPTIONED = (Table, Picture, Chart, Chemical, Music, Formula)
_NEAR = 0.1
"""Share of the page's height that may lie between a caption and what it belongs to."""


def name_elements(page: int, elements: Sequence[AnyElement]) -> None:
    """Give each element its id, ``p<page>-e<index>``, both from 1."""
    for index, element in enumerate(elements, start=1):
        element.id = f"p{page}-e{index}"


def link_captions(elements: Sequence[AnyElement], page_height: float) -> None:
    """Set each caption's ``target``: the nearest thing that can have one and has none yet.

    Where boxes are missing, the neighbour in reading order.
    """
    taken: set[str] = set()
    for index, element in enumerate(elements):
        if not isinstance(element, Caption):
            continue
        best: tuple[float, int, str] | None = None
        for other_index, other in enumerate(elements):
            if not isinstance(other, _CAPTIONED) or other.id in taken:
                continue
            steps = abs(other_index - index)
            if element.box is not None and other.box is not None:
                distance = gap(element.box, other.box)
                if distance > _NEAR * page_height:
                    continue
            elif steps > 1:
                continue
            else:
                distance = 0.0
            # A formula is the last to have a caption of its own.
            candidate = (distance + (page_height if isinstance(other, Formula) else 0.0), steps, other.id)
            best = min(best, candidate) if best else candidate
        if best is not None:
            element.target = best[2]
            taken.add(best[2])


def gap(first: Box, second: Box) -> float:
    """The distance between two boxes; 0 where they touch."""
    across = max(first.x0 - second.x1, second.x0 - first.x1, 0.0)
    down = max(first.y0 - second.y1, second.y0 - first.y1, 0.0)
    return across + down


def attach(problems: Sequence[Problem], page: int) -> list[Problem]:
    """The problems, each with its page."""
    return [problem.model_copy(update={"page": page}) for problem in problems]
