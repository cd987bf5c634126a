"""Greedy decoding: the most probable token, one after the other, until the model ends or must.

What comes out is what ``generate(do_sample=False, repetition_penalty=1.0)`` of transformers gives for each prompt
alone. A penalty that the checkpoint's generation_config.json states is left out on purpose: it is meant for chat, and
a page repeats itself rightly (tags, cells, digits), which a penalty would make it misspell.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .cache import SlotCache, slots_that_fit
from .model import LoadedModel
from .schedule import Schedule
from .sequence import Job, Sequence


class Lane:
    """Answers that are written side by side: a token of each of them a pass.

    A prompt goes through the model once, alone, together with its image. As one answer ends, the next prompt takes
    its place. Not thread-safe; several lanes may share one model and those who wait.
    """

    def __init__(self, model: LoadedModel, waiting: deque[Job], slots: int, length: int = 0) -> None:
        """
        Args:
            slots: answers at once, at most; fewer where the memory has no room for more.
            length: tokens, prompt and answer, that there is room for in each of them from the start.
        """
        self._model = model
        self._most, self._length = slots, length
        self._schedule = Schedule(waiting, slots)
        self._cache = SlotCache(0, 0)

    @property
    def is_empty(self) -> bool:
        return not self._schedule.running

    @torch.inference_mode()
    def advance(self) -> list[Job]:
        """Have who waits enter, then write a token of each; who has ended, each in a way that its sequence tells.

        Where the memory does not suffice, half of them begin again later; what else fails is the ``error`` of those
        whose pass it was, and the others go on.
        """
        ended = []
        while (job := self._schedule.enter(self._cache.length)) is not None:
            if job.sequence.ended:
                ended.append(job)
            else:
                ended += self._pass([job], lambda job=job: self._read_prompt(job))  # type: ignore[misc]
        if running := list(self._schedule.running):
            ended += self._pass(running, lambda: self._step([job.sequence for job in running]))
        return ended

    def _pass(self, jobs: list[Job], compute: Callable[[], Tensor]) -> list[Job]:
        """A pass over ``jobs`` that gives logits ``[jobs, vocabulary]``, and what follows from it; who has ended."""
        try:
            self._take(compute(), [job.sequence for job in jobs])
        except Exception as error:  # whoever waits for the answer has to hear of it
            if is_out_of_memory(error) and len(self._schedule.running) > 1:
                self._schedule.halve()
                return []
            for job in jobs:
                job.sequence.error = error
        for slot, job in enumerate(self._schedule.running):
            if job.sequence.error is not None:
                self._cache.clear(slot)
        for source, target in self._schedule.leave():
            self._cache.move(source, target)
        return [job for job in jobs if job.sequence.ended]

    def _take(self, logits: Tensor, sequences: list[Sequence]) -> None:
        """The most probable token of each row (``[sequences, vocabulary]``)."""
        scores = logits.float()
        tokens = scores.argmax(-1)
        logprobs = scores.gather(-1, tokens[:, None])[:, 0] - scores.logsumexp(-1)
        for sequence, token, logprob in zip(sequences, tokens.tolist(), logprobs.tolist(), strict=True):
            sequence.add(token, logprob, self._model.end_tokens)

    def _make_room(self, length: int) -> None:
        """A cache for answers of up to ``length`` tokens; nobody may be running but the one that it is for."""
        length = max(length, self._length)
        self._cache = SlotCache(0, 0)  # what it held is free before the next is planned
        self._schedule.slots = min(self._most, slots_that_fit(self._model.network, self._model.device, length))
        self._cache = SlotCache(self._schedule.slots, length)

    def _read_prompt(self, job: Job) -> Tensor:
        """Logits ``[1, vocabulary]`` of the first token. The image's tokens share positions (MRoPE)."""
        network, device = self._model.network, self._model.device
        sequence, patches = job.sequence, job.patches
        if sequence.longest > self._cache.length:
            self._make_room(sequence.longest)
        prompt = torch.tensor([sequence.prompt], device=device)
        is_image = (prompt == network.config.image_token_id).int()
        grid = torch.tensor([patches.grid], device=device)
        positions, offset = network.model.get_rope_index(prompt, mm_token_type_ids=is_image, image_grid_thw=grid)
        sequence.offset = int(offset[0])
        places = torch.arange(len(sequence.prompt), device=device)
        self._cache.fill(len(self._schedule.running) - 1)
        result = network(
            input_ids=prompt,
            position_ids=positions,
            # Without a mask attention is causal.
            attention_mask=_masks(network, None, places[:, None], places),
            past_key_values=self._cache,
            pixel_values=torch.from_numpy(patches.values).to(device, network.dtype),
            image_grid_thw=grid,
            mm_token_type_ids=is_image,
            logits_to_keep=1,
        )
        logits: Tensor = result.logits[:, -1]
        return logits

    def _step(self, sequences: list[Sequence]) -> Tensor:
        """Logits ``[sequences, vocabulary]`` of the token after the last of each."""
        rows = [(sequence.tokens[-1], sequence.place, sequence.place + sequence.offset) for sequence in sequences]
        tokens, places, positions = torch.tensor(rows, device=self._model.device).T
        reach = max(sequence.place for sequence in sequences) + 1
        self._cache.step(places, reach)
        seen, places = torch.arange(reach, device=self._model.device), places[:, None, None, None]
        hidden = any(sequence.place + 1 < reach for sequence in sequences)
        result = self._model.network(
            input_ids=tokens[:, None],
            position_ids=positions[None, :, None].expand(3, -1, -1),
            attention_mask=_masks(self._model.network, seen <= places if hidden else None, places, seen),
            past_key_values=self._cache,
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


def is_out_of_memory(error: Exception) -> bool:
    """On a CPU torch says so in words only."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error)
