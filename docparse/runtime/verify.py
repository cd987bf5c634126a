"""What a look at a checkpoint's files tells beyond their being there: their content, the tokenizer, the memory."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from ..errors import ModelError
from .checkpoint import first_line

_SPECIAL_TOKENS = ("<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>")
"""What a prompt with an image is made of."""
_BLOCK = 2**22


def compare_hashes(path: Path) -> int:
    """Hold files against the hashes that the hub's client has noted of them; how many there were.

    In the cache a file's name is its hash (a link leads there); beside files that were fetched to a folder
    (``hf download --local-dir``) it stands in ``.cache/huggingface/download``. Elsewhere there is nothing to compare.

    Raises:
        ModelError: a file is not as it was on the hub, or cannot be read.
    """
    compared = 0
    for file, expected in _noted(path):
        if _digest(file, expected) != expected:
            raise ModelError(
                f"{file} is damaged: its content is not what the hub has; "
                f"delete {file.resolve()} and fetch the checkpoint again"
            )
        compared += 1
    return compared


def check_tokenizer(path: Path) -> int:
    """Load the tokenizer, if it is one file; how many tokens it knows. 0: transformers builds it from several files.

    Raises:
        ModelError: it cannot be read, or lacks what every prompt needs.
    """
    file = path / "tokenizer.json"
    if not file.is_file():
        return 0
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises plain Exceptions
        raise ModelError(f"{file} cannot be read: {first_line(error)}") from error
    missing = [token for token in _SPECIAL_TOKENS if tokenizer.token_to_id(token) is None]
    if missing:
        raise ModelError(f"{file} is no tokenizer of a Qwen2.5-VL: it has no {', '.join(missing)}")
    size: int = tokenizer.get_vocab_size()
    config = json.loads((path / "config.json").read_bytes())
    room = (config.get("text_config") or config).get("vocab_size") or config.get("vocab_size")
    if room is not None and max(tokenizer.get_vocab().values()) >= room:
        raise ModelError(f"{path} contradicts itself: its tokenizer has tokens beyond the {room} of config.json")
    return size


def _noted(path: Path) -> Iterator[tuple[Path, str]]:
    for file in sorted(file for file in path.iterdir() if file.is_file()):
        blob = file.resolve()
        note = path / ".cache" / "huggingface" / "download" / f"{file.name}.metadata"
        if file.is_symlink() and blob.parent.name == "blobs":
            yield file, blob.name
        elif note.is_file():
            # Three lines: the commit, the hash, when it was fetched.
            lines = note.read_text("utf-8", "replace").splitlines()
            if len(lines) > 1:
                yield file, lines[1]


def _digest(file: Path, like: str) -> str:
    """SHA-256 of a large file; Git's own hash of a small one, as ``like`` is the one or the other by its length."""
    try:
        with file.open("rb") as stream:
            if len(like) == 64:
                digest = hashlib.sha256()
            else:
                digest = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()
