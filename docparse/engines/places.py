"""Where the words of an answer stand, for a model that writes that before each (``docparse/train/vocabulary.py``)."""

import re
from collections.abc import Mapping, Sequence

from ..pieces.unread import Word
from ..train.vocabulary import PLACE_STEP

_PLACE = re.compile(r" ?⟨([rc])(\d+)⟩")
_NUMBERED = re.compile(r"( ?[⟨⟦][rc]?)\d+⟩?")
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")


class Places:
    """Those tokens of a vocabulary; there are none in that of a vendor's checkpoint."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._places = {
            token: (match[1] == "r", (int(match[2]) + 0.5) * PLACE_STEP)
            for text, token in vocabulary.items()
            if (match := _PLACE.fullmatch(text))
        }
        self.alike = _alike(vocabulary)
        """For each token that is a number of a place or a box, one that differs from it in the number alone."""
        self._tags = {
            token for text, token in vocabulary.items() if text.startswith("<") and not _BYTE.fullmatch(text)
        }

    def words(self, tokens: Sequence[int], ends: Sequence[int]) -> tuple[Word, ...]:
        """The words that have a place; ``ends`` is where in the text each token ends."""
        found: list[Word] = []
        x = y = None
        start = 0
        for token, end in zip(tokens, ends, strict=True):
            if token in self._places:
                is_row, pixels = self._places[token]
                x, y = (None, pixels) if is_row else (pixels, y)
                start = end
            elif token in self._tags:
                x = None
            elif x is not None and y is not None:
                if found and found[-1].start == start:
                    found.pop()
                found.append(Word(x, y, start, end))
        return tuple(found)


def _alike(vocabulary: Mapping[str, int]) -> dict[int, int]:
    first: dict[str, int] = {}
    numbered = ((match[1], token) for text, token in vocabulary.items() if (match := _NUMBERED.fullmatch(text)))
    return {token: first.setdefault(kind, token) for kind, token in numbered}
