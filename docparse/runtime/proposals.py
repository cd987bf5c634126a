"""The tokens that a model may write next, out of a draft or an earlier answer, for the model to check many in one
pass."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from .live_draft import LiveDraft

_CHARACTERS_A_TOKEN = 6
_JOINED = 4
"""Tokens before the new ones that are tokenised with them: a word that has begun may go on in other tokens than the
rest of it alone would have."""
_FIRST, _MOST = 12, 64
_MORE, _SURPLUS = 4, 1.5
"""How many more are proposed than were right of late: so many, and so many times as many."""
_UNDONE = "\ufffd"
_AGAIN = 4
"""How many tokens of an earlier answer are proposed at a time: it is a small model that reads again, and for every
token more it has as much more to compute."""
_TAIL, _AROUND = 16, 24
"""Tokens: how many of the last ones are looked for in an earlier answer, and how far around where they should be."""


class Proposer(Protocol):
    """What proposes the tokens that come next."""

    def next(self, most: int) -> list[int]:
        """At most ``most`` tokens."""

    def take(self, tokens: list[int], proposed: int) -> None:
        """Go on with ``tokens``, which the model wrote where ``proposed`` tokens had been proposed."""


class Proposals:
    """Proposes as many tokens as were right of late, and some more."""

    def __init__(
        self, draft: LiveDraft, encode: Callable[[str], list[int]], decode: Callable[[list[int]], str]
    ) -> None:
        self._draft = draft
        self._encode, self._decode = encode, decode
        self._tokens: list[int] = []
        self._fed = 0
        """Of these tokens the text has been fed to the draft."""
        self._right: float = _FIRST
        """How many are right at a time, of late."""

    def next(self, most: int) -> list[int]:
        """At most ``most`` tokens."""
        most = min(most, _MOST, _MORE + round(_SURPLUS * self._right))
        if most < 1 or self._fed < len(self._tokens):
            return []
        text = self._draft.continuation(most * _CHARACTERS_A_TOKEN)
        if not text:
            return []
        is_cut = len(text) >= most * _CHARACTERS_A_TOKEN
        last = self._tokens[-_JOINED:]
        tokens = self._encode(self._decode(last) + text)
        tokens = tokens[len(last) :] if tokens[: len(last)] == last else self._encode(text)
        return tokens[: min(most, len(tokens) - is_cut)]

    def take(self, tokens: list[int], proposed: int) -> None:
        """Go on with ``tokens``, which the model wrote where ``proposed`` tokens had been proposed."""
        self._tokens += tokens
        if proposed:
            self._right = max(len(tokens) - 1, (self._right + len(tokens) - 1) / 2)
        text = self._decode(self._tokens[self._fed :])
        # A character may be spread over tokens.
        if not text.endswith(_UNDONE) or len(self._tokens) - self._fed > 8:
            self._draft.feed(text)
            self._fed = len(self._tokens)


class Again:
    """Proposes what the model wrote to a picture that is nearly the same."""

    def __init__(self, earlier: Sequence[int], alike: Mapping[int, int]) -> None:
        """
        Args:
            earlier: the tokens that it wrote.
            alike: what a token is compared as, where not as itself: numbers of places are never quite the same.
        """
        self._earlier, self._alike = earlier, alike
        self._signs = [alike.get(token, token) for token in earlier]
        self._written: list[int] = []
        """The last of what the model has written this time."""
        self._next = 0
        """Where in the earlier answer the model is."""

    def next(self, most: int) -> list[int]:
        return list(self._earlier[self._next : self._next + min(most, _AGAIN)])

    def take(self, tokens: list[int], proposed: int) -> None:
        self._written = (self._written + [self._alike.get(token, token) for token in tokens])[-_TAIL:]
        expected = self._next + len(tokens)
        first, last = max(1, expected - _AROUND), min(len(self._signs), expected + _AROUND)
        if self._written and self._signs[max(0, expected - 1) : expected] != self._written[-1:]:
            # After what is alike for longest, and of that the nearest.
            found = max(
                range(first, last + 1), key=lambda at: (self._alike_before(at), -abs(at - expected)), default=0
            )
            expected = found if self._alike_before(found) else expected
        self._next = expected

    def _alike_before(self, place: int) -> int:
        """How many tokens before this place of the earlier answer are what was written last."""
        count = 0
        while count < min(place, len(self._written)) and self._signs[place - count - 1] == self._written[-count - 1]:
            count += 1
        return count
