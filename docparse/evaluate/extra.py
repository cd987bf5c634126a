"""Packages that only an evaluation needs."""

from importlib import import_module
from typing import Any

from ..errors import UsageError


def extra(name: str) -> Any:
    """The module of this name from the extra ``eval``.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = {"markdown_it": "markdown-it-py"}.get(name.partition(".")[0], name.partition(".")[0])
        raise UsageError(f"an evaluation needs the package {package}: pip install 'docparse[eval]'") from error
