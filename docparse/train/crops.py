"""Blocks of printed lines with the place of each character: what the vision tower learns to read from.

A crop is cheap (about a millisecond) and full of letters, unlike a page. It is drawn by Pillow, one line at a time,
in one of the faces found on the machine; half of the crops look scanned.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ..errors import UsageError
from ..extra import extra
from .lessons import CELL, fill_slots
from .scanned import scanned
from .words import Words

FONT_FOLDERS = (Path("/usr/share/fonts"),)
# Faces for running text; symbol, display and hairline faces teach nothing that pages have.
_FAMILIES = (
    "Nimbus", "P052", "C059", "URWBookman", "URWGothic", "Tinos", "texgyre", "STIX", "Roboto-", "RobotoCondensed-",
    "OpenSans", "NotoSerif-", "NotoSans-", "NotoSansMono", "Liberation", "Lato-", "lmroman", "lmsans", "lmmono",
    "Junicode", "Hack-", "GentiumPlus", "GentiumBookPlus", "Free", "DejaVu", "Cousine", "CourierPrime", "ComicNeue",
    "Charis", "Carlito", "Caladea", "cmun", "Arimo", "OldStandard", "LinBiolinum", "LinLibertine", "Fanwood",
    "FiraCode", "EBGaramond", "Inconsolata", "Quattrocento", "Cantarell",
)  # fmt: skip
_NOT = (
    "Oblique-BoldSemi", "Thin", "Hairline", "Outline", "Initials", "Keyboard", "caps", "Caps", "SC-", "Shadow",
    "unsl", "dunh", "lmmonoltcond", "cmunui", "Extra", "_DR", "_Lah", "Display", "UltraLight", "5-", "6-",
)  # fmt: skip
_COMMON = (
    "Liberation", "DejaVuSans", "DejaVuSerif", "NotoSans-", "NotoSerif-", "texgyretermes", "texgyreheros",
    "texgyrepagella", "texgyreschola", "texgyrebonum", "texgyrecursor", "Carlito", "Caladea", "Roboto-", "OpenSans-",
    "lmroman10", "lmroman12", "lmsans10", "LinLibertine", "Lato-", "EBGaramond", "Gelasio",
)  # fmt: skip
"""What print is mostly set in."""
_ODD_WEIGHT = re.compile("Light|Thin|Black|Extra|Heavy|Hairline|Condensed|Semi|Medium")
_UPRIGHT = re.compile(r"(-Regular|-regular|Sans|Serif|Mono)\.")
_MOST_PICKS = 100
_NEEDED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'()-%/é")


@dataclass(frozen=True)
class Crop:
    """``image`` is gray, ``uint8 [height, width]``; ``boxes`` ``float32 [n, 4]`` are the characters' places in
    pixels (x0, y0, x1, y1; vertically the band of the small letters), ``text`` the characters, line after line,
    ``lines`` ``int32 [n]`` the number of each one's line."""

    image: npt.NDArray[np.uint8]
    text: str
    boxes: npt.NDArray[np.float32]
    lines: npt.NDArray[np.int32]

    @property
    def slots(self) -> npt.NDArray[np.int16]:
        """What stands in each cell, ``[down, across, SLOTS]``; a character that an edge cuts counts where its centre
        is inside."""
        grid = self.image.shape[0] // CELL, self.image.shape[1] // CELL
        return fill_slots(self.text, (self.boxes[:, :2] + self.boxes[:, 2:]) / 2, self.lines, grid)


def pick_face(random: Random) -> str:
    """The file of a face; two in three times one of the common ones.

    Raises:
        UsageError: there are none, or fontTools is missing.
    """
    for _ in range(_MOST_PICKS):
        (some,) = random.choices(_faces(), (1.0, 1.2, 0.8))
        # Looked at when it is picked, for to look at all of them takes seconds.
        if some and _letters(face := random.choice(some)) >= _NEEDED:
            return face
    raise UsageError("no fonts to print with: apt install fonts-dejavu fonts-liberation fonts-freefont-ttf")


