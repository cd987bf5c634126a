"""What every kind of page is made with: chance, text, fonts, and the sheet."""

import unicodedata
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from .fonts import Face, Family, Slope
from .item import Item
from .prose import Prose
from .settings import SynthSettings
from .sheet import BLACK, Color, Sheet
from .typeset import Align, Style, break_lines, set_lines

_STAND_INS = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
    "€": "EUR", "£": "GBP", "•": "*", "×": "x", "ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ",
}  # fmt: skip

Weight = Literal["regular", "bold"]


@dataclass(slots=True)
class Desk:
    """``em`` is the size of the body text, ``left`` … ``bottom`` the type area, in pixels of the sheet."""

    rng: Random
    settings: SynthSettings
    sheet: Sheet
    prose: Prose
    family: Family
    heading_family: Family
    em: float
    color: bool
    left: float
    top: float
    right: float
    bottom: float
    tracking: float = 0.0
    ligatures: bool = False
    leading: float = 1.25
    ink: Color = BLACK

    def style(
        self,
        slope: Slope = "regular",
        scale: float = 1.0,
        *,
        heading: bool = False,
        align: Align = "left",
        indent: float = 0.0,
        hyphenate: bool = False,
        color: Color | None = None,
        leading: float | None = None,
    ) -> Style:
        family = self.heading_family if heading else self.family
        size = self.em * scale
        return Style(
            face=family.face(slope, ligatures=self.ligatures and not self.tracking),
            size=size,
            leading=size * (leading or self.leading),
            align=align,
            indent=indent,
            tracking=self.tracking * size,
            color=color or self.ink,
            hyphenate=hyphenate,
        )

    def block(self, kind: str, text: str, style: Style, x: float, y: float, width: float) -> tuple[Item, float]:
        """Set a text that has to stand as a whole; the item, and where its room ends."""
        text = readable(text, style.face)
        lines = break_lines(text, style, width)
        printed = set_lines(self.sheet, text, lines, x, y, width, style)
        return Item(kind, printed), y + len(lines) * style.leading


def readable(text: str, face: Face) -> str:
    """The text with what the font lacks replaced by what it has, blanks single; never empty."""
    if not face.has(text):
        text = "".join(character if face.letter(character) else _stand_in(character, face) for character in text)
    text = " ".join(text.split())
    return text or "0"


def _stand_in(character: str, face: Face) -> str:
    for other in (_STAND_INS.get(character, ""), unicodedata.normalize("NFD", character)[:1]):
        if other and face.has(other):
            return other
    return " " if character.isspace() else ""


def toned(style: Style, color: Color) -> Style:
    return replace(style, color=color)
