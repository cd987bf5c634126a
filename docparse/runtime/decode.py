"""Greedy decoding: the most probable token, one after the other, until the model ends or must.

What comes out is what ``generate(do_sample=False, repetition_penalty=1.0)`` of transformers gives for each prompt
alone. A penalty that the checkpoint's generation_config.json states is left out on purpose: it is meant for chat, and
a page repeats itself rightly (tags, cells, digits), which a penalty would make it misspell.

What is known of the page beforehand saves passes: tokens are proposed, one pass tells what the model writes after
each of them, and those that it would have written itself stand. It is speculative decoding (Leviathan et al. 2022,
arXiv:2211.17192) with a text in the place of the small model.
"""

from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

from .cache import SlotCache, slots_that_fit
from .graphs import Recorded, can_record
from .model import LoadedModel
from .prefill import masks, prefill
from .schedule import Schedule
from .sequence import Job, Sequence
from .written import Written, best, chosen

_AHEAD = 8
"""Steps that a GPU takes before anybody looks at what it has written."""


class Lane:
    """Answers that are written side by side: a token of each of them a pass, or several where they were foreseen.

    A prompt goes through the model once, alone, together with its image. As one answer ends, the next prompt takes
    its place. Not thread-safe.
    """

    def __init__(
        self,
        model: LoadedModel,
        waiting: deque[Job],
        slots: int,
        length: int = 0,
        tokens_a_pass: int = 1,
        queue: int = 1,
    ) -> None:
        """
        Args:
            waiting: may be shared with other lanes, in other threads.
            slots: answers at once, at most; fewer where the memory has no room for more.
            length: tokens, prompt and answer, that there is room for in each of them from the start.
            tokens_a_pass: up to how many a pass costs little more than with one; what is proposed has room in them.
            queue: how many have to wait for it to begin.
        """
        self._model = model
        self._most, self._length, self._tokens_a_pass = slots, length, tokens_a_pass
        self._schedule = Schedule(waiting, slots, queue)
        self._cache = SlotCache(0, 0)
        self._recorded: Recorded | None = None

    @property
    def has_work(self) -> bool:
        return self._schedule.has_work

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
                ended += self._pass([job], lambda job=job: self._begin(job))  # type: ignore[misc]
        if running := list(self._schedule.running):
            ended += self._pass(running, lambda: self._step([job.sequence for job in running]))
        return ended

    def abandon(self, error: Exception) -> None:
        """End all that run with this error, for nothing is known of the cache any more; the next begin anew."""
        for job in self._schedule.running:
            if not job.sequence.ended:
                job.sequence.error = error
        self._schedule.running.clear()
        self._cache = SlotCache(0, 0)

    def _propose(self, sequences: list[Sequence]) -> list[list[int]]:
        """What each may go on with, as far as the cache has room for the longest of them after each of them."""
        room = self._cache.length - max(sequence.place for sequence in sequences) - 1
        share = self._tokens_a_pass // len(sequences) - 1
        return [sequence.propose(min(share, room)) for sequence in sequences]

    def _pass(self, jobs: list[Job], compute: Callable[[], list[Written]]) -> list[Job]:
        """A pass over ``jobs``, or several, and what follows from them; who has ended."""
        try:
            for written in compute():
                written.hand_out([job.sequence for job in jobs], self._model.end_tokens)
        except Exception as error:  # whoever waits for the answer has to hear of it
            if is_out_of_memory(error) and len(self._schedule.running) > 1:
                self._schedule.halve()
                return []
            for job in jobs:
                job.sequence.error = error
        for slot, job in enumerate(self._schedule.running):
            if job.sequence.error is not None:
                self._cache.clear(slot)
        moves = self._schedule.leave()
        reach = max((job.sequence.place for job in self._schedule.running), default=0)
        for source, target in moves:
            self._cache.move(source, target, reach)
        return [job for job in jobs if job.sequence.ended]

    def _make_room(self, length: int) -> None:
        """A cache for answers of up to ``length`` tokens; nobody may be running but the one that it is for."""
        length = max(length, self._length)
        self._cache = SlotCache(0, 0)  # what it held is free before the next is planned
        self._schedule.slots = min(self._most, slots_that_fit(self._model.network, self._model.device, length))
        self._cache = SlotCache(self._schedule.slots, length, self._model.network.dtype)
        self._recorded = None
        if can_record(self._model.network, self._model.device):
            self._recorded = Recorded(self._best_after, self._schedule.slots, length)

    def _begin(self, job: Job) -> list[Written]:
        """Have its prompt in the slot of who entered last; the first token, unless it is written already."""
        if job.sequence.longest > self._cache.length:
            self._make_room(job.sequence.longest)
        slot = len(self._schedule.running) - 1
        if job.prompt is None:
            return [prefill(self._model, job, self._cache, slot)]
        self._cache.put(slot, job.prompt)
        job.prompt = None
        return []

    def _step(self, sequences: list[Sequence]) -> list[Written]:
        """The tokens after the last of each, and after each that is proposed. Where others have more proposed it is
        filled up: nobody looks there, and it is overwritten."""
        device = self._model.device
        proposed = self._propose(sequences)
        width = 1 + max(map(len, proposed))
        rows = [
            [sequence.tokens[-1], *tokens] + [sequence.tokens[-1]] * (width - 1 - len(tokens))
            for sequence, tokens in zip(sequences, proposed, strict=True)
        ]
        tokens = torch.tensor(rows, device=device)
        starts = torch.tensor([(sequence.place, sequence.offset) for sequence in sequences], device=device)
        reach = max(sequence.place for sequence in sequences) + width
        if not all(sequence.is_greedy for sequence in sequences):
            return [Written(*chosen(self._logits_after(tokens, starts, reach).float(), sequences), proposed)]
        if self._recorded is not None and width == 1:
            return self._go_ahead(sequences, tokens, starts, reach)
        return [Written(*(self._recorded or self._best_after)(tokens, starts, reach), proposed)]

    def _go_ahead(self, sequences: list[Sequence], tokens: Tensor, starts: Tensor, reach: int) -> list[Written]:
        """Several steps, so that a GPU does not wait between them for us to look at what it has written. What is
        written behind an answer's end is left where nobody looks."""
        assert self._recorded is not None
        room = min(sequence.limit - len(sequence.tokens) for sequence in sequences)
        found = []
        for step in range(max(1, min(_AHEAD, room))):
            written, logprobs = (tensor.clone() for tensor in self._recorded(tokens, starts, reach + step))
            found.append(Written(written, logprobs, [[] for _ in sequences]))
            tokens, starts = written, starts + torch.tensor([1, 0], device=starts.device)
        return found

    def _best_after(self, tokens: Tensor, starts: Tensor, reach: int) -> tuple[Tensor, Tensor]:
        return best(self._logits_after(tokens, starts, reach).float())

    def _logits_after(self, tokens: Tensor, starts: Tensor, reach: int) -> Tensor:
        """``[slots, tokens, vocabulary]`` after each of these tokens of the first slots.

        Args:
            tokens: ``[slots, tokens]``.
            starts: ``[slots, 2]``: the index of the first of them, and what is added to it to have its position.
            reach: how many tokens of each slot are read, these among them.
        """
        count, width = tokens.shape
        places = starts[:, :1] + torch.arange(width, device=tokens.device)
        self._cache.step(places, reach)
        positions = places + starts[:, 1:]
        if self._model.fused is not None:
            return self._model.fused(tokens, places, positions, self._cache)
        seen, looking = torch.arange(reach, device=tokens.device), places[:, None, :, None]
        # One token of one answer sees all there is.
        hidden = count > 1 or width > 1 or self._recorded is not None
        is_seen = seen <= looking if hidden else None
        result = self._model.network(
            input_ids=tokens,
            position_ids=positions[None].expand(3, -1, -1),
            attention_mask=masks(self._model.network, is_seen, looking, seen),
            cache=self._cache,
        )
        logits: Tensor = result.logits
        return logits


def is_out_of_memory(error: Exception) -> bool:
    """On a CPU torch says so in words only."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error)
