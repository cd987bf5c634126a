"""Pairs of things of the truth and of an output."""

from collections.abc import Iterable


def best_pairs(weights: Iterable[tuple[float, int, int]]) -> list[tuple[int, int]]:
    """One-to-one pairs, the greatest weight first, as in PASCAL VOC (Everingham et al. 2010, IJCV 88:2).

    Args:
        weights: weight, index on the one side, index on the other; pairs that may not be are left out. Equal
            weights go by the smaller indexes.

    Returns:
        The pairs by their first index. Each index is in one pair at most. Greedy: the sum of the weights may be
        smaller than the best possible.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, first, second in sorted(weights, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if first not in pairs and second not in taken:
            pairs[first] = second
            taken.add(second)
    return sorted(pairs.items())
