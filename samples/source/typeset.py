"""A small typesetter on PyMuPDF: paragraphs broken as a whole, justified, hyphenated, flowing over columns.

Lengths are PDF points, the origin is the top left corner of the page. Only fonts that PyMuPDF itself
carries are used, so that a sample comes out the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import pymupdf

from samples.source.hyphenation import syllables

A4 = (595.0, 842.0)
Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
GREY: Colour = (0.35, 0.35, 0.35)
Face = Literal["tiro", "tibo", "tiit", "helv", "hebo", "heit", "cour", "cobo"]
ITALIC: dict[Face, Face] = {"tiro": "tiit", "helv": "heit"}
Align = Literal["justify", "left", "right", "centre"]

# Every sample says that it was made on this day, whenever it is made.
DATE = "D:20240304090000Z"


@cache
def font(face: Face) -> Any:
    return pymupdf.Font(face)


def width_of(text: str, face: Face, size: float) -> float:
    return float(font(face).text_length(text, fontsize=size))


@dataclass(frozen=True)
class Style:
    face: Face = "tiro"
    size: float = 10.4
    leading: float = 13.0
    align: Align = "justify"
    indent: float = 0.0
    colour: Colour = BLACK


class Fragment(NamedTuple):
    """A piece of a word that is never broken, and what may follow it."""

    text: str
    face: Face
    # space: a gap where a line may end; tie: one where it may not; hyphen: a line may end here, with a
    # hyphen; dash: it may end here as it is, after a dash that the word has; join: nothing at all.
    gap: Literal["space", "tie", "hyphen", "dash", "join"]
    # 1: a superior letter, -1: an inferior one.
    shift: Literal[-1, 0, 1] = 0

    def width(self, size: float) -> float:
        return width_of(self.text, self.face, size * SMALL if self.shift else size)


Line = list[Fragment]
# The size of superior and inferior letters, by the size of the text around them.
SMALL = 0.68


def ligatures(text: str) -> str:
    return text.replace("fi", "ﬁ").replace("fl", "ﬂ")


def fragments(text: str, face: Face) -> Line:
    """Cut a paragraph into fragments.

    `*…*` is set in italics, `~` is a space that keeps its line, `_i` and `^1` are an inferior and a
    superior letter.
    """
    found: Line = []
    for number, run in enumerate(re.split(r"\*", text)):
        run_face = ITALIC[face] if number % 2 else face
        for word, space in re.findall(r"([^ ~]*)([ ~]?)", run):
            if not word and not space:
                continue
            if not word:
                found[-1] = found[-1]._replace(gap="tie" if space == "~" else "space")
                continue
            for part in re.findall(r"[_^].|[^-–_^]+[-–]?|[-–]", word):
                if part[0] in "_^":
                    found.append(Fragment(part[1], run_face, "join", 1 if part[0] == "^" else -1))
                    continue
                pieces = [ligatures(piece) for piece in syllables(part)]
                found += [Fragment(piece, run_face, "hyphen") for piece in pieces[:-1]]
                found.append(Fragment(pieces[-1], run_face, "dash" if part[-1] in "-–" else "join"))
            found[-1] = found[-1]._replace(gap={" ": "space", "~": "tie", "": "join"}[space])  # type: ignore[arg-type]
    found[-1] = found[-1]._replace(gap="join")
    return found


def break_lines(text: str, style: Style, width: float) -> list[Line]:
    """Choose the line ends of a paragraph together, so that its gaps are as even as they can be."""
    items = fragments(text, style.face)
    widths = [item.width(style.size) for item in items]
    space = width_of(" ", style.face, style.size)
    hyphen = width_of("-", style.face, style.size)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(items) + 1):
        last = end == len(items)
        best.append((float("inf"), end - 1))
        if not last and items[end - 1].gap in ("join", "tie"):
            continue
        natural, gaps = (hyphen if items[end - 1].gap == "hyphen" and not last else 0.0), 0
        for start in range(end - 1, -1, -1):
            if start < end - 1 and items[start].gap in ("space", "tie"):
                natural, gaps = natural + space, gaps + 1
            natural += widths[start]
            slack = width - natural - (style.indent if start == 0 else 0.0)
            if slack < -0.15 * space * gaps - 0.01:
                break
            cost = best[start][0] + _badness(slack / space, gaps, style.align, last, width / space)
            if items[end - 1].gap == "hyphen":
                cost += 40.0 if style.align == "justify" else 400.0
                if start and items[start - 1].gap == "hyphen":
                    cost += 200.0
            if cost < best[end][0]:
                best[end] = (cost, start)
    if best[-1][0] == float("inf"):
        raise ValueError(f"no line ends found for {text[:40]!r} in {width} points")
    lines: list[Line] = []
    end = len(items)
    while end:
        start = best[end][1]
        lines.insert(0, items[start:end])
        end = start
    return lines


def _badness(slack: float, gaps: int, align: Align, last: bool, width: float) -> float:
    """What a line costs, by the spaces that its gaps must take up together and its width in spaces."""
    if last and slack >= 0:
        # A last line of one short word looks forgotten.
        return 150.0 if slack > 0.84 * width else 0.0
    if align != "justify":
        return slack**2
    each = slack / max(gaps, 1)
    return float(100 * (each / 0.6) ** 3 if each > 0 else 100 * (-each / 0.3) ** 3)


class Sheet:
    """One page. What is written on it appears when `finish` is called, in the order of the calls."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self._writers: list[tuple[Colour, Any]] = []

    def write(
        self,
        x: float,
        baseline: float,
        text: str,
        face: Face = "tiro",
        size: float = 10.0,
        *,
        align: Align = "left",
        colour: Colour = BLACK,
    ) -> float:
        """Set one piece of text, from, to or around x; give back where it ends."""
        width = width_of(text, face, size)
        x -= {"centre": width / 2, "right": width}.get(align, 0.0)
        if not self._writers or self._writers[-1][0] != colour:
            self._writers.append((colour, pymupdf.TextWriter(self.page.rect)))
        self._writers[-1][1].append((x, baseline), text, font=font(face), fontsize=size)
        return x + width

    def line(self, x: float, baseline: float, line: Line, style: Style, width: float, *, last: bool) -> None:
        """Set one line of a paragraph."""
        space = width_of(" ", style.face, style.size)
        words = [*line]
        if words[-1].gap == "hyphen":
            words[-1] = words[-1]._replace(text=words[-1].text + "-")
        gaps = sum(word.gap in ("space", "tie") for word in words[:-1])
        natural = sum(word.width(style.size) for word in words) + gaps * space
        slack = width - natural
        if style.align == "justify" and gaps and (not last or slack < 0):
            space += slack / gaps
        x += {"centre": slack / 2, "right": slack}.get(style.align, 0.0)
        text = ""
        start = x
        for number, word in enumerate(words):
            gap = word.gap in ("space", "tie")
            text += word.text + (" " if gap else "")
            x += word.width(style.size) + (space if gap else 0.0)
            following = words[number + 1] if number + 1 < len(words) else None
            if gap or following is None or (following.face, following.shift) != (word.face, word.shift):
                size = style.size * SMALL if word.shift else style.size
                lift = style.size * (0.36 if word.shift > 0 else 0.18) * word.shift
                self.write(start, baseline - lift, text, word.face, size, colour=style.colour)
                text, start = "", x

    def paragraph(self, x: float, top: float, text: str, style: Style, width: float) -> float:
        """Set a paragraph that stays on one page; give back the height of its foot."""
        flow = Flow([Frame(self, x, top, width, float("inf"))])
        flow.paragraph(text, style)
        return flow.top

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        width: float = 0.5,
        *,
        colour: Colour = BLACK,
        dashes: str | None = None,
    ) -> None:
        self.page.draw_line((x0, y0), (x1, y1), color=colour, width=width, dashes=dashes)

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        fill: Colour | None = None,
        edge: Colour | None = None,
        width: float = 0.5,
    ) -> None:
        self.page.draw_rect((x0, y0, x1, y1), color=edge, fill=fill, width=width if edge else 0)

    def finish(self) -> None:
        for colour, writer in self._writers:
            writer.write_text(self.page, color=colour)


