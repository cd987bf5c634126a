"""What a command is given: a document that docparse wrote as JSON, or one that it parses first."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from docparse import Document
    from docparse.options import OptionsDict


def document_of(given: Path, **options: "Unpack[OptionsDict]") -> "Document":
    """
    Raises:
        DocparseError: it can be neither read nor parsed.
    """
    import docparse

    # Told by its content: JSON begins with a brace, and no document does.
    if head(given).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return docparse.Document.load(given)
    return docparse.parse(given, **options)


def head(given: Path) -> bytes:
    """The file's first bytes; none where it cannot be read."""
    try:
        with given.open("rb") as stream:
            return stream.read(256)
    except OSError:
        return b""
