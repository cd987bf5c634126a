"""torch.compile, where it pays and can be had."""

import os
import shutil
from collections.abc import Callable
from typing import Any


def has_compiler() -> bool:
    """Whether torch's compiler finds the C++ compiler that it needs on a CPU."""
    names = (os.environ.get("CXX", ""), "c++", "g++", "clang++")
    return any(name and shutil.which(name) for name in names)


def compiler(wanted: bool | None, device: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What turns a function into a faster one for batches of a few fixed shapes.

    With ``wanted`` None that is done on a CPU with a C++ compiler; on a GPU the first steps would wait for longer
    than it gains.
    """
    import torch

    on_cpu = device == "cpu" or (device == "auto" and not torch.cuda.is_available())
    if wanted or (wanted is None and on_cpu and has_compiler()):
        return lambda function: torch.compile(function, dynamic=False)
    return lambda function: function
