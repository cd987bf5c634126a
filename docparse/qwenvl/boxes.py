"""``data-bbox`` and its like: four numbers, or no box and a problem. A box is never guessed."""

import math
import re
from collections.abc import Mapping, Sequence

from ..geometry import Box
from .answer import Findings

_NAMES = ("data-bbox", "bbox", "data-box", "bbox_2d")
_SEPARATORS = re.compile(r"[\s,;\[\](){}]+")
_NUMBER = re.compile(r"-?\d{1,7}(?:\.\d{1,6})?(?:px)?")
LARGEST = 1e6
LEAST_INSIDE = 0.5
"""Share of a box that must lie on the page; less is no place on this page."""
_MOST_NUMBERS = 200


def box_of(attributes: Mapping[str, str], findings: Findings) -> Box | None:
    """The box that a tag's attributes give, in the space of the answer; None where there is none or a bad one."""
    if not attributes:
        return None
    for name in _NAMES:
        if name in attributes:
            return box_from(_numbers(attributes[name]), findings)
    # In the vendor's clean-up code: outlines of slanted regions.
    if "data-polygon" in attributes:
        numbers = _numbers(attributes["data-polygon"])
        if numbers and len(numbers) >= 6 and len(numbers) % 2 == 0:
            findings.info("box-from-polygon", "a polygon was given for a box; the rectangle around it is used")
            xs, ys = numbers[0::2], numbers[1::2]
            return box_from([min(xs), min(ys), max(xs), max(ys)], findings)
        findings.warn("box-malformed", "a box that is not four numbers was refused")
    return None


def box_from(numbers: Sequence[float] | None, findings: Findings) -> Box | None:
    """``x1 y1 x2 y2`` as a box; None with a problem where they make none."""
    if numbers is not None and len(numbers) == 8 and numbers[:4] == numbers[4:]:
        findings.info("box-doubled", "a box was written twice")
        numbers = numbers[:4]
    if numbers is None or len(numbers) != 4 or not all(math.isfinite(n) and abs(n) <= LARGEST for n in numbers):
        findings.warn("box-malformed", "a box that is not four numbers was refused")
        return None
    box = Box(*numbers)
    if box.x0 > box.x1 or box.y0 > box.y1:
        findings.warn("box-inverted", "a box whose corners are in the wrong order was refused")
        return None
    if box.area == 0:
        findings.warn("box-empty", "a box without area was refused")
        return None
    if box.clipped(math.inf, math.inf).area < LEAST_INSIDE * box.area:
        # However large the page is: it begins at 0 0.
        findings.warn("box-outside-page", "a box that lies outside the page was refused")
        return None
    return box


def format_box(box: Box) -> str:
    """As the format has it: whole numbers, or one decimal where that is needed."""
    return " ".join(_number(value) for value in box)


def _number(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _numbers(value: str) -> list[float] | None:
    parts = [part for part in _SEPARATORS.split(value[:4000]) if part]
    if len(parts) > _MOST_NUMBERS or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    return [float(part.removesuffix("px")) for part in parts]
