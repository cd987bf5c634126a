"""The pass of a small model over a prompt on a CPU, in as few calls of torch as there can be.

Products of matrices are fast in bfloat16; around them transformers' modules convert numbers to and fro, and turn
queries and keys in three times as many operations as there need be: that takes longer than the products.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .cache import SlotCache
from .fused import factors, floor, normed
from .images import Patches

_GRIDS = 256
"""Shapes of images that are remembered."""


@dataclass(frozen=True)
class _Block:
    """Weights of a block of the vision tower or of a layer of the decoder: those of products ``[out, in]`` and in
    their arithmetic, the factors of norms in the network's: bfloat16 has no room for the products of both."""

    factors: Tensor
    mix: Tensor
    mix_bias: Tensor
    out: Tensor
    out_bias: Tensor | None
    factors_after: Tensor
    gate_up: Tensor
    gate_up_bias: Tensor | None
    down: Tensor
    down_bias: Tensor | None


@dataclass(frozen=True)
class _Grid:
    """How an image is looked at: one window after the other, windows of one shape side by side."""

    order: Tensor
    """The image's tokens in that order."""
    back: Tensor
    """At which place of that each token stands."""
    windows: tuple[tuple[slice, int], ...]
    """Patches of the windows of one shape, and how many of them a window has."""
    turn: tuple[Tensor, Tensor]
    """RoPE's cosines and sines, half of these negative, ``[patches, 1, head_dim]``."""


