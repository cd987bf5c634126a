"""The figures as tables for a terminal."""

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from .chemistry import compared_by
from .score import Score
from .summary import MEASURES, by_kind, by_look, means, readers

_KIND_COLUMNS = {
    "truth": ("truth", "d"),
    "found": ("found", "d"),
    "f1_50": ("F1@.5", ".3f"),
    "f1_75": ("F1@.75", ".3f"),
    "placed": ("placed", ".3f"),
    "kind_accuracy": ("kind", ".3f"),
    "cer_micro": ("CER micro", ".3f"),
    "teds": ("TEDS", ".3f"),
    "teds_structure": ("TEDS-S", ".3f"),
    "formula_distance": ("formula edit", ".3f"),
    "smiles_exact": ("SMILES", ".3f"),
    "note_accuracy": ("notes", ".3f"),
}


def tables(scores: Sequence[Score], truth: str) -> Iterator[Table | str]:
    """By look and by kind, and who read what."""
    systems = {score.system: [other for other in scores if other.system == score.system] for score in scores}
    yield f"{truth}: {_count(len(next(iter(systems.values()))), 'document')}"
    for name, of_system in systems.items():
        told = ", ".join(f"{reader} ×{count}" for reader, count in readers(of_system).items())
        failed = sum(score.reading.failure is not None for score in of_system)
        yield f"{name}: read by {told}" + (f"; {failed} failed or incomplete" if failed else "")
    yield _looks(systems)
    for name, of_system in systems.items():
        if any(score.kinds for score in of_system):
            yield _kinds(name, of_system)
    if any(score.values.get("smiles_exact") is not None for score in scores) and compared_by() == "string":
        yield "SMILES were compared as strings, for want of rdkit: another writing of a molecule counts as wrong"


def _looks(systems: dict[str, list[Score]]) -> Table:
    rows = []
    for name, scores in systems.items():
        groups = by_look(scores)
        rows += [(name, look, group, means(group)) for look, group in groups.items()]
        if len(groups) > 1:
            rows.append((name, "all", scores, means(scores)))
    measures = [measure for measure in MEASURES if any(row[3][measure.key] is not None for row in rows)]
    table = _table("by look; means over documents; micro: over characters or words")
    for heading in ("system", "look"):
        table.add_column(heading, no_wrap=True)
    for heading in ("n", *(measure.heading for measure in measures)):
        table.add_column(heading, justify="right")
    for name, look, group, figures in rows:
        cells = (_cell(figures[measure.key], measure.form) for measure in measures)
        table.add_row(name, look, str(len(group)), *cells)
        if look == "all":
            table.add_section()
    return table


def _kinds(name: str, scores: Sequence[Score]) -> Table:
    rows = by_kind(scores)
    columns = [key for key in _KIND_COLUMNS if any(row.get(key) is not None for row in rows.values())]
    table = _table(f"by kind; sums over all documents: {name}")
    table.add_column("kind", no_wrap=True)
    for key in columns:
        table.add_column(_KIND_COLUMNS[key][0], justify="right")
    for kind, row in rows.items():
        table.add_row(kind, *(_cell(row.get(key), _KIND_COLUMNS[key][1]) for key in columns))
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
