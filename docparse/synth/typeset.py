"""Running text to lines on a sheet: breaking, hyphenating, justifying. Lengths are pixels."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .fonts import Face
from .sheet import BLACK, Color, Print, Sheet

Align = Literal["left", "justify", "center", "right"]
_LOOSEST = 2.2
"""A justified line whose blanks would have to be this many times as wide as normal is set ragged."""
_BREAK = re.compile(r"(?<=[^\W\d_])(?=[^\W\d_])")
_VOWELS = frozenset("aeiouyáàâäãåæéèêëíìîïóòôöõøúùûüаеёиоуыэюяіїєαεηιουωάέήίόύώ")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; ``size`` is the em, ``leading`` from baseline to baseline."""

    face: Face
    size: float
    leading: float
    align: Align = "left"
    indent: float = 0.0
    tracking: float = 0.0
    color: Color = BLACK
    hyphenate: bool = False

    def width(self, word: str) -> float:
        shape = self.face.shape(word)
        return shape.advance * self.size + self.tracking * shape.glyphs

    @property
    def space(self) -> float:
        return self.face.space * self.size + self.tracking

    @property
    def ascent(self) -> float:
        """From a baseline up to where a line's room begins; with ``descent`` it makes a leading."""
        return 0.5 * (self.leading - self.size) + 0.78 * self.size

    @property
    def descent(self) -> float:
        return self.leading - self.ascent


class Piece(NamedTuple):
    """A word or part of a word on a line."""

    text: str
    start: int
    """Index of its first character in the text of the paragraph."""
    width: float
    hyphen: bool


class Line(NamedTuple):
    pieces: list[Piece]
    width: float
    """Of the words with normal blanks between them."""
    room: float
    """What the words may take."""
    last: bool


def break_lines(text: str, style: Style, width: float) -> list[Line]:
    """Text with single blanks to lines, as many words on each as fit.

    A word that is wider than a line is broken where it must be, without a hyphen, as addresses of the web are.
    """
    lines: list[Line] = []
    pieces: list[Piece] = []
    used, room = 0.0, width - style.indent
    space = style.space
    index = 0
    for word in text.split(" "):
        at = index
        index += len(word) + 1
        rest = word
        while rest:
            needed = style.width(rest)
            before = used + space if pieces else 0.0
            if before + needed <= room:
                pieces.append(Piece(rest, at, needed, False))
                used = before + needed
                break
            part, hyphen = _head(rest, style, room - before) if style.hyphenate and rest == word else ("", False)
            if not part and not pieces:
                part = _forced(rest, style, room)
            if part:
                taken = style.width(part)
                pieces.append(Piece(part, at, taken, hyphen))
                used = before + taken + (style.width("-") if hyphen else 0.0)
                at += len(part)
                rest = rest[len(part) :]
            lines.append(Line(pieces, used, room, False))
            pieces, used, room = [], 0.0, width
    if pieces:
        lines.append(Line(pieces, used, room, True))
    return lines


def _head(word: str, style: Style, room: float) -> tuple[str, bool]:
    """As much of a word as fits with a hyphen behind it; empty where it has no place to break it that fits.

    Between a consonant and a syllable that begins with one: near enough to how people do it in the languages here.
    """
    if room < 3 * style.size * 0.4 or len(word) < 6:
        return "", False
    hyphen = style.width("-")
    for match in reversed(list(_BREAK.finditer(word))):
        at = match.start()
        if at < 2 or len(word) - at < 3 or not word[at - 2 : at + 2].isalpha():
            continue
        before, after, behind = word[at - 1].lower(), word[at].lower(), word[at + 1].lower()
        if after in _VOWELS or behind not in _VOWELS or word[at].isupper():
            continue
        if before not in _VOWELS and word[at - 2].lower() not in _VOWELS:
            continue
        if style.width(word[:at]) + hyphen <= room:
            return word[:at], True
    return "", False


def _forced(word: str, style: Style, room: float) -> str:
    for length in range(len(word), 1, -1):
        if style.width(word[:length]) <= room:
            return word[:length]
    return word[:1]


def set_lines(sheet: Sheet, text: str, lines: list[Line], x: float, top: float, width: float, style: Style) -> Print:
    """Draw lines of this text, the room of the first beginning at ``top``."""
    start = len(sheet.runs)
    baseline = top + style.ascent
    for number, line in enumerate(lines):
        spare = line.room - line.width
        space = style.space
        at = x + (style.indent if number == 0 else 0.0)
        if style.align == "right":
            at += spare
        elif style.align == "center":
            at += spare / 2
        elif style.align == "justify" and not line.last and len(line.pieces) > 1:
            extra = spare / (len(line.pieces) - 1)
            space += extra if space + extra < _LOOSEST * max(space, 0.2 * style.size) else 0.0
        printed = sheet.new_line()
        for piece in line.pieces:
            draw(sheet, piece.text, at, baseline, style, printed, piece.start)
            at += piece.width
            if piece.hyphen:
                draw(sheet, "-", at, baseline, style, printed, -1)
            at += space
        baseline += style.leading
    return Print(text, start, len(sheet.runs))


def set_line(sheet: Sheet, text: str, x: float, baseline: float, style: Style, line: int | None = None) -> Print:
    """Draw one line of text that may have single blanks, its origin at ``x``."""
    start = len(sheet.runs)
    printed = sheet.new_line() if line is None else line
    index = 0
    for word in text.split(" "):
        draw(sheet, word, x, baseline, style, printed, index)
        x += style.width(word) + style.space
        index += len(word) + 1
    return Print(text, start, len(sheet.runs))


def line_width(text: str, style: Style) -> float:
    words = text.split(" ")
    return sum(style.width(word) for word in words) + style.space * (len(words) - 1)


def draw(sheet: Sheet, word: str, x: float, baseline: float, style: Style, line: int, index: int) -> None:
    sheet.word(
        style.face,
        style.size,
        x,
        baseline,
        word,
        line=line,
        index=index,
        tracking=style.tracking,
        color=style.color,
    )
