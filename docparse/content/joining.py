"""Lines, columns and pages joined to running text: hyphens resolved, no blank where the script has none."""

import re
from collections.abc import Collection, Iterable

SOFT_HYPHEN = "\u00ad"
"""At the end of a line: the word goes on in the next."""

_HYPHENS = ("-", "\u2010")
_HYPHENATED = re.compile(r"[^\W\d_]{2}[-\u2010]$")
# Scripts without blanks between words: Thai, Lao, Myanmar, Khmer, Han, Kana, Bopomofo, and full-width forms.
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u9fff\uf900-\ufaff"
    "\uff00-\uffef\U00020000-\U0003ffff]"
)
_UNSPACED_START = re.compile(_UNSPACED)
_UNSPACED_END = re.compile(_UNSPACED + "$")
# Punctuation as wide as a character has its blank inside: none beside it, whatever the neighbour's script.
_WIDE_MARK = "[\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f]"
_WIDE_MARK_START = re.compile(_WIDE_MARK)
_WIDE_MARK_END = re.compile(_WIDE_MARK + "$")
_MAQAF = "\u05be"
"""The Hebrew hyphen: what it joins stays joined over a line's end, and it stays too."""


def join_texts(texts: Iterable[str], vocabulary: Collection[str], *, separator: str = " ") -> str:
    """The texts as one. ``vocabulary`` holds words in lower case: it tells broken words from compounds."""
    joined = ""
    for text in texts:
        if not joined:
            joined = text
        elif joined.endswith(SOFT_HYPHEN):
            joined = joined[:-1] + text
        elif _is_hyphenated(joined, text):
            joined = (joined if _keeps_hyphen(joined, text, vocabulary) else joined[:-1]) + text
        elif _needs_no_blank(joined, text):
            joined += text
        else:
            joined += separator + text
    # A soft hyphen at the end of a line is printed; what follows it may stand in the next column.
    return joined[:-1] + "-" if joined.endswith(SOFT_HYPHEN) else joined


def vocabulary_of(texts: Iterable[str]) -> set[str]:
    """The words of some texts as ``join_texts`` wants them."""
    return {word.lower().strip(".,;:!?()[]\"'“”‘’") for text in texts for word in text.split()}


def _needs_no_blank(before: str, after: str) -> bool:
    if _UNSPACED_END.search(before) and _UNSPACED_START.match(after):
        return True
    return bool(_WIDE_MARK_END.search(before) or _WIDE_MARK_START.match(after)) or before.endswith(_MAQAF)


def _is_hyphenated(before: str, after: str) -> bool:
    return after[:1].islower() and before[-1:] in _HYPHENS and bool(_HYPHENATED.search(before[-24:]))


def _keeps_hyphen(before: str, after: str, vocabulary: Collection[str]) -> bool:
    """Whether a hyphen at the end of a line belongs to the word (``well-/known``): it does where the page
    has the word with its hyphen elsewhere, or where the word has another hyphen already."""
    first = before.split()[-1].lower().lstrip("(\"'“‘[")
    second = re.match(r"[\w'’-]*", after.lower())
    rest = second[0] if second else ""
    if first[:-1] + rest in vocabulary:
        return False
    return first + rest in vocabulary or "-" in first[:-1]
