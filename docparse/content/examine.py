"""What the notations of a page's elements say, checked: one function a kind of element."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from ..document import AnyElement, Chart, Chemical, Formula, Music, Problem
from . import chart, chemistry, formula, music
from .checker import UncheckedError, unchecked

MAX_SECONDS = 60
"""For the libraries of one page, together: a model that loops writes hundreds of hard ones."""
_EXAMINERS: dict[type, Callable[[Any], list[Problem]]] = {
    Formula: formula.examine,
    Chart: chart.examine,
    Chemical: chemistry.examine,
    Music: music.examine,
}


def examine(elements: Sequence[AnyElement]) -> list[Problem]:
    """Check every element's content, set what that tells, and return what is wrong (page numbers not yet set).

    Nothing is taken away: what is not valid keeps its source.
    """
    problems = []
    deadline = time.monotonic() + MAX_SECONDS
    for element in elements:
        if time.monotonic() > deadline and isinstance(element, Chemical | Music):
            error = UncheckedError(f"the checks of this page took more than {MAX_SECONDS} seconds")
            element.reason = str(error)
            problems.append(unchecked(error, element.kind, element.id))
        else:
            problems += _EXAMINERS.get(type(element), formula.examine_text)(element)
    return problems