class FusedPrompt:
    """The vision tower of a ``Qwen2_5_VLForConditionalGeneration`` and its decoder, over a prompt with an image.
    Thread-safe.

    Its weights are copies, so it is for models that are small. It computes what transformers' own does; sums are
    rounded a little differently.
    """

    def __init__(self, network: Any, dtype: torch.dtype) -> None:
        """``network`` is one that ``can_fuse``; ``dtype`` is that of products."""
        self._dtype = dtype
        visual, decoder = network.model.visual, network.model.language_model
        config, vision = network.config.get_text_config(), network.config.vision_config
        self._image_token = network.config.image_token_id
        self._heads, self._shared_heads = config.num_attention_heads, config.num_key_value_heads
        self._floor = floor(config.hidden_size, config.rms_norm_eps)
        self._sections = list(config.rope_parameters["mrope_section"])
        self._frequencies = decoder.rotary_emb.inv_freq
        self._embeddings = decoder.embed_tokens.weight
        self._layers = [self._layer(layer) for layer in decoder.layers]
        # Of one token, so in the network's own arithmetic.
        self._factors, self._head = factors(decoder.norm), network.lm_head.weight
        self._patches = visual.patch_embed.proj.weight.flatten(1).to(dtype)
        self._vision_floor = floor(vision.hidden_size, visual.merger.ln_q.variance_epsilon)
        self._blocks = [self._block(block) for block in visual.blocks]
        self._merge, self._vision_heads = vision.spatial_merge_size, vision.num_heads
        self._window = vision.window_size // vision.patch_size // vision.spatial_merge_size
        self._see_all = frozenset(vision.fullatt_block_indexes)
        self._vision_frequencies = visual.rotary_pos_emb.inv_freq
        merging, merged = visual.merger.mlp[0], visual.merger.mlp[2]
        self._merger_factors = factors(visual.merger.ln_q)
        self._merging = merging.weight.to(dtype), merging.bias.to(dtype)
        self._merged = merged.weight.to(dtype), merged.bias.to(dtype)
        self._grid = lru_cache(maxsize=_GRIDS)(self._plan)

    def __call__(self, prompt: Sequence[int], patches: Patches, positions: Tensor, cache: SlotCache) -> Tensor:
        """``[1, 1, vocabulary]``: what may come after the prompt.

        Args:
            positions: ``[3, tokens]``, those of MRoPE.
            cache: that has been told which slot is filled.
        """
        tokens = torch.tensor(prompt)
        states = F.embedding(tokens, self._embeddings)
        states[tokens == self._image_token] = self._see(patches)
        count = len(tokens)
        turn = self._turn(positions)
        size = 2 * len(self._frequencies)
        last = len(self._layers) - 1
        for index, layer in enumerate(self._layers):
            mixed = F.linear(self._normed(states, self._floor, layer.factors), layer.mix, layer.mix_bias)
            mixed = mixed.view(count, -1, size)
            turned = _turned(mixed[:, : -self._shared_heads], turn)
            queries, keys = turned[:, : self._heads], turned[:, self._heads :]
            keys, values = (states_of[None].transpose(1, 2) for states_of in (keys, mixed[:, -self._shared_heads :]))
            cache.update(keys, values, index)
            if index == last:
                # Keys and values are stored: of the rest the last token alone is needed.
                queries, states = queries[-1:], states[-1:]
            seen = F.scaled_dot_product_attention(
                queries[None].transpose(1, 2), keys, values, is_causal=index < last, enable_gqa=True
            )
            states = states + F.linear(seen[0].transpose(0, 1).reshape(len(states), -1), layer.out)
            states = self._fed(states, layer, self._floor)
        return F.linear(normed(states, self._floor).mul_(self._factors), self._head)[None]

    def _see(self, patches: Patches) -> Tensor:
        """The image's tokens, ``[tokens, features of the decoder]``."""
        grid = self._grid(patches.grid)
        states = F.linear(torch.from_numpy(patches.values).to(self._dtype), self._patches)
        states = states.view(len(grid.order), -1)[grid.order].view(len(states), -1).float()
        everything = ((slice(0, len(states)), len(states)),)
        for index, block in enumerate(self._blocks):
            mixed = F.linear(self._normed(states, self._vision_floor, block.factors), block.mix, block.mix_bias)
            mixed = mixed.view(len(states), 3, self._vision_heads, -1)
            turned = _turned(mixed[:, :2].flatten(1, 2), grid.turn).view(len(states), 2, self._vision_heads, -1)
            seen = []
            for places, length in everything if index in self._see_all else grid.windows:
                shape = -1, length, self._vision_heads, turned.shape[-1]
                queries, keys, values = (
                    of[places].view(shape).transpose(1, 2) for of in (turned[:, 0], turned[:, 1], mixed[:, 2])
                )
                seen.append(F.scaled_dot_product_attention(queries, keys, values).transpose(1, 2).flatten(0, 1))
            states = states + F.linear(torch.cat(seen).flatten(1), block.out, block.out_bias)
            states = self._fed(states, block, self._vision_floor)
        merged = F.gelu(
            F.linear(
                self._normed(states, self._vision_floor, self._merger_factors).view(len(grid.order), -1),
                *self._merging,
            )
        )
        return F.linear(merged, *self._merged)[grid.back].float()

    def _fed(self, states: Tensor, block: _Block, floor: Tensor) -> Tensor:
        gate, up = F.linear(
            self._normed(states, floor, block.factors_after), block.gate_up, block.gate_up_bias
        ).chunk(2, -1)
        return states.add_(F.linear(F.silu(gate).mul_(up), block.down, block.down_bias))

    def _normed(self, states: Tensor, floor: Tensor, factors: Tensor) -> Tensor:
        return normed(states, floor).mul_(factors).to(self._dtype)

    def _turn(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        angles = positions[..., None] * self._frequencies
        parts = [part[axis % 3] for axis, part in enumerate(angles.split(self._sections, -1))]
        return _turn_by(torch.cat(parts, -1), self._dtype)

    def _plan(self, shape: tuple[int, int, int]) -> _Grid:
        """``shape`` is in patches of a still image: one frame, down, across."""
        _, down, across = (length // self._merge for length in shape)
        rows, columns = np.mgrid[:down, :across].reshape(2, -1)
        window_row, window_column = rows // self._window, columns // self._window
        heights = np.minimum(down - window_row * self._window, self._window)
        widths = np.minimum(across - window_column * self._window, self._window)
        order = np.lexsort((columns, rows, window_column, window_row, widths, heights))
        sizes = np.stack([heights, widths], axis=1)[order]
        changes = np.flatnonzero((sizes[1:] != sizes[:-1]).any(axis=1)) + 1
        unit = self._merge**2
        windows = tuple(
            (slice(begin * unit, end * unit), int(sizes[begin].prod()) * unit)
            for begin, end in pairwise([0, *changes.tolist(), len(order)])
        )
        within = np.mgrid[: self._merge, : self._merge].reshape(2, 1, -1)
        places = np.stack([rows, columns])[:, order, None] * self._merge + within
        down_and_across = torch.from_numpy(places.reshape(2, -1))[..., None] * self._vision_frequencies
        turn = _turn_by(torch.cat([*down_and_across], -1), self._dtype)
        return _Grid(torch.from_numpy(order), torch.from_numpy(np.argsort(order)), windows, turn)

    def _layer(self, layer: Any) -> _Block:
        attention, mlp = layer.self_attn, layer.mlp
        mixed = attention.q_proj, attention.k_proj, attention.v_proj
        return _Block(
            factors=factors(layer.input_layernorm),
            mix=self._joined(*mixed),
            mix_bias=torch.cat([linear.bias for linear in mixed]).to(self._dtype),
            out=attention.o_proj.weight.to(self._dtype),
            out_bias=None,
            factors_after=factors(layer.post_attention_layernorm),
            gate_up=self._joined(mlp.gate_proj, mlp.up_proj),
            gate_up_bias=None,
            down=mlp.down_proj.weight.to(self._dtype),
            down_bias=None,
        )

    def _block(self, block: Any) -> _Block:
        attention, mlp = block.attn, block.mlp
        return _Block(
            factors=factors(block.norm1),
            mix=self._joined(attention.qkv),
            mix_bias=attention.qkv.bias.to(self._dtype),
            out=attention.proj.weight.to(self._dtype),
            out_bias=attention.proj.bias.to(self._dtype),
            factors_after=factors(block.norm2),
            gate_up=self._joined(mlp.gate_proj, mlp.up_proj),
            gate_up_bias=torch.cat([mlp.gate_proj.bias, mlp.up_proj.bias]).to(self._dtype),
            down=mlp.down_proj.weight.to(self._dtype),
            down_bias=mlp.down_proj.bias.to(self._dtype),
        )

    def _joined(self, *linears: torch.nn.Linear) -> Tensor:
        return torch.cat([linear.weight for linear in linears]).to(self._dtype)


def _turn_by(angles: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    return torch.cat([cos, cos], -1).to(dtype), torch.cat([-sin, sin], -1).to(dtype)


def _turned(states: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """``[tokens, heads, head_dim]``, a head's halves turned with each other."""
    return torch.addcmul(states * turn[0], states.roll(states.shape[-1] // 2, -1), turn[1])