class Frame(NamedTuple):
    """A place for text: a column, or what is left of one."""

    sheet: Sheet
    x: float
    top: float
    width: float
    bottom: float


class Flow:
    """Text that runs from frame to frame. `top` is where the next thing will stand."""

    def __init__(self, frames: list[Frame]) -> None:
        self._rest: Iterator[Frame] = iter(frames)
        self.next_frame()

    def next_frame(self) -> None:
        self.frame = next(self._rest)
        self.top = self.frame.top

    @property
    def at_start(self) -> bool:
        return self.top == self.frame.top

    def space(self, height: float) -> None:
        """Leave white, unless a column begins here."""
        if not self.at_start:
            self.top += height

    def need(self, height: float) -> None:
        if self.top + height > self.frame.bottom + 0.01:
            self.next_frame()

    def place(self, height: float, draw: Callable[[Sheet, float, float, float], None]) -> None:
        """Something that is not text, `height` high: `draw(sheet, x, top, width)`."""
        self.need(height)
        draw(self.frame.sheet, self.frame.x, self.top, self.frame.width)
        self.top += height

    def paragraph(self, text: str, style: Style, *, left: float = 0.0, mark: str = "") -> None:
        """A paragraph, `left` points from the column's edge, its mark (a bullet, a number) before it."""
        lines = break_lines(text, style, self.frame.width - left)
        done = 0
        while done < len(lines):
            room = self.frame.bottom - self.top + 0.01
            count = len(lines) if room == float("inf") else int(room // style.leading)
            rest = len(lines) - done
            if count < rest:
                # Neither the first nor the last line of a paragraph stands alone.
                count -= rest - count == 1
                if count < 2 or (not done and rest - count < 2):
                    self.next_frame()
                    continue
            for _ in range(min(count, rest)):
                self._line(lines[done], style, left, mark if done == 0 else "", done, done == len(lines) - 1)
                done += 1

    def _line(self, line: Line, style: Style, left: float, mark: str, number: int, last: bool) -> None:
        sheet, x, _, width, _ = self.frame
        baseline = self.top + style.leading / 2 + style.size * 0.3
        indent = style.indent if number == 0 else 0.0
        if mark:
            sheet.write(x, baseline, mark, style.face, style.size, colour=style.colour)
        sheet.line(x + left + indent, baseline, line, style, width - left - indent, last=last)
        self.top += style.leading


def new_document(pages: int = 1, size: tuple[float, float] = A4) -> tuple[Any, list[Sheet]]:
    """A document and its empty pages."""
    document = pymupdf.open()
    for _ in range(pages):
        document.new_page(width=size[0], height=size[1])
    # Only now: a new page makes PyMuPDF forget the page objects that it gave out before.
    return document, [Sheet(document[number]) for number in range(pages)]


def finished(document: Any, *, title: str, author: str, **save: Any) -> bytes:
    """The document's bytes: the same ones every time, unless it is encrypted."""
    document.set_metadata(
        {
            "title": title,
            "author": author,
            "creator": "samples/make.py",
            "producer": "docparse",
            "creationDate": DATE,
            "modDate": DATE,
        }
    )
    document.set_language("en")
    document.subset_fonts()
    # MuPDF would make a random file identifier up.
    document.xref_set_key(-1, "ID", "[<646f637061727365><646f637061727365>]")
    return bytes(document.tobytes(garbage=4, deflate=True, no_new_id=True, **save))
