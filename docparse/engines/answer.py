"""What a model wrote to an image."""

import math
import re
from collections.abc import Iterator, Sequence
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

    def part(self, start: int, end: int) -> "Answer":
        """What stands from ``start`` to ``end``, with the tokens that end and the words that lie in there."""
        told = [
            (place - start, of)
            for place, of in zip(self.token_ends, self.token_logprobs, strict=True)
            if start < place <= end
        ]
        words = tuple(word.moved(-start) for word in self.words if start <= word.start and word.end <= end)
        ends, logprobs = [place for place, _ in told], [of for _, of in told]
        return Answer(self.text[start:end], StopReason.END, self.image_size, logprobs, ends, words=words)

    def spliced(
        self, start: int, end: int, text: str = "", logprob: float = 0.0, words: Sequence[Word] = ()
    ) -> "Answer":
        """With ``text``, as one token, in place of what stands from start to end; ``words`` are those of it, counted
        from its own beginning."""
        tokens = ([len(text)], [logprob]) if text else ([], [])
        new = Answer(text, StopReason.END, self.image_size, tokens[1], tokens[0], words=tuple(words))
        return strung([self.part(0, start), new, self.part(end, len(self.text))]).told_by([self])

    def told_by(self, answers: Sequence["Answer"]) -> "Answer":
        """With what else is known of the answers that it is made of: the gravest of the reasons for which they
        stopped, and what they left out."""
        graver = (StopReason.TIMEOUT, StopReason.LENGTH, StopReason.LOOP)
        reasons = {answer.stop_reason for answer in answers}
        return replace(
            self,
            stop_reason=next((reason for reason in graver if reason in reasons), StopReason.END),
            unread=tuple(box for answer in answers for box in answer.unread),
            closed=sum(answer.closed for answer in answers),
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


def strung(parts: Sequence[Answer]) -> Answer:
    """One behind the other, on an image like that of the first."""
    text = ""
    ends: list[int] = []
    words: list[Word] = []
    for part in parts:
        ends += [len(text) + end for end in part.token_ends]
        words += [word.moved(len(text)) for word in part.words]
        text += part.text
    logprobs = [logprob for part in parts for logprob in part.token_logprobs]
    return Answer(text, StopReason.END, parts[0].image_size, logprobs, ends, words=tuple(words))


def markup(text: str) -> Answer:
    """A part of an answer that no model wrote."""
    return Answer(text, StopReason.END, (0, 0), [], [])


def outer(text: str) -> list[tuple[int, int]]:
    """Where each of the outermost elements begins and ends."""
    found: list[tuple[int, int]] = []
    depth = start = 0
    for match in TAG.finditer(text):
        if match[2] in VOID:
            continue
        if not match[1]:
            start = match.start() if depth == 0 else start
            depth += 1
        elif depth > 0:
            depth -= 1
            if depth == 0:
                found.append((start, match.end()))
    return found


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
