"""Scores of many cases as figures: means, sums, and the record that ``--json`` writes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any

from ..version import __version__
from .chemistry import compared_by
from .places import f1
from .score import KindTally, Score
from .textual import Errors

FORMAT = "docparse-eval 1"


@dataclass(frozen=True)
class Measure:
    """One figure of a page."""

    key: str
    heading: str
    form: str
    greater_is_better: bool


MEASURES = (
    Measure("text_edit", "edit", ".3f", False),
    Measure("cer", "CER", ".3f", False),
    Measure("cer_micro", "CER micro", ".3f", False),
    Measure("wer", "WER", ".3f", False),
    Measure("wer_micro", "WER micro", ".3f", False),
    Measure("text_recall", "recall", ".3f", True),
    Measure("text_precision", "precis.", ".3f", True),
    Measure("text_order", "word order", ".3f", True),
    Measure("element_order", "elem. order", ".3f", True),
    Measure("box_f1_50", "F1@.5", ".3f", True),
    Measure("box_f1_75", "F1@.75", ".3f", True),
    Measure("kind_accuracy", "kind", ".3f", True),
    Measure("teds", "TEDS", ".3f", True),
    Measure("teds_structure", "TEDS-S", ".3f", True),
    Measure("formula_distance", "formula edit", ".3f", False),
    Measure("smiles_exact", "SMILES", ".3f", True),
    Measure("note_accuracy", "notes", ".3f", True),
    Measure("valid", "valid", ".1%", True),
    Measure("seconds", "s/page", ".2f", False),
)
"""In the order of the report. ``…_micro`` are sums over pages, the others means over those pages that have them."""

_OWN = {
    "table": ("teds", "teds_structure"),
    "formula": ("formula_distance",),
    "chemical": ("smiles_exact",),
    "music": ("note_accuracy",),
}
"""The measures of a kind's own, for the report by kind."""


def means(scores: Sequence[Score]) -> dict[str, float | None]:
    """Each measure over these cases; None where no case has it."""
    figures: dict[str, float | None] = {}
    for measure in MEASURES:
        if measure.key in ("cer_micro", "wer_micro"):
            errors = [score.characters if measure.key == "cer_micro" else score.words for score in scores]
            figures[measure.key] = micro(errors)
            continue
        values = [value for score in scores if (value := score.values.get(measure.key)) is not None]
        figures[measure.key] = fmean(values) if values else None
    return figures


def micro(errors: Iterable[Errors | None]) -> float | None:
    """The sum of the edits over the sum of the lengths."""
    known = [one for one in errors if one is not None]
    return Errors(sum(one.edits for one in known), sum(one.length for one in known)).rate


def by_look(scores: Sequence[Score]) -> dict[str, list[Score]]:
    groups: dict[str, list[Score]] = {}
    for score in scores:
        groups.setdefault(score.case.look, []).append(score)
    return dict(sorted(groups.items()))


def by_kind(scores: Sequence[Score]) -> dict[str, dict[str, float | None]]:
    """For each kind, sums over all pages: elements in the truth and found, F1 of those at their place *and* of
    that kind, the share of the placed that have the right kind, CER (micro; an element that is not at its place
    counts as not read), and the kind's own measure (mean over pages). Of a system that names no kinds only what
    can be said without them."""
    tallies: dict[str, KindTally] = {}
    for score in scores:
        for kind, tally in score.kinds.items():
            tallies.setdefault(kind, KindTally()).add(tally)
    figures = means(scores)
    named = all(score.names_kinds for score in scores)
    return {
        kind: {
            "truth": tally.truth,
            "found": tally.found if named else None,
            "f1_50": f1(tally.same_50, tally.truth, tally.found) if named else None,
            "f1_75": f1(tally.same_75, tally.truth, tally.found) if named else None,
            "placed": tally.placed / tally.truth if tally.truth else None,
            "kind_accuracy": tally.same_50 / tally.placed if named and tally.placed else None,
            "cer_micro": tally.edits / tally.length if tally.length else None,
        }
        | {key: figures[key] for key in _OWN.get(kind, ())}
        for kind, tally in sorted(tallies.items(), key=lambda entry: (-entry[1].truth, entry[0]))
        if named or tally.truth
    }


def readers(scores: Iterable[Score]) -> dict[str, int]:
    """How many cases each engine with its model has read."""
    counts: dict[str, int] = {}
    for score in scores:
        name = reader_of(score)
        counts[name] = counts.get(name, 0) + 1
    return counts


def reader_of(score: Score) -> str:
    output = score.reading.output
    return f"{output.engine} {output.model}" if output.model else output.engine


def record(scores: Sequence[Score], truth: str, options: dict[str, Any]) -> dict[str, Any]:
    """Everything, for ``--json``."""
    systems = {score.system: [other for other in scores if other.system == score.system] for score in scores}
    return {
        "format": FORMAT,
        "docparse": __version__,
        "truth": truth,
        "options": options,
        "smiles_compared_by": compared_by(),
        "systems": [_system(name, of_system) for name, of_system in systems.items()],
    }


def _system(name: str, scores: Sequence[Score]) -> dict[str, Any]:
    seconds = [value for score in scores if (value := score.values.get("seconds")) is not None]
    return {
        "system": name,
        "readers": readers(scores),
        "cases": len(scores),
        "failures": sum(score.reading.failure is not None for score in scores),
        "overall": means(scores),
        "seconds_median": median(seconds) if seconds else None,
        "looks": {look: {"cases": len(group), **means(group)} for look, group in by_look(scores).items()},
        "kinds": by_kind(scores),
        "pages": [_page(score) for score in scores],
    }


def _page(score: Score) -> dict[str, Any]:
    return {
        "name": score.case.name,
        "look": score.case.look,
        "language": score.case.language,
        "pages": score.case.pages,
        "engine": score.reading.output.engine,
        "model": score.reading.output.model,
        "failure": score.reading.failure,
        **{measure.key: score.values.get(measure.key) for measure in MEASURES if "micro" not in measure.key},
        "characters": score.characters and asdict(score.characters),
        "words": score.words and asdict(score.words),
        "kinds": {kind: asdict(tally) for kind, tally in score.kinds.items()},
    }
