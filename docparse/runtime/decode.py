"""Greedy decoding: the most probable token, one after the other, until the model ends or must.

What comes out is what ``generate(do_sample=False, repetition_penalty=1.0)`` of transformers gives for each prompt
alone. A penalty that the checkpoint's generation_config.json states is left out on purpose: it is meant for chat, and
a page repeats itself rightly (tags, cells, digits), which a penalty would make it misspell.
"""

from typing import Any

import torch
from torch import Tensor

from .cache import SlotCache, slots_that_fit
from .model import LoadedModel
from .schedule import Schedule
from .sequence import Job, Sequence


@torch.inference_mode()
def decode(model: LoadedModel, jobs: list[Job], slots: int) -> None:
    """Write the answers of all ``jobs``, up to ``slots`` of them at once, or as many as the memory has room for.

    A prompt goes through the model once, alone, together with its image; then one token of each answer a pass. As
    one ends, the next prompt takes its place. Each sequence says how it ended; where the model's numbers are no
    numbers that is its ``error``, and the others go on.
    """
    if not jobs:
        return
    length = max(job.sequence.longest for job in jobs)
    slots = min(slots, len(jobs), slots_that_fit(model.network, model.device, length))
    schedule = Schedule(jobs, slots)
    cache = SlotCache(slots, length)
    while True:
        while (job := schedule.enter()) is not None:
            logits = _read_prompt(model, job, cache, len(schedule.running) - 1)
            _advance(model, schedule, cache, logits, [job.sequence])
        if not schedule.running:
            return
        sequences = [job.sequence for job in schedule.running]
        _advance(model, schedule, cache, _step(model, sequences, cache), sequences)


def _read_prompt(model: LoadedModel, job: Job, cache: SlotCache, slot: int) -> Tensor:
    """Logits ``[1, vocabulary]`` of the first token. The image's tokens share positions (MRoPE)."""
    network, device = model.network, model.device
    sequence, patches = job.sequence, job.patches
    prompt = torch.tensor([sequence.prompt], device=device)
    is_image = (prompt == network.config.image_token_id).int()
    grid = torch.tensor([patches.grid], device=device)
    positions, offset = network.model.get_rope_index(prompt, mm_token_type_ids=is_image, image_grid_thw=grid)
    sequence.offset = int(offset[0])
    places = torch.arange(len(sequence.prompt), device=device)
    cache.fill(slot)
    result = network(
        input_ids=prompt,
        position_ids=positions,
        # Without a mask attention is causal.
        attention_mask=_masks(network, None, places[:, None], places),
        past_key_values=cache,
        pixel_values=torch.from_numpy(patches.values).to(device, network.dtype),
        image_grid_thw=grid,
        mm_token_type_ids=is_image,
        logits_to_keep=1,
    )
    logits: Tensor = result.logits[:, -1]
    return logits


def _step(model: LoadedModel, sequences: list[Sequence], cache: SlotCache) -> Tensor:
    """Logits ``[sequences, vocabulary]`` of the token after the last of each."""
    rows = [(sequence.tokens[-1], sequence.place, sequence.place + sequence.offset) for sequence in sequences]
    tokens, places, positions = torch.tensor(rows, device=model.device).T
    reach = max(sequence.place for sequence in sequences) + 1
    cache.step(places, reach)
    seen, places = torch.arange(reach, device=model.device), places[:, None, None, None]
    hidden = any(sequence.place + 1 < reach for sequence in sequences)
    result = model.network(
        input_ids=tokens[:, None],
        position_ids=positions[None, :, None].expand(3, -1, -1),
        attention_mask=_masks(model.network, seen <= places if hidden else None, places, seen),
        past_key_values=cache,
    )
    logits: Tensor = result.logits[:, -1]
    return logits


def _masks(network: Any, mask: Tensor | None, places: Tensor, seen: Tensor) -> dict[str, Tensor | None]:
    """What may be seen by each kind of layer, as transformers' decoder takes it where it is not to make it itself.

    Args:
        mask: of layers that see all that came before; None where that needs no mask.
        places, seen: indices of the tokens that look and of those that may be looked at, broadcast to the mask.
    """
    config = network.config.get_text_config()
    masks = {"full_attention": mask}
    if "sliding_attention" in config.layer_types:
        masks["sliding_attention"] = (seen <= places) & (seen > places - config.sliding_window)
    return masks


def _advance(
    model: LoadedModel, schedule: Schedule, cache: SlotCache, logits: Tensor, sequences: list[Sequence]
) -> None:
    """Take the most probable token of each row (``[sequences, vocabulary]``), and let go who has ended."""
    scores = logits.float()
    tokens = scores.argmax(-1)
    logprobs = scores.gather(-1, tokens[:, None])[:, 0] - scores.logsumexp(-1)
    for sequence, token, logprob in zip(sequences, tokens.tolist(), logprobs.tolist(), strict=True):
        sequence.add(token, logprob, model.end_tokens)
    for slot, job in enumerate(schedule.running):
        if job.sequence.error is not None:
            cache.clear(slot)
    for source, target in schedule.leave():
        cache.move(source, target)
