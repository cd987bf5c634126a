"""What a command is given: a document that docparse wrote as JSON, or one that it parses first."""

from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from docparse import Document
    from docparse.options import OptionsDict
    from docparse.source import NamedFile


def document_of(file: "NamedFile", **options: "Unpack[OptionsDict]") -> "Document":
    """
    Raises:
        DocparseError: it can be neither read nor parsed.
    """
    from docparse.export.json import from_json
    from docparse.options import Options
    from docparse.pipeline import Pipeline

    # Told by its content: JSON begins with a brace, and no document does.
    if head(file).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return from_json(file.path.read_bytes(), file.name)
    return Pipeline(Options(**options)).parse(file)


def head(file: "NamedFile") -> bytes:
    """The file's first bytes."""
    with file.path.open("rb") as stream:
        return stream.read(4096)
