"""Reading order: Kendall's tau (Lapata 2006, *Automatic Evaluation of Information Ordering: Kendall's Tau*,
Computational Linguistics 32:4). 1 is the truth's order, -1 its reverse; what is missing or too much does not
change it."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence


def reading_order(truth: Sequence[str], output: Sequence[str]) -> float | None:
    """Tau of the order of the words that occur exactly once on both sides."""
    once = {word for word, count in Counter(truth).items() if count == 1}
    place = {word: index for index, word in enumerate(truth) if word in once}
    counts = Counter(output)
    return kendall_tau([place[word] for word in output if word in place and counts[word] == 1])


def kendall_tau(order: Sequence[int]) -> float | None:
    """Tau of a sequence of distinct numbers against its sorted order; None for fewer than two."""
    if len(order) < 2:
        return None
    seen: list[int] = []
    inversions = 0
    for value in order:
        inversions += len(seen) - bisect_left(seen, value)
        insort(seen, value)
    return 1 - 4 * inversions / (len(order) * (len(order) - 1))
