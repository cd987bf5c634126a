"""From the order in which glyphs stand on the line to the order in which they are read.

A PDF stores glyphs; for right-to-left scripts their order in the file says little. This goes from visual order
(x ascending) back to logical order: the inverse of rule L2 of the Unicode Bidirectional Algorithm (UAX #9) for
the two levels that occur in print, a line of one direction with runs of the other.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from .geometry import Box

_RIGHT_TO_LEFT = frozenset(("R", "AL"))
_LEFT_TO_RIGHT = frozenset(("L", "EN", "AN"))
# Stay inside a number when they stand between its digits: UAX #9, rule W4 and W5.
_NUMBER_PARTS = frozenset(("CS", "ES", "ET"))


# Below U+0590 no script runs from right to left.
_MAY_RUN_LEFT = re.compile("[\u0590-\U0010ffff]")


class Glyph(NamedTuple):
    text: str
    box: Box


def is_right_to_left(text: str) -> bool:
    """Whether most of the letters are of a right-to-left script."""
    right = left = 0
    for character in text:
        direction = unicodedata.bidirectional(character)
        right += direction in _RIGHT_TO_LEFT
        left += direction == "L"
    return right > left


def has_right_to_left(text: str) -> bool:
    found = _MAY_RUN_LEFT.finditer(text)
    return any(unicodedata.bidirectional(match[0]) in _RIGHT_TO_LEFT for match in found)


def logical_order(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs of one horizontal line in reading order.

    Characters without width (the second letter of a ligature such as lam-alef, combining marks) follow the
    glyph that they stand on.
    """
    clusters: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.box.width <= 0.01):
        if glyph.box.width > 0.01 or not clusters:
            clusters.append([glyph])
        else:
            x = glyph.box.x0
            # MuPDF places the second letter of a ligature at the right edge of the first.
            _nearest(clusters, x).append(glyph)
    right_to_left = is_right_to_left("".join(glyph.text for glyph in glyphs))
    clusters.sort(key=lambda cluster: cluster[0].box.center[0], reverse=right_to_left)
    directions = _directions([cluster[0].text for cluster in clusters], right_to_left)
    ordered: list[Glyph] = []
    for is_against, run in groupby(zip(directions, clusters, strict=True), key=lambda pair: pair[0] != right_to_left):
        members = [cluster for _, cluster in run]
        if is_against:
            members.reverse()
        ordered.extend(glyph for cluster in members for glyph in cluster)
    return ordered


def _nearest(clusters: list[list[Glyph]], x: float) -> list[Glyph]:
    def distance(cluster: list[Glyph]) -> tuple[float, float]:
        box = cluster[0].box
        return round(max(box.x0 - x, x - box.x1, 0.0), 1), abs(box.x1 - x)

    return min(clusters, key=distance)


def _directions(texts: list[str], right_to_left: bool) -> list[bool]:
    """For each character whether it runs right to left; neutral ones go with the line unless they stand
    between two characters of the same other direction."""
    kinds = [unicodedata.bidirectional(text[0]) for text in texts]
    for index, kind in enumerate(kinds):
        neighbours = {*kinds[max(index - 1, 0) : index], *kinds[index + 1 : index + 2]}
        if kind in _NUMBER_PARTS and neighbours <= {"EN", "AN"}:
            kinds[index] = "EN"
    strong = [True if kind in _RIGHT_TO_LEFT else False if kind in _LEFT_TO_RIGHT else None for kind in kinds]
    before: bool = right_to_left
    left_neighbour = []
    for value in strong:
        before = before if value is None else value
        left_neighbour.append(before)
    after: bool = right_to_left
    directions: list[bool] = []
    for value, previous in zip(reversed(strong), reversed(left_neighbour), strict=True):
        after = after if value is None else value
        directions.append(value if value is not None else after if after == previous else right_to_left)
    directions.reverse()
    return directions
