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
from torch.nn.functional import pad
from transformers import DynamicCache

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
def decode(model: LoadedModel, sequences: list[Sequence], images: list[Patches]) -> None:
    """Write the answers to the prompts side by side; the placeholders in each of them stand for its image.

    A prompt goes through the model alone, together with its image; then all answers grow by one token a pass, on the
    cache of keys and values. The image's tokens share positions (MRoPE), so text goes on at its own position and not
    at its index.

    Raises:
        PageError: the model's numbers are no numbers.
    """
    begun = [_begin(model, sequence, patches) for sequence, patches in zip(sequences, images, strict=True)]
    rows = [row for row in begun if row.sequence.stop_reason is None]
    if not rows:
        return
    cache, mask = _stack([row.cache for row in rows])
    while True:
        result = model.network(
            input_ids=torch.tensor([[row.sequence.tokens[-1]] for row in rows], device=model.device),
            position_ids=torch.tensor([[row.position] for row in rows], device=model.device).expand(3, -1, -1),
            attention_mask=mask,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        _add(model, [row.sequence for row in rows], result.logits[:, -1])
        for row in rows:
            row.position += 1
        left = [index for index, row in enumerate(rows) if row.sequence.stop_reason is None]
        if not left:
            return
        if mask is not None:
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
        if len(left) < len(rows):
            rows = [rows[index] for index in left]
            kept = torch.tensor(left, device=model.device)
            cache.batch_select_indices(kept)
            mask = None if mask is None else mask[kept]


@dataclass
class _Row:
    """A sequence under way: ``position`` is that of its last token, of which the cache knows nothing yet."""

    sequence: Sequence
    cache: Any
    position: int


def _begin(model: LoadedModel, sequence: Sequence, patches: Patches) -> _Row:
    """The prompt and its image through the model, and the first token of the answer."""
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
    _add(model, [sequence], result.logits[:, -1])
    return _Row(sequence, result.past_key_values, len(sequence.prompt) + int(offset[0]))


def _stack(caches: list[Any]) -> tuple[Any, Any]:
    """One cache of all, each row at its right end, and which of its places are in use: bool ``[rows, length]``, or
    None where all are."""
    lengths = [cache.get_seq_length() for cache in caches]
    longest = max(lengths)
    if len(caches) == 1:
        return caches[0], None
    stacked = DynamicCache()
    for index, layers in enumerate(zip(*(cache.layers for cache in caches), strict=True)):
        keys, values = _aligned([layer.keys for layer in layers]), _aligned([layer.values for layer in layers])
        stacked.update(keys, values, index)
    device = stacked.layers[0].keys.device
    used = torch.arange(longest, device=device) >= longest - torch.tensor(lengths, device=device)[:, None]
    # The next token's own place.
    return stacked, torch.cat([used, used.new_ones(len(caches), 1)], dim=1)


def _aligned(rows: list[Any]) -> Any:
    """``[1, heads, length, size]`` each as one ``[rows, heads, longest, size]``, with zeros on the left."""
    longest = max(row.shape[-2] for row in rows)
    return torch.cat([pad(row, (0, 0, longest - row.shape[-2], 0)) for row in rows])


def _add(model: LoadedModel, sequences: list[Sequence], logits: Any) -> None:
    """To each sequence the token with the highest logit (``[rows, vocabulary]``) and its log-probability."""
    scores = logits.float()
    tokens = scores.argmax(-1)
    logprobs = scores.gather(-1, tokens[:, None])[:, 0] - scores.logsumexp(-1)
    for sequence, token, logprob in zip(sequences, tokens.tolist(), logprobs.tolist(), strict=True):
        if math.isnan(logprob):
            raise PageError(f"the model's numbers overflow in {model.network.dtype}: give --dtype float32")
        sequence.add(token, logprob, model.end_tokens)
