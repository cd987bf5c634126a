"""Tables against the truth: TEDS (Zhong, ShafieiBavani & Jimeno Yepes 2020, *Image-based table recognition: data,
model, and evaluation*, the PubTabNet paper), 1 - tree edit distance / nodes of the larger table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ..extra import extra
from .matching import best_pairs
from .plaintext import Table, cell_places, words


@dataclass(frozen=True)
class TableScore:
    """The agreement of the tables of a document with its truth: means over the truth's tables."""

    teds: float
    structure: float
    expected: int
    found: int


@dataclass(frozen=True, eq=False)
class Node:
    """A node of a table's tree: the table, a row, or a cell."""

    name: str
    children: list["Node"]
    text: str = ""
    spans: tuple[int, int] = (1, 1)


class _Costs:
    """apted's ``Config``: insert, delete, change of kind or spans: 1 each. Change of text: its normalised
    distance."""

    valuecls = int

    def __init__(self, *, structure_only: bool) -> None:
        self._structure_only = structure_only
        self._distance = Levenshtein.normalized_distance

    def delete(self, node: Node) -> int:
        return 1

    def insert(self, node: Node) -> int:
        return 1

    def rename(self, node1: Node, node2: Node) -> float:
        if node1.name != node2.name or node1.spans != node2.spans:
            return 1.0
        if self._structure_only or node1.text == node2.text:
            return 0.0
        return float(self._distance(node1.text, node2.text))

    def children(self, node: Node) -> list[Node]:
        return node.children


def table_tree(table: Table) -> Node:
    rows = [Node("tr", [Node("td", [], cell.text, (cell.colspan, cell.rowspan)) for cell in row]) for row in table]
    return Node("table", rows)


def teds(truth: Table, output: Table, *, structure_only: bool = False) -> float:
    """Tree-edit-distance similarity; ``structure_only`` is TEDS-structure, without the cells' text.

    Head and body are one: most truth does not tell them apart.
    """
    nodes = max(sum(1 + len(row) for row in table) for table in (truth, output))
    if not nodes or truth == output:
        return 1.0
    apted = extra("apted", "eval").APTED
    distance: float = apted(
        table_tree(truth), table_tree(output), _Costs(structure_only=structure_only)
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
    matches = dict(
        best_pairs(
            (shared, first, second)
            for first, wanted in enumerate(bags[0])
            for second, got in enumerate(bags[1])
            if (shared := dice(wanted, got)) > 0
        )
    )
    return [output[matches[index]] if index in matches else None for index in range(len(truth))]


def table_words(table: Table) -> list[str]:
    return [word for _, _, cell in cell_places(table) for word in words(cell.text)]


def dice(one: Counter[str], other: Counter[str]) -> float:
    """Twice what both have over what they have together (Dice 1945)."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())
