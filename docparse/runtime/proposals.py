"""The tokens that a model may write next, out of a live draft, for the model to check many in one pass."""

from collections.abc import Callable

from .live_draft import LiveDraft

_CHARACTERS_A_TOKEN = 6
_JOINED = 4
"""Tokens before the new ones that are tokenised with them: a word that has begun may go on in other tokens than the
rest of it alone would have."""
_FIRST, _MOST = 12, 64
_MORE, _SURPLUS = 4, 1.5
"""How many more are proposed than were right of late: so many, and so many times as many."""
_UNDONE = "\ufffd"


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
