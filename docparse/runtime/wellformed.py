"""What a model may not write next where its answer is to be well-formed and of the format.

Decoding under a grammar, as far as XML goes, and what an element may hold. In which order, and how much of it, is
left to the model.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from ..qwenvl.grammar import Content

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_ATTRIBUTES = re.compile(r'(?: [\w-]+="[^"]*")* [\w-]+="(?:[^"]*")?')
"""One or more, the last of which may only begin."""
_NAME = re.compile(r' ([\w-]+)="')
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
"""How a vocabulary names one byte of a letter that it does not have."""
_LONGEST_VALUE = 7
"""Tokens of an attribute's value: the four numbers of a box, and the spaces between. Who has missed a value's end
writes the text that follows into it."""
_STATES = 4096


class _Place(Enum):
    """Where the answer ends so far."""

    TEXT = "text"
    TAG = "inside of a tag, where an attribute or the tag's end comes next"
    VALUE = "inside of an attribute's quotes"


@dataclass(frozen=True)
class _State:
    place: _Place = _Place.TEXT
    opened: tuple[str, ...] = ()
    """The elements that are open, and the one whose tag is."""
    attributes: frozenset[str] = frozenset()
    """Those that the open tag has."""
    length: int = 0
    """Tokens in the open quotes."""
    is_over: bool = False
    """Whether all that was open has been closed."""


class Markup:
    """The tokens of a vocabulary in which each tag, or the beginning of one, and each attribute is a token."""

    def __init__(
        self, vocabulary: Mapping[str, int], end_tokens: Iterable[int], contents: Mapping[str, Content]
    ) -> None:
        """``contents`` is what each element may hold; ``""`` is what stands around them all."""
        self._ends = frozenset(end_tokens)
        self._contents = contents
        self._texts = {
            token: _BYTE.sub("\ufffd", text) for text, token in vocabulary.items() if token not in self._ends
        }
        self._tags = {
            token: [(slash == "/", name) for slash, name in _TAG.findall(text)] for token, text in self._texts.items()
        }
        self.refused = lru_cache(_STATES)(self._refused)

    def _refused(self, state: _State) -> list[int]:
        """Tokens that cannot follow."""
        if state.is_over:
            return [*self._texts]
        return [*self._ends, *(token for token in self._texts if not self._may_follow(token, state))]

    def _may_follow(self, token: int, state: _State) -> bool:
        text = self._texts[token]
        left = [*state.opened]
        inside = self._contents[left[-1] if left else ""]
        if state.place is not _Place.TEXT:
            end = "/>" if inside.is_void else ">"
            if state.place is _Place.VALUE:
                is_end = text in ('"', f'"{end}')
                return is_end or (state.length < _LONGEST_VALUE and not set('<>"') & set(text))
            if text == end:
                return True
            names = _NAME.findall(text)
            is_new = inside.attributes.issuperset(names) and state.attributes.isdisjoint(names)
            return is_new and _ATTRIBUTES.fullmatch(text) is not None
        if "<" not in text:
            if text.strip() and not inside.has_text:
                return False
            return text not in ('">', '"/>') and _ATTRIBUTES.fullmatch(text) is None
        for is_end, name in self._tags[token]:
            if is_end:
                if not left or left.pop() != name:
                    return False
            elif name in self._contents[left[-1] if left else ""].children:
                left.append(name)
            else:
                return False
        # A < that begins no tag would have to be written as &lt;.
        return bool(self._tags[token])

    def after(self, state: _State, token: int) -> _State:
        """The state after one more token."""
        text = self._texts[token]
        if state.place is _Place.TEXT and "<" not in text:
            return state
        left = [*state.opened]
        for is_end, name in self._tags[token]:
            if is_end:
                left.pop()
            else:
                left.append(name)
        if text.rstrip().endswith(">"):
            if left and self._contents[left[-1]].is_void:
                left.pop()
            return _State(opened=tuple(left), is_over=not left)
        if state.place is _Place.VALUE and text != '"':
            return replace(state, length=state.length + 1)
        place = _Place.VALUE if text.endswith('="') else _Place.TAG
        return _State(place, tuple(left), state.attributes.union(_NAME.findall(text)))


class WellFormed:
    """One answer as it grows."""

    def __init__(self, markup: Markup) -> None:
        self._markup = markup
        self._state = _State()

    def anew(self) -> "WellFormed":
        """One that has not begun."""
        return WellFormed(self._markup)

    def refused(self) -> list[int]:
        """The tokens that may not come next."""
        return self._markup.refused(self._state)

    def take(self, token: int) -> None:
        """Go on after a token that was not refused."""
        self._state = self._markup.after(self._state, token)
