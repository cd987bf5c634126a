"""Prompts, read: the pass over an image and a question whose keys and values all that is written builds on."""

from collections import deque
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor

from .cache import SlotCache
from .model import LoadedModel
from .sequence import Job
from .written import Written, chosen


@torch.inference_mode()
def prefill(model: LoadedModel, job: Job, cache: SlotCache, slot: int) -> Written:
    """The first token, for which nothing is proposed; keys and values go to this slot.

    The image's tokens share positions (MRoPE).
    """
    network, device, sequence = model.network, model.device, job.sequence
    prompt = torch.tensor([sequence.prompt], device=device)
    is_image = (prompt == network.config.image_token_id).int()
    grid = torch.tensor([job.patches.grid], device=device)
    positions, offset = network.model.get_rope_index(prompt, mm_token_type_ids=is_image, image_grid_thw=grid)
    sequence.offset = int(offset[0])
    places = torch.arange(len(sequence.prompt), device=device)
    cache.fill(slot)
    if model.fused_prompt is not None:
        logits = model.fused_prompt(sequence.prompt, job.patches, positions[:, 0], cache)
        return Written(*chosen(logits, [sequence]), [[]])
    lower = nullcontext() if model.prompt_dtype is None else torch.autocast(device.type, model.prompt_dtype)
    with lower:
        result = network(
            input_ids=prompt,
            position_ids=positions,
            # Without a mask attention is causal.
            attention_mask=masks(network, None, places[:, None], places),
            cache=cache,
            pixel_values=torch.from_numpy(job.patches.values).to(device, network.dtype),
            image_grid_thw=grid,
            mm_token_type_ids=is_image,
            logits_to_keep=1,
        )
    return Written(*chosen(result.logits.float(), [sequence]), [[]])


def masks(network: Any, mask: Tensor | None, places: Tensor, seen: Tensor) -> dict[str, Tensor | None]:
    """What may be seen by each kind of layer, as transformers' decoder takes it where it is not to make it itself.

    Args:
        mask: of layers that see all that came before; None where that needs no mask.
        places, seen: indices of the tokens that look and of those that may be looked at, broadcast to the mask.
    """
    config = network.config.get_text_config()
    found = {"full_attention": mask}
    if "sliding_attention" in config.layer_types:
        found["sliding_attention"] = (seen <= places) & (seen > places - config.sliding_window)
    return found


class Prefiller:
    """Reads prompts ahead, so that a lane need not stand still for them. Several may share the deques."""

    def __init__(self, model: LoadedModel, waiting: deque[Job], read: deque[Job], most: int) -> None:
        """What waits is put into ``read``, up to about ``most`` of them."""
        self._model, self._waiting, self._read, self._most = model, waiting, read, most

    @property
    def has_work(self) -> bool:
        return bool(self._waiting) and len(self._read) < self._most

    def advance(self) -> list[Job]:
        """Read one prompt; the job, if that was all of it."""
        try:
            job = self._waiting.popleft()
        except IndexError:
            return []
        sequence = job.sequence
        sequence.look_at_clock()
        if not sequence.ended:
            job.prompt = SlotCache(1, len(sequence.prompt), self._model.network.dtype)
            try:
                prefill(self._model, job, job.prompt, 0).hand_out([sequence], self._model.end_tokens)
            except Exception as error:  # whoever waits for the answer has to hear of it
                sequence.error = error
        if sequence.ended:
            return [job]
        self._read.append(job)
        return []

    def abandon(self, error: Exception) -> None:
        """Nothing is at hand between two prompts."""
