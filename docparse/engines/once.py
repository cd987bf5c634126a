"""Lines that a model read twice: it has lost its place, and says itself that it is back in the same printed line."""

from rapidfuzz import fuzz

from ..pieces import Piece
from ..pieces.unread import Lines, Word
from ..train.vocabulary import PLACE_STEP
from .answer import Answer, runs

_ALIKE = 60.0
"""How alike both readings are at the least, of 100."""
_SHORTEST = 4
"""Characters that are worth a comparison."""
_COVERED = 0.7
"""Of the second reading's length, that the first has there at the least."""
_OFF = 2.0 * PLACE_STEP
"""Pixels by which the second may begin further left than it says."""
_ROW = 1.0 * PLACE_STEP
"""Pixels between the places that two readings of one line may have at the most."""


def read_once(answer: Answer, piece: Piece) -> Answer:
    """The answer without what it reads a second time, of a line that it has just read; what was read first stays."""
    lines: Lines | None = None
    twice: list[tuple[int, int]] = []
    first: list[Word] | None = None
    for run in runs(answer):
        if first is not None and "<" in answer.text[first[-1].end : run[0].start]:
            first = None
        if first is not None and _is_alike(answer.text, first, run):
            lines = lines or Lines(piece)
            if lines.of(first[0]) == lines.of(run[0]):
                twice.append((run[0].start, run[-1].end))
                continue
        first = run
    for start, end in reversed(twice):
        answer = answer.spliced(len(answer.text[:start].rstrip()), end)
    return answer


def _is_alike(text: str, first: list[Word], run: list[Word]) -> bool:
    """Whether ``run`` says what ``first`` says from there on, about in the same row."""
    there = [word for word in first if word.x >= run[0].x - _OFF]
    again = text[run[0].start : run[-1].end].strip()
    if not there or len(again) < _SHORTEST or abs(run[0].y - first[0].y) > _ROW:
        return False
    before = text[there[0].start : there[-1].end].strip()
    return len(before) >= _COVERED * len(again) and fuzz.partial_ratio(again, before) >= _ALIKE
