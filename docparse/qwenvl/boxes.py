"""``data-bbox`` and its like: four numbers, or no box and a problem. A box is never guessed."""

import math
import re

from lxml import etree

from ..geometry import Box
from .answer import Findings

_ATTRIBUTES = ("data-bbox", "bbox", "data-box")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LARGEST = 1e6


def read_box(node: etree._Element, findings: Findings) -> Box | None:
    """The node's own box, in the space of the answer; None with a problem where it makes no sense."""
    value = next((node.get(name) for name in _ATTRIBUTES if node.get(name)), None)
    if value is None:
        return None
    numbers = [float(match) for match in _NUMBER.findall(value[:200])]
    if len(numbers) != 4 or not all(math.isfinite(n) and abs(n) < _LARGEST for n in numbers):
        findings.warn("box-malformed", "a box that is not four numbers was refused")
        return None
    box = Box(*numbers)
    if box.x0 > box.x1 or box.y0 > box.y1:
        findings.warn("box-inverted", "a box whose corners are in the wrong order was refused")
        return None
    if box.area == 0:
        findings.warn("box-empty", "a box without area was refused")
        return None
    return box


def format_box(box: Box) -> str:
    """As the format has it: whole numbers, or one decimal where that is needed."""
    return " ".join(f"{value:.1f}".removesuffix(".0") for value in box)
