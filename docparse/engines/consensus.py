"""Several readings of one piece as one: of each character what most of them say.

A small model loses its place in dense print, skips a line or reads one twice, elsewhere each time that it sees the
piece a little larger or further to the right. This is the voting of ROVER (Fiscus 1997), on characters. Tags are not
voted on: they are those of one reading, so that what was well-formed stays so.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, combinations

from rapidfuzz.distance import Levenshtein

from ..pieces.unread import Word
from .answer import Answer

_Votes = defaultdict[str, float]

_UNIT = re.compile(r"<[^<>]*>|&\w+;|.", re.DOTALL)
_BOX = re.compile(r' data-bbox="[^"]*"')
_AGREED = 0.4
"""Where readings agree they are right far more often than each of them expects of itself: the power of the share of
votes that is how often. Measured on 24 synthetic pages of each look (``docparse synth --seed 5051``), so that the
share of words that a page is expected to have right is about the share that it has."""
_LEAST = 1e-6
"""Probability of what was written all the same."""


@dataclass(frozen=True)
class Unit:
    """A tag, an entity or a character, and the probability that the model gave it."""

    text: str
    probability: float

    @property
    def key(self) -> str:
        """What it is compared by: boxes differ with each reading."""
        return _BOX.sub("", self.text) if self.is_markup else self.text

    @property
    def is_markup(self) -> bool:
        """A tag, or what would be read as the beginning of one or of an entity."""
        return self.text.startswith("<") or self.text == "&"


def agree(answers: Sequence[Answer]) -> tuple[int, Answer]:
    """Which answer is most like all others (of the valid ones, if any is), and this one with its text voted on.

    Each answer votes with the probabilities that its model gave; the probabilities of the result are measured by the
    share of votes that each character has.
    """
    readings = [units_of(answer) for answer in answers]
    keys = [[unit.key for unit in reading] for reading in readings]
    away = [0.0] * len(keys)
    for one, other in combinations(range(len(keys)), 2):
        distance = Levenshtein.normalized_distance(keys[one], keys[other])
        away[one] += distance
        away[other] += distance
    chosen = min(range(len(answers)), key=lambda index: (not answers[index].is_valid, away[index]))
    told, places = vote(readings[chosen], readings)
    ends = list(accumulate(len(unit.text) for unit in told))
    logprobs = [math.log(unit.probability) for unit in told]
    text = "".join(unit.text for unit in told)
    voted = replace(answers[chosen], text=text, token_logprobs=logprobs, token_ends=ends)
    voted = replace(voted, words=moved_words(answers[chosen].words, readings[chosen], places))
    # Text may have come to where none may stand, as between two cells.
    return chosen, answers[chosen] if answers[chosen].is_valid and not voted.is_valid else voted


def units_of(answer: Answer) -> list[Unit]:
    found = []
    for match in _UNIT.finditer(answer.text):
        first = bisect_right(answer.token_ends, match.start())
        last = bisect_left(answer.token_ends, match.end())
        of = answer.token_logprobs[first : last + 1]
        probability = math.exp(sum(of) / len(of)) if of else answer.probability
        found.append(Unit(match[0], max(_LEAST, probability)))
    return found


def moved_words(words: Sequence[Word], base: Sequence[Unit], places: Sequence[tuple[int, int]]) -> tuple[Word, ...]:
    """Words of the base where they are in the text that was voted on; without those that were voted out."""
    ends = list(accumulate(len(unit.text) for unit in base))
    moved = (
        replace(
            word,
            start=places[bisect_right(ends, word.start)][0],
            end=places[bisect_left(ends, word.end)][1],
        )
        for word in words
    )
    return tuple(word for word in moved if word.length > 0)


def vote(base: list[Unit], readings: list[list[Unit]]) -> tuple[list[Unit], list[tuple[int, int]]]:
    """``base`` with its characters exchanged, left out or joined by others where the votes are for that; and where in
    its text each unit of ``base`` begins and ends."""
    kept: list[_Votes] = [_Votes(float) for _ in base]
    """The votes for what stands at each place of ``base``; ``""`` for nothing."""
    added: list[_Votes] = [_Votes(float) for _ in range(len(base) + 1)]
    """The votes for what stands before each place and is not in ``base``."""
    keys = [unit.key for unit in base]
    for reading in readings:
        usual = sum(unit.probability for unit in reading) / max(1, len(reading))
        adds: dict[int, list[Unit]] = {}
        for step in Levenshtein.opcodes(keys, [unit.key for unit in reading]):
            theirs = reading[step.dest_start : step.dest_end]
            if step.tag == "insert":
                adds[step.src_start] = theirs
            elif step.tag == "delete":
                for place in range(step.src_start, step.src_end):
                    kept[place][""] += usual
            else:
                for place, unit in zip(range(step.src_start, step.src_end), theirs, strict=True):
                    kept[place]["" if unit.is_markup else unit.text] += unit.probability
        for place, votes in enumerate(added):
            units = [unit for unit in adds.get(place, ()) if not unit.is_markup]
            votes["".join(unit.text for unit in units)] += min((unit.probability for unit in units), default=usual)
    told: list[Unit] = []
    places: list[tuple[int, int]] = []
    length = 0
    for place, votes in enumerate(added):
        new = _winner(votes, len(readings), "")
        start = length + sum(len(unit.text) for unit in new)
        if place < len(base):
            unit = base[place]
            new += [unit] if unit.is_markup else _winner(kept[place], len(readings), unit.text)
        length += sum(len(unit.text) for unit in new)
        places.append((start, length))
        told += new
    return told, places


def _winner(votes: _Votes, readers: int, preferred: str) -> list[Unit]:
    """The text that has most votes, as one unit; none where that is no text."""
    text, votes_for = max(votes.items(), key=lambda vote: (vote[1], vote[0] == preferred))
    return [Unit(text, min(1.0, votes_for / readers) ** _AGREED)] if text else []