@cache
def _faces() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Files of all faces that crops may be set in, of the common ones, and of those of them that are upright and of
    ordinary weight."""
    found = [
        str(path)
        for folder in FONT_FOLDERS
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in (".ttf", ".otf")
        and path.name.startswith(_FAMILIES)
        and not any(word in path.name for word in _NOT)
    ]
    common = [face for face in found if (n := Path(face).name).startswith(_COMMON) and not _ODD_WEIGHT.search(n)]
    upright = [face for face in common if _UPRIGHT.search(Path(face).name)]
    return tuple(found), tuple(common), tuple(upright)


@cache
def _letters(face: str) -> frozenset[str]:
    with extra("fontTools.ttLib", "train").TTFont(face, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


class _Face:
    """A face at a size in pixels: its font, the band of its small letters around the base line, what it can print."""

    def __init__(self, name: str, size: int) -> None:
        self.font, self.top, self.bottom = _font(name, size)
        self._known = _letters(name)

    def printable(self, word: str) -> str:
        return "".join(letter for letter in word if letter in self._known or letter == " ")


@lru_cache(4096)
def _font(face: str, size: int) -> tuple[ImageFont.FreeTypeFont, float, float]:
    font = ImageFont.truetype(face, size, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = font.getbbox("x", anchor="ls")
    return font, top, bottom


class _Print:
    """An image that is being printed, and what was printed where."""

    def __init__(self, width: int, height: int, paper: int, ink: int) -> None:
        self.image = Image.new("L", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.ink = ink
        self.text: list[str] = []
        self.boxes: list[tuple[float, float, float, float]] = []
        self.lines: list[int] = []

    def word(self, word: str, x: float, y: float, face: _Face, line: int) -> float:
        """Print a word from ``x`` on the base line ``y``; where it ends."""
        self.draw.text((x, y), word, fill=self.ink, font=face.font, anchor="ls")
        before = 0.0
        for index, letter in enumerate(word):
            after = face.font.getlength(word[: index + 1])
            if letter != " ":
                self.text.append(letter)
                self.boxes.append((x + before, y + face.top, x + after, y + face.bottom))
                self.lines.append(line)
            before = after
        return x + before

    def rules(self, random: Random) -> None:
        """Lines across the crop, as tables and forms have them."""
        width, height = self.image.size
        for _ in range(random.randint(1, 3)):
            if random.random() < 0.5:
                at = random.randint(0, height - 1)
                self.draw.line([(0, at), (width, at)], fill=self.ink, width=random.randint(1, 2))
            else:
                at = random.randint(0, width - 1)
                self.draw.line([(at, 0), (at, height)], fill=self.ink, width=random.randint(1, 2))


def make_crop(random: Random, words: Words, width: int, height: int) -> Crop:
    """Lines of text from edge to edge of ``width`` × ``height`` pixels.

    Raises:
        UsageError: fonts or packages are missing.
    """
    paper = random.choice((255, 255, 255, random.randint(205, 254)))
    ink = random.choice((0, 0, random.randint(0, 90)))
    if random.random() < 0.05:
        paper, ink = ink, paper
    page = _Print(width, height, paper, ink)
    size = int(random.triangular(10, 26, 14)) if random.random() < 0.93 else random.randint(26, 60)
    face = _Face(pick_face(random), size)
    pitch = max(round(size * random.uniform(1.0, 1.7)), 11)
    y = random.uniform(0, pitch) + (size if random.random() < 0.5 else 0)
    gap = random.choice((1.0, 1.0, random.uniform(0.7, 2.5)))
    line = 0
    while y + face.bottom < height + size * 0.3:
        if random.random() < 0.06:
            face = _Face(pick_face(random), size)
        _line(random, words, page, face, y, line, gap)
        y += pitch * (1 if random.random() < 0.93 else random.uniform(1.2, 2))
        line += 1
    if random.random() < 0.12:
        page.rules(random)
    image, boxes = scanned(random, page.image, np.array(page.boxes, np.float32).reshape(-1, 4), paper)
    return Crop(image, "".join(page.text), boxes, np.array(page.lines, np.int32))


def _line(random: Random, words: Words, page: _Print, face: _Face, y: float, line: int, gap: float) -> None:
    width, size = page.image.width, face.font.size
    x = random.uniform(-2 * size, 1.5 * size) if random.random() < 0.7 else random.uniform(0, width * 0.7)
    limit = width if random.random() < 0.8 else random.uniform(0.3, 1) * width
    space = face.font.getlength(" ") * gap * random.uniform(0.9, 1.3)
    for word in words:
        if x >= limit:
            break
        if not (printed := face.printable(word)):
            continue
        end = page.word(printed, x, y, face, line)
        if random.random() < 0.03:
            page.draw.line([(x, y + 2), (end, y + 2)], fill=page.ink, width=1)
        x = end + space * (1 if random.random() < 0.96 else random.uniform(2, 8))
