"""What the notations of a page's elements say, checked: one function a kind of element."""

from collections.abc import Callable, Sequence
from typing import Any

from ..document import AnyElement, Chart, Chemical, Formula, Music, Problem
from . import chart, chemistry, formula, music

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
    for element in elements:
        problems += _EXAMINERS.get(type(element), formula.examine_text)(element)
    return problems
