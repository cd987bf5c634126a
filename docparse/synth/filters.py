"""Which pages are not worth learning from: the rule-based filter of the Qwen2.5-VL report (arXiv:2502.13923, section
2.2.1), which drops truth that is repetitive, cut off or malformed; and pages whose elements lie over each other."""

from collections import Counter
from itertools import combinations, pairwise

from ..document import AnyElement
from ..geometry import Box
from ..qwenvl import parse, validate, write
from .page import SynthPage

_LONGEST_RUN = 5
_FEWEST_WORDS = 40
_FEWEST_DIFFERENT = 0.5
"""Of all runs of four words."""
_LAPPED = 0.15
"""Of the smaller box."""


def fault(page: SynthPage) -> str | None:
    """``malformed``, ``cut off``, ``empty``, ``repetitive`` or ``overlapping``; None for a good page."""
    if validate(page.html) or not page.html.endswith("</html>"):
        return "malformed"
    answer = parse(page.html)
    if answer.problems or write(answer.elements) != page.html:
        return "malformed"
    if not answer.elements:
        return "empty"
    if _is_cut(page, answer.elements):
        return "cut off"
    if is_repetitive(" ".join(element.text for element in answer.elements)):
        return "repetitive"
    # Lines that lie aslant have upright boxes that overlap, however they were set.
    straight = page.look == "clean"
    return (
        "overlapping" if straight and _overlaps([element.box for element in answer.elements if element.box]) else None
    )


def _is_cut(page: SynthPage, elements: list[AnyElement]) -> bool:
    """Whether an element has no box or a letter stands outside the image."""
    if any(element.box is None for element in elements):
        return True
    if not len(page.boxes):
        return False
    middles = (page.boxes[:, :2] + page.boxes[:, 2:]) / 2
    return bool((middles < 0).any() or (middles > page.image.size).any())


def is_repetitive(text: str) -> bool:
    """One word over and over, or the same few runs of words."""
    words = text.split()
    run = 1
    for before, word in pairwise(words):
        run = run + 1 if word == before else 1
        if run > _LONGEST_RUN:
            return True
    if len(words) < _FEWEST_WORDS:
        return False
    runs = Counter(zip(words, words[1:], words[2:], words[3:], strict=False))
    return len(runs) < _FEWEST_DIFFERENT * runs.total()


def _overlaps(boxes: list[Box]) -> bool:
    return any(one.overlap(other) > _LAPPED * min(one.area, other.area) for one, other in combinations(boxes, 2))
