"""What an element that was cut keeps of its parts besides their words: where they stand and how sure they are."""

import math

from ..document import AnyElement, Grounding, Part


def join_parts(whole: AnyElement, page: int, element: AnyElement, element_page: int) -> None:
    """Give ``whole``, which stands on ``page``, the places of ``element`` and what is said of its words.

    To be called while both still have their own text, whose length is their weight.
    """
    weights = (len(whole.text), len(element.text))
    before = whole.parts or [Part(page=page, box=whole.box)]
    whole.parts = [*before, *(element.parts or [Part(page=element_page, box=element.box)])]
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
