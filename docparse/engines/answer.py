"""What a model wrote to an image."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..document import StopReason
from ..geometry import Box
from ..pieces.unread import Word
from ..qwenvl import validate

_START = re.compile(r"\s*(?:```\w*\s*)?(?:<html>\s*)?(?:<body>\s*)?")
_END = re.compile(r"\s*(?:</body>\s*)?(?:</html>\s*)?(?:```)?\s*\Z")
BOX = re.compile(r'(?<= data-bbox=")(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)(?=")')
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>")
"""Its slash and its name."""
VOID = frozenset({"br", "img", "hr"})
_DRAWN = re.compile(
    r'<div class="(?:image|chart|formula|music|chemical)[^"]*"[^<>]* data-bbox="(\d+) (\d+) (\d+) (\d+)"'
)


@dataclass(frozen=True)
class Answer:
    """What the model wrote to one image; boxes are pixels of an image of ``image_size`` (width, height)."""

    text: str
    stop_reason: StopReason
    image_size: tuple[int, int]
    token_logprobs: list[float]
    token_ends: list[int]
    """Where in ``text`` each token ends."""
    tokens: list[int] = field(default_factory=list)
    """Those of the model, where this is an answer of it as it wrote it."""
    words: tuple[Word, ...] = ()
    """Where they stand, for a model that says so."""
    unread: tuple[Box, ...] = ()
    """Where there seems to be text that it says nothing of; pixels of the image."""
    closed: int = 0
    """Pieces whose answer ended inside an element, which was closed for it."""

    @property
    def probability(self) -> float:
        """Geometric mean of those of its tokens."""
        return math.exp(sum(self.token_logprobs) / max(1, len(self.token_logprobs)))

    @cached_property
    def is_valid(self) -> bool:
        """Whether it came to its end and is QwenVL HTML as it should be."""
        return self.stop_reason is StopReason.END and not validate(self.text)

    def spliced(self, start: int, end: int, text: str = "", logprob: float = 0.0) -> "Answer":
        """With ``text``, as one token, in place of what stands from start to end."""
        moved = len(text) - (end - start)
        tokens = list(zip(self.token_ends, self.token_logprobs, strict=True))
        before = [(place, of) for place, of in tokens if place <= start]
        after = [(place + moved, of) for place, of in tokens if place > end]
        told = [*before, *([(start + len(text), logprob)] if text else []), *after]
        words = [word for word in self.words if word.end <= start]
        words += [
            replace(word, start=word.start + moved, end=word.end + moved) for word in self.words if word.start >= end
        ]
        return replace(
            self,
            text=self.text[:start] + text + self.text[end:],
            token_ends=[place for place, _ in told],
            token_logprobs=[of for _, of in told],
            tokens=[],
            words=tuple(words),
        )

    @property
    def inside(self) -> tuple[int, int]:
        """Where in the text that begins and ends which stands inside of ``<body>``."""
        first = _START.match(self.text).end()  # type: ignore[union-attr]  # it matches nothing at the least
        return first, max(first, _END.search(self.text).start())  # type: ignore[union-attr]

    @property
    def drawn(self) -> list[Box]:
        """What it says to be pictures, charts and the like; pixels of the image."""
        return [Box(*map(float, match.groups())) for match in _DRAWN.finditer(self.text)]


def open_at(text: str, place: int) -> list[str]:
    """The elements that are open there."""
    opened: list[str] = []
    for match in TAG.finditer(text, 0, place):
        if not match[1]:
            if match[2] not in VOID:
                opened.append(match[2])
        elif match[2] in opened:
            del opened[len(opened) - 1 - opened[::-1].index(match[2]) :]
    return opened


def runs(answer: Answer) -> Iterator[list[Word]]:
    """Words that follow each other in one line, from left to right."""
    run: list[Word] = []
    for word in answer.words:
        is_next = run and word.y == run[-1].y and word.x > run[-1].x
        if not is_next or "<" in answer.text[run[-1].end : word.start]:
            if run:
                yield run
            run = []
        run.append(word)
    if run:
        yield run
