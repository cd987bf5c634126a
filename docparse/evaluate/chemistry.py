"""Chemical structures against the truth: the same molecule or not."""

from functools import cache
from importlib.util import find_spec
from typing import Any


def compared_by() -> str:
    """How SMILES are compared on this machine: ``rdkit`` (canonical SMILES), or ``string`` where it is missing."""
    return "rdkit" if find_spec("rdkit") else "string"


def same_molecule(truth: str, output: str) -> bool:
    """Whether both SMILES have the same canonical form (rdkit's, after Weininger 1989), stereochemistry included.

    Without rdkit, and where rdkit cannot read the truth, whether they are the same characters.
    """
    wanted = canonical(truth)
    return "".join(truth.split()) == "".join(output.split()) if wanted is None else wanted == canonical(output)


@cache
def canonical(smiles: str) -> str | None:
    """rdkit's canonical SMILES; None where there is no rdkit or ``smiles`` is none."""
    if compared_by() == "string":
        return None
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule: Any = Chem.MolFromSmiles("".join(smiles.split()))
    return None if molecule is None or not molecule.GetNumAtoms() else str(Chem.MolToSmiles(molecule))
