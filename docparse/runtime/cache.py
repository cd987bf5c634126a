"""Keys and values of several sequences, each in a slot of its own."""

from collections import Counter
from typing import Any

import torch
from torch import Tensor
from transformers import Cache

_SHARE = 0.5
"""Of the memory that is free: the rest is for activations, and for whatever else runs on the machine."""


class SlotCache(Cache):  # type: ignore[misc]  # transformers has no types
    """Memory for ``slots`` sequences of up to ``length`` tokens, taken when a layer first writes and kept.

    Before each pass say what is to be written: ``fill`` a slot with a prompt, or ``step`` all busy ones on.
    A layer's tensors are ``[slots, key-value heads, length, head_dim]``. What stands beyond a sequence's end is left
    from others and hidden by the mask; it is always finite, for a weight of 0 does not hide what is no number.
    """

    def __init__(self, slots: int, length: int, dtype: torch.dtype = torch.float32) -> None:
        super().__init__(layers=[])
        self.length = length
        self._dtype = dtype
        self._slots = slots
        self._stored: dict[int, tuple[Tensor, Tensor]] = {}
        self._rows = self._places = torch.empty(0)
        self._filled: int | None = None
        self._reach = 0

    def fill(self, slot: int) -> None:
        """The next pass is over a whole prompt, alone, which goes to the beginning of ``slot``."""
        self._filled = slot

    def step(self, places: Tensor, reach: int) -> None:
        """The next pass is over as many tokens of each of the first slots.

        Args:
            places: where in its slot each is written, ``[busy slots, tokens]``.
            reach: how many tokens of each slot are read; more than the largest of ``places``.
        """
        self._filled = None
        self._rows = torch.arange(len(places), device=places.device)[:, None]
        self._places = places
        self._reach = reach

    def put(self, slot: int, prompt: "SlotCache") -> None:
        """Put all of what a cache of one slot holds to the beginning of ``slot``."""
        for layer, new in prompt._stored.items():
            for tensor, states in zip(self._layer(layer, *new), new, strict=True):
                tensor[slot, :, : states.shape[2]] = states[0]

    def move(self, source: int, target: int, reach: int) -> None:
        """Put the first ``reach`` tokens of one slot into another."""
        for stored in self._stored.values():
            for tensor in stored:
                tensor[target, :, :reach] = tensor[source, :, :reach]

    def clear(self, slot: int) -> None:
        """Leave nothing in a slot."""
        for stored in self._stored.values():
            for tensor in stored:
                tensor[slot] = 0

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor]:
        """Store ``[batch, key-value heads, tokens, head_dim]``; the keys and values that the new tokens may see."""
        new = key_states, value_states
        stored = self._layer(layer_idx, *new)
        if self._filled is not None:
            for tensor, states in zip(stored, new, strict=True):
                tensor[self._filled, :, : states.shape[2]] = states[0]
            return new
        busy = len(self._rows)
        for tensor, states in zip(stored, new, strict=True):
            tensor[self._rows.to(tensor.device), :, self._places.to(tensor.device)] = states.transpose(1, 2)
        keys, values = stored
        return keys[:busy, :, : self._reach], values[:busy, :, : self._reach]

    def _layer(self, index: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """What is stored of a layer that has keys and values like these."""
        if index not in self._stored:
            # On a CPU zeros take no memory before something else is written there.
            self._stored[index] = (
                keys.new_zeros(self._slots, keys.shape[1], self.length, keys.shape[3], dtype=self._dtype),
                values.new_zeros(self._slots, values.shape[1], self.length, values.shape[3], dtype=self._dtype),
            )
        return self._stored[index]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Of the longest sequence."""
        return self._reach


def slots_that_fit(network: Any, device: torch.device, length: int) -> int:
    """How many slots of ``length`` tokens the free memory has room for, at least one.

    Args:
        network: transformers' ``Qwen2_5_VLForConditionalGeneration``.
        device: where layers compute that are offloaded.
    """
    from accelerate.utils import get_max_memory

    config = network.config.get_text_config()
    head_dim = config.hidden_size // config.num_attention_heads
    layer_bytes = 2 * config.num_key_value_heads * head_dim * length * network.dtype.itemsize
    layers: Counter[torch.device] = Counter()
    for layer in network.model.language_model.layers:
        where = next(layer.parameters()).device
        layers[device if where.type == "meta" else where] += 1
    free = get_max_memory()
    fitting = [
        int(free[name] * _SHARE) // (count * layer_bytes)
        for where, count in layers.items()
        if (name := where.index if where.type == "cuda" else where.type) in free
    ]
    return max(1, min(fitting, default=1))
