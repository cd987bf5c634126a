"""One system's output for one case against its truth: every measure that the truth allows."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..document import AnyElement
from .cases import Case
from .chemistry import same_molecule
from .content import Content, hidden_regions, lies_in, printed, text_of
from .formulas import formula_distance
from .matching import best_pairs
from .music import note_accuracy
from .ordering import kendall_tau
from .places import f1, match_boxes
from .systems import Reading
from .tables import score_tables
from .textual import Errors, character_errors, score_text, word_errors

FURNITURE = frozenset({"page_header", "page_footer"})


@dataclass
class KindTally:
    """Elements of one kind, as the truth names it, over one case or many."""

    truth: int = 0
    found: int = 0
    same_50: int = 0
    """Found at their place (IoU of at least 0.5) and of this kind on both sides."""
    same_75: int = 0
    placed: int = 0
    """Of the truth's: found at their place, as whatever kind."""
    edits: int = 0
    """Characters to change; all those of an element that was not found."""
    length: int = 0
    """Characters in the truth."""

    def add(self, other: "KindTally") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class Score:
    """``values`` by the names in ``summary.MEASURES``; what the truth or the output cannot tell is None."""

    case: Case
    system: str
    reading: Reading
    truth_text: str
    output_text: str
    values: dict[str, float | None]
    characters: Errors | None = None
    words: Errors | None = None
    kinds: dict[str, KindTally] = field(default_factory=dict)
    found: Content = field(default_factory=Content)
    """The output with its boxes in the space of the truth's."""
    names_kinds: bool = True


def score(case: Case, system: str, reading: Reading, *, names_kinds: bool = True, furniture: bool = True) -> Score:
    """Compare the two.

    Args:
        names_kinds: the system says of what kind an element is.
        furniture: page headers and footers count as printed; where not, they are left out on both sides (of a
            truth or an output without elements, which does not tell them apart, nothing is).
    """
    without = frozenset() if furniture else FURNITURE
    found = in_space_of(case.truth, reading.output.content)
    hidden = hidden_regions(case.truth, without) if "elements" in case.told and found.size else []
    truth_text, output_text = printed(case.truth, without=without), printed(found, without=without, hidden=hidden)
    values = _text_values(case, truth_text, output_text) | _notation_values(case.truth, found)
    kinds: dict[str, KindTally] = {}
    if "elements" in case.told and found.elements is not None:
        of_elements, kinds = _element_values(case, found, without)
        values |= of_elements | ({} if names_kinds else {"kind_accuracy": None})
    output = reading.output
    values["valid"] = None if output.valid is None else float(output.valid)
    values["seconds"] = None if output.seconds is None else output.seconds / case.pages
    characters = words = None
    if "edit" in case.told:
        characters = character_errors(truth_text, output_text, fold_case=case.fold_case)
        words = word_errors(truth_text, output_text, fold_case=case.fold_case)
        values |= {"cer": characters.rate, "wer": words.rate}
    return Score(case, system, reading, truth_text, output_text, values, characters, words, kinds, found, names_kinds)


def in_space_of(truth: Content, found: Content) -> Content:
    """``found`` with its boxes in the space of the truth's; without boxes where either has no space."""
    if found.elements is None:
        return found
    if truth.size is None or found.size is None:
        return replace(found, elements=tuple(e.model_copy(update={"box": None}) for e in found.elements), size=None)
    across, down = truth.size[0] / found.size[0], truth.size[1] / found.size[1]
    elements = (_scaled(element, across, down) for element in found.elements)
    return replace(found, elements=tuple(elements), size=truth.size)


def _scaled(element: AnyElement, across: float, down: float) -> AnyElement:
    parts = [part.model_copy(update={"box": part.box and part.box.scaled(across, down)}) for part in element.parts]
    return element.model_copy(update={"box": element.box and element.box.scaled(across, down), "parts": parts})


def _by_place(element: AnyElement) -> Iterator[AnyElement]:
    """The element once for each place of its page where a part of it stands: the truth has an element for each. Its
    text is with the first."""
    yield element
    for part in element.parts[1:]:
        if part.page == element.parts[0].page:
            yield element.model_copy(update={"box": part.box, "text": "", "parts": []})


