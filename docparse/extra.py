"""Packages that only some users need."""

from importlib import import_module
from typing import Any, Literal

from .errors import UsageError

_NEEDS = {
    "eval": "an evaluation needs",
    "synth": "synthetic documents need",
    "train": "training needs",
    "lora": "LoRA needs",
}
_PACKAGES = {"fontTools": "fonttools", "markdown_it": "markdown-it-py"}
"""Where they are not called as their module."""


def extra(module: str, of: Literal["eval", "synth", "train", "lora"]) -> Any:
    """A module from one of docparse's extras.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        package = _PACKAGES.get(name, name)
        raise UsageError(f"{_NEEDS[of]} the package {package}: pip install 'docparse[{of}]'") from error
