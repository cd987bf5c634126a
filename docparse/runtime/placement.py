"""Where a model runs and in which arithmetic, and why."""

import platform
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError
from ..options import DtypeName


@dataclass(frozen=True)
class Placement:
    device: str
    """``cpu``, ``cuda:0``, ``mps``."""
    dtype: str
    """A name that torch knows: ``bfloat16``, ``float16``, ``float32``."""
    why: str


def devices() -> list[str]:
    """The devices that torch can use here, the best first."""
    import torch

    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def place(device: str, dtype: DtypeName) -> Placement:
    """
    Raises:
        ModelError: there is no such device.
    """
    import torch

    found = devices()
    wanted = "cuda:0" if device == "cuda" else device
    if wanted != "auto" and wanted not in found:
        raise ModelError(f"--device {device}: there is none; this machine has {', '.join(found)}")
    chosen = found[0] if wanted == "auto" else wanted
    if dtype != "auto":
        return Placement(chosen, dtype, f"--dtype {dtype}")
    if chosen == "cpu":
        if has_bfloat16():
            return Placement(chosen, "bfloat16", "this CPU has bfloat16 natively")
        return Placement(chosen, "float32", "this CPU has no bfloat16 of its own")
    if chosen == "mps":
        return Placement(chosen, "float16", "what Apple's GPUs are fastest with")
    if torch.cuda.is_bf16_supported():
        return Placement(chosen, "bfloat16", "this GPU has bfloat16")
    return Placement(chosen, "float16", "this GPU has no bfloat16")


def has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 natively; emulated it is slower than float32."""
    flags = {"bf16"} if platform.machine() in ("arm64", "aarch64") else {"avx512_bf16", "amx_bf16"}
    try:
        words = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return False
    return not flags.isdisjoint(words)
