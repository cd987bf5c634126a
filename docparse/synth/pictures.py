"""Formulas, molecules and music as images with their notation: made from a number, kept for the pages that follow.

Each is cut to its ink and drawn at a multiple of the size that it will have, so that it stays sharp.
"""

import io
from functools import cache, lru_cache
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pymupdf
from PIL import Image

from ..content.music import draw
from ..content.svg import standalone
from ..extra import extra
from . import notation

NUMBERS = 20_000
"""How many of each kind there are; pages draw one of them."""
_KEPT = 1000
_FAMILIES = ("cm", "cm", "cm", "stix", "stixsans", "dejavuserif", "dejavusans")
_FORMULA_EM = 36.0
_STAFF = 8.0


class Engraved(NamedTuple):
    notation: str
    image: Image.Image
    em: float
    """Pixels of the image that stand for the em of the text around it."""


@lru_cache(_KEPT)
def formula(number: int) -> Engraved:
    rng = Random(f"formula {number}")
    latex = notation.latex(rng)
    font = extra("matplotlib.font_manager", "synth").FontProperties(
        size=_FORMULA_EM, math_fontfamily=rng.choice(_FAMILIES)
    )
    drawn = _mathtext().parse(f"${latex}$", dpi=72, prop=font)
    return Engraved(latex, _cut(255 - np.asarray(drawn.image, dtype=np.uint8)), _FORMULA_EM)


@cache
def _mathtext() -> Any:
    return extra("matplotlib.mathtext", "synth").MathTextParser("agg")


@lru_cache(_KEPT)
def molecule(number: int) -> Engraved:
    """With its canonical SMILES."""
    chemistry = extra("rdkit.Chem", "synth")
    extra("rdkit.RDLogger", "synth").DisableLog("rdApp.*")
    draw = extra("rdkit.Chem.Draw.rdMolDraw2D", "synth")
    rng = Random(f"molecule {number}")
    parsed = None
    while parsed is None:
        # Not every branch has the valence that its place in a core asks for.
        parsed = chemistry.MolFromSmiles(notation.smiles(rng))
    canvas = draw.MolDraw2DCairo(700, 560)
    options = canvas.drawOptions()
    options.fixedBondLength = 44.0
    options.bondLineWidth = rng.choice((2, 3, 4))
    options.minFontSize = options.maxFontSize = rng.choice((24, 28, 32))
    options.useBWAtomPalette()
    canvas.DrawMolecule(parsed)
    canvas.FinishDrawing()
    image = Image.open(io.BytesIO(canvas.GetDrawingText())).convert("L")
    return Engraved(chemistry.MolToSmiles(parsed), _cut(np.asarray(image)), 28.0)


@lru_cache(_KEPT)
def music(number: int) -> Engraved:
    rng = Random(f"music {number}")
    abc = notation.abc(rng)
    extra("verovio", "synth")
    drawing = draw(f"X:1\n{abc}\n")
    if drawing is None:
        raise ValueError(f"verovio does not engrave {abc!r}")
    # MuPDF knows no currentColor.
    black = standalone(drawing).replace("currentColor", "black").encode()
    document = pymupdf.open(stream=black, filetype="svg")
    pixmap = document[0].get_pixmap(matrix=pymupdf.Matrix(1.4, 1.4), colorspace=pymupdf.csGRAY, alpha=False)
    pixels = np.frombuffer(pixmap.samples_mv, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    return Engraved(abc, _cut(pixels.copy()), _STAFF * 4)


def _cut(pixels: Any) -> Image.Image:
    """Without the white around the ink."""
    ink = pixels < 250
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise ValueError("nothing was drawn")
    return Image.fromarray(np.ascontiguousarray(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]))
