"""Formulas, molecules and music."""

import pytest

from docparse.evaluate import chemistry
from docparse.evaluate.chemistry import compared_by, same_molecule
from docparse.evaluate.formulas import formula_distance, latex_tokens
from docparse.evaluate.music import note_accuracy, notes


@pytest.mark.parametrize(
    ("latex", "tokens"),
    [
        (r"$$ x^{2} + \alpha $$", ["x", "^", "2", "+", r"\alpha"]),
        (r"\label{a}\left( a\,b \right)", ["(", "a", "b", ")"]),
        (r"\frac{a}{bc}", [r"\frac", "a", "{", "b", "c", "}"]),
        (r"a \\ b", ["a", r"\\", "b"]),
        (r"\tag{1} y", ["y"]),
    ],
)
def test_latex_tokens(latex: str, tokens: list[str]) -> None:
    assert latex_tokens(latex) == tokens


def test_formula_distance() -> None:
    assert formula_distance("a+b=c", "a-b=c") == pytest.approx(1 / 5)
    assert formula_distance(r"x^{2}", "x^2") == 0
    assert formula_distance("x", "") == 1
    assert formula_distance("a+b", "a") == formula_distance("a", "a+b") == pytest.approx(2 / 3)


def test_the_same_molecule_in_another_writing() -> None:
    pytest.importorskip("rdkit")
    assert compared_by() == "rdkit"
    assert same_molecule("OCC", "CCO")
    assert same_molecule("C1=CC=CC=C1", "c1ccccc1")
    assert not same_molecule("CCO", "CCN")
    assert not same_molecule("C[C@H](N)O", "C[C@@H](N)O")
    assert not same_molecule("CCO", "no molecule (")


def test_without_rdkit_the_characters_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chemistry, "find_spec", lambda name: None)
    chemistry.canonical.cache_clear()
    assert compared_by() == "string"
    assert same_molecule("CCO", " CCO\n")
    assert not same_molecule("OCC", "CCO")
    chemistry.canonical.cache_clear()


def test_notes() -> None:
    tune = 'X:1\nT:A Name\nM:3/4\nL:1/4\nK:G\n"Am"A ^c\'2 z/ | {g}!p!B>c % no note: d\n'
    assert notes(tune) == ["M:3/4", "K:G", "A1/4", "^c'1/2", "z1/8", "B3/8", "c1/8"]


def test_the_unit_of_length_is_worked_out() -> None:
    assert notes("L:1/8\nK:C\nA2 B") == notes("L:1/4\nK:C\nA B/")
    assert notes("K:C\nA [L:1/4] A") == ["K:C", "A1/8", "A1/4"]


def test_note_accuracy() -> None:
    assert note_accuracy("K:C\nCDEF", "K:C\nCDEF") == 1
    assert note_accuracy("K:C\nCDEF", "K:C\nCDEG") == pytest.approx(1 - 1 / 5)
    assert note_accuracy("K:C\nCDEF", "K:G\nCDEF") == pytest.approx(1 - 1 / 5)
    assert note_accuracy("K:C\nCDEF", "") == 0
