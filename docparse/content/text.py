"""Text as the page has it: what may be shown, and where mathematics begins and ends in it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# What XML, and with it lxml and every validator, refuses; lone surrogates cannot even be written as UTF-8.
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")

# The dollars as pandoc and GitHub take them: nothing blank just inside, no digit just behind, so that
# "$5 and $6" and "US$5/US$6" have no candidate at all. Models that write Markdown have \(…\) and \[…\] as well.
MATH_LIKE = re.compile(
    r"(?<![\\$])(?:\$\$(?P<display>(?:\\.|[^$\\])+?)\$\$"
    r"|\$(?!\s)(?P<inline>(?:\\.|[^$\\])+?)(?<!\s)\$(?![\d$])"
    r"|\\\((?P<round>(?:\\[^()]|[^$\\])+?)\\\)|\\\[(?P<square>(?:\\[^\[\]]|[^$\\])+?)\\\])",
    re.DOTALL,
)
_LATEX_SIGN = re.compile(r"[\\^_{}=<>]")
_WORD = re.compile(r"[^\W\d_]{4,}|[^\W\d_]{2,}\s+[^\W\d_]{2,}")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uff60]")


class Piece(NamedTuple):
    """A stretch of an element's text. ``latex`` has no delimiters; it is None for plain text."""

    source: str
    latex: str | None = None
    display: bool = False


def printable(text: str) -> str:
    """``text`` with one kind of line break, and U+FFFD for what no output format can carry."""
    if text.isprintable():  # no control character, no surrogate: nearly every text
        return text
    return _UNPRINTABLE.sub("\ufffd", _LINE_BREAK.sub("\n", text))


def split_math(text: str) -> list[Piece]:
    """Plain text and mathematics in their order; the sources joined are ``text`` again."""
    if text.count("$") < 2 and "\\(" not in text and "\\[" not in text:
        return [Piece(text)] if text else []
    pieces = []
    end = 0
    for match in find_math(text):
        if match.start() > end:
            pieces.append(Piece(text[end : match.start()]))
        pieces.append(Piece(match[0], *latex_of(match)))
        end = match.end()
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return pieces


def find_math(text: str) -> Iterator[re.Match[str]]:
    """The candidates that are mathematics rather than sums of money."""
    start = 0
    while match := MATH_LIKE.search(text, start):
        if match["display"] is not None or is_mathematics(latex_of(match)[0], bracketed=match["square"] is not None):
            start = match.end()
            yield match
        else:
            # Its second dollar may begin a formula.
            start = match.start() + 1


def latex_of(match: re.Match[str]) -> tuple[str, bool]:
    """What stands between the delimiters of ``MATH_LIKE``, and whether it is displayed."""
    name = match.lastgroup or ""
    return match[name].strip(), name in ("display", "square")


def is_mathematics(body: str, *, bracketed: bool = False) -> bool:
    """Whether the text between two single dollars or round brackets, or square ones, reads as mathematics.

    "The fee rose from $5 (then A$) to …" has dollars in the right places, and words between them; ``\\[1\\]`` is how
    Markdown escapes brackets.
    """
    if "\\" in body:
        return True
    if _CJK.search(body):
        return False
    return bool(_LATEX_SIGN.search(body)) or not (bracketed or _WORD.search(body))
