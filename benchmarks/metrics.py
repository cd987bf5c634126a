"""How well a text or a table agrees with the truth: pure functions, with the source of each measure.

Text comes in as plain text (`plaintext`), is normalised there, and is compared

- as a multiset of words: recall and precision, as in the evaluation of OCR and of text extraction
  (Bast & Korzen 2017, *A Benchmark and Evaluation for Text Extraction from PDF*);
- as a sequence of characters: Levenshtein distance over the longer length, as OmniDocBench does
  (Ouyang et al. 2025, CVPR);
- in its order: Kendall's tau over the words that occur exactly once on both sides (Lapata 2006, *Automatic
  Evaluation of Information Ordering: Kendall's Tau*, Computational Linguistics 32:4). 1 is the truth's order,
  -1 its reverse. What is missing or too much does not change it: that is what the two above are for.

Tables are compared by TEDS (Zhong, ShafieiBavani & Jimeno Yepes 2020, *Image-based table recognition: data,
model, and evaluation*, the PubTabNet paper): 1 - tree edit distance / nodes of the larger table.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apted import APTED, Config  # type: ignore[import-untyped]
from plaintext import Table, cell_places, normalise, words
from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True)
class TextScore:
    """The agreement of one text with its truth; `order` is None where the truth has no order to keep."""

    recall: float
    precision: float
    edit_distance: float
    order: float | None


@dataclass(frozen=True)
class TableScore:
    """The agreement of the tables of a document with its truth: means over the truth's tables."""

    teds: float
    structure: float
    expected: int
    found: int


def score_text(truth: str, output: str) -> TextScore:
    """All four measures. An output without a word has precision 0 and order 0: silence is not exactness."""
    truth_words, output_words = words(truth), words(output)
    order = reading_order(truth_words, output_words)
    return TextScore(
        recall=word_recall(truth_words, output_words),
        precision=word_recall(output_words, truth_words) if output_words or not truth_words else 0.0,
        edit_distance=edit_distance(truth, output),
        order=0.0 if order is None and len(set(truth_words)) > 1 else order,
    )


def word_recall(truth: Sequence[str], output: Sequence[str]) -> float:
    """The share of the truth's words that the output has, each as often as it occurs."""
    if not truth:
        return 1.0
    return (Counter(truth) & Counter(output)).total() / len(truth)


def edit_distance(truth: str, output: str) -> float:
    """Characters to insert, delete or replace, over the longer length: 0 is equal, 1 shares nothing."""
    return float(Levenshtein.normalized_distance(normalise(truth), normalise(output)))


def reading_order(truth: Sequence[str], output: Sequence[str]) -> float | None:
    """Kendall's tau of the order of the words that occur once on both sides."""
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


@dataclass(frozen=True, eq=False)
class Node:
    """A node of a table's tree: the table, a row, or a cell."""

    name: str
    children: list["Node"]
    text: str = ""
    spans: tuple[int, int] = (1, 1)


class TedsCosts(Config):  # type: ignore[misc]
    """Insert, delete, change of kind or spans: 1 each. Change of text: its normalised distance."""

    def __init__(self, *, structure_only: bool) -> None:
        self.structure_only = structure_only

    def rename(self, node1: Node, node2: Node) -> float:
        if node1.name != node2.name or node1.spans != node2.spans:
            return 1.0
        if self.structure_only or node1.text == node2.text:
            return 0.0
        return float(Levenshtein.normalized_distance(node1.text, node2.text))


def table_tree(table: Table) -> Node:
    rows = [Node("tr", [Node("td", [], cell.text, (cell.colspan, cell.rowspan)) for cell in row]) for row in table]
    return Node("table", rows)


def teds(truth: Table, output: Table, *, structure_only: bool = False) -> float:
    """Tree-edit-distance similarity. Head and body are one: most truth here does not tell them apart."""
    nodes = max(sum(1 + len(row) for row in table) for table in (truth, output))
    if not nodes:
        return 1.0
    distance: float = APTED(
        table_tree(truth), table_tree(output), TedsCosts(structure_only=structure_only)
    ).compute_edit_distance()
    return max(0.0, 1.0 - distance / nodes)


def score_tables(truth: Sequence[Table], output: Sequence[Table]) -> TableScore:
    """Each table of the truth against the output's table that shares most of its words; none found is 0.

    Tables too many are not counted: several truths hold one table of many.
    """
    pairs = match_tables(truth, output)
    full = [0.0 if match is None else teds(table, match) for table, match in zip(truth, pairs, strict=True)]
    structure = [
        0.0 if match is None else teds(table, match, structure_only=True)
        for table, match in zip(truth, pairs, strict=True)
    ]
    return TableScore(sum(full) / len(full), sum(structure) / len(structure), len(truth), len(output))


def match_tables(truth: Sequence[Table], output: Sequence[Table]) -> list[Table | None]:
    """For each table of the truth its counterpart, each used once: best pairs first, by shared words."""
    bags = [[Counter(table_words(table)) for table in side] for side in (truth, output)]
    ranked = sorted(
        (
            (dice(wanted, got), -first, -second)
            for first, wanted in enumerate(bags[0])
            for second, got in enumerate(bags[1])
        ),
        reverse=True,
    )
    matches: dict[int, int] = {}
    for shared, first, second in ranked:
        if shared > 0 and -first not in matches and -second not in matches.values():
            matches[-first] = -second
    return [output[matches[index]] if index in matches else None for index in range(len(truth))]


def table_words(table: Table) -> list[str]:
    return [word for _, _, cell in cell_places(table) for word in words(cell.text)]


def dice(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())
