"""A checkpoint's files: where they are, and whether they are a whole Qwen2.5-VL. Needs no torch.

Source of the layout: Hugging Face's folder format (config.json, model.safetensors or shards with an index) and the
safetensors header (an 8-byte length, then JSON with the offsets of every tensor).
"""

import contextlib
import json
import math
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..options import QuantizeName
from ..pieces import PieceSettings
from .images import SETTINGS_FILES, ImageSettings
from .quantise import BYTES_EACH, MATRICES

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
_DTYPE_BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}
_LARGEST_HEADER = 100_000_000
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
    cache_values: int
    """Numbers that the keys and values of one token take, in all layers together."""
    image_settings: ImageSettings
    """Patch size, merge size and the limits of pixels."""
    quantised: str | None
    """The method, where the checkpoint is quantised."""
    matrices: int = 0
    """Of ``parameters``, those that ``--quantize`` means."""
    pieces: PieceSettings | None = None
    """For a checkpoint that reads pages in pieces."""

    def weight_bytes_as(self, dtype: str, quantize: QuantizeName | None = None) -> int:
        """In memory, in arithmetic that torch knows by this name; quantised weights stay as they are."""
        if self.quantised:
            return self.weight_bytes
        matrices = self.matrices if quantize else 0
        coarse = matrices * BYTES_EACH[quantize] if quantize else 0
        return (self.parameters - matrices) * _DTYPE_BYTES[dtype] + round(coarse)

    def cache_bytes_as(self, dtype: str) -> int:
        """Keys and values of one token."""
        return self.cache_values * _DTYPE_BYTES[dtype]


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
    if model.lower() not in ALIASES and folder.is_dir():
        return folder
    hub_id = hub_id_of(model)
    from .download import fetch, local_snapshot

    if (whole := local_snapshot(hub_id)) is not None:
        return whole
    try:
        if download:
            return fetch(hub_id)
        raise ModelError(f"{hub_id} is not on this machine: run 'docparse models pull {model}'")
    except ModelError:
        for name, snapshot in cached():
            # A part of it is here; check() will say what is missing, if anything that matters is.
            if name == hub_id:
                return snapshot
        raise


def hub_id_of(model: str) -> str:
    """``owner/name`` of an alias or of what is one itself.

    Raises:
        ModelError: it is neither.
    """
    hub_id = ALIASES.get(model.lower(), model)
    if hub_id.count("/") != 1 or model.startswith((".", "/", "~")):
        raise ModelError(
            f"there is no folder {model}, and it is none of the aliases {', '.join([*BUNDLED, *ALIASES])}"
        )
    return hub_id


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
    headers = {shard.name: _read_header(shard) for shard in shards}
    _check_index(path, headers)
    named = [(name, tensor) for header in headers.values() for name, tensor in header.items()]
    if not named:
        raise ModelError(f"{path} has no weights: its safetensors files are empty")
    by_dtype: dict[str, int] = {}
    for _, tensor in named:
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
            weight_bytes=sum(tensor.bytes for _, tensor in named),
            dtype=max(by_dtype, key=lambda dtype: by_dtype[dtype]),
            shards=len(shards),
            context_length=int(text.get("max_position_embeddings") or _CONTEXT_LENGTH),
            image_settings=image_settings,
            cache_values=_cache_values(text),
            quantised=quantisation.get("quant_method"),
            matrices=sum(tensor.values for name, tensor in named if MATRICES.search(name)),
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


def _cache_values(text: dict[str, Any]) -> int:
    # What config.json leaves out is as in transformers' Qwen2_5_VLTextConfig.
    heads = int(text.get("num_attention_heads") or 64)
    head_dim = int(text.get("hidden_size") or 8192) // heads
    return 2 * int(text.get("num_hidden_layers") or 80) * int(text.get("num_key_value_heads") or heads) * head_dim


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


def _check_index(path: Path, headers: Mapping[str, Mapping[str, "_Tensor"]]) -> None:
    """Every shard holds what the index says of it."""
    if not (path / _INDEX).is_file():
        return
    for name, shard in _read_json(path / _INDEX)["weight_map"].items():
        if name not in headers[str(shard)]:
            raise ModelError(f"{path} contradicts itself: by its index {shard} holds {name}, which it does not")


@dataclass(frozen=True)
class _Tensor:
    dtype: str
    values: int
    bytes: int


def _read_header(shard: Path) -> dict[str, _Tensor]:
    """The tensors of a safetensors file, by name."""
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
        tensors = {}
        expected = 8 + length
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            expected = max(expected, 8 + length + end)
            tensors[name] = _Tensor(str(entry["dtype"]), math.prod(entry["shape"]), end - begin)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise ModelError(f"{shard} is no safetensors file: {first_line(error)}") from error
    if size < expected:
        raise ModelError(f"{shard} is cut off: {size:,} of {expected:,} bytes; download it again")
    return tensors


def first_line(error: BaseException) -> str:
    """What an exception of a library says, on one line of bearable length."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
