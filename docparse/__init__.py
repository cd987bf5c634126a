"""docparse: PDFs and scans to HTML, Markdown and JSON, every element with its place on the page.

    import docparse
    document = docparse.parse("report.pdf")
    print(document.to_markdown())

Importing this package imports nothing heavy; what is used is imported then.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

    from .document import Document
    from .errors import (
        DocparseError,
        ExitCode,
        InputError,
        ModelError,
        OutputError,
        PageError,
        PasswordError,
        UsageError,
    )
    from .options import Options, OptionsDict
    from .pipeline import Pipeline
    from .version import __version__

_HOME = {
    "Document": "document",
    "DocparseError": "errors",
    "ExitCode": "errors",
    "InputError": "errors",
    "ModelError": "errors",
    "Options": "options",
    "OutputError": "errors",
    "PageError": "errors",
    "PasswordError": "errors",
    "Pipeline": "pipeline",
    "UsageError": "errors",
    "__version__": "version",
}

__all__ = [
    "DocparseError",
    "Document",
    "ExitCode",
    "InputError",
    "ModelError",
    "Options",
    "OutputError",
    "PageError",
    "PasswordError",
    "Pipeline",
    "UsageError",
    "__version__",
    "parse",
]


def parse(path: "str | Path", **options: "Unpack[OptionsDict]") -> "Document":
    """Parse one document.

    Args:
        path: a PDF or an image file, or ``-`` for standard input.
        options: the fields of ``Options`` by name, e.g. ``pages="1-3"``, ``engine="layout"``, ``model="3b"``.

    Raises:
        UsageError: an option is out of its range, or the document does not have the pages asked for.
        InputError: the file is missing, damaged or of a kind that docparse does not read.
        PasswordError: it is encrypted and the password is missing or wrong.
        ModelError: no page can be read without a model, or the model cannot be used.
    """
    from .options import Options
    from .pipeline import Pipeline

    return Pipeline(Options(**options)).parse(path)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
