"""One answer as it grows, and the page that it is about."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from ..document import StopReason
from ..errors import PageError
from .images import Patches
from .proposals import Proposer
from .wellformed import WellFormed

if TYPE_CHECKING:
    from .cache import SlotCache

_LOOKED_AT = 128
"""Tokens, and every so many of them."""


class Clock:
    """The time for a page. It runs from the first look at it: waiting for others is none of the page's time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end: float | None = None

    @property
    def is_running(self) -> bool:
        return self._end is not None

    def is_over(self) -> bool:
        now = time.monotonic()
        if self._end is None:
            self._end = now + self._seconds
        return now >= self._end


@dataclass
class Sequence:
    """One answer as it grows. It ends with either a ``stop_reason`` or an ``error``."""

    prompt: list[int]
    limit: int
    """Most tokens that may be written."""
    clock: Clock
    """Once it is over, writing stops."""
    proposals: Proposer | None = None
    """What may come next, from a draft of the page or an earlier answer."""
    is_looping: Callable[[list[int]], bool] | None = None
    """Tells of the tokens so far whether they have begun to repeat themselves without end. Asked now and then."""
    refused: int | None = None
    """A token that may not be the first."""
    form: WellFormed | None = None
    """What sees to it that no tag ends that is not open; then nothing can be proposed."""
    temperature: float = 0.0
    """0 is greedy decoding; else tokens are drawn by their probabilities to the power of 1 / ``temperature``."""
    tokens: list[int] = field(default_factory=list)
    """What was written; an end token is not among it."""
    logprobs: list[float] = field(default_factory=list)
    """Natural logarithm of the probability of each token written."""
    stop_reason: StopReason | None = None
    error: Exception | None = None
    """Why nothing more can be written, where that is no fault of the answer's length."""
    passes: int = 0
    """Of the model, over the prompt and after: as many as tokens where nothing is proposed."""
    proposed: int = 0
    """Tokens that were proposed, right or wrong."""
    offset: int = 0
    """What is added to a token's index to have its position: the tokens of an image share positions (MRoPE), so it
    is negative. Known once the prompt has been read."""

    @property
    def is_greedy(self) -> bool:
        """Whether the most probable token comes next, whatever it is."""
        return not self.temperature and self.form is None

    def refuses(self) -> list[int]:
        """The tokens that may not come next."""
        if self.form is not None:
            return self.form.refused()
        return [] if self.refused is None or self.tokens else [self.refused]

    @property
    def ended(self) -> bool:
        return self.stop_reason is not None or self.error is not None

    @property
    def place(self) -> int:
        """Index, from the prompt's first token, of the last token written."""
        return len(self.prompt) + len(self.tokens) - 1

    @property
    def longest(self) -> int:
        """Most keys and values that it can come to: the last token that is written is not read again."""
        return len(self.prompt) + self.limit - 1

    def propose(self, most: int) -> list[int]:
        """At most so many of the tokens that may come next."""
        room = self.limit - len(self.tokens) - 1
        return [] if self.proposals is None else self.proposals.next(max(0, min(most, room)))

    def take(self, proposed: list[int], tokens: list[int], logprobs: list[float], end_tokens: frozenset[int]) -> None:
        """Go on with what the model wrote after each of the tokens that were proposed, as long as they were right.

        Args:
            tokens, logprobs: one more than ``proposed``: the first one followed what had been written before.
        """
        before = len(self.tokens)
        self.passes += 1
        self.proposed += len(proposed)
        for expected, token, logprob in zip([*proposed, None], tokens, logprobs, strict=True):
            self.add(token, logprob, end_tokens)
            if self.ended or token != expected:
                break
        if self.proposals is not None:
            self.proposals.take(self.tokens[before:], len(proposed))

    def add(self, token: int, logprob: float, end_tokens: frozenset[int]) -> None:
        """Take the next token, and see whether it was the last."""
        if math.isnan(logprob):
            self.error = PageError("the model's numbers overflow: give --dtype float32")
            return
        if token in end_tokens:
            self.stop_reason = StopReason.END
            return
        if self.form is not None:
            self.form.take(token)
        self.tokens.append(token)
        self.logprobs.append(logprob)
        if len(self.tokens) >= self.limit:
            self.stop_reason = StopReason.LENGTH
        elif self._repeats() and self.is_looping is not None and self.is_looping(self.tokens):
            self.stop_reason = StopReason.LOOP
        else:
            self.look_at_clock()

    def _repeats(self) -> bool:
        """Now and then, whether there is cause for a closer look: few of the last pairs of tokens are new."""
        if len(self.tokens) % _LOOKED_AT:
            return False
        last = self.tokens[-_LOOKED_AT:]
        return len(set(pairwise(last))) < _LOOKED_AT / 2

    def look_at_clock(self) -> None:
        """End it where its time is over."""
        if self.clock.is_over():
            self.stop_reason = StopReason.TIMEOUT

    def restart(self) -> None:
        """Forget what was written; its time runs on."""
        self.proposals = None  # they have followed what is forgotten
        if self.form is not None:
            self.form = self.form.anew()
        self.tokens.clear()
        self.logprobs.clear()


@dataclass(eq=False)
class Job:
    """A sequence, and the image that the placeholders in its prompt stand for."""

    sequence: Sequence
    patches: Patches
    prompt: "SlotCache | None" = None
    """Keys and values of the prompt, where it was read ahead: then the first token is written too."""
