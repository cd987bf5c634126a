"""Molecules in SMILES: read, canonicalised and drawn by RDKit."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from ..document import Chemical, Problem
from .checker import Checker, UncheckedError, invalid, unchecked
from .svg import plain_drawing
from .text import printable

RDKIT = Checker("RDKit", "rdkit", "chem")
MAX_LENGTH = 5_000
"""Characters; longer "molecules" are loops of a model."""
MAX_DRAWN = 200
"""Atoms; a drawing of more is no picture, and takes RDKit its time."""
_BOND = 22
"""Pixels that a bond is long in a drawing."""
_LOWERED, _RAISED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"), str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_STAMP = re.compile(r"^\[\d\d:\d\d:\d\d\] ")


class Molecule(NamedTuple):
    """What RDKit makes of a SMILES: either canonical form and formula, or the reason why it is none."""

    canonical: str = ""
    formula: str = ""
    """In Hill's order, with the charge: ``C8H10N4O2``, ``C2H3O2-``."""
    reason: str | None = None


def examine(element: Chemical) -> list[Problem]:
    """Check the element's SMILES and set what is known of it."""
    smiles = normalised(element.smiles)
    if element.text == element.smiles:
        element.text = smiles
    element.smiles = smiles
    if not smiles:
        return []
    try:
        molecule = read(smiles)
    except UncheckedError as error:
        element.valid, element.reason = None, str(error)
        return [unchecked(error, "SMILES", element.id)]
    element.canonical, element.formula = molecule.canonical, molecule.formula
    element.valid, element.reason = molecule.reason is None, molecule.reason
    return [invalid("smiles-invalid", "SMILES", molecule.reason, element.id)] if molecule.reason else []


def normalised(smiles: str) -> str:
    """Without blanks and line ends, which SMILES has none of."""
    return "".join(printable(smiles).split())


@lru_cache(maxsize=1024)
def read(smiles: str) -> Molecule:
    """
    Raises:
        UncheckedError: RDKit is missing or gives no answer.
    """
    if reason := _refused(smiles):
        return Molecule(reason=reason)
    return RDKIT.ask(_read, smiles)


@lru_cache(maxsize=256)
def draw(smiles: str) -> str | None:
    """The structure as plain SVG; None where it cannot be drawn here."""
    if _refused(smiles):
        return None
    try:
        return RDKIT.ask(_draw, smiles)
    except UncheckedError:
        return None


def typeset(formula: str) -> str:
    """A molecular formula with lowered numbers and raised charge: C₈H₁₀N₄O₂, C₂H₃O₂⁻."""
    body, sign, charge = (*re.split(r"([-+])", formula, maxsplit=1), "", "")[:3]
    return body.translate(_LOWERED) + (charge + sign).translate(_RAISED)


def _refused(smiles: str) -> str | None:
    if not smiles.isascii():
        return f"the character {next(char for char in smiles if not char.isascii())} is none of SMILES"
    return f"longer than {MAX_LENGTH} characters" if len(smiles) > MAX_LENGTH else None


# From here on in a process of its own.


def _read(smiles: str) -> Molecule:
    from rdkit import Chem, rdBase
    from rdkit.Chem.rdMolDescriptors import CalcMolFormula

    with rdBase.CaptureErrorLog() as log:
        molecule: Any = Chem.MolFromSmiles(smiles)
    if molecule is None:
        return Molecule(reason=_reason(log.messages))
    if not molecule.GetNumAtoms():
        return Molecule(reason="no atom")
    return Molecule(Chem.MolToSmiles(molecule), CalcMolFormula(molecule))


def _draw(smiles: str) -> str | None:
    from rdkit import Chem
    from rdkit.Chem.Draw import rdMolDraw2D

    molecule: Any = Chem.MolFromSmiles(smiles)
    if molecule is None or not 0 < molecule.GetNumAtoms() <= MAX_DRAWN:
        return None
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)
    # RDKit's type information knows only the class of its settings.
    options: Any = drawer.drawOptions()
    options.useBWAtomPalette()
    options.clearBackground = False
    options.fixedBondLength = _BOND
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, molecule)
    drawer.FinishDrawing()
    return plain_drawing(drawer.GetDrawingText())


def _reason(log: str) -> str:
    """RDKit's log in a line: its first complaint, with the place where the reading failed."""
    lines = [_STAMP.sub("", line).strip() for line in log.splitlines()]
    # What follows the input is the input, which the reader has.
    first = re.split(r":? for input|: \S*$", lines[0].removeprefix("SMILES Parse Error:"))[0].strip() if lines else ""
    place = next((match[1] for line in lines if (match := re.search(r"around (position \d+)", line))), "")
    return " at ".join(part for part in (first or "RDKit cannot read it", place) if part)
