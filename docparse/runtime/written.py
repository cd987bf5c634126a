"""What a pass of the model writes: the tokens, and how probable they were."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .sequence import Sequence


@dataclass(frozen=True)
class Written:
    """``tokens`` and the logarithms of their probabilities, ``[sequences, tokens]`` each, at least one more than was
    ``proposed`` to a sequence."""

    tokens: Tensor
    logprobs: Tensor
    proposed: list[list[int]]

    def hand_out(self, sequences: list[Sequence], end_tokens: frozenset[int]) -> None:
        """Let each sequence take what was written to it."""
        rows = zip(sequences, self.proposed, self.tokens.tolist(), self.logprobs.tolist(), strict=True)
        for sequence, expected, row, row_logprobs in rows:
            count = len(expected) + 1
            if not sequence.ended:
                sequence.take(expected, row[:count], row_logprobs[:count], end_tokens)


def best(logits: Tensor) -> tuple[Tensor, Tensor]:
    """The most probable tokens, and the logarithms of their probabilities."""
    tokens = logits.argmax(-1)
    return tokens, _logprobs(logits, tokens)


def chosen(logits: Tensor, sequences: list[Sequence]) -> tuple[Tensor, Tensor]:
    """The same, but those of a sequence with a temperature are drawn, and what it refuses comes not next."""
    allowed = logits.clone()
    for row, sequence in enumerate(sequences):
        allowed[row, 0, sequence.refuses()] = -torch.inf
    tokens = allowed.argmax(-1)
    for row, sequence in enumerate(sequences):
        if sequence.temperature:
            tokens[row] = _drawn(allowed[row], sequence)
    return tokens, _logprobs(logits, tokens)


def _logprobs(logits: Tensor, tokens: Tensor) -> Tensor:
    return logits.gather(-1, tokens[..., None])[..., 0] - logits.logsumexp(-1)


def _drawn(scores: Tensor, sequence: Sequence) -> Tensor:
    """One token for each row of ``[tokens, vocabulary]``: always the same ones for the same answer so far."""
    generator = torch.Generator(scores.device).manual_seed(sequence.place)
    return torch.multinomial((scores / sequence.temperature).softmax(-1), 1, generator=generator)[:, 0]
