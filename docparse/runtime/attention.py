"""Attention, without what makes that of transformers slow; and the projection of patches.

Where flash-attention is absent the vision tower loops over its windows in Python, over a hundred calls a layer, and
the decoder copies keys and values for each of the query heads that share them.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AttentionInterface

# transformers hands the windows' bounds on, and does not cut the tensors itself, where the name contains "flash".
WINDOWS = "docparse_flash_windows"
GROUPS = "docparse_groups"
_THEIRS = "sdpa"


def attend_in_windows(
    _module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    scaling: float,
    cu_seq_lens_q: Tensor,
    **_: Any,
) -> tuple[Tensor, None]:
    """What one token sees is its own window; all windows of one size in one call.

    Args:
        query, key, value: ``[1, heads, tokens, head_dim]``, one window after the other.
        cu_seq_lens_q: where each window begins, and the end, ``[windows + 1]``.

    Returns:
        ``[1, tokens, heads, head_dim]``, and no weights.
    """
    bounds = cu_seq_lens_q.tolist()
    begins: dict[int, list[int]] = {}
    for begin, end in itertools.pairwise(bounds):
        begins.setdefault(end - begin, []).append(begin)
    seen = torch.empty_like(query[0])
    for length, places in begins.items():
        # [windows, tokens of a window]
        index = torch.tensor(places, device=query.device)[:, None] + torch.arange(length, device=query.device)
        q, k, v = (states[0][:, index].transpose(0, 1) for states in (query, key, value))
        seen[:, index] = F.scaled_dot_product_attention(q, k, v, scale=scaling).transpose(0, 1)
    return seen.transpose(0, 1)[None], None


def attend_in_groups(
    _module: torch.nn.Module | None,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float,
    **_: Any,
) -> tuple[Tensor, None]:
    """The queries of all heads that share keys are as many more queries of one head.

    Args:
        query: ``[sequences, heads, tokens, head_dim]``.
        key, value: ``[sequences, key-value heads, seen, head_dim]``.
        attention_mask: what each token sees, ``[sequences or 1, 1, tokens, seen]``; None: all up to itself.

    Returns:
        ``[sequences, tokens, heads, head_dim]``, and no weights.
    """
    sequences, heads, tokens, size = query.shape
    shared = heads // key.shape[1]
    if attention_mask is None and tokens > 1:
        seen = F.scaled_dot_product_attention(query, key, value, scale=scaling, is_causal=True, enable_gqa=shared > 1)
        return seen.transpose(1, 2).contiguous(), None
    if attention_mask is not None:
        # One that is expanded is read as often, and takes no copying.
        once = tokens == 1
        attention_mask = attention_mask.expand(-1, -1, shared, -1) if once else attention_mask.repeat(1, 1, shared, 1)
    grouped = query.reshape(sequences, key.shape[1], shared * tokens, size)
    seen = F.scaled_dot_product_attention(grouped, key, value, attn_mask=attention_mask, scale=scaling)
    return seen.reshape(sequences, heads, tokens, size).transpose(1, 2).contiguous(), None


class PatchProjection(torch.nn.Conv3d):
    """A convolution whose input is as large as its kernel: one product of matrices."""

    def forward(self, patches: Tensor) -> Tensor:
        """``[patches, channels, temporal patch, patch, patch]`` to ``[patches, features]``."""
        return F.linear(patches.flatten(1), self.weight.flatten(1), self.bias)


def use_in(network: Any) -> None:
    """Have a ``Qwen2_5_VLForConditionalGeneration`` compute so."""
    AttentionInterface.register(WINDOWS, attend_in_windows)
    AttentionInterface.register(GROUPS, attend_in_groups)
    _set(network, WINDOWS, GROUPS)
    # Its class alone: where accelerate brings the weights in as they are needed, it has kept the method it found.
    network.model.visual.patch_embed.proj.__class__ = PatchProjection


@contextmanager
def as_in_transformers(network: Any) -> Iterator[None]:
    """Have it compute as it did before ``use_in``, as ``generate`` does for others; not for several threads."""
    projection = network.model.visual.patch_embed.proj
    _set(network, _THEIRS, _THEIRS)
    projection.__class__ = torch.nn.Conv3d
    try:
        yield
    finally:
        _set(network, WINDOWS, GROUPS)
        projection.__class__ = PatchProjection


def _set(network: Any, vision: str, text: str) -> None:
    network.model.visual.config._attn_implementation = vision
    network.config.get_text_config()._attn_implementation = text
