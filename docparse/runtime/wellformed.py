"""What a model may not write next where its answer is to be well-formed: it cannot end what is not open.

Decoding under a grammar, as far as XML goes, and where text may stand: which tags may stand in which, and with what
attributes, is left to the model.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_ATTRIBUTES = re.compile(r'(?: [\w-]+="[^"]*")* [\w-]+="(?:[^"]*")?')
"""One or more, the last of which may only begin."""
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
"""How a vocabulary names one byte of a letter that it does not have."""
_VOID = frozenset({"br", "hr", "img"})
_WITHOUT_TEXT = frozenset("html body ul ol table thead tbody tfoot tr".split())
"""Elements that hold other elements alone."""


class _Place(Enum):
    """Where the answer ends so far."""

    TEXT = "text"
    TAG = "inside of a tag, where an attribute or the tag's end comes next"
    VALUE = "inside of an attribute's quotes"


_State = tuple[_Place, tuple[str, ...]]
"""With the elements that are open, and the one whose tag is."""


class Markup:
    """The tokens of a vocabulary in which each tag, or the beginning of one, and each attribute is a token."""

    def __init__(self, vocabulary: Mapping[str, int], end_tokens: Iterable[int]) -> None:
        self._ends = frozenset(end_tokens)
        self._texts = {
            token: _BYTE.sub("\ufffd", text) for text, token in vocabulary.items() if token not in self._ends
        }
        self._tags = {
            token: [(slash == "/", name) for slash, name in _TAG.findall(text)] for token, text in self._texts.items()
        }
        self.refused = lru_cache(self._refused)

    def _refused(self, state: _State) -> list[int]:
        """Tokens that cannot follow."""
        ends = self._ends if state != (_Place.TEXT, ()) else ()
        return [*ends, *(token for token in self._texts if not self._may_follow(token, state))]

    def _may_follow(self, token: int, state: _State) -> bool:
        place, opened = state
        text = self._texts[token]
        if place is not _Place.TEXT:
            end = "/>" if opened[-1] in _VOID else ">"
            if place is _Place.VALUE:
                return text in ('"', f'"{end}') or not set('<>"') & set(text)
            return text == end or _ATTRIBUTES.fullmatch(text) is not None
        if "<" not in text:
            if text.strip() and (not opened or opened[-1] in _WITHOUT_TEXT):
                return False
            return text not in ('">', '"/>') and _ATTRIBUTES.fullmatch(text) is None
        left = list(opened)
        for is_end, name in self._tags[token]:
            if is_end and (not left or left.pop() != name):
                return False
        # A < that begins no tag would have to be written as &lt;.
        return bool(self._tags[token])

    def after(self, state: _State, token: int) -> _State:
        """The state after one more token."""
        place, opened = state
        text = self._texts[token]
        if place is _Place.TEXT and "<" not in text:
            return state
        left = list(opened)
        for is_end, name in self._tags[token]:
            if is_end:
                left.pop()
            else:
                left.append(name)
        if text.rstrip().endswith(">"):
            place = _Place.TEXT
            if left and left[-1] in _VOID:
                left.pop()
        elif text.endswith('="'):
            place = _Place.VALUE
        elif place is _Place.TEXT or text.endswith('"'):
            place = _Place.TAG
        return place, tuple(left)


class WellFormed:
    """One answer as it grows."""

    def __init__(self, markup: Markup) -> None:
        self._markup = markup
        self._state: _State = _Place.TEXT, ()

    def anew(self) -> "WellFormed":
        """One that has not begun."""
        return WellFormed(self._markup)

    def refused(self) -> list[int]:
        """The tokens that may not come next."""
        return self._markup.refused(self._state)

    def take(self, token: int) -> None:
        """Go on after a token that was not refused."""
        self._state = self._markup.after(self._state, token)
