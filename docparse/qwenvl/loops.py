"""Where an answer has begun to repeat itself without end, told from what a page may rightly repeat.

A page repeats much: zeros in a column, rules of a form, boxes of a ballot. What tells a loop from these is that it
cannot be: more than fits into the box that it stands in, the same place again and again, or places beyond the page.
"""

import re
from dataclasses import dataclass

from ..geometry import Box

_BOX = re.compile(r'data-bbox="(-?\d+) (-?\d+) (-?\d+) (-?\d+)"')
_TAG = re.compile(r"<[^<>]*>")
_LOOKED_AT = 6000
"""Characters of the end: enough for a few rounds of the largest things that models repeat."""
_LEAST_ROUNDS, _LEAST_LENGTH = 4, 60
_SAME_PLACES = 3
"""So many elements in one place with the same words were written by no page."""
_SMALLEST_CHARACTER = 24.0
"""Square pixels that a character takes at least: 4 by 6."""
_SMALLEST_ROW = 6.0
"""Pixels from one row of a table to the next."""
_UNPLACED, _MOST_ROUNDS = 3000, 500
"""Characters that may be repeated in what has no box at all, and how often."""


@dataclass(frozen=True)
class Loop:
    """``start`` is where the second round begins; ``rounds`` are whole ones, with the first."""

    start: int
    rounds: int


def find_loop(text: str, size: tuple[float, float] | None = None) -> Loop | None:
    """The loop in which an answer ends that was not ended by the model; None where it ends in none.

    Args:
        text: the answer so far; boxes in pixels of an image of ``size``, if that is known.
    """
    text = text[: text.rfind("<")] if text.rfind("<") > text.rfind(">") else text
    masked, places = _masked(text)
    found = _period(masked[-_LOOKED_AT:])
    if found is None:
        return None
    period, length = found
    # The same may have begun further back than was looked at.
    begin = len(masked) - length
    while begin > 0 and masked[begin - 1] == masked[begin - 1 + period]:
        begin -= 1
    rounds = (len(masked) - begin) // period
    region = text[places[begin] :]
    loop = Loop(places[begin + period], rounds)
    boxes = [Box(*map(float, match.groups())) for match in _BOX.finditer(region)]
    if boxes:
        return loop if _is_out_of_place(boxes, size) else None
    around = list(_BOX.finditer(text, 0, places[begin]))
    unit = text[places[begin] : places[begin + period]]
    if not around:
        return loop if len(region) > _UNPLACED or rounds > _MOST_ROUNDS else None
    box = Box(*map(float, around[-1].groups()))
    return loop if rounds * _area(unit, box) > box.width * box.height else None


def _masked(text: str) -> tuple[str, list[int]]:
    """The text with each box as one character, and where each character of it stands in the text, and its end."""
    parts: list[str] = []
    places: list[int] = []
    position = 0
    for match in _BOX.finditer(text):
        parts += text[position : match.start()], "\0"
        places += range(position, match.start() + 1)
        position = match.end()
    parts.append(text[position:])
    places += range(position, len(text) + 1)
    return "".join(parts), places


def _period(text: str) -> tuple[int, int] | None:
    """Period and length of the longest end of ``text`` that consists of at least four equal rounds.

    Knuth, Morris and Pratt's failure function of the reversed text: what begins it of length n has n - failure(n) as
    its smallest period.
    """
    backwards = text[::-1]
    failure = [0] * (len(text) + 1)
    best = None
    matched = 0
    for index in range(1, len(text)):
        while matched and backwards[index] != backwards[matched]:
            matched = failure[matched]
        matched += backwards[index] == backwards[matched]
        length = index + 1
        failure[length] = matched
        period = length - matched
        if length >= _LEAST_ROUNDS * period and length >= _LEAST_LENGTH:
            best = period, length
    return best


def _is_out_of_place(boxes: list[Box], size: tuple[float, float] | None) -> bool:
    if any(boxes.count(box) >= _SAME_PLACES for box in boxes[-_SAME_PLACES:]):
        return True
    outside = [box for box in boxes if size is not None and (box.x0 >= size[0] or box.y0 >= size[1])]
    return len(outside) >= _SAME_PLACES


def _area(unit: str, box: Box) -> float:
    """Square pixels that what stands in the box takes at least for each round."""
    cells = len(re.findall("<t[dh]", unit))
    characters = len("".join(_TAG.sub("", unit).split()))
    rows = len(re.findall("<tr", unit))
    return max(_SMALLEST_CHARACTER * max(1, characters + cells), rows * _SMALLEST_ROW * box.width)
