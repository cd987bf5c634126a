"""A document written to disk: whole or not at all."""

import base64
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ..document import Asset, Document
from ..errors import OutputError
from ..options import Format
from ..source import sniff

_EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg"}


def serialise(document: Document, form: Format, *, furniture: bool, chunk_tokens: int) -> str:
    """The document in this format; ``furniture`` keeps running headers and footers in Markdown and chunks."""
    match form:
        case Format.HTML:
            return document.to_html()
        case Format.MARKDOWN:
            return document.to_markdown(furniture=furniture)
        case Format.JSON:
            return document.to_json()
        case Format.JSONL:
            return document.to_jsonl()
        case Format.CHUNKS:
            return document.to_chunks(chunk_tokens, furniture=furniture)
        case Format.QWENVL:
            return document.to_qwenvl()


def check_writable(path: Path) -> None:
    """Make the folder of ``path`` and see whether something can be written there.

    Raises:
        OutputError: it cannot.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.is_file():
            tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def write_text(path: Path, text: str) -> None:
    """
    Raises:
        OutputError: it cannot be written; what stood there before still does.
    """
    write_bytes(path, text.encode("utf-8", "replace"))


def write_bytes(path: Path, data: bytes) -> None:
    """
    Raises:
        OutputError: it cannot be written; what stood there before still does.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            # A device or a named pipe is written to, not replaced.
            path.write_bytes(data)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            umask = os.umask(0)
            os.umask(umask)
            Path(name).chmod(0o666 & ~umask)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def detach_assets(document: Document, folder: Path) -> None:
    """Write the pictures to ``folder`` and have the document name them, relative to the folder's parent.

    Raises:
        OutputError: a picture cannot be written.
    """
    names = FileNames()
    for name, asset in _assets(document):
        if asset.data is None or asset.media_type not in _EXTENSIONS:
            continue
        path = folder / (names.of(name) + _EXTENSIONS[asset.media_type])
        write_bytes(path, base64.b64decode(asset.data))
        asset.path, asset.data = f"{folder.name}/{path.name}", None


class FileNames:
    """Names of files in one folder for elements' ids. A saved document may have anything there, the same twice, or
    nothing: no name leads out of the folder, and no two are the same, on systems that ignore case either."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: Counter[str] = Counter()

    def of(self, name: str, before: str = "") -> str:
        """The name, without suffix, of the next file; ``before`` is what it begins with, as it is."""
        wanted = before + (re.sub(r"[^\w.-]", "_", name)[:100].lstrip(".") or "element")
        given = wanted
        while given.casefold() in self._taken:
            self._counts[wanted] += 1
            given = f"{wanted}-{self._counts[wanted] + 1}"
        self._taken.add(given.casefold())
        return given


def attach_assets(document: Document, folder: Path) -> list[str]:
    """Read the pictures that the document names, relative to ``folder``, into it. Returns those that are not there.

    A saved document may have been written by anybody: nothing outside ``folder`` is read, and nothing that is no
    picture of the kind that it should be.
    """
    missing = []
    for _, asset in _assets(document):
        if asset.path is None:
            continue
        path, named = folder / asset.path, asset.path
        asset.path = None
        try:
            inside = path.resolve().is_relative_to(folder.resolve()) and path.is_file()
            data = path.read_bytes() if inside else b""
        except (OSError, ValueError):
            data = b""
        if sniff(data[:16]) == asset.media_type and asset.media_type in _EXTENSIONS:
            asset.data = base64.b64encode(data).decode("ascii")
        else:
            missing.append(named)
    return missing


def drop_assets(document: Document) -> None:
    """Leave every picture out; what is known of it stays."""
    for _, asset in _assets(document):
        asset.path = asset.data = None


def _assets(document: Document) -> Iterator[tuple[str, Asset]]:
    for page in document.pages:
        for element in page.elements:
            asset: Asset | None = getattr(element, "asset", None)
            if asset is not None:
                yield element.id, asset
