"""Is it on the page? Each element of a model's answer against the words that stand inside its box."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from .content.plain import readable
from .document import AnyElement, Chemical, Grounding, Music, Picture, Problem, Severity
from .geometry import Box

_MARGIN = 4.0
"""Page units by which a box may be off."""
_LEAST_SUPPORT = 0.5
_FEWEST_WORDS = 4
"""An element of fewer words is too short to be judged."""
_WORD = re.compile(r"\w+")


def ground(elements: Sequence[AnyElement], words: Sequence[tuple[str, Box]]) -> list[Problem]:
    """Sets ``grounding`` on every element that has a box and text; tells which are not borne out.

    ``words`` are the page's own, boxes in page units like the elements'. With no words there is no witness,
    and nothing is set.
    """
    if not words:
        return []
    problems = []
    for element in elements:
        # What a model says of a picture, and a notation for what is drawn, are not words of the page.
        if element.box is None or not element.text or isinstance(element, Picture | Chemical | Music):
            continue
        wanted = Counter(_tokens([readable(element.text)]))
        total = wanted.total()
        if not total:
            continue
        near = element.box.grown(_MARGIN)
        present = Counter(_tokens(text for text, box in words if near.holds_center_of(box)))
        support = (wanted & present).total() / total
        element.grounding = Grounding(support=round(support, 3))
        if support < _LEAST_SUPPORT and total >= _FEWEST_WORDS:
            message = f"only {support:.0%} of the words of this {element.kind} stand at its place on the page"
            problems.append(Problem(kind="not-on-page", severity=Severity.WARNING, message=message))
    return problems


def _tokens(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in _WORD.finditer(unicodedata.normalize("NFKC", text).casefold()):
            yield match[0]
