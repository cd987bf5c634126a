"""Packages that only training needs."""

from importlib import import_module
from typing import Any

from ..errors import UsageError

_EXTRAS = {"peft": "lora"}
_PACKAGES = {"fontTools": "fonttools"}


def extra(name: str) -> Any:
    """The module of this name from the extra ``train`` (``lora`` for peft).

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        what = "LoRA needs" if package == "peft" else "training needs"
        raise UsageError(
            f"{what} the package {_PACKAGES.get(package, package)}: "
            f"pip install 'docparse[{_EXTRAS.get(package, 'train')}]'"
        ) from error
