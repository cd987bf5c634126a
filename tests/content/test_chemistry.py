import re

import pytest
from lxml import etree

from docparse.content.chemistry import draw, normalised, read, typeset
from docparse.content.examine import examine
from docparse.content.svg import SVG_ATTRIBUTES, SVG_TAGS
from docparse.document import Chemical


@pytest.mark.parametrize(
    ("smiles", "canonical", "formula"),
    [
        ("OCC", "CCO", "C2H6O"),
        ("C(O)C", "CCO", "C2H6O"),
        ("c1ccccc1", "c1ccccc1", "C6H6"),
        ("C1=CC=CC=C1", "c1ccccc1", "C6H6"),
        ("CC(=O)[O-]", "CC(=O)[O-]", "C2H3O2-"),
        ("N[C@@H](C)C(=O)O", "C[C@H](N)C(=O)O", "C3H7NO2"),
        ("[Na+].[Cl-]", "[Cl-].[Na+]", "ClNa"),
    ],
)
def test_molecules_have_one_canonical_form(smiles: str, canonical: str, formula: str) -> None:
    molecule = read(smiles)
    assert (molecule.canonical, molecule.formula, molecule.reason) == (canonical, formula, None)


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("C1CC", "unclosed ring"),
        ("CC(", "syntax error .* at position 3"),
        ("C(C)(C)(C)(C)C", "valence"),
        ("c1cccc1", "kekulize"),
        ("caffeine", "syntax error"),
        ("Cé", "the character é is none of SMILES"),
        ("C" * 5001, "longer than 5000 characters"),
    ],
)
def test_what_is_no_molecule_is_kept_with_the_reason(smiles: str, reason: str) -> None:
    element = Chemical(id="p1-e1", smiles=smiles, text=smiles)
    (problem,) = examine([element])
    assert (problem.kind, problem.element) == ("smiles-invalid", "p1-e1")
    assert element.valid is False
    assert element.reason
    assert re.search(reason, element.reason, re.IGNORECASE)
    assert (element.smiles, element.canonical, element.formula) == (smiles, "", "")
    assert draw(smiles) is None


def test_line_ends_within_smiles_are_none_of_it() -> None:
    assert normalised(" CN1C=NC2\n =C1 \t") == "CN1C=NC2=C1"


def test_drawings_are_plain() -> None:
    drawing = draw("C[N+](C)(C)CC(=O)[O-]")
    assert drawing
    root = etree.fromstring(drawing)
    assert root.get("viewBox")
    for part in root.iter():
        assert part.tag in SVG_TAGS
        assert set(part.attrib) <= SVG_ATTRIBUTES
    # In the colour of the text, so that it is seen on dark pages.
    assert {part.get("stroke") for part in root.iter("path")} <= {"currentColor", None}


@pytest.mark.parametrize(
    ("formula", "shown"),
    [("C8H10N4O2", "C₈H₁₀N₄O₂"), ("C2H3O2-", "C₂H₃O₂⁻"), ("Ca+2", "Ca²⁺"), ("ClNa", "ClNa"), ("", "")],
)
def test_formulas_are_typeset(formula: str, shown: str) -> None:
    assert typeset(formula) == shown


def test_only_what_can_be_seen_is_drawn() -> None:
    assert draw("C" * 200)
    assert draw("C" * 201) is None
    assert read("C" * 201).formula == "C201H404"
