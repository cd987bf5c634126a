"""The steps of a small model on a CPU, in as few calls of torch as there can be.

A token of nano is computed in less time than transformers' modules take to ask for it: there are ten modules to a
layer, and each of a dozen operations that a norm or a rotation consists of is a call.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .attention import attend_in_groups
from .cache import SlotCache
from .schedule import GROUP


@dataclass(frozen=True)
class _Layer:
    """Weights of one layer; those that are multiplied with the same numbers stand in one matrix, ``[in, out]``: for a
    few tokens at a time that is a quarter faster than the other way round. What is behind a norm has its factors."""

    mix: Tensor
    mix_bias: Tensor
    out: Tensor
    gate_up: Tensor
    down: Tensor


@dataclass(frozen=True)
class _Field:
    """What some sequences look at: those that stand side by side are about as long, and none of them reads as far as
    the longest of all."""

    rows: slice
    reach: int
    """Keys that are read."""
    mask: Tensor | None
    """``[sequences, 1, tokens, keys]``, 0 or -∞; None where all is seen."""

    @classmethod
    def of(cls, rows: range, places: Tensor) -> "_Field":
        looking = places[rows.start : rows.stop, None, :, None]
        reach = int(looking.max()) + 1
        mask = None
        if looking.numel() > 1:
            hidden = torch.arange(reach) > looking
            mask = torch.zeros(hidden.shape).masked_fill_(hidden, -torch.inf)
        return cls(slice(rows.start, rows.stop), reach, mask)


class FusedDecoder:
    """The decoder of a ``Qwen2_5_VLForConditionalGeneration`` for text alone, after the prompt. Thread-safe.

    Its weights are copies, so it is for models that are small. It computes what transformers' own does; sums are
    rounded a little differently.
    """

    def __init__(self, network: Any) -> None:
        """``network`` is one that ``can_fuse``."""
        config, decoder = network.config.get_text_config(), network.model.language_model
        self._heads, self._shared_heads = config.num_attention_heads, config.num_key_value_heads
        self._floor = floor(config.hidden_size, config.rms_norm_eps)
        self._embeddings = decoder.embed_tokens.weight
        self._head = _turned(decoder.norm, network.lm_head)
        self._frequencies = decoder.rotary_emb.inv_freq
        self._layers = [_fused(layer) for layer in decoder.layers]

    def __call__(self, tokens: Tensor, places: Tensor, positions: Tensor, cache: SlotCache) -> Tensor:
        """``[sequences, tokens, vocabulary]``: what may come after each.

        Args:
            tokens: ``[sequences, tokens]``.
            places: their indices in the slots, the same shape.
            positions: the same shape. Those of text are the same on all three axes of MRoPE.
            cache: that has been told of the step.
        """
        count, width = tokens.shape
        fields = [_Field.of(range(first, min(first + GROUP, count)), places) for first in range(0, count, GROUP)]
        angles = positions[:, :, None, None] * self._frequencies
        cos, sin = angles.cos(), angles.sin()
        turn = torch.cat([cos, cos], -1), torch.cat([-sin, sin], -1)
        states = F.embedding(tokens, self._embeddings).view(count * width, -1)
        for index, layer in enumerate(self._layers):
            mixed = torch.addmm(layer.mix_bias, normed(states, self._floor), layer.mix)
            seen = self._attend(mixed.view(count, width, -1, 2 * len(self._frequencies)), turn, fields, cache, index)
            states = torch.addmm(states, seen, layer.out)
            gate, up = torch.mm(normed(states, self._floor), layer.gate_up).chunk(2, -1)
            states = torch.addmm(states, F.silu(gate).mul_(up), layer.down)
        return torch.mm(normed(states, self._floor), self._head).view(count, width, -1)

    def _attend(
        self, mixed: Tensor, turn: tuple[Tensor, Tensor], fields: "list[_Field]", cache: SlotCache, layer: int
    ) -> Tensor:
        """What the tokens see, ``[sequences · tokens, heads · head_dim]``.

        Args:
            mixed: queries, keys and values, ``[sequences, tokens, heads and twice those shared, head_dim]``.
            turn: RoPE's cosines and its sines, half of these negative, ``[sequences, tokens, 1, head_dim]`` each.
        """
        count, width, _, size = mixed.shape
        turned, values = mixed[:, :, : -self._shared_heads], mixed[:, :, -self._shared_heads :].transpose(1, 2)
        # A head's halves are turned with each other.
        turned = torch.addcmul(turned * turn[0], turned.roll(size // 2, -1), turn[1]).transpose(1, 2)
        queries, keys = turned[:, : self._heads], turned[:, self._heads :]
        all_keys, all_values = cache.update(keys, values, layer)
        seen = []
        for field in fields:
            rows, reach = field.rows, field.reach
            read = all_keys[rows, :, :reach], all_values[rows, :, :reach]
            seen.append(attend_in_groups(None, queries[rows], *read, field.mask, scaling=size**-0.5)[0])
        return torch.cat(seen).view(count * width, -1)


def can_fuse(network: Any, device: torch.device) -> bool:
    """Whether the weights are plain ones in float32, all on the CPU, and every layer sees all that came before."""
    config = network.config.get_text_config()
    hooked = any(hasattr(module, "_hf_hook") for module in network.modules())
    # torchao's quantised weights say that they are float32, but are no plain tensors.
    plain = all(
        type(parameter.data) is torch.Tensor and parameter.dtype is torch.float32
        for parameter in network.parameters()
    )
    usual = set(config.layer_types) == {"full_attention"} and config.rope_parameters["rope_type"] == "default"
    return device.type == "cpu" and plain and usual and config.hidden_act == "silu" and not hooked


def _fused(layer: Any) -> _Layer:
    attention, mlp = layer.self_attn, layer.mlp
    mixed = attention.q_proj, attention.k_proj, attention.v_proj
    return _Layer(
        mix=_turned(layer.input_layernorm, *mixed),
        mix_bias=torch.cat([linear.bias for linear in mixed]),
        out=_turned(None, attention.o_proj),
        gate_up=_turned(layer.post_attention_layernorm, mlp.gate_proj, mlp.up_proj),
        down=_turned(None, mlp.down_proj),
    )


def _turned(norm: Any | None, *linears: torch.nn.Linear) -> Tensor:
    """Their weights side by side, ``[in, out]``, behind a norm."""
    weights = torch.cat([linear.weight for linear in linears])
    return (weights if norm is None else weights * factors(norm)).T.contiguous()


def floor(size: int, epsilon: float) -> Tensor:
    """What keeps ``normed`` from dividing by nothing."""
    return torch.tensor((size * epsilon) ** 0.5)


def normed(states: Tensor, floor: Tensor) -> Tensor:
    """RMSNorm but for its factors and the square root of their number, in a third of the calls:
    x / √(mean x² + ε) is √n · x / √(|x|² + n · ε)."""
    result: Tensor = states / torch.linalg.vector_norm(states, dim=-1, keepdim=True).hypot_(floor)
    return result


def factors(norm: Any) -> Tensor:
    """What ``normed`` leaves out of this norm."""
    result: Tensor = norm.weight * norm.weight.shape[0] ** 0.5
    return result
