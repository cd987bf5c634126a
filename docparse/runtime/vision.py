"""The vision tower, without what makes that of transformers slow.

It loops over the windows of attention in Python wherever flash-attention is absent, over a hundred calls a layer; and
it has patches, which do not overlap, convolved.
"""

import itertools
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AttentionInterface

# transformers hands the windows' bounds on, and does not cut the tensors itself, where the name contains "flash".
NAME = "docparse_flash_windows"


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
    """What one token sees is its own window.

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


class PatchProjection(torch.nn.Conv3d):
    """A convolution whose input is as large as its kernel: one product of matrices."""

    def forward(self, patches: Tensor) -> Tensor:
        """``[patches, channels, temporal patch, patch, patch]`` to ``[patches, features]``."""
        return F.linear(patches.flatten(1), self.weight.flatten(1), self.bias)


def use_in(network: Any) -> None:
    """Have the vision tower of a ``Qwen2_5_VLForConditionalGeneration`` attend so, and its decoder as before."""
    AttentionInterface.register(NAME, attend_in_windows)
    network.model.visual.config._attn_implementation = NAME
    # Its class alone: where accelerate brings the weights in as they are needed, it has kept the method it found.
    network.model.visual.patch_embed.proj.__class__ = PatchProjection
