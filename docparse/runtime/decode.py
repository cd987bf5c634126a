"""Greedy decoding: the most probable token, one after the other, until the model ends or must.

What comes out is what ``generate(do_sample=False, repetition_penalty=1.0)`` of transformers gives. A penalty that
the checkpoint's generation_config.json states is left out on purpose: it is meant for chat, and a page repeats itself
rightly (tags, cells, digits), which a penalty would make it misspell.
"""

import math
import time
from dataclasses import dataclass, field
from typing import Any

import torch

from ..document import StopReason
from ..errors import PageError
from .images import Patches
from .model import LoadedModel


@dataclass
class Sequence:
    """One answer as it grows."""

    prompt: list[int]
    limit: int
    """Most tokens that may be written."""
    deadline: float
    """``time.monotonic()`` at which writing stops."""
    tokens: list[int] = field(default_factory=list)
    """What was written; an end token is not among it."""
    logprobs: list[float] = field(default_factory=list)
    """Natural logarithm of the probability of each token written."""
    stop_reason: StopReason | None = None

    def add(self, token: int, logprob: float, end_tokens: frozenset[int]) -> None:
        """Take the next token, and see whether it was the last."""
        if token in end_tokens:
            self.stop_reason = StopReason.END
            return
        self.tokens.append(token)
        self.logprobs.append(logprob)
        if len(self.tokens) >= self.limit:
            self.stop_reason = StopReason.LENGTH
        elif time.monotonic() >= self.deadline:
            self.stop_reason = StopReason.TIMEOUT


@torch.inference_mode()
def decode(model: LoadedModel, sequence: Sequence, patches: Patches) -> None:
    """Write the answer to ``sequence.prompt``, whose image placeholders stand for ``patches``.

    The prompt goes through the model once, together with the image; then one token a pass, on the cache of keys and
    values. The image's tokens share positions (MRoPE), so text goes on at its own position and not at its index.

    Raises:
        PageError: the model's numbers are no numbers.
    """
    network, device = model.network, model.device
    prompt = torch.tensor([sequence.prompt], device=device)
    is_image = (prompt == network.config.image_token_id).int()
    grid = torch.tensor([patches.grid], device=device)
    positions, offset = network.model.get_rope_index(prompt, mm_token_type_ids=is_image, image_grid_thw=grid)
    result = network(
        input_ids=prompt,
        position_ids=positions,
        pixel_values=torch.from_numpy(patches.values).to(device, network.dtype),
        image_grid_thw=grid,
        mm_token_type_ids=is_image,
        use_cache=True,
        logits_to_keep=1,
    )
    position = len(sequence.prompt) + int(offset[0])
    while True:
        token, logprob = _most_probable(result.logits[0, -1])
        if math.isnan(logprob):
            raise PageError(f"the model's numbers overflow in {network.dtype}: give --dtype float32")
        sequence.add(token, logprob, model.end_tokens)
        if sequence.stop_reason is not None:
            return
        result = network(
            input_ids=torch.tensor([[token]], device=device),
            position_ids=torch.full((3, 1, 1), position, device=device),
            past_key_values=result.past_key_values,
            use_cache=True,
            logits_to_keep=1,
        )
        position += 1


def _most_probable(logits: Any) -> tuple[int, float]:
    """The token with the highest logit (``[vocabulary]``) and its log-probability."""
    scores = logits.float()
    token = int(scores.argmax())
    return token, float(scores[token] - scores.logsumexp(0))
