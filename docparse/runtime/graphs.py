"""Steps that a GPU has recorded: replayed, their hundreds of kernels start without Python having to send each."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Outputs = tuple[Tensor, Tensor]
Compute = Callable[[Tensor, Tensor, int], Outputs]
"""Of tokens ``[slots, tokens]``, places and offsets ``[slots, 2]``, and how far a slot is read."""

_REACH = 512
"""Keys of a slot are read up to a multiple of this: each shape is recorded once, and few are needed."""


def can_record(network: Any, device: torch.device) -> bool:
    """Whether all of a network is on one GPU, where nothing has to be moved in the middle of a step."""
    places = {parameter.device for parameter in network.parameters()}
    hooked = any(hasattr(module, "_hf_hook") for module in network.modules())
    return device.type == "cuda" and places == {device} and not hooked


class Recorded:
    """``compute`` for shapes that are rounded up, so that it can be replayed where such a shape comes again.

    Bound to the memory that ``compute`` uses, such as a cache's. Where a step cannot be recorded it is computed.
    """

    def __init__(self, compute: Compute, slots: int, length: int) -> None:
        """``slots`` and ``length`` are those of the cache: what there is room for."""
        self._compute = compute
        self._slots, self._length = slots, length
        self._steps: dict[tuple[int, int, int], tuple[tuple[Tensor, Tensor], Callable[[], Outputs]]] = {}
        self._can = True

    def __call__(self, tokens: Tensor, starts: Tensor, reach: int) -> Outputs:
        """As ``compute``. What is computed beyond is cut off; it is written where nobody looks: into free slots, and
        behind the tokens of the others."""
        busy, width = tokens.shape
        slots = min(_power(busy), self._slots)
        # Behind the last of them there may be no room for more.
        wider = _power(width) if reach - width + _power(width) <= self._length else width
        farther = min(-(-(reach - width + wider) // _REACH) * _REACH, self._length)
        shape = slots, wider, farther
        if shape not in self._steps and self._can:
            given = tokens.new_zeros(slots, wider), starts.new_zeros(slots, 2)
            _fill(given, tokens, starts)
            try:
                self._steps[shape] = given, record(lambda: self._compute(*given, farther))
            except torch.OutOfMemoryError:
                raise
            except RuntimeError:  # of the driver, or a kernel that cannot be recorded
                self._can = False
        if shape not in self._steps:
            return self._compute(tokens, starts, reach)
        inputs, replay = self._steps[shape]
        _fill(inputs, tokens, starts)
        best, logprobs = replay()
        return best[:busy, :width], logprobs[:busy, :width]


def record(compute: Callable[[], Outputs]) -> Callable[[], Outputs]:
    """Have the GPU record a computation; what replays it gives the same tensors each time, with new numbers.

    As torch's documentation of CUDA graphs asks, it runs once before, on a stream of its own.
    """
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        compute()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        outputs = compute()

    def replay() -> Outputs:
        graph.replay()
        return outputs

    return replay


def _fill(inputs: tuple[Tensor, Tensor], tokens: Tensor, starts: Tensor) -> None:
    busy, width = tokens.shape
    inputs[0][:busy, :width] = tokens
    inputs[1][:busy] = starts


def _power(count: int) -> int:
    """The next power of two."""
    return 1 << (count - 1).bit_length()
