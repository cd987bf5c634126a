"""How sure a model was of each element: the probabilities of the tokens that its words were written with."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from html import unescape

from .document import AnyElement, Doubt
from .engines.base import ModelOutput

_MARKUP = re.compile(r"<[^<>]*>")
_REFERENCE = re.compile(r"&#?\w{1,31};")
_LIKELY = 0.5
"""A word that is less likely right is told."""
_FARTHEST = 1_000
"""Characters, without markup, from one word to the next: what was dropped as a repetition may lie between them."""


def rate(elements: Sequence[AnyElement], output: ModelOutput) -> float | None:
    """Set ``confidence`` and ``doubts`` of the elements, which are in the order of the answer.

    It is the geometric mean of the probabilities of the tokens that an element's words are made of; words that do
    not stand in the answer as they are (what a repair has changed) do not count.

    Returns:
        The mean probability of all words, each the product of its tokens' probabilities: the share of them that the
        model itself expects to be right. None where there are no words or no probabilities.
    """
    if not output.token_logprobs:
        return None
    words, places = _without_markup(output.text)
    every: list[float] = []
    """The probability of each word."""
    at = 0
    for element in elements:
        tokens: set[int] = set()
        doubted: list[Doubt] = []
        goes_on = False
        for word in element.text.split():
            found = words.find(word, at, at + _FARTHEST + len(word))
            if found >= 0:
                at = found + len(word)
                first = bisect_right(output.token_ends, places[found])
                last = bisect_right(output.token_ends, places[at - 1])
                of_word = range(first, min(last + 1, len(output.token_logprobs)))
                tokens.update(of_word)
                every.append(math.exp(sum(output.token_logprobs[token] for token in of_word)))
            if found < 0 or every[-1] >= _LIKELY:
                goes_on = False
                continue
            if goes_on:
                last_doubt = doubted.pop()
                word = f"{last_doubt.text} {word}"
                least = min(last_doubt.confidence, every[-1])
            else:
                least = every[-1]
            doubted.append(Doubt(text=word, confidence=round(least, 4)))
            goes_on = True
        element.doubts = doubted
        if tokens:
            logprobs = [output.token_logprobs[token] for token in tokens]
            element.confidence = round(math.exp(sum(logprobs) / len(logprobs)), 4)
    return sum(every) / len(every) if every else None


def _without_markup(text: str) -> tuple[str, list[int]]:
    """The words, decoded, and for each of their characters where in ``text`` it stands."""
    characters: list[str] = []
    places: list[int] = []
    position = 0
    while position < len(text):
        if match := _MARKUP.match(text, position):
            piece, end = " ", match.end()
        elif match := _REFERENCE.match(text, position):
            piece, end = unescape(match[0]), match.end()
        else:
            piece, end = text[position], position + 1
        characters.append(piece)
        places += [position] * len(piece)
        position = end
    return "".join(characters), places
