"""Markdown and HTML to plain text and to tables: one way for the truth and for every system.

Markdown is rendered by markdown-it-py (CommonMark with GFM tables, inline HTML allowed) and read as HTML from
there on, so that a table written with pipes and one written with `<table>` are the same thing.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import lxml.etree
import lxml.html
from lxml.etree import _Element as Element

from ..extra import extra

INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "code",
        "del",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strike",
    }
    | {"strong", "sub", "sup", "tt", "u", "var"}
)
DROPPED = frozenset({"audio", "head", "img", "script", "style", "svg", "template", "video"})

# What pymupdf4llm writes around a picture and its words; the words themselves stay.
_PEER_MARKERS = re.compile(
    r"\*\*==> picture \[[^\]\n]*\] intentionally omitted <==\*\*"
    r"|\*\*-{3,} (?:Start|End) of picture text -{3,}\*\*(?:<br>)?"
)

# Scripts written without spaces between words, and Hangul, whose lines break inside words: there each
# character counts as a word, and a space between two of them says nothing.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
UNSPACED_GAP = re.compile(rf"(?<=[{UNSPACED}])\s+(?=[{UNSPACED}])")
TOKEN = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\ue000-\uf8ff]")
BULLET = re.compile(r"(?:^|(?<=\s))[•◦‣⁃▪▫●○■□◆◇★☐☑☒✓✔➢➤*·-](?=\s|$)")
HYPHEN_IN_WORD = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
HYPHEN_AT_LINE_END = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\n(?=[^\W\d_])")
RULE = re.compile(r"[_=.…\-~]{3,}")
SAME = str.maketrans("‘’‚‛′“”„‟″«»‐‑‒–—―−⁃", '\'\'\'\'\'"""""""--------')


def normalise(text: str) -> str:
    """Text with everything made equal that a reader would not call a difference. Case is kept.

    NFKC (ligatures, presentation forms, superscripts); one kind of quote and dash; no invisible or private
    characters (symbol fonts), bullets, runs of rule characters or `$$`; no hyphen inside a word, so that a
    compound that stood at a line end counts neither for nor against a system (`co- operate`, with its gap left,
    does); single spaces.
    """
    text = HYPHEN_AT_LINE_END.sub("", text)
    text = unicodedata.normalize("NFKC", text.translate(SAME)).translate(SAME)
    text = INVISIBLE.sub("", text).replace("$$", " ")
    text = RULE.sub(" ", text)
    text = BULLET.sub(" ", text)
    text = HYPHEN_IN_WORD.sub("", text)
    text = " ".join(text.split())
    return UNSPACED_GAP.sub("", text)


def words(text: str) -> list[str]:
    """The words of a text: runs without a space that hold a letter or a digit."""
    return [word for word in TOKEN.findall(normalise(text)) if any(map(str.isalnum, word))]


def markdown_to_html(markdown: str) -> str:
    """Markdown as HTML, without pymupdf4llm's own words around pictures.

    Raises:
        UsageError: markdown-it-py is not installed.
    """
    return str(_renderer().render(_PEER_MARKERS.sub("", markdown)))


@cache
def _renderer() -> Any:
    return extra("markdown_it", "eval").MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def html_root(source: str) -> Element:
    """The tree of an HTML document or fragment; never fails on text without an element."""
    return lxml.html.fromstring(f"<div>{source}</div>" if "<html" not in source.lower() else source)


def html_to_text(source: str) -> str:
    """The visible text: a line a block, the cells of a table row side by side, list numbers written out."""
    pieces: list[str] = []
    collect_text(html_root(source), pieces)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def markdown_to_text(markdown: str) -> str:
    return html_to_text(markdown_to_html(markdown))


def collect_text(element: Element, pieces: list[str]) -> None:
    tag = element.tag
    if isinstance(element, lxml.etree._Comment | lxml.etree._ProcessingInstruction):
        return
    if tag in DROPPED:
        return
    if tag == "br":
        pieces.append("\n")
        return
    edge = "" if tag in INLINE else " " if tag in {"td", "th"} else "\n"
    pieces.append(edge)
    if tag == "li":
        pieces.append(list_number(element))
    pieces.append(flat(element.text, tag))
    for child in element:
        collect_text(child, pieces)
        pieces.append(flat(child.tail, tag))
    pieces.append(edge)


def flat(text: str | None, tag: str) -> str:
    """Text of an element, where a line end means a space, except in `pre`."""
    return (text or "") if tag == "pre" else (text or "").replace("\n", " ")


def list_number(item: Element) -> str:
    """`3. ` for the third item of an ordered list, since the source shows that number as text."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    start = parent.get("start", "1")
    position = sum(1 for other in item.itersiblings("li", preceding=True))
    return f"{int(start) + position}. " if start.lstrip("-").isdigit() else ""


@dataclass(frozen=True)
class Cell:
    """A table cell: its text, and how many columns and rows it covers."""

    text: str
    colspan: int = 1
    rowspan: int = 1


Table = list[list[Cell]]
"""The rows of a table, each with the cells that begin in it."""


def html_tables(source: str) -> list[Table]:
    """Every outermost table in HTML; what a nested table says belongs to its cell's text."""
    root = html_root(source)
    tables = [] if root.tag != "table" else [root]
    tables += [table for table in root.iter("table") if not any(True for _ in table.iterancestors("table"))]
    return [trimmed(read_table(table)) for table in dict.fromkeys(tables)]


def markdown_tables(markdown: str) -> list[Table]:
    return html_tables(markdown_to_html(markdown))


def read_table(table: Element) -> Table:
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    return [[read_cell(cell) for cell in row if cell.tag in {"td", "th"}] for row in rows]


def read_cell(cell: Element) -> Cell:
    pieces: list[str] = []
    collect_text(cell, pieces)
    return Cell(normalise("".join(pieces)), span(cell.get("colspan")), span(cell.get("rowspan")))


def span(value: str | None) -> int:
    return max(1, int(value)) if value and value.strip().isdigit() else 1


def table_from_rows(rows: list[list[str]]) -> Table:
    return trimmed([[Cell(normalise(text)) for text in row] for row in rows])


def trimmed(table: Table) -> Table:
    """A table without rows and columns that hold no text at all: some truth has them, no reader sees them."""
    table = [row for row in table if any(cell.text for cell in row) or any(cell.rowspan > 1 for cell in row)]
    places = list(cell_places(table))
    width = max((column + cell.colspan for _, column, cell in places), default=0)
    filled: set[int] = set()
    for _, first, cell in places:
        filled.update(range(first, first + cell.colspan) if cell.text else ())
    if len(filled) == width:
        return table
    kept: Table = [[] for _ in table]
    for row, first, cell in places:
        columns = sum(1 for column in range(first, first + cell.colspan) if column in filled)
        if columns:
            kept[row].append(Cell(cell.text, columns, cell.rowspan))
    return kept


def cell_places(table: Table) -> Iterator[tuple[int, int, Cell]]:
    """Row and column of each cell, by the table model of HTML: a cell goes to the first free column."""
    taken: set[tuple[int, int]] = set()
    for row_number, row in enumerate(table):
        column = 0
        for cell in row:
            while (row_number, column) in taken:
                column += 1
            yield row_number, column, cell
            covered_rows = range(row_number, row_number + cell.rowspan)
            covered_columns = range(column, column + cell.colspan)
            taken.update(product(covered_rows, covered_columns))
            column += cell.colspan
