"""Checkpoints as everybody has them: a folder of config.json, safetensors and the tokenizer's files."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from ..errors import OutputError
from ..runtime.checkpoint import check, first_line
from ..runtime.model import quietly
from .network import FRAMES, MERGE, PATCH
from .vocabulary import Vocabulary

CHECKPOINT = "checkpoint"
"""The folder within a run's: what comes out."""
MOST_PIXELS = 1200 * 1024
"""Of the image that nano sees: a page at some 113 dpi, the largest that it learns from."""
_PREPROCESSOR = {
    "image_processor_type": "Qwen2VLImageProcessor",
    "processor_class": "Qwen2_5_VLProcessor",
    "patch_size": PATCH,
    "merge_size": MERGE,
    "temporal_patch_size": FRAMES,
    "min_pixels": 64 * 64,
    "max_pixels": MOST_PIXELS,
    # ``forward.patch_batch`` has gray values from -1 to 1.
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "rescale_factor": 1 / 255,
    "resample": 3,
}
_NOT_COPIED = (".safetensors", ".bin", ".pt", ".pth", ".md", ".index.json")
"""Of a checkpoint that was fine-tuned: weights, which are new, and its model card, which is of another model."""


def check_folder(folder: Path) -> None:
    """See whether a checkpoint may be written there, before hours are spent.

    Raises:
        OutputError: there is something in it that is no checkpoint, or it cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not _is_checkpoint(folder))):
            raise OutputError(f"{folder} is not empty and no checkpoint: it will not be overwritten")
        folder.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder.parent).close()
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {error.strerror}") from error


def export_nano(network: Any, vocabulary: Vocabulary, folder: Path) -> None:
    """nano as an ordinary Qwen2.5-VL checkpoint in bfloat16, in place of what stood there.

    The network is in bfloat16 and on the CPU afterwards, here and in ``export_tuned``: there may be no memory for
    two of them.

    Raises:
        OutputError: as ``check_folder``.
    """

    def write_rest(fresh: Path) -> None:
        vocabulary.tokenizer().save_pretrained(fresh)
        (fresh / "preprocessor_config.json").write_text(json.dumps(_PREPROCESSOR, indent=2) + "\n")

    _export(network, folder, write_rest)


def export_tuned(network: Any, source: Path, folder: Path) -> None:
    """A fine-tuned network in bfloat16, with everything else as the ``source`` checkpoint has it.

    Raises:
        OutputError: as ``check_folder``.
    """

    def write_rest(fresh: Path) -> None:
        for path in source.iterdir():
            if path.is_file() and not path.name.endswith(_NOT_COPIED) and not (fresh / path.name).exists():
                shutil.copyfile(path, fresh / path.name)

    _export(network, folder, write_rest)


def _export(network: Any, folder: Path, write_rest: Callable[[Path], None]) -> None:
    check_folder(folder)
    try:
        with quietly(), _replaced(folder) as fresh:
            network.to("cpu", torch.bfloat16).save_pretrained(fresh)
            write_rest(fresh)
            for path in fresh.iterdir():
                path.chmod(0o644)  # safetensors writes for its owner alone
            check(fresh)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {first_line(error)}") from error


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """A fresh folder that takes the place of ``folder`` in the end, or leaves no trace."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name[:80]}.") as temporary:
        fresh = Path(temporary) / "new"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(Path(temporary) / "old")
        fresh.rename(folder)


def _is_checkpoint(folder: Path) -> bool:
    return (folder / "config.json").is_file()
