"""The fonts that pages are set in: files of Debian's font packages, and PyMuPDF's own where those are missing.

Sizes and positions inside a font are in em, y upwards, as its designer drew them.
"""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pymupdf
from pymupdf import mupdf

Slope = Literal["regular", "bold", "italic", "bold-italic"]
_SLOPES: tuple[Slope, ...] = ("regular", "bold", "italic", "bold-italic")
_FOLDERS = tuple(
    Path(folder).expanduser()
    for folder in ("/usr/share/fonts", "/usr/share/texmf/fonts", "/usr/local/share/fonts", "~/.local/share/fonts")
)
_MOST_SHAPES = 20_000
_LIGATURES = {"ffi": "ﬃ", "ffl": "ﬄ", "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ"}

_BUILT_IN = (
    ("Helvetica", "sans", ("helv", "hebo", "heit", "hebi")),
    ("Times", "serif", ("tiro", "tibo", "tiit", "tibi")),
    ("Courier", "mono", ("cour", "cobo", "coit", "cobi")),
)


class Letter(NamedTuple):
    """One character of a font; lengths in em."""

    code: str
    """The glyph's number as four hexadecimal digits."""
    advance: float
    ink: tuple[float, float, float, float] | None
    """x0, bottom, x1, top of its outline from its origin; None for a blank."""


class Shape(NamedTuple):
    """A word in a font, an entry a character; lengths in em from the word's origin, y downwards from the baseline."""

    codes: str
    starts: tuple[float, ...]
    ends: tuple[float, ...]
    """From a character's origin to its advance; the parts of a ligature share what it takes."""
    inks: tuple[float, ...]
    """Four numbers a character: x0, y0, x1, y1."""
    advance: float
    glyphs: int
    """Less than characters where there are ligatures."""


class Face:
    """One font file, and what was looked up in it so far."""

    def __init__(self, font: Any, *, ligatures: bool = False) -> None:
        self.font = font
        self._ligatures = ligatures
        self._letters: dict[str, Letter | None] = {}
        self._shapes: dict[str, Shape] = {}
        self.x_height = self._top("x", 0.5)
        self.ascent = max(self._top("d", 0.72), self.x_height)
        self.space = letter.advance if (letter := self.letter(" ")) and letter.advance > 0 else 0.25

    def _top(self, character: str, default: float) -> float:
        letter = self.letter(character)
        return letter.ink[3] if letter and letter.ink else default

    def letter(self, character: str) -> Letter | None:
        """None where the font does not have it, or has nothing to show for it."""
        if character not in self._letters:
            self._letters[character] = self._look_up(character)
        return self._letters[character]

    def _look_up(self, character: str) -> Letter | None:
        glyph = mupdf.fz_encode_character(self.font, ord(character))
        if glyph <= 0:
            return None
        advance = mupdf.fz_advance_glyph(self.font, glyph, 0)
        bounds = mupdf.fz_bound_glyph(self.font, glyph, mupdf.FzMatrix())
        ink = (bounds.x0, bounds.y0, bounds.x1, bounds.y1)
        if character.isspace():
            return Letter(f"{glyph:04x}", advance, None)
        # Some fonts have an empty glyph for what they lack, and bounds beyond reason for what is broken.
        if ink[0] >= ink[2] or ink[1] >= ink[3] or advance <= 0 or ink[3] - ink[1] > 2.5 or ink[2] - ink[0] > 3:
            return None
        return Letter(f"{glyph:04x}", advance, ink)

    def has(self, text: str) -> bool:
        return all(self.letter(character) is not None for character in text)

    def shape(self, word: str) -> Shape:
        """A word without blanks, all of whose characters the font has."""
        shape = self._shapes.get(word)
        if shape is None:
            if len(self._shapes) > _MOST_SHAPES:
                self._shapes.clear()
            shape = self._shapes[word] = self._set(word)
        return shape

    def _set(self, word: str) -> Shape:
        codes: list[str] = []
        starts: list[float] = []
        ends: list[float] = []
        inks: list[float] = []
        x = 0.0
        for text, count in self._joined(word):
            letter = self.letter(text)
            if letter is None:
                raise ValueError(f"the font has no {text!r}")
            codes.append(letter.code)
            x0, bottom, x1, top = letter.ink or (0.0, 0.0, letter.advance, self.x_height)
            for part in range(count):
                starts.append(x + letter.advance * part / count)
                ends.append(x + letter.advance * (part + 1) / count)
                width = (x1 - x0) / count
                inks += (x + x0 + width * part, -top, x + x0 + width * (part + 1), -bottom)
            x += letter.advance
        return Shape("".join(codes), tuple(starts), tuple(ends), tuple(inks), x, len(codes))

    def _joined(self, word: str) -> list[tuple[str, int]]:
        """What is drawn, and of how many characters of the word each piece is made."""
        if not self._ligatures or "f" not in word:
            return [(character, 1) for character in word]
        pieces = []
        at = 0
        while at < len(word):
            letters = next((s for s in _LIGATURES if word.startswith(s, at) and self.letter(_LIGATURES[s])), "")
            pieces.append((_LIGATURES[letters], len(letters)) if letters else (word[at], 1))
            at += len(letters) or 1
        return pieces


