"""Packages that only the making of synthetic documents needs."""

from importlib import import_module
from typing import Any

from ..errors import UsageError


def extra(name: str) -> Any:
    """The module of this name from the extra ``synth``.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise UsageError(f"synthetic documents need the package {package}: pip install 'docparse[synth]'") from error
