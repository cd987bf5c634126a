"""The file that is to be read: what it is, by its content and never by its name."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .errors import InputError

PDF = "application/pdf"
SUPPORTED = "PDF, PNG, JPEG, TIFF, WebP, BMP, GIF and JPEG 2000"
SUFFIXES = frozenset(".pdf .png .jpg .jpeg .jpe .tif .tiff .webp .bmp .dib .gif .jp2 .j2k .jpf .jpx .j2c".split())
"""What a folder is searched for. A file given by name is read whatever it is called."""

_HEAD = 4096
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
)
# Looked at only to say what an unsupported file is.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive (an Office document, perhaps; save it as PDF)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (save it as PDF)"),
    (b"%!PS", "PostScript (turn it into PDF with ps2pdf)"),
    (b"{\\rtf", "RTF (save it as PDF)"),
    (b"<svg", "SVG"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
)


@dataclass(frozen=True)
class SourceFile:
    """A file on disk that can be opened again by name, also from another process."""

    path: Path
    name: str
    """What the user called it; ``stdin`` for standard input."""
    media_type: str
    size: int
    """Bytes."""
    sha256: str

    @property
    def is_pdf(self) -> bool:
        return self.media_type == PDF


def sniff(head: bytes) -> str | None:
    """The media type of a supported file from its first bytes, or None."""
    if b"%PDF-" in head[:1024]:
        return PDF
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    # A PDF whose header is damaged; MuPDF repairs many of them.
    if b"%PDF-" in head or (b" obj" in head and (b"endobj" in head or b"<<" in head)):
        return PDF
    return None


def describe(head: bytes) -> str:
    """In a few words, what an unsupported file seems to be."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for signature, words in _OTHERS:
        if start.startswith(signature.lower()):
            return words
    if b"<svg" in head:
        return "SVG"
    if b"\x00" not in head:
        return "text"
    return "data of an unknown kind"


class NamedFile(NamedTuple):
    """A regular file and what the user calls it."""

    path: Path
    name: str


@contextmanager
def open_source(given: str | Path | NamedFile) -> Iterator[SourceFile]:
    """Identify ``given``: a path, or ``-`` for standard input.

    Raises:
        InputError: missing, not readable, a folder, empty, or not a supported document.
    """
    with nullcontext(given) if isinstance(given, NamedFile) else regular_file(given) as file:
        with _reading(file.name if isinstance(given, NamedFile) else given):
            source = _identify(file.path, file.name)
        yield source


@contextmanager
def regular_file(given: str | Path) -> Iterator[NamedFile]:
    """``given`` as a file that can be read several times: a path, or ``-`` for standard input.

    What is no regular file (standard input, a pipe) is copied to a temporary one first, removed at the end.

    Raises:
        InputError: missing, not readable or a folder.
    """
    with ExitStack() as stack:
        with _reading(given):
            file = _regular(given, stack)
        yield file


@contextmanager
def _reading(given: str | Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{given} does not exist") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {given}: {_reason(error)}") from error


def _regular(given: str | Path, stack: ExitStack) -> NamedFile:
    if str(given) == "-":
        return NamedFile(stack.enter_context(_spooled(sys.stdin.buffer)), "stdin")
    path = Path(given)
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise InputError(f"{given} is a folder: give -o DIR to parse every document in it")
    if stat.S_ISREG(mode):
        return NamedFile(path, path.name)
    with path.open("rb") as stream:
        return NamedFile(stack.enter_context(_spooled(stream)), path.name)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


@contextmanager
def _spooled(stream: BinaryIO) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix="docparse-")
    try:
        with os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _identify(path: Path, name: str) -> SourceFile:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        if not head:
            raise InputError(f"{name} is empty")
        media_type = sniff(head)
        if media_type is None:
            raise InputError(f"{name} is {describe(head)}, which docparse does not read; it reads {SUPPORTED}")
        chunk = head
        while chunk:
            digest.update(chunk)
            size += len(chunk)
            chunk = stream.read(1 << 20)
    return SourceFile(path, name, media_type, size, digest.hexdigest())
