"""A page's characters, as MuPDF reports them, joined to lines. Runs in the worker process.

Characters come with a box each; text is cleaned here and nowhere else: ligatures are spelt out, soft hyphens
and control characters go, right-to-left scripts are brought into logical order.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pymupdf

from .bidi import Glyph, has_right_to_left, logical_order
from .content.joining import SOFT_HYPHEN
from .content.marks import raised
from .geometry import Box
from .textlayer import Line

# No TEXT_CID_FOR_UNKNOWN_UNICODE: a glyph without a mapping must come as U+FFFD, not as an invented character.
# No TEXT_PRESERVE_LIGATURES: MuPDF spells them out. ActualText is left aside: it need not be what is printed.
_FLAGS = (
    pymupdf.TEXT_PRESERVE_WHITESPACE
    | pymupdf.TEXT_ACCURATE_BBOXES
    | pymupdf.TEXT_MEDIABOX_CLIP
    | pymupdf.TEXT_COLLECT_STYLES
    | pymupdf.TEXT_IGNORE_ACTUALTEXT
)
_PAINTED = 16 | 32
"""Bits of ``char_flags`` (MuPDF's FZ_STEXT_FILLED and FZ_STEXT_STROKED)."""

_WORD_GAP = 0.3
"""Of the font size: an empty stretch this long parts two words."""
_SMALL = 0.85
_RISE = 0.15
"""Of the line's font size: a mark is set in at most the one, and this much above the baseline."""
_MARKER_GAP = 3.0
"""Of the font size: a list marker may stand this far before its text."""
_MARKER = re.compile(r"[•◦▪▫‣⁃●○■□◆◇▶►➢➤✓✔✗∙·–—*-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxlc]{1,6})[.)]")
_PALE = 0xE0
"""Each of red, green and blue, of 255."""

UNMAPPED = "\ufffd"
# Presentation forms that stand for ordinary letters (Alphabetic and Arabic Presentation Forms).
_PRESENTATION = re.compile("[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefc]+")
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One horizontal stretch of text as MuPDF found it (its "line"), with its words."""

    line: Line
    words: tuple[tuple[str, Box], ...]
    painted: bool
    """False where the PDF asks for no ink (text render mode 3 or full transparency)."""
    pale: bool
    """True where the colour is so light that paper would hide it."""
    block: int
    """The number of MuPDF's own block."""
    upright: bool
    """False for text that runs along another direction than left to right or right to left."""


def read_runs(page: pymupdf.Page) -> list[Run]:
    """All text of the page whose rotation has been removed, in the order of the file."""
    content = page.get_textpage(flags=_FLAGS).extractRAWDICT()
    runs: list[Run] = []
    seen: set[tuple[str, tuple[int, ...]]] = set()
    for number, block in enumerate(content["blocks"]):
        if block["type"] != 0:
            continue
        for line in block["lines"]:
            run = _read_line(line, number)
            if run is None:
                continue
            # Printed twice at one place to look bold.
            key = (run.line.text, tuple(round(value / 2) for value in run.line.box))
            if key not in seen:
                seen.add(key)
                runs.append(run)
    return list(_with_markers(runs))


def _with_markers(runs: Iterable[Run]) -> Iterator[Run]:
    """A list marker that stands alone, joined to the text that follows it on the same row."""
    marker: Run | None = None
    for run in runs:
        if marker is not None:
            yield from [_join(marker, run)] if _continues(marker, run) else [marker, run]
            marker = None
        elif run.upright and _MARKER.fullmatch(run.line.text):
            marker = run
        else:
            yield run
    if marker is not None:
        yield marker


def _continues(marker: Run, run: Run) -> bool:
    first, second = marker.line.box, run.line.box
    same_row = second.y0 < first.center[1] < second.y1 or first.y0 < second.center[1] < first.y1
    return run.upright and same_row and 0 < second.x0 - first.x1 < _MARKER_GAP * run.line.size


def _join(marker: Run, run: Run) -> Run:
    line = replace(run.line, text=f"{marker.line.text} {run.line.text}", box=marker.line.box.union(run.line.box))
    return replace(run, line=line, words=marker.words + run.words)


def _read_line(line: dict[str, Any], block: int) -> Run | None:
    spans = line["spans"]
    longest = max(spans, key=lambda span: len(span["chars"]))
    upright = abs(line["dir"][1]) < 0.02 and line["dir"][0] > 0
    glyphs = list(_with_raised(spans, longest) if upright and len(spans) > 1 else _glyphs(spans))
    right_to_left = upright and has_right_to_left("".join(glyph.text for glyph in glyphs))
    if right_to_left:
        glyphs = logical_order(glyphs)
    if upright and not right_to_left:
        glyphs = list(_spaced(glyphs, _WORD_GAP * longest["size"]))
    words = tuple(_words(glyphs))
    if not words:
        return None
    text = clean("".join(glyph.text for glyph in glyphs))
    box = Box.around(glyph.box for glyph in glyphs if not glyph.text.isspace())
    return Run(
        Line(
            text=text,
            box=box,
            size=longest["size"],
            bold=bool(longest["flags"] & pymupdf.TEXT_FONT_BOLD),
            italic=bool(longest["flags"] & pymupdf.TEXT_FONT_ITALIC),
            monospace=bool(longest["flags"] & pymupdf.TEXT_FONT_MONOSPACED),
        ),
        words,
        painted=any(span["char_flags"] & _PAINTED and span["alpha"] > 0 for span in spans),
        pale=all(min(span["color"].to_bytes(4, "big")[1:]) >= _PALE for span in spans),
        block=block,
        upright=upright,
    )


def _glyphs(spans: Iterable[dict[str, Any]]) -> Iterator[Glyph]:
    for span in spans:
        for character in span["chars"]:
            yield Glyph(character["c"], Box(*character["bbox"]))


def _with_raised(spans: Iterable[dict[str, Any]], line: dict[str, Any]) -> Iterator[Glyph]:
    """The glyphs of one line, those of notes' marks and powers as superscript characters.

    MuPDF's own flag compares with the line's first character, which may be such a mark itself; ``line`` is the span
    that tells its size and baseline.
    """
    for is_raised, group in groupby(spans, key=lambda span: _is_raised(span, line)):
        glyphs = list(_glyphs(group))
        if is_raised:
            text = raised("".join(glyph.text for glyph in glyphs))
            glyphs = [Glyph(character, glyph.box) for character, glyph in zip(text, glyphs, strict=True)]
        yield from glyphs


def _is_raised(span: dict[str, Any], line: dict[str, Any]) -> bool:
    rise = line["origin"][1] - span["origin"][1]
    return bool(span["size"] < _SMALL * line["size"] and rise > _RISE * line["size"])


def _spaced(glyphs: Iterable[Glyph], least: float) -> Iterator[Glyph]:
    """The glyphs with a blank wherever ``least`` points or more of the line are empty.

    MuPDF adds most of the blanks that a PDF leaves out, but not after a change of font, such as that of a bullet.
    """
    previous: Glyph | None = None
    for glyph in glyphs:
        if previous is not None and not previous.text.isspace() and not glyph.text.isspace():
            gap = max(glyph.box.x0 - previous.box.x1, previous.box.x0 - glyph.box.x1)
            if gap > least:
                yield Glyph(" ", Box(0, 0, 0, 0))
        yield glyph
        previous = glyph


def _words(glyphs: Iterable[Glyph]) -> Iterator[tuple[str, Box]]:
    letters: list[Glyph] = []
    for glyph in (*glyphs, Glyph(" ", Box(0, 0, 0, 0))):
        if not glyph.text.isspace():
            letters.append(glyph)
        elif letters:
            text = clean("".join(letter.text for letter in letters))
            if text:
                yield text, Box.around(letter.box for letter in letters)
            letters = []


def clean(text: str) -> str:
    """The text without control characters, presentation forms and superfluous blanks.

    A soft hyphen stays only at the end, where it says that a word goes on in the next line.
    """
    if not text.isascii() or not text.isprintable():
        text = _CONTROL.sub("", text.replace("\t", " ").replace("\xa0", " "))
        text = _PRESENTATION.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
        ends_soft = text.rstrip().endswith(SOFT_HYPHEN)
        text = text.replace(SOFT_HYPHEN, "")
        if ends_soft:
            text = text.rstrip() + SOFT_HYPHEN
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())
