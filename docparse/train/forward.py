"""A forward pass for training: the modules of transformers, batched, with what the auxiliary losses look at.

What is computed is what ``Qwen2_5_VLForConditionalGeneration`` computes (a test holds the two equal). What differs is
the way: images of one size in a batch, all windows of the vision tower of one size in one attention call.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .lessons import CELL

POINTER_LAYERS = (2, 3)
"""The decoder's layers whose first head is taught to look at the character that comes next."""
EARLY_LAYER = 1
"""The decoder's layer after which each token of the image is to know its row and column."""


def patch_batch(images: Tensor) -> Tensor:
    """Gray images ``uint8 [batch, height, width]`` to patches ``[batch, down, across, 4, 64]`` (by cells) in -1…1."""
    batch, height, width = images.shape
    down, across = height // CELL, width // CELL
    values = images.float() / 127.5 - 1
    cut = values.reshape(batch, down, 2, 8, across, 2, 8).permute(0, 1, 4, 2, 5, 3, 6)
    return cut.reshape(batch, down, across, 4, 64)


def see(tower: Any, patches: Tensor) -> Tensor:
    """The vision tower over a batch of gray images of one size.

    ``patches`` is what ``patch_batch`` gives; the result is ``[batch, cells down, cells across, out_hidden_size]``.
    """
    down, across = patches.shape[1:3]
    kernel = tower.patch_embed.proj.weight
    x = F.linear(patches, kernel.sum((1, 2)).flatten(1))
    cos, sin = _rotation(tower, down, across, patches.device)
    side = tower.window_size // CELL
    for index, block in enumerate(tower.blocks):
        attention = block.attn
        heads = attention.num_heads
        qkv = attention.qkv(block.norm1(x)).unflatten(-1, (3, heads, -1))
        q, k, v = qkv.unbind(-3)
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        sees_all = index in tower.fullatt_block_indexes
        seen = _attend(q, k, v, max(down, across) if sees_all else side)
        x = x + attention.proj(seen.flatten(-2))
        x = x + block.mlp(block.norm2(x))
    merged: Tensor = tower.merger.mlp(tower.merger.ln_q(x).flatten(-2))
    return merged


def _rotation(tower: Any, down: int, across: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines of 2D RoPE, ``[down, across, 4, 1, head_dim]``."""
    rows = torch.arange(down * 2, device=device).reshape(down, 1, 2, 1).expand(down, across, 2, 2)
    columns = torch.arange(across * 2, device=device).reshape(1, across, 1, 2).expand(down, across, 2, 2)
    positions = torch.stack([rows.reshape(-1), columns.reshape(-1)], 1)
    cos, sin = tower.rotary_pos_emb(torch.empty(0, device=device), positions)
    return cos.reshape(down, across, 4, 1, -1), sin.reshape(down, across, 4, 1, -1)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    turned = torch.cat((-x[..., half:], x[..., :half]), -1)
    return x * cos + turned * sin


def _attend(q: Tensor, k: Tensor, v: Tensor, side: int) -> Tensor:
    """Attention within windows of ``side`` × ``side`` cells; those at the right and lower edge may be smaller.

    All of one size go through in one call. Shapes ``[batch, down, across, 4, heads, head_dim]``.
    """
    batch, down, across, four, heads, width = q.shape
    full_down, full_across = down // side * side, across // side * side
    rows: list[Tensor] = []
    for top, bottom in ((0, full_down), (full_down, down)):
        if top == bottom:
            continue
        columns: list[Tensor] = []
        for left, right in ((0, full_across), (full_across, across)):
            if left == right:
                continue
            high, wide = min(side, bottom - top), min(side, right - left)
            count_down, count_across = (bottom - top) // high, (right - left) // wide
            query, key, value = (
                part[:, top:bottom, left:right]
                .reshape(batch, count_down, high, count_across, wide, four, heads, width)
                .permute(0, 1, 3, 6, 2, 4, 5, 7)
                .reshape(batch * count_down * count_across, heads, high * wide * four, width)
                for part in (q, k, v)
            )
            seen = F.scaled_dot_product_attention(query, key, value)
            seen = seen.reshape(batch, count_down, count_across, heads, high, wide, four, width)
            seen = seen.permute(0, 1, 4, 2, 5, 6, 3, 7)
            columns.append(seen.reshape(batch, bottom - top, right - left, four, heads, width))
        rows.append(torch.cat(columns, 2))
    return torch.cat(rows, 1)


@dataclass
class Reading:
    """What a pass through the decoder gives."""

    hidden: Tensor
    """The last hidden states, ``[batch, tokens, width]``."""
    early: Tensor
    """Those after ``EARLY_LAYER``."""
    pointers: list[tuple[Tensor, Tensor]]
    """Queries and keys of the head that is taught, in each of ``POINTER_LAYERS``, after rotation;
    ``[batch, tokens, head_dim]``."""


def read(network: Any, embeddings: Tensor, positions: Tensor) -> Reading:
    """The decoder over ``embeddings`` ``[batch, tokens, width]`` at MRoPE ``positions`` ``[3, batch, tokens]``.

    Causal without a mask: padding stands at the end, where nothing looks back at it.
    """
    decoder = network.model.language_model
    cos, sin = decoder.rotary_emb(embeddings, positions)
    # The rotation of transformers is [batch, tokens, head_dim]; heads come second here.
    cos, sin = cos.unsqueeze(1), sin.unsqueeze(1)
    x = embeddings
    early = x
    pointers: list[tuple[Tensor, Tensor]] = []
    for index, layer in enumerate(decoder.layers):
        attention = layer.self_attn
        normed = layer.input_layernorm(x)
        q, k, v = (
            projection(normed).unflatten(-1, (-1, attention.head_dim)).transpose(1, 2)
            for projection in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        if index in POINTER_LAYERS:
            pointers.append((q[:, 0], k[:, 0]))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + attention.o_proj(seen.transpose(1, 2).flatten(-2))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        if index == EARLY_LAYER:
            early = x
    return Reading(decoder.norm(x), early, pointers)
