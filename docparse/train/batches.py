"""Endless batches, made in other processes: batch ``k`` of a seed is always the same one, whoever makes it.

So training that is resumed at step ``k`` sees what it would have seen. Needs no torch: the processes start fast.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context, parent_process
from random import Random
from signal import SIG_IGN, SIGINT, signal
from typing import Any, Generic, TypeVar

import numpy as np

from ..errors import UsageError
from ..synth.page import make_page
from ..synth.settings import Look, SynthSettings
from .crops import make_crop
from .lessons import CELL, NOWHERE, SLOTS, Lesson, make_lesson, paper_of
from .vocabulary import Vocabulary
from .words import Languages, Words

Array = TypeVar("Array")
Batch = TypeVar("Batch")
Made = TypeVar("Made")
PADDING = -100
"""In place of a token: there is none."""
RUN = 8
"""Batches that one process makes in a row, from a multiple of it on."""
_AHEAD = 2
"""Runs that each process is ahead."""
_MOST_FAILURES = 50


@dataclass
class CropBatch(Generic[Array]):
    """Numpy's arrays, or torch's tensors once they are on their device."""

    images: Array
    """``uint8 [batch, height, width]``, gray."""
    slots: Array
    """``int16 [batch, down, across, SLOTS]``, see ``cells``."""


@dataclass
class PageBatch(Generic[Array]):
    """Numpy's arrays, or torch's tensors once they are on their device."""

    images: Array
    """``uint8 [batch, height, width]``, gray."""
    tokens: Array
    """``int64 [batch, length]``: the answer with its end token, then ``PADDING``."""
    cells: Array
    """``int64 [batch, length]``: the index (row by row) of the cell that each token is read from, or ``NOWHERE``."""
    slots: Array
    """``int16 [batch, down, across, SLOTS]``, see ``cells``."""


@dataclass(frozen=True)
class Crops:
    """Makes batches of crops of one size; pixels."""

    languages: Languages
    width: int = 256
    height: int = 128
    count: int = 16

    def __call__(self, seed: int, index: int) -> CropBatch[Any]:
        """
        Raises:
            UsageError: fonts or packages are missing.
        """
        random = Random(f"docparse crops {seed} {index}")
        words = Words(random, self.languages)
        crops = [make_crop(random, words, self.width, self.height) for _ in range(self.count)]
        return CropBatch(np.stack([crop.image for crop in crops]), np.stack([crop.slots for crop in crops]))


@dataclass(frozen=True)
class Canvas:
    """A size of pages (pixels, multiples of ``CELL``), how many of them make a batch, and their longest answer.

    All batches of a canvas have one shape, so that what is compiled for it serves all of them.
    """

    width: int
    height: int
    count: int
    tokens: int
    fragments: float = 1.0
    """Share of what could be cut out of a page, instead of a whole one."""
    weight: float = 1.0
    """How often it is chosen."""

    def __post_init__(self) -> None:
        if self.width % CELL or self.height % CELL:
            raise ValueError(f"{self.width}×{self.height} pixels are no whole cells of {CELL}")


@dataclass(frozen=True)
class Pages:
    """Makes batches of pages."""

    canvases: tuple[Canvas, ...]
    looks: tuple[Look, ...]
    languages: tuple[str, ...] = ()
    """Empty for all that there are."""
    em: tuple[tuple[float, float], ...] = ((12.0, 22.0), (12.0, 22.0), (11.0, 16.0), (14.0, 28.0))
    """Smallest and largest body text in pixels, one of these a page."""
    figures: float = 0.2
    full: float = 0.6
    """Share of a canvas' tokens from which an answer is long."""
    short: float = 0.07
    """Share that is kept of the pages whose answer is not: padding teaches nothing."""

    def __call__(self, seed: int, index: int) -> PageBatch[Any]:
        """
        Raises:
            UsageError: fonts or packages are missing.
            RuntimeError: no page can be made; the cause is its cause.
        """
        random = Random(f"docparse pages {seed} {index}")
        (canvas,) = random.choices(self.canvases, [canvas.weight for canvas in self.canvases])
        lessons: list[Lesson] = []
        while len(lessons) < canvas.count:
            lesson = without_failures(lambda: self._lesson(random, canvas))
            if self._is_wanted(lesson, random, canvas):
                lessons.append(lesson)
        return collate(lessons, canvas)

    def _lesson(self, random: Random, canvas: Canvas) -> Lesson:
        settings = SynthSettings(
            size=(canvas.width, canvas.height),
            fragment=random.random() < canvas.fragments,
            em=random.choice(self.em),
            languages=self.languages,
            looks=(random.choice(self.looks),),
            figures=self.figures,
        )
        return make_lesson(make_page(random.getrandbits(48), settings), vocabulary(), random)

    def _is_wanted(self, lesson: Lesson, random: Random, canvas: Canvas) -> bool:
        if len(lesson.tokens) > canvas.tokens:
            return False
        return len(lesson.tokens) >= self.full * canvas.tokens or random.random() < self.short


