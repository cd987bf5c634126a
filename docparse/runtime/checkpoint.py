"""A checkpoint's files: where they are, and whether they are a whole Qwen2.5-VL. Needs no torch.

Source of the layout: Hugging Face's folder format (config.json, model.safetensors or shards with an index) and the
safetensors header (an 8-byte length, then JSON with the offsets of every tensor).
"""

import contextlib
import json
import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..pieces import PieceSettings
from .images import SETTINGS_FILES, ImageSettings

ALIASES = {
    "3b": "Qwen/Qwen2.5-VL-3B-Instruct",
    "7b": "Qwen/Qwen2.5-VL-7B-Instruct",
    "32b": "Qwen/Qwen2.5-VL-32B-Instruct",
    "72b": "Qwen/Qwen2.5-VL-72B-Instruct",
}
NANO = "nano"
BUNDLED = {NANO: Path(__file__).parents[1] / NANO}
"""Checkpoints that come with docparse."""
MODEL_TYPE = "qwen2_5_vl"
_INDEX = "model.safetensors.index.json"
_WEIGHTS = "model.safetensors"
_TOKENIZERS = ("tokenizer.json", "vocab.json")
"""Either will do; the second goes with merges.txt."""
OWN_SETTINGS = "docparse.json"
"""What only docparse wants to know of a checkpoint, where there is something: ``{"pieces": {"text_height": …,
"max_tokens": …}}`` says that it reads pages best in pieces."""
_CONTEXT_LENGTH = 32768
"""What transformers takes where config.json says nothing."""
_LARGEST_HEADER = 100_000_000
# What a checkpoint's repository may hold beside these (older formats, pictures) is not fetched.
_WANTED = ["*.json", "*.safetensors", "*.jinja", "merges.txt"]
_CACHED = "models--"
"""How the folders of models in the cache begin; ``--`` stands for the slash after that."""
_LFS_POINTER = b"version https://git-lfs"


@dataclass(frozen=True)
class CheckpointInfo:
    """What the files say of themselves."""

    path: Path
    architecture: str
    """The class that its config.json names."""
    parameters: int
    """Values stored: packed ones of a quantised checkpoint count by their containers."""
    weight_bytes: int
    dtype: str
    """Of most weights, as safetensors calls it: ``BF16``, ``F32`` …"""
    shards: int
    context_length: int
    """Tokens, image and answer together."""
    image_settings: ImageSettings
    """Patch size, merge size and the limits of pixels."""
    quantised: str | None
    """The method, where the checkpoint is quantised."""
    pieces: PieceSettings | None = None
    """For a checkpoint that reads pages in pieces."""


def locate(model: str, *, download: bool = True) -> Path:
    """The folder of a checkpoint: an alias, a folder, or a hub id in the local cache or on the hub.

    A folder that is called like an alias has to be given as a path: ``./nano``.

    Raises:
        ModelError: there is no such checkpoint here and it cannot be fetched.
    """
    if model.lower() in BUNDLED:
        return BUNDLED[model.lower()]
    folder = Path(model)
    if model.startswith("~"):
        with contextlib.suppress(RuntimeError):
            folder = folder.expanduser()
    hub_id = ALIASES.get(model.lower(), model)
    if hub_id == model and folder.is_dir():
        return folder
    if hub_id.count("/") != 1 or model.startswith((".", "/", "~")):
        raise ModelError(
            f"there is no folder {model}, and it is none of the aliases {', '.join([*BUNDLED, *ALIASES])}"
        )
    from huggingface_hub import constants, snapshot_download

    try:
        return Path(snapshot_download(hub_id, allow_patterns=_WANTED, local_files_only=True))
    except ValueError:
        raise ModelError(f"{model} is neither a folder here nor the id of a model on the hub") from None
    except OSError:
        why = "HF_HUB_OFFLINE forbids to fetch it" if constants.HF_HUB_OFFLINE else "it was not to be fetched"
    if download and not constants.HF_HUB_OFFLINE:
        try:
            return Path(snapshot_download(hub_id, allow_patterns=_WANTED))
        # Besides its own exceptions the hub's client lets those of its HTTP and storage libraries through.
        except Exception as error:
            why = f"it cannot be fetched ({first_line(error)})"
    for name, snapshot in cached():
        # A part of it is here; check() will say what is missing, if anything that matters is.
        if name == hub_id:
            return snapshot
    raise ModelError(
        f"{hub_id} is not in the local cache ({constants.HF_HUB_CACHE}) and {why}: "
        f"run 'hf download {hub_id}' where there is a network, or give --model the folder of a checkpoint"
    )


def cached() -> list[tuple[str, Path]]:
    """Hub ids and folders of the Qwen2.5-VL checkpoints in the local Hugging Face cache."""
    from huggingface_hub import constants

    found = []
    for repository in sorted(Path(constants.HF_HUB_CACHE).glob(f"{_CACHED}*")):
        configs = sorted(repository.glob("snapshots/*/config.json"))
        if not configs:
            continue
        # Of several versions the one that the hub's client takes.
        config = max(configs, key=lambda config: config.parent.name == _main_snapshot(repository))
        try:
            if _read_json(config).get("model_type") == MODEL_TYPE:
                found.append((name_of(config.parent), config.parent))
        except ModelError:
            continue
    return found


