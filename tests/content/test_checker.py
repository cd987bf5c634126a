"""What every checked notation has in common: with its library, without it, and when that crashes."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docparse.content import chemistry, music
from docparse.content import examine as examination
from docparse.content.checker import Checker, UncheckedError
from docparse.content.examine import examine
from docparse.document import AnyElement, Chart, Chemical, Formula, Music, Paragraph, Severity, Table
from docparse.qwenvl.read import table_text
from tests.export.documents import ABC, SMILES, grid

# Whatever a model may write where a notation is wanted, and things near to each notation.
SIGNS = st.sampled_from(
    [
        *r"C c1 1 2 ( ) [ ] = # - + @ / \ . % Br Cl [Na+] O N { } $ $$ \frac ^ _ & X:1 K:C M:4/4 T: V:2".split(),
        *r"| :| |: z (3 < > ~ ! , ' 12.5 % € kg - × 10 − \mathrm{~GB} é 中 �".split(),
        *("\n", "\x00", "\ud800", " "),
    ]
)
ANYTHING = st.one_of(st.text(max_size=60), st.lists(SIGNS, max_size=30).map("".join))


def crash() -> str:
    os.abort()


def test_a_crash_is_told_and_costs_nothing_else() -> None:
    with pytest.raises(UncheckedError, match="RDKit cannot tell: the library crashed on it"):
        chemistry.RDKIT.ask(crash)
    assert chemistry.read("CO").canonical == "CO"


def test_a_library_that_is_missing() -> None:
    with pytest.raises(UncheckedError, match=r"Nolib would check it: pip install 'docparse\[none\]'"):
        Checker("Nolib", "docparse_no_such_library", "none").ask(crash)


@pytest.mark.parametrize(
    ("element", "module", "name", "extra"),
    [
        (Chemical(smiles="CCC OCC", text="CCC OCC"), chemistry, "RDKIT", "chem"),
        (Music(abc=ABC + "\n%missing", text="a"), music, "VEROVIO", "music"),
    ],
)
def test_without_the_extra_the_source_comes_through(
    element: Chemical | Music, module: object, name: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, Checker("The library", "docparse_no_such_library", extra))
    (problem,) = examine([element])
    assert (problem.kind, problem.severity) == ("unchecked", Severity.INFO)
    assert f"pip install 'docparse[{extra}]'" in problem.message
    assert element.valid is None
    assert element.reason
    assert "pip install" in element.reason
    source = element.smiles if isinstance(element, Chemical) else element.abc
    assert source.startswith(("CCCOCC", "X:1\nT:Scale"))


@settings(max_examples=60, deadline=None)
@given(ANYTHING)
def test_nothing_raises_and_nothing_is_lost(source: str) -> None:
    cells = grid(("a", source), (source, source), header_rows=0)
    elements: list[AnyElement] = [
        Formula(id="1", latex=source, text=source),
        Chart(id="2", cells=cells, text=table_text(cells)),
        Chemical(id="3", smiles=source, text=source),
        Music(id="4", abc=source, text=source),
        Paragraph(id="5", text=source),
    ]
    problems = examine(elements)
    assert {problem.element for problem in problems} <= {"1", "3", "4", "5"}
    for element in elements:
        element.model_dump(mode="json")
        if isinstance(element, Formula | Chemical | Music) and element.valid is False:
            assert element.reason
            assert [problem.element for problem in problems].count(element.id) == 1
    formula, _, chemical, tune, paragraph = elements
    assert isinstance(formula, Formula)
    assert isinstance(chemical, Chemical)
    assert isinstance(tune, Music)
    assert paragraph.text == source
    kept = "".join(source.replace("\x00", "�").replace("\ud800", "�").split())
    assert "".join(chemical.smiles.split()) == kept or not source.isprintable()
    assert formula.latex in source or not source.isprintable()
    assert tune.abc in source or not source.isprintable()
    # What is drawn is drawn from what is valid.
    assert chemical.valid is not False or chemistry.draw(chemical.smiles) is None
    assert tune.valid is not True or music.draw(tune.abc)


def test_all_of_them_say_what_they_found() -> None:
    formula, chemical, tune = Formula(id="f", latex="$$ x $$"), Chemical(smiles=SMILES), Music(abc=ABC)
    assert examine([formula, chemical, tune]) == []
    assert (formula.latex, formula.valid, formula.reason) == ("x", True, None)
    assert (chemical.valid, chemical.formula) == (True, "C8H10N4O2")
    assert (tune.valid, tune.reason) == (True, None)


def test_invalid_formulas_are_marked_and_kept() -> None:
    formula = Formula(id="p1-e2", latex=r"\frac{a", text=r"\frac{a")
    paragraph = Paragraph(id="p1-e3", text=r"costs $5, then $\nosuch{x}$ and $x^2$")
    problems = examine([formula, paragraph])
    assert [(problem.kind, problem.element) for problem in problems] == [
        ("latex-invalid", "p1-e2"),
        ("latex-invalid", "p1-e3"),
    ]
    assert (formula.valid, formula.reason, formula.latex) == (False, "} is missing", r"\frac{a")
    assert r"$\nosuch{x}$ in the text is shown as its source" in problems[1].message


def test_a_page_has_only_so_much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "MAX_SECONDS", -1)
    chemical, tune, formula = Chemical(id="1", smiles="C1"), Music(id="2", abc="x"), Formula(id="3", latex="x^2")
    assert [(problem.kind, problem.element) for problem in examine([chemical, tune, formula])] == [
        ("unchecked", "1"),
        ("unchecked", "2"),
    ]
    assert (chemical.valid, tune.valid, formula.valid) == (None, None, True)


def test_dollars_in_two_cells_are_no_formula() -> None:
    table = Table(cells=grid(("a $\\nosuch", "b$"), ("$\\nosuch$", "")), text="a $\\nosuch\tb$\n$\\nosuch$\t")
    (problem,) = examine([table])
    assert problem.message.startswith("$\\nosuch$ in the text")