@cache
def vocabulary() -> Vocabulary:
    """This process' one."""
    return Vocabulary()


def without_failures(make: Callable[[], Made]) -> Made:
    """What ``make`` gives, called again where it fails: one page of a million that cannot be drawn must not end a
    night's training.

    Raises:
        UsageError: fonts or packages are missing.
        RuntimeError: it fails again and again; the cause is its cause.
    """
    for _ in range(_MOST_FAILURES - 1):
        try:
            return make()
        except UsageError:
            raise
        except Exception as error:
            failure = error
    raise RuntimeError(f"no page can be made: {failure!r}") from failure


def collate(lessons: list[Lesson], canvas: Canvas) -> PageBatch[Any]:
    """Each lesson in the upper left corner of the canvas, which is filled up with its paper."""
    count, down, across = len(lessons), canvas.height // CELL, canvas.width // CELL
    images = np.zeros((count, canvas.height, canvas.width), np.uint8)
    tokens = np.full((count, canvas.tokens), PADDING, np.int64)
    cells = np.full((count, canvas.tokens), NOWHERE, np.int64)
    slots = np.zeros((count, down, across, SLOTS), np.int16)
    for index, lesson in enumerate(lessons):
        height, width = lesson.image.shape
        images[index] = paper_of(lesson.image)
        images[index, :height, :width] = lesson.image
        tokens[index, : len(lesson.tokens)] = lesson.tokens
        row, column = np.divmod(lesson.cells, width // CELL)
        cells[index, : len(lesson.cells)] = np.where(lesson.cells == NOWHERE, NOWHERE, row * across + column)
        slots[index, : height // CELL, : width // CELL] = lesson.slots
    return PageBatch(images, tokens, cells, slots)


def stream(make: Callable[[int, int], Batch], seed: int, first: int, workers: int) -> Generator[Batch]:
    """The batches ``first``, ``first + 1``, … of a seed, without end; close it when enough is enough.

    ``workers`` processes make them ahead; with none they are made when they are asked for.
    """
    if not workers:
        while True:
            yield make(seed, first)
            first += 1
    # Fresh processes: one that is forked would share MuPDF's state and torch's threads with its parent.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin_worker)
    try:
        ahead: deque[Future[list[Batch]]] = deque()
        while True:
            while len(ahead) < _AHEAD * workers:
                end = first - first % RUN + RUN
                ahead.append(pool.submit(_make_run, make, seed, range(first, end)))
                first = end
            yield from ahead.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _make_run(make: Callable[[int, int], Batch], seed: int, indices: range) -> list[Batch]:
    return [make(seed, index) for index in indices]


def _begin_worker() -> None:
    """Ctrl-C is for the parent, which then ends its workers; if it dies, so do they."""
    signal(SIGINT, SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
