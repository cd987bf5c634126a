"""What a chunk is made of: the words, formulas and lines that are never cut, and about how long they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..content.text import printable, split_math

_CJK = (
    "\u2e80-\u30ff\u3100-\u31bf\u31f0-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_COUNTED = re.compile(rf"(?P<latin>[{_LATIN}]+)|(?P<other>(?:(?![{_LATIN}{_CJK}])[^\W\d_])+)|\S")
_CLOSING = "、。〉》」』】！），：；？"
_WORD = re.compile(rf"(?:[{_CJK}][{_CLOSING}]*|[^\s{_CJK}]+)\s*|\s+")
_WIDE = re.compile(f"[{_CJK}]")
_SENTENCE_END = re.compile("(?:[.!?…][\"'”’»)\\]]*\\s+|[。！？][」』）]*\\s*|\n\\s*)\\Z")


@dataclass(frozen=True, slots=True)
class Atom:
    """What is never cut, with the blanks behind it."""

    text: str
    tokens: int
    is_end: bool = True
    """Whether a chunk may well end here."""


def estimate(text: str) -> int:
    """About how many tokens a model makes of ``text``: one for each four Latin letters of a word that are begun, for
    each two letters of another alphabet, and for each digit, sign, and character of Chinese, Japanese or Korean."""
    count = 0
    for match in _COUNTED.finditer(text):
        letters = len(match[0])
        count += -(-letters // 4) if match["latin"] else -(-letters // 2) if match["other"] else 1
    return count


def tokens_of(atoms: Sequence[Atom]) -> int:
    return sum([atom.tokens for atom in atoms])


def lines_of(*lines: str) -> list[Atom]:
    printed = [printable(line) for line in lines if line.strip()]
    return [Atom(f"{line}\n", estimate(line)) for line in printed]


def words_of(text: str) -> list[Atom]:
    """Words, characters of scripts without blanks, and formulas with what stands at them."""
    found: list[str] = []
    is_open = False
    """Whether what comes next belongs to the last one."""
    for piece in split_math(printable(text)):
        for part in _WORD.findall(piece.source) if piece.latex is None else [piece.source]:
            if part.isspace():  # what a piece behind a formula may begin with
                if found:
                    found[-1] += part
                is_open = False
                continue
            is_wide = piece.latex is None and not part.isascii() and bool(_WIDE.match(part))
            closes = part[0] in _CLOSING and bool(found) and not found[-1][-1].isspace()
            if closes or (is_open and not is_wide):
                found[-1] += part
            else:
                found.append(part)
            is_open = not is_wide and not part[-1].isspace()
    return [_word(part) for part in found]


@lru_cache(maxsize=1 << 16)
def _word(text: str) -> Atom:
    return Atom(text, estimate(text), bool(_SENTENCE_END.search(text)))