class Family(NamedTuple):
    """Faces that belong together; ``files`` has one entry a slope, ``package`` says where they come from."""

    name: str
    package: str
    kind: str
    weight: float
    files: tuple[str, ...]

    def face(self, slope: Slope = "regular", *, ligatures: bool = False) -> Face:
        """The face of this slope, or the nearest that the family has."""
        for wanted in (slope, "bold" if "bold" in slope else "regular", "regular"):
            file = self.files[_SLOPES.index(wanted)]
            if file:
                return _face(file, ligatures)
        raise ValueError(f"{self.name} has no regular face")


@cache
def _face(file: str, ligatures: bool) -> Face:
    if "/" not in file:
        return Face(pymupdf.Font(file).this, ligatures=ligatures)
    # The last argument asks for the outlines' own bounds; without it every glyph has those of the whole font.
    return Face(mupdf.fz_new_font_from_file(None, file, 0, 1), ligatures=ligatures)


@cache
def families() -> tuple[Family, ...]:
    """Those of ``fonts.tsv`` whose files are here, and PyMuPDF's own, which always are."""
    found = []
    table = resources.files(__package__).joinpath("fonts.tsv").read_text("utf-8")
    for row in table.splitlines()[1:]:
        package, name, kind, weight, pattern = row.split("\t")
        files = tuple(_find(path) for path in _expanded(pattern))
        if files[0]:
            found.append(Family(name, package, kind, float(weight), files))
    for name, kind, files in _BUILT_IN:
        # Standard fonts that are not embedded look the same as these, which come with MuPDF.
        found.append(Family(name, "pymupdf", kind, 0.5 if len(found) > 10 else 4.0, files))
    return tuple(found)


@cache
def families_for(letters: str) -> tuple[Family, ...]:
    """The families whose upright faces have all these letters, figures and the commonest signs."""
    needed = letters + "0123456789.,:;-()/%&+'\"!?"
    return tuple(
        family for family in families() if all(family.face(slope).has(needed) for slope in ("regular", "bold"))
    )


def _expanded(pattern: str) -> list[str]:
    """The four paths that ``folder/name-{a,b,c,d}.ext`` means; empty for an empty part after the first."""
    before, rest = pattern.split("{")
    names, after = rest.split("}")
    parts = names.split(",")
    return [f"{before}{part}{after}" if index == 0 or part.strip("-") else "" for index, part in enumerate(parts)]


def _find(path: str) -> str:
    return next((str(folder / path) for folder in _FOLDERS if path and (folder / path).is_file()), "")