def _main_snapshot(repository: Path) -> str:
    try:
        return (repository / "refs" / "main").read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def name_of(folder: Path) -> str:
    """What people call a checkpoint: its hub id where it lies in the cache, else the name of its folder.

    Never the path: that is this machine's own affair, and documents travel.
    """
    folder = folder.absolute()
    repository = folder.parent.parent.name
    if folder.parent.name == "snapshots" and repository.startswith(_CACHED):
        return repository.removeprefix(_CACHED).replace("--", "/", 1)
    return folder.resolve().name


def check(path: Path) -> CheckpointInfo:
    """Read what the files say, without loading weights.

    Raises:
        ModelError: the folder is no complete Qwen2.5-VL checkpoint; the message names what is wrong in it.
    """
    if not path.is_dir():
        raise ModelError(f"{path} is no folder")
    config = _read_json(path / "config.json")
    model_type = config.get("model_type")
    if model_type != MODEL_TYPE:
        says = f"says model_type {model_type!r}" if model_type else "has no model_type"
        raise ModelError(f"{path} is no Qwen2.5-VL checkpoint: its config.json {says}")
    for what, names in (("tokenizer", _TOKENIZERS), ("image settings", SETTINGS_FILES)):
        if not any((path / name).is_file() for name in names):
            raise ModelError(f"{path} has no {what}: {' or '.join(names)} is missing")
    if not (path / "tokenizer.json").is_file() and not (path / "merges.txt").is_file():
        raise ModelError(f"{path} has half a tokenizer: tokenizer.json or merges.txt is missing")
    image_settings = ImageSettings.load(path)
    shards = _shards(path)
    tensors = [tensor for shard in shards for tensor in _read_header(shard)]
    if not tensors:
        raise ModelError(f"{path} has no weights: its safetensors files are empty")
    by_dtype: dict[str, int] = {}
    for tensor in tensors:
        by_dtype[tensor.dtype] = by_dtype.get(tensor.dtype, 0) + tensor.values
    try:
        text = config.get("text_config") or config
        quantisation = config.get("quantization_config") or text.get("quantization_config") or {}
        vision = config.get("vision_config") or {}
        sizes = vision.get("patch_size", 14), vision.get("spatial_merge_size", 2)
        info = CheckpointInfo(
            path=path,
            architecture=str((config.get("architectures") or ["Qwen2_5_VLForConditionalGeneration"])[0]),
            parameters=sum(by_dtype.values()),
            weight_bytes=sum(tensor.bytes for tensor in tensors),
            dtype=max(by_dtype, key=lambda dtype: by_dtype[dtype]),
            shards=len(shards),
            context_length=int(text.get("max_position_embeddings") or _CONTEXT_LENGTH),
            image_settings=image_settings,
            quantised=quantisation.get("quant_method"),
            pieces=_pieces(path),
        )
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise ModelError(f"{path / 'config.json'} cannot be understood: {error}") from error
    if sizes != (image_settings.patch_size, image_settings.merge_size):
        raise ModelError(
            f"{path} contradicts itself: patch and merge size are {sizes[0]} and {sizes[1]} in config.json, but "
            f"{image_settings.patch_size} and {image_settings.merge_size} in its image settings"
        )
    return info


def _pieces(path: Path) -> PieceSettings | None:
    if not (path / OWN_SETTINGS).is_file():
        return None
    try:
        stated = _read_json(path / OWN_SETTINGS).get("pieces")
        return PieceSettings(float(stated["text_height"]), int(stated["max_tokens"])) if stated else None
    except (TypeError, ValueError, KeyError) as error:
        raise ModelError(f"{path / OWN_SETTINGS} cannot be understood: {error}") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ModelError(f"{path.parent} is no checkpoint: {path.name} is missing") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelError(f"{path} holds no JSON object")
    return value


def _shards(path: Path) -> list[Path]:
    index = path / _INDEX
    if not index.is_file():
        if not (path / _WEIGHTS).is_file():
            raise ModelError(f"{path} has no weights: {_WEIGHTS} or {_INDEX} is missing")
        return [path / _WEIGHTS]
    weight_map = _read_json(index).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise ModelError(f"{index} names no weights")
    shards = [path / str(name) for name in sorted(set(weight_map.values()))]
    missing = [shard.name for shard in shards if not shard.is_file()]
    if missing:
        raise ModelError(f"{path} is incomplete: {', '.join(missing)} is missing; download it again")
    return shards


@dataclass(frozen=True)
class _Tensor:
    dtype: str
    values: int
    bytes: int


def _read_header(shard: Path) -> list[_Tensor]:
    """The tensors of a safetensors file."""
    try:
        with shard.open("rb") as stream:
            start = stream.read(len(_LFS_POINTER))
            if start == _LFS_POINTER:
                raise ModelError(f"{shard} is a Git LFS pointer and not the weights: run 'git lfs pull' there")
            (length,) = struct.unpack("<Q", start[:8])
            if length > _LARGEST_HEADER:
                raise ValueError("its header is too long")
            stream.seek(8)
            header = json.loads(stream.read(length))
            header.pop("__metadata__", None)
            size = os.fstat(stream.fileno()).st_size
        tensors = []
        expected = 8 + length
        for entry in header.values():
            begin, end = entry["data_offsets"]
            expected = max(expected, 8 + length + end)
            tensors.append(_Tensor(str(entry["dtype"]), math.prod(entry["shape"]), end - begin))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise ModelError(f"{shard} is no safetensors file: {first_line(error)}") from error
    if size < expected:
        raise ModelError(f"{shard} is cut off: {size:,} of {expected:,} bytes; download it again")
    return tensors


def first_line(error: BaseException) -> str:
    """What an exception of a library says, on one line of bearable length."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
