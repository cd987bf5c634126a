"""Where a model runs and in which arithmetic, and why."""

import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError
from ..options import DtypeName

_ROOM = 1.25
"""Memory beside the weights: activations of a page and its cache of keys and values are well under a quarter."""


_SMALL = 2**26
"""Weights."""


@dataclass(frozen=True)
class Placement:
    device: str
    """``cpu``, ``cuda:0``, ``mps``."""
    dtype: DtypeName
    """A name that torch knows: ``bfloat16``, ``float16``, ``float32``."""
    why: str
    """The reason for the dtype."""
    prompt_dtype: str | None = None
    """In which products of matrices are computed while a prompt is read, if not in ``dtype``."""
    spread: bool = False
    """Whether the user left the device open, so that other GPUs may be used too."""


def devices() -> list[str]:
    """The devices that torch can use here, the best first."""
    import torch

    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def place(device: str, dtype: DtypeName, weight_count: int | None = None) -> Placement:
    """
    Args:
        weight_count: of the model, which decides on the dtype too; None for a large one.

    Raises:
        ModelError: there is no such device.
    """
    found = devices()
    wanted = "cuda:0" if device == "cuda" else device
    if wanted != "auto" and wanted not in found:
        raise ModelError(f"--device {device}: there is none; this machine has {', '.join(found)}")
    chosen = found[0] if wanted == "auto" else wanted
    spread = wanted == "auto"
    if dtype != "auto":
        return Placement(chosen, dtype, f"--dtype {dtype}", spread=spread)
    if chosen == "cpu" and weight_count is not None and is_small(weight_count):
        # In bfloat16 sums are rounded otherwise where there are more of them at a time.
        why = "so small a model then writes the same whatever else is read beside it"
        if not has_bfloat16():
            return Placement(chosen, "float32", why, spread=spread)
        why += "; prompts, which are read one by one, in bfloat16, which this CPU has natively"
        return Placement(chosen, "float32", why, prompt_dtype="bfloat16", spread=spread)
    return Placement(chosen, *_arithmetic(chosen), spread=spread)


def is_small(weight_count: int) -> bool:
    """Whether a model's passes are too small to keep a CPU's cores busy."""
    return weight_count < _SMALL


def _arithmetic(device: str) -> tuple[DtypeName, str]:
    """The dtype that is fast on a device, and why."""
    import torch

    if device == "cpu":
        if has_bfloat16():
            return "bfloat16", "this CPU has bfloat16 natively"
        return "float32", "this CPU has no bfloat16 of its own"
    if device == "mps":
        return "float16", "what Apple's GPUs are fastest with"
    with torch.cuda.device(device):
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    if native:
        return "bfloat16", "this GPU has bfloat16"
    return "float16", "this GPU has no bfloat16"


def has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 natively; emulated it is slower than float32."""
    import torch

    names = ("avx512_bf16", "amx_bf16", "arm_bf16")
    # Not in every torch that we support; it works on every operating system.
    capabilities = getattr(torch.cpu, "get_capabilities", None)
    if capabilities is not None:
        found = capabilities()
        return any(found.get(name, False) for name in names)
    flags = {"bf16"} if platform.machine() in ("arm64", "aarch64") else {"avx512_bf16", "amx_bf16"}
    try:
        return not flags.isdisjoint(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return False


def layout(placement: Placement, needed: int, max_memory: Mapping[str, str]) -> dict[str | int, str | int] | None:
    """How much of each device accelerate may fill, or None where the whole model goes to ``placement.device``.

    Args:
        needed: bytes of weights in the dtype that was chosen.
        max_memory: what the user allows, by device; then nothing else decides.

    Raises:
        ModelError: ``max_memory`` names what is no device.
    """
    if max_memory:
        return {_accelerate_name(name): size for name, size in max_memory.items()}
    from accelerate.utils import get_max_memory

    free: dict[str | int, int] = get_max_memory()
    home = _accelerate_name(placement.device)
    if needed * _ROOM <= free.get(home, 0):
        return None
    usable = {name: size for name, size in free.items() if name in (home, "cpu") or placement.spread}
    # The cache of keys and values and the activations live beside the weights.
    return {name: int(size / _ROOM) for name, size in usable.items()}


def shares(placement: Placement, needed: int) -> dict[str, int]:
    """About how many bytes of the weights ``load`` puts on each device; on the ``disk`` what none has room for."""
    allowed = layout(placement, needed, {})
    if allowed is None:
        return {placement.device: needed}
    found: dict[str, int] = {}
    for name, size in allowed.items():
        share = min(int(size), needed)
        if share:
            found[f"cuda:{name}" if isinstance(name, int) else name] = share
            needed -= share
    return found | ({"disk": needed} if needed else {})


def free_memory() -> dict[str, int]:
    """Bytes that are free, by device."""
    from accelerate.utils import get_max_memory

    free: dict[str | int, int] = get_max_memory()
    return {f"cuda:{name}" if isinstance(name, int) else name: size for name, size in free.items()}


def _accelerate_name(device: str) -> str | int:
    """accelerate calls GPUs by their number."""
    match = re.fullmatch(r"(?:cuda:)?(\d+)|(cpu|mps|disk)", device)
    if match is None:
        raise ModelError(f"--max-memory {device}: that is no device; write cuda:0, mps, cpu or disk")
    return int(match[1]) if match[1] else match[2]
