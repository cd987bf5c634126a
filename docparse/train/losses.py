"""What is wanted of nano: the answer, and beside it what helps to find it.

Each is a module whose ``forward`` takes a batch on its device and gives a ``Loss``. The heads that only training
needs are in ``Heads``; they are not part of the checkpoint.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .batches import PADDING, CropBatch, PageBatch
from .forward import patch_batch, read, see
from .lessons import CLASSES, NOWHERE, SLOTS
from .vocabulary import CHARACTERS, PREFIX, SUFFIX, Vocabulary

POINTER_WEIGHT, PLACE_WEIGHT, DENSE_WEIGHT = 0.5, 0.1, 0.5
_MOST_PLACES = 160
"""Rows or columns of cells that are told apart."""
Compiled = Callable[..., Any]


@dataclass
class Loss:
    """``total`` is what is made smaller; ``told`` are figures to watch, scalars without gradients."""

    total: Tensor
    told: dict[str, Tensor]


class DenseHead(nn.Module):
    """From one token of the image to the characters whose centre lies in its cell, left to right."""

    def __init__(self, width: int, classes: int = CLASSES, rank: int = 96) -> None:
        super().__init__()
        self.slots = nn.Linear(width, SLOTS * rank)
        self.characters = nn.Linear(rank, classes)

    def forward(self, cells: Tensor) -> Tensor:
        """``[..., width]`` to logits ``[..., SLOTS, classes]``; class 0 means that there is no character."""
        ranks = self.slots(cells).unflatten(-1, (SLOTS, -1))
        logits: Tensor = self.characters(F.gelu(ranks))
        return logits


class Heads(nn.Module):
    """The auxiliary heads: the characters in a cell, and the row and the column of a cell."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dense = DenseHead(width)
        self.row = nn.Linear(width, _MOST_PLACES)
        self.col = nn.Linear(width, _MOST_PLACES)


class SeeingLoss(nn.Module):
    """The characters in each cell of a crop, from the vision tower alone."""

    def __init__(self, network: Any, heads: Heads, compiled: Callable[[Compiled], Compiled]) -> None:
        super().__init__()
        self.tower, self.head = network.model.visual, heads.dense
        self._see = compiled(see)

    def forward(self, batch: CropBatch[Tensor] | PageBatch[Tensor], step: int) -> Loss:
        logits = self.head(self._see(self.tower, patch_batch(batch.images)))
        loss, accuracy = _dense(logits, batch.slots)
        return Loss(loss, {"dense": loss.detach(), "seen": accuracy})


