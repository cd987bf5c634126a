"""What an element that was cut keeps of its parts besides their words: where they stand and how sure they are."""

import math

from ..document import AnyElement, Grounding, Part


def join_parts(
    whole: AnyElement, page: int, element: AnyElement, element_page: int, *, is_below: bool = False
) -> None:
    """Give ``whole``, which stands on ``page``, the places of ``element`` and what is said of its words.

    With ``is_below`` the element stands right below, and both are one place. To be called while both still have their
    own text, whose length is their weight.
    """
    weights = (len(whole.text), len(element.text))
    if is_below:
        place = whole.parts[-1] if whole.parts else whole
        if place.box is not None and element.box is not None:
            place.box = place.box.union(element.box)
    else:
        whole.parts = whole.parts or [Part(page=page, box=whole.box)]
        whole.parts += element.parts or [Part(page=element_page, box=element.box)]
    whole.doubts += element.doubts
    whole.confidence = _geometric_mean(whole.confidence, element.confidence, weights)
    if whole.grounding and element.grounding and sum(weights):
        shares = zip((whole.grounding.support, element.grounding.support), weights, strict=True)
        support = sum(share * weight for share, weight in shares) / sum(weights)
        whole.grounding = Grounding(support=round(min(support, 1.0), 3))
    else:
        whole.grounding = None


def _geometric_mean(first: float | None, second: float | None, weights: tuple[int, int]) -> float | None:
    if first is None or second is None or not sum(weights):
        return None
    if min(first, second) == 0:
        return 0.0
    return math.exp((weights[0] * math.log(first) + weights[1] * math.log(second)) / sum(weights))