def _text_values(case: Case, truth: str, output: str) -> dict[str, float | None]:
    if not case.told & {"edit", "recall", "precision", "order"}:
        return {}
    if case.fold_case:
        truth, output = truth.casefold(), output.casefold()
    text = score_text(truth, output)
    by_name = {"edit": text.edit_distance, "recall": text.recall, "precision": text.precision, "order": text.order}
    return {f"text_{name}": value for name, value in by_name.items() if name in case.told}


def _notation_values(truth: Content, found: Content) -> dict[str, float | None]:
    """Tables, formulas, molecules and music: means over those of the truth; what was not found is worth nothing."""
    values: dict[str, float | None] = {}
    if truth.tables:
        tables = score_tables(truth.tables, found.tables)
        values |= {"teds": tables.teds, "teds_structure": tables.structure}
    if not found.notations:
        return values
    if truth.formulas:
        values["formula_distance"] = 1 - _best(
            truth.formulas, found.formulas, lambda one, other: 1 - formula_distance(one, other)
        )
    if truth.molecules:
        values["smiles_exact"] = _best(
            truth.molecules, found.molecules, lambda one, other: float(same_molecule(one, other))
        )
    if truth.music:
        values["note_accuracy"] = _best(truth.music, found.music, note_accuracy)
    return values


def _best(truth: Sequence[str], found: Sequence[str], likeness: Callable[[str, str], float]) -> float:
    """The mean likeness of each of the truth's to its counterpart: best pairs first, each used once."""
    alike = {(i, j): likeness(one, other) for i, one in enumerate(truth) for j, other in enumerate(found)}
    pairs = best_pairs((value, i, j) for (i, j), value in alike.items() if value > 0)
    return sum(alike[pair] for pair in pairs) / len(truth)


def _element_values(
    case: Case, found: Content, without: Collection[str]
) -> tuple[dict[str, float | None], dict[str, KindTally]]:
    """Truth without a box is left out, output without a box is found nowhere."""
    wanted = [
        (index, element)
        for index, element in enumerate(case.truth.elements or ())
        if element.box is not None and element.kind not in without
    ]
    left_out = [*case.truth.ignored]
    left_out += [e.box for e in case.truth.elements or () if e.box is not None and e.kind in without]
    places = [place for element in found.elements or () for place in _by_place(element)]
    got = [e for e in places if e.kind not in without and not lies_in(e.box, left_out)]

    def kind(element: AnyElement) -> str:
        return case.same_kinds.get(element.kind, element.kind)

    boxes = [element.box for _, element in wanted if element.box is not None]
    pairs, strict = (match_boxes(boxes, [e.box for e in got], threshold) for threshold in (0.5, 0.75))
    right = [(first, second) for first, second in pairs if kind(wanted[first][1]) == kind(got[second])]
    in_order = sorted((second, wanted[first][0]) for first, second in pairs)
    values = {
        "box_f1_50": f1(len(pairs), len(wanted), len(got)),
        "box_f1_75": f1(len(strict), len(wanted), len(got)),
        "kind_accuracy": len(right) / len(pairs) if pairs else None,
        "element_order": kendall_tau([index for _, index in in_order if index not in case.truth.unordered]),
    }
    counterpart = {first: got[second] for first, second in pairs}
    kinds: dict[str, KindTally] = {}
    for first, (_, element) in enumerate(wanted):
        output = text_of(counterpart[first]) if first in counterpart else ""
        errors = character_errors(text_of(element), output, fold_case=case.fold_case)
        has_text = errors.length > 0
        kinds.setdefault(kind(element), KindTally()).add(
            KindTally(
                truth=1,
                placed=int(first in counterpart),
                edits=errors.edits if has_text else 0,
                length=errors.length,
            )
        )
    for element in got:
        kinds.setdefault(kind(element), KindTally()).found += 1
    for first, _ in right:
        kinds[kind(wanted[first][1])].same_50 += 1
    for first, second in strict:
        if kind(wanted[first][1]) == kind(got[second]):
            kinds[kind(got[second])].same_75 += 1
    return values, kinds
