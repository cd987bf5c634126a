"""Lines that the readings of their pieces do not agree on, read again by themselves.

A small model loses its place in dense print, and again in what it is shown of the same piece at another size. The
same lines cut out, a few from all over the page under each other, it reads with other mistakes, in a fraction of the
tokens; what it reads there votes with what was read before.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from PIL import Image
from rapidfuzz import fuzz

from ..document import StopReason
from ..geometry import Box
from ..pieces import Piece, PieceSettings
from ..pieces.strips import Strips, strips_of
from ..pieces.unread import Lines, Word
from .answer import Answer, runs, strung
from .asker import Reading, View
from .consensus import Unit, moved_words, units_of, vote

Round = tuple[float, tuple[float, ...]]
"""Geometric mean of the probabilities of a line's characters from which it is believed, and the scales at which it
is read again otherwise."""
_ALIKE = 40.0
"""Of 100, how alike what is read of a line and what was read before are at the least: more different is a loop, or
another line."""

# Around the ink of a line, in heights of the text.
_BESIDE, _ABOVE = 0.5, 0.35


@dataclass
class _Line:
    """``answer.text[start:end]`` of the piece's answer, printed as ``image``."""

    piece: int
    start: int
    end: int
    image: Image.Image
    readings: list[list[Unit]]
    """What was read first, and then."""
    told: list[Unit]
    """What they agree on."""
    places: list[tuple[int, int]] = field(default_factory=list)
    """Where in that each unit of the first reading begins and ends."""

    @property
    def probability(self) -> float:
        logprobs = [math.log(unit.probability) for unit in self.told if not unit.is_markup]
        return math.exp(sum(logprobs) / max(1, len(logprobs)))

    def hear(self, reading: list[Unit]) -> None:
        if fuzz.ratio(_plain(reading), _plain(self.readings[0])) >= _ALIKE:
            self.readings.append(reading)
            self.told, self.places = vote(self.readings[0], self.readings)


def read_again(
    read: Sequence[tuple[Piece, Answer]], rounds: Sequence[Round], settings: PieceSettings, factor: int
) -> Reading[list[tuple[Piece, Answer]]]:
    """Pieces of a page and their answers, with what all readings agree on in lines that were not believed.

    Args:
        factor: what the sides of an image are multiples of.
    """
    lines: list[_Line] = []
    if rounds:
        for index, (piece, answer) in enumerate(read):
            if answer.words and answer.is_valid:
                lines += _lines(index, piece, answer)
    for sure, scales in rounds:
        doubted = [line for line in lines if line.probability < sure]
        if not doubted:
            break
        images = [line.image for line in doubted]
        most = settings.max_tokens * factor**2
        shown = [
            strips
            for scale in scales
            for strips in strips_of(images, settings.text_height, round(most / scale**2), scale, factor)
        ]
        answers = yield [View(strips.image, None) for strips in shown]
        for strips, answer in zip(shown, answers, strict=True):
            if answer.stop_reason is StopReason.END:
                for number, reading in _by_line(answer, strips).items():
                    doubted[number].hear(reading)
    told = list(read)
    # From behind, so that places stay what they are.
    for line in sorted(lines, key=lambda line: line.start, reverse=True):
        piece, answer = told[line.piece]
        if line.places:
            told[line.piece] = piece, _put(line, answer)
    return told


def _lines(index: int, piece: Piece, answer: Answer) -> list[_Line]:
    """All that is printed without wide white in it, as far as its words stand together in the answer too."""
    lines = Lines(piece)
    stretches: dict[Box, list[Word]] = defaultdict(list)
    for run in runs(answer):
        for word in run:
            if (stretch := lines.stretch(word)) is not None:
                stretches[stretch].append(word)
    units = units_of(answer)
    starts = [0, *accumulate(len(unit.text) for unit in units)]
    found = []
    for stretch, words in stretches.items():
        start, end = min(word.start for word in words), max(word.end for word in words)
        between = sum(start <= word.start and word.end <= end for word in answer.words)
        if between == len(words) and start in starts and end in starts:
            own = units[starts.index(start) : starts.index(end)]
            found.append(_Line(index, start, end, _cut_out(lines, stretch), [own], own))
    return found


def _cut_out(lines: Lines, stretch: Box) -> Image.Image:
    beside, above = _BESIDE * lines.unit, _ABOVE * lines.unit
    left, top = max(0, stretch.x0 - beside), max(0, stretch.y0 - above)
    return lines.sheet.image.crop((round(left), round(top), round(stretch.x1 + beside), round(stretch.y1 + above)))


def _by_line(answer: Answer, strips: Strips) -> dict[int, list[Unit]]:
    """What the answer says of each line, as text alone, by the line's number."""
    units = units_of(answer)
    starts = [0, *accumulate(len(unit.text) for unit in units)]
    found: dict[int, list[Unit]] = defaultdict(list)
    ends: dict[int, int] = {}
    for word in sorted(answer.words, key=lambda word: word.start):
        own = [
            unit
            for unit, start in zip(units, starts, strict=False)
            if word.start <= start < word.end and not unit.is_markup
        ]
        number = strips.nearest(word.y)
        if own:
            if ends.get(number, word.start) < word.start:
                found[number].append(Unit(" ", own[0].probability))
            found[number] += own
            ends[number] = word.end
    return found


def _put(line: _Line, answer: Answer) -> Answer:
    """The answer with what is told of the line, where it is valid so."""
    text = "".join(unit.text for unit in line.told)
    ends = list(accumulate(len(unit.text) for unit in line.told))
    logprobs = [math.log(unit.probability) for unit in line.told]
    words = [word.moved(-line.start) for word in answer.words if line.start <= word.start and word.end <= line.end]
    new = Answer(text, StopReason.END, answer.image_size, logprobs, ends)
    new = replace(new, words=moved_words(words, line.readings[0], line.places))
    before, behind = answer.part(0, line.start), answer.part(line.end, len(answer.text))
    whole = strung([before, new, behind]).told_by([answer])
    return whole if whole.is_valid else answer


def _plain(units: Sequence[Unit]) -> str:
    return "".join(" " if unit.is_markup else unit.text for unit in units)
