"""Boxes against the truth's, both in the same space."""

from collections.abc import Sequence

from ..geometry import Box
from .matching import best_pairs


def iou(one: Box, other: Box) -> float:
    """Intersection over union (Jaccard 1901): 1 for equal boxes, 0 for boxes that share nothing."""
    shared = one.overlap(other)
    return shared / (one.area + other.area - shared) if shared else 0.0


def match_boxes(truth: Sequence[Box], found: Sequence[Box | None], threshold: float) -> list[tuple[int, int]]:
    """Pairs (truth, found) whose boxes overlap with an IoU of at least ``threshold``: one to one, the greatest
    overlap first, whatever the kinds."""
    return best_pairs(
        (overlap, first, second)
        for first, wanted in enumerate(truth)
        for second, box in enumerate(found)
        if box is not None and (overlap := iou(wanted, box)) >= threshold
    )


def f1(matched: int, expected: int, found: int) -> float | None:
    """The harmonic mean of precision and recall; None where there is nothing on either side."""
    return 2 * matched / (expected + found) if expected + found else None
