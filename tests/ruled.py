"""Pages with ruled tables of known words, and what a model that sees a part of them may say."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from docparse.document import StopReason
from docparse.engines.answer import Answer
from docparse.pieces.unread import Word

FONT = ImageFont.load_default(18)
ROW = 34
_DOWN = 22
"""From the top of a row to the foot of its letters."""


@dataclass(frozen=True)
class Said:
    """A word and where it stands: its left end and the middle of its small letters, in pixels of the page."""

    text: str
    x: float
    y: float


@dataclass
class Paper:
    """A white page that is drawn on."""

    image: Image.Image = field(default_factory=lambda: Image.new("L", (1000, 1300), 255))

    def write(self, x: int, y: int, text: str) -> list[Said]:
        """A line with its foot at y; its words."""
        draw = ImageDraw.Draw(self.image)
        draw.text((x, y), text, 0, FONT, anchor="ls")
        starts = [FONT.getlength(text[: text.index(word)]) for word in text.split()]
        return [Said(word, x + start, y - 5) for word, start in zip(text.split(), starts, strict=True)]

    def across(self, left: int, right: int, y: int, ink: int = 0, width: int = 2) -> None:
        ImageDraw.Draw(self.image).line([(left, y), (right, y)], ink, width)

    def upright(self, x: int, top: int, bottom: int, ink: int = 0, width: int = 2) -> None:
        ImageDraw.Draw(self.image).line([(x, top), (x, bottom)], ink, width)

    def cells(self, left: int, top: int, widths: Sequence[int], *rows: str) -> list[list[list[Said]]]:
        """The words of each cell of each row; the cells of a row are parted by ``|``, and have one line."""
        return [
            [
                self.write(left + sum(widths[:column]) + 10, top + ROW * number + _DOWN, cell)
                for column, cell in enumerate(row.split("|"))
            ]
            for number, row in enumerate(rows)
        ]


def paragraph(words: Sequence[Said], box: str = "1 1 2 2") -> Answer:
    return element("p", words, box)


def element(tag: str, words: Sequence[Said], box: str) -> Answer:
    """``p.page-header`` is one with that class, ``li-`` an item without a marker."""
    name, _, kind = tag.rstrip("-").partition(".")
    opening, closing = ("<ul>", "</ul>") if name == "li" else ("", "")
    marker = ' data-marker="•"' if tag == "li" else ""
    of_class = f' class="{kind}"' if kind else ""
    return _element(f'{opening}<{name}{of_class}{marker} data-bbox="{box}">', words, f"</{name}>{closing}\n")


def table(rows: Sequence[Sequence[Sequence[Said]]], box: str = "1 1 2 2") -> Answer:
    text = f'<div class="table" data-bbox="{box}"><table><tbody>'
    words: list[Word] = []
    for row in rows:
        text += "<tr>"
        for cell in row:
            told = _element("<td>", cell, "</td>")
            words += [word.moved(len(text)) for word in told.words]
            text += told.text
        text += "</tr>"
    return _answer(f"{text}</tbody></table></div>\n", words)


def _element(opening: str, said: Sequence[Said], closing: str) -> Answer:
    text = opening
    words = []
    for word in said:
        text += "" if text == opening else " "
        words.append(Word(word.x, word.y, len(text), len(text) + len(word.text)))
        text += word.text
    return _answer(text + closing, words)


def _answer(text: str, words: Sequence[Word]) -> Answer:
    """Each character is a token."""
    ends = list(range(1, len(text) + 1))
    return Answer(text, StopReason.END, (1000, 1300), [-0.1] * len(ends), ends, words=tuple(words))