class ReadingLoss(nn.Module):
    """The answer, end to end; and where each of its tokens is read (``pointer``, by the attention of
    some heads), where each token of the image stands (``place``), and what stands in it (``dense``)."""

    is_place: Tensor
    is_character: Tensor

    def __init__(
        self,
        network: Any,
        heads: Heads,
        vocabulary: Vocabulary,
        compiled: Callable[[Compiled], Compiled],
        *,
        frozen_steps: int = 0,
        joint_every: int = 1,
        disturbed: float = 0.0,
    ) -> None:
        """The vision tower learns in every ``joint_every``-th step (with 0 in none), and in none of the first
        ``frozen_steps``. See ``recipe.Stage`` for ``disturbed``."""
        super().__init__()
        self.network, self.heads = network, heads
        self._see, self._read = compiled(see), compiled(read)
        self._image_token = vocabulary.ids["<|image_pad|>"]
        self._prefix, self._suffix = vocabulary.encode(PREFIX), vocabulary.encode(SUFFIX)
        self._frozen_steps, self._joint_every, self._disturbed = frozen_steps, joint_every, disturbed
        is_place = torch.zeros(len(vocabulary), dtype=torch.bool)
        is_place[list(vocabulary.places())] = True
        is_character = torch.zeros(len(vocabulary), dtype=torch.bool)
        is_character[[vocabulary.ids[character] for character in CHARACTERS if character != " "]] = True
        self.register_buffer("is_place", is_place, persistent=False)
        self.register_buffer("is_character", is_character, persistent=False)
        self._prompts: dict[tuple[int, int], tuple[Tensor, int]] = {}

    def forward(self, batch: PageBatch[Tensor], step: int) -> Loss:
        frozen = step < self._frozen_steps or not self._joint_every or step % self._joint_every != 0
        network, (count, length) = self.network, batch.tokens.shape
        patches = patch_batch(batch.images)
        down, across = patches.shape[1:3]
        before, after = len(self._prefix), down * across + len(self._prefix)
        positions, prompt_length = self._positions((down, across), length)
        with torch.set_grad_enabled(not frozen):
            cells = self._see(network.model.visual, patches)
        written = batch.tokens[:, :-1].clamp(min=0)
        if self._disturbed:
            written = disturb(written, self.is_character[written], self._disturbed)
        embed = network.model.language_model.embed_tokens
        embeddings = torch.cat(
            [
                embed(self._ids(self._prefix)).expand(count, -1, -1),
                cells.flatten(1, 2).float(),
                embed(self._ids(self._suffix)).expand(count, -1, -1),
                embed(written),
            ],
            1,
        )
        reading = self._read(network, embeddings, positions.expand(-1, count, -1))
        logits = network.lm_head(reading.hidden[:, prompt_length - 1 :]).float().flatten(0, 1)
        wanted = batch.tokens.flatten()
        answer = F.cross_entropy(logits, wanted, ignore_index=PADDING)
        looks = [
            (queries[:, prompt_length - 1 :] @ keys[:, before:after].transpose(-1, -2)).float().flatten(0, 1)
            * queries.shape[-1] ** -0.5
            for queries, keys in reading.pointers
        ]
        cells_read = batch.cells.flatten()
        # Not the mean: a page without text has nothing to point at.
        pointers = [F.cross_entropy(look, cells_read, ignore_index=NOWHERE, reduction="sum") for look in looks]
        pointer = torch.stack(pointers).sum() / (cells_read != NOWHERE).sum().clamp(min=1)
        place = self._place(reading.early[:, before:after], down, across)
        with torch.set_grad_enabled(not frozen):
            dense, seen = _dense(self.heads.dense(cells), batch.slots)
        total = answer + POINTER_WEIGHT * pointer + PLACE_WEIGHT * place
        if not frozen:
            total = total + DENSE_WEIGHT * dense
        told = {"answer": answer, "pointer": pointer, "place": place, "page_dense": dense, "page_seen": seen}
        return Loss(
            total, {name: value.detach() for name, value in told.items()} | self._shares(logits, looks, batch)
        )

    def _ids(self, tokens: list[int]) -> Tensor:
        return torch.tensor([tokens], device=self.is_place.device)

    def _positions(self, grid: tuple[int, int], length: int) -> tuple[Tensor, int]:
        """MRoPE positions ``[3, 1, tokens]`` of prompt and answer but its last token, and the prompt's length."""
        if grid not in self._prompts:
            image = self._image_token
            prompt = torch.tensor([[*self._prefix, *[image] * (grid[0] * grid[1]), *self._suffix]])
            positions, offset = self.network.model.get_rope_index(
                prompt,
                mm_token_type_ids=(prompt == image).int(),
                image_grid_thw=torch.tensor([[1, grid[0] * 2, grid[1] * 2]]),
            )
            self._prompts[grid] = positions.to(self.is_place.device), prompt.shape[1] + int(offset[0])
        positions, start = self._prompts[grid]
        answer = start + torch.arange(length - 1, device=positions.device)
        return torch.cat([positions, answer.expand(3, 1, -1)], -1), positions.shape[-1]

    def _place(self, early: Tensor, down: int, across: int) -> Tensor:
        """The loss of the row and the column of each token of the image; ``early`` is ``[batch, tokens, width]``."""
        count, device = len(early), early.device
        rows = torch.arange(down, device=device).clamp(max=_MOST_PLACES - 1)[:, None].expand(count, down, across)
        columns = torch.arange(across, device=device).clamp(max=_MOST_PLACES - 1).expand(count, down, across)
        return F.cross_entropy(self.heads.row(early).float().flatten(0, 1), rows.flatten()) + F.cross_entropy(
            self.heads.col(early).float().flatten(0, 1), columns.flatten()
        )

    @torch.no_grad()
    def _shares(self, logits: Tensor, looks: list[Tensor], batch: PageBatch[Tensor]) -> dict[str, Tensor]:
        """How many of the characters, of the places and of the other tokens are right, and of the pointer."""
        wanted = batch.tokens.flatten()
        right, there = logits.argmax(-1) == wanted, wanted >= 0
        character = there & self.is_character[wanted.clamp(min=0)]
        place = there & self.is_place[wanted.clamp(min=0)]
        cells = batch.cells.flatten()
        return {
            "read": _share(right, character),
            "placed": _share(right, place),
            "marked": _share(right, there & ~character & ~place),
            "pointed": torch.stack([_share(look.argmax(-1) == cells, cells != NOWHERE) for look in looks]).mean(),
        }


def disturb(tokens: Tensor, may: Tensor, most: float) -> Tensor:
    """Tokens ``[batch, length]`` with some of those that ``may`` be exchanged for others of them: in each row a share
    of its own, up to ``most``, in a third of the rows none."""
    movable = tokens[may]
    others = tokens.clone()
    others[may] = movable[torch.randperm(len(movable), device=tokens.device)]
    share = most * (1.5 * torch.rand(len(tokens), 1, device=tokens.device) - 0.5)
    return torch.where(may & (torch.rand(tokens.shape, device=tokens.device) < share), others, tokens)


def _dense(logits: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
    """The loss a character of ``[..., SLOTS, classes]`` against ``[..., SLOTS]``, and the share that is right."""
    flat, wanted = logits.float().flatten(0, -2), slots.flatten().long()
    is_character = wanted > 0
    # By the characters and not by the slots, most of which are empty.
    loss = F.cross_entropy(flat, wanted, reduction="sum") / is_character.sum().clamp(min=1)
    return loss, _share(flat.detach().argmax(-1) == wanted, is_character)


def _share(right: Tensor, of: Tensor) -> Tensor:
    return (right & of).sum() / of.sum().clamp(min=1)
