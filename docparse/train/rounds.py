"""Batches of the pieces that pages are cut into: all of some pages, so that nano learns from what it will meet."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from ..pieces import PieceSettings
from ..synth.page import make_page
from ..synth.settings import Look, SynthSettings
from .batches import RUN, Canvas, PageBatch, collate, vocabulary, without_failures
from .lessons import CELL, Lesson, make_lesson
from .pieces import page_pieces

_SIZES: tuple[Callable[[Lesson], int], ...] = (
    lambda lesson: lesson.image.shape[0],
    lambda lesson: lesson.image.shape[1],
    lambda lesson: len(lesson.tokens),
)
_PROMPT = 100
"""Tokens around the image, about."""


@dataclass(frozen=True)
class Pieces:
    """Makes batches of pieces, ``batches.RUN`` of them at once from the same pages: like goes with like, for what
    is filled up teaches nothing."""

    settings: PieceSettings
    looks: tuple[Look, ...]
    languages: tuple[str, ...] = ()
    """Empty for all that there are."""
    em: tuple[tuple[float, float], ...] = ((12.0, 22.0), (12.0, 22.0), (11.0, 16.0), (14.0, 28.0))
    """Smallest and largest body text of a page in pixels, one of these a page."""
    heights: tuple[float, ...] = (7.2, 7.5, 7.5, 7.8)
    """Text heights that pages are cut with, one of these a page: scans are not measured to the tenth of a pixel."""
    figures: float = 0.1
    positions: int = 6500
    """Tokens of a batch before it is filled up: prompts, images and answers."""
    most_tokens: int = 700
    """Pieces with longer answers are left out."""

    def __call__(self, seed: int, index: int) -> PageBatch[Any]:
        """
        Raises:
            UsageError: fonts or packages are missing.
            RuntimeError: no page can be made; the cause is its cause.
        """
        return _round(self, seed, index // RUN)[index % RUN]

    def page(self, random: Random) -> list[Lesson]:
        """The pieces of one page."""
        settings = SynthSettings(
            em=random.choice(self.em),
            languages=self.languages,
            looks=(random.choice(self.looks),),
            figures=self.figures,
        )
        page = make_page(random.getrandbits(48), settings)
        cut = PieceSettings(random.choice(self.heights), self.settings.max_tokens)
        lessons = [make_lesson(piece, vocabulary()) for piece in page_pieces(page, cut)]
        return [lesson for lesson in lessons if len(lesson.tokens) <= self.most_tokens]


@lru_cache(maxsize=1)
def _round(pieces: Pieces, seed: int, number: int) -> list[PageBatch[Any]]:
    random = Random(f"docparse pieces {seed} {number}")
    lessons: list[Lesson] = []
    while len(lessons) < RUN or sum(map(_positions, lessons)) < RUN * pieces.positions:
        lessons += without_failures(lambda: pieces.page(random))
    groups = [lessons]
    while len(groups) < RUN:
        # One lesson cannot be halved, however large it is.
        groups.sort(key=lambda group: (len(group) > 1, _filled_up(group)))
        groups += _halves(groups.pop())
    random.shuffle(groups)
    return [collate(group, _canvas(group)) for group in groups]


def _halves(lessons: list[Lesson]) -> tuple[list[Lesson], list[Lesson]]:
    """Two of half the positions each, divided by height, width or length: by what leaves least to be filled up."""
    half = sum(map(_positions, lessons)) / 2

    def divided(size: Callable[[Lesson], int]) -> tuple[list[Lesson], list[Lesson]]:
        ordered = sorted(lessons, key=size)
        so_far, count = 0, 0
        while count < len(lessons) - 1 and (not count or so_far + _positions(ordered[count]) / 2 < half):
            so_far += _positions(ordered[count])
            count += 1
        return ordered[:count], ordered[count:]

    return min(map(divided, _SIZES), key=lambda halves: sum(map(_filled_up, halves)))


def _positions(lesson: Lesson) -> int:
    return lesson.image.size // CELL**2 + len(lesson.tokens) + _PROMPT


def _filled_up(lessons: list[Lesson]) -> int:
    """Positions of a batch of these."""
    canvas = _canvas(lessons)
    return len(lessons) * (canvas.width * canvas.height // CELL**2 + canvas.tokens + _PROMPT)


def _canvas(lessons: list[Lesson]) -> Canvas:
    """The smallest that all fit."""
    height, width, tokens = (max(map(size, lessons)) for size in _SIZES)
    return Canvas(width, height, len(lessons), tokens)
