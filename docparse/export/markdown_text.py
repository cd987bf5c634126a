"""Text that Markdown reads back as the same text, with as few backslashes as that takes."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from ..content.text import MATH_LIKE, Piece, printable, split_math

Place = Literal["block", "line", "cell"]
"""``block``: a paragraph or list item, whose lines each could begin something; ``line``: a heading; ``cell``."""

_PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_INLINE = re.compile(
    rf"(?P<backslash>\\(?=[{_PUNCTUATION}\n]|\Z))"
    r"|(?P<run>`+|\*+|_+|~+)"
    r"|(?P<link>\](?=\())"
    r"|(?P<tag><(?=[^\W\d_]|[/!?]))"  # pandoc takes letters of all alphabets for a tag's
    r"|(?P<reference>&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]*;))"
)
# What makes a line more than a line, by the part that has to be escaped.
_LINE = re.compile(
    r"(?P<heading>\#(?=\#{0,5}(?:\s|\Z)))"
    r"|(?P<quote>>)"
    r"|(?P<bullet>[-+*](?=\s|\Z))"
    r"|\d{1,9}(?P<ordinal>[.)])(?=\s|\Z)"
    r"|(?P<fence>`{3,}|~{3,})"
    r"|(?P<rule>(?:\*[ ]*){3,}\Z|(?:_[ ]*){3,}\Z)"
    r"|(?P<underline>=)(?==*\s*\Z)"
    r"|(?P<delimiters>[-:|])(?=[-:| ]*\Z)"
    r"|(?P<definition>\[(?=[^\n]))"
)
_CLOSING_HASHES = re.compile(r"(?:^|\s)(#)#*\Z")
_BLANKS = re.compile(r"[ \t]+")
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def markdown_text(text: str, place: Place = "block") -> str:
    """``text`` as GFM that shows just these characters; its mathematics between dollars.

    Runs of blanks become one. Line breaks stay (two spaces at the line's end), are spaces in a heading and
    ``<br>`` in a cell.
    """
    lines = (_BLANKS.sub(" ", line).strip() for line in printable(text).split("\n"))
    folded = (" " if place == "line" else "\n").join(line for line in lines if line)
    pieces = split_math(folded)
    escaped = _escaped_places(folded, pieces, place)
    written: list[str] = []
    start = 0
    for piece in pieces:
        end = start + len(piece.source)
        if piece.latex is None:
            written.append(_with_backslashes(folded, start, end, escaped))
        else:
            dollars = "$$" if piece.display else "$"
            written.append(f"{dollars}{_guarded(piece.latex, place)}{dollars}")
        start = end
    whole = "".join(written)
    return whole.replace("\n", "<br>" if place == "cell" else "  \n")


def _guarded(latex: str, place: Place) -> str:
    """LaTeX on one line, in which Markdown sees neither a tag nor a cell's end."""
    source = _OPEN_TAG.sub("< ", " ".join(latex.split()))
    return source.replace("|", r"\|") if place == "cell" else source


def _with_backslashes(text: str, start: int, end: int, escaped: set[int]) -> str:
    if not escaped:
        return text[start:end]
    return "".join(f"\\{text[at]}" if at in escaped else text[at] for at in range(start, end))


def _escaped_places(text: str, pieces: list[Piece], place: Place) -> set[int]:
    escaped = set(_inline_places(text, place))
    if place == "block":
        start = 0
        last_definition = text.rfind("]:")
        for line in text.split("\n"):
            escaped.update(_line_places(line, start, defines=start < last_definition))
            start += len(line) + 1
    elif place == "line" and (match := _CLOSING_HASHES.search(text)):
        escaped.add(match.start(1))
    elif place == "cell":
        escaped.update(at for at, char in enumerate(text) if char == "|")
    if "$" in text:
        escaped.update(_money_places(text, pieces))
    return escaped


def _line_places(line: str, start: int, *, defines: bool) -> Iterator[int]:
    """``defines``: a link's definition may end on this line or a later one."""
    match = _LINE.match(line)
    if not match:
        return
    name = match.lastgroup or ""
    if name == "definition" and not defines:
        return
    first, last = match.span(name)
    if name in ("fence", "rule"):  # the rest of one could still be emphasis
        yield from (start + at for at in range(first, last) if line[at] != " ")
    else:
        yield start + first


def _inline_places(text: str, place: Place) -> Iterator[int]:
    runs: dict[str, list[tuple[int, int]]] = {}
    for match in _INLINE.finditer(text):
        if match.lastgroup == "run":
            runs.setdefault(match[0][0], []).append(match.span())
        else:
            yield match.start()
    for sign, spans in runs.items():
        # In a cell a line break becomes a tag, which is no blank.
        for start, end in _paired(text.replace("\n", "<") if place == "cell" else text, sign, spans):
            yield from range(start, end)


def _paired(text: str, sign: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The runs that CommonMark could pair, or a few more: it also looks at lengths and punctuation."""
    if sign == "`":
        return spans if len(spans) > 1 else []
    sides = [_can_open_and_close(text, sign, start, end) for start, end in spans]
    openers = [index for index, (opens, _) in enumerate(sides) if opens]
    closers = [index for index, (_, closes) in enumerate(sides) if closes]
    if not openers or not closers or openers[0] >= closers[-1]:
        return []
    return [span for span, side in zip(spans, sides, strict=True) if any(side)]


def _can_open_and_close(text: str, sign: str, start: int, end: int) -> tuple[bool, bool]:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    opens, closes = not _is_blank(after), not _is_blank(before)
    if sign == "_":  # never inside a word
        opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
    return opens, closes


def _is_blank(char: str) -> bool:
    return char in "\t\n\f\r " or unicodedata.category(char) == "Zs"


def _money_places(text: str, pieces: list[Piece]) -> Iterator[int]:
    """Dollars that are none of ours and that a reader of mathematics in Markdown would pair."""
    start = 0
    for piece in pieces:
        if piece.latex is None:
            for match in MATH_LIKE.finditer(piece.source):
                if match[0][0] == "$":
                    yield start + match.start()
                    yield start + match.end() - 1
        start += len(piece.source)
