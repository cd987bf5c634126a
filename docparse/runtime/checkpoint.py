"""A checkpoint's files: where they are, and whether they are a whole Qwen2.5-VL. Needs no torch.

Source of the layout: Hugging Face's folder format (config.json, model.safetensors or shards with an index) and the
safetensors header (an 8-byte length, then JSON with the offsets of every tensor).
"""

import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelError

ALIASES = {
    "3b": "Qwen/Qwen2.5-VL-3B-Instruct",
    "7b": "Qwen/Qwen2.5-VL-7B-Instruct",
    "32b": "Qwen/Qwen2.5-VL-32B-Instruct",
    "72b": "Qwen/Qwen2.5-VL-72B-Instruct",
}
MODEL_TYPE = "qwen2_5_vl"
_INDEX = "model.safetensors.index.json"
_WEIGHTS = "model.safetensors"
_TOKENIZERS = ("tokenizer.json", "vocab.json")
_IMAGE_SETTINGS = ("preprocessor_config.json", "processor_config.json")
_LARGEST_HEADER = 100_000_000
_BYTES = {
    "F64": 8,
    "I64": 8,
    "F32": 4,
    "I32": 4,
    "BF16": 2,
    "F16": 2,
    "I16": 2,
    "F8_E4M3": 1,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}


@dataclass(frozen=True)
class CheckpointInfo:
    """What the files say of themselves."""

    path: Path
    parameters: int
    weight_bytes: int
    dtype: str
    """Of most weights, as safetensors calls it: ``BF16``, ``F32`` …"""
    shards: int
    context_length: int
    """Tokens, image and answer together."""
    quantised: str | None
    """The method, where the checkpoint is quantised."""


def locate(model: str, *, download: bool = True) -> Path:
    """The folder of a checkpoint: an alias, a folder, or a hub id in the local cache or on the hub.

    Raises:
        ModelError: there is no such checkpoint here and it cannot be fetched.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    hub_id = ALIASES.get(model.lower(), model)
    if hub_id.count("/") != 1 or model.startswith((".", "/", "~")):
        raise ModelError(f"there is no folder {model}, and it is none of the aliases {', '.join(ALIASES)}")
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub_id, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError, OSError):
        if not download or constants.HF_HUB_OFFLINE:
            why = "HF_HUB_OFFLINE is set" if constants.HF_HUB_OFFLINE else "nothing was downloaded"
            raise ModelError(
                f"{hub_id} is not in the local cache ({constants.HF_HUB_CACHE}) and {why}: "
                "fetch it with 'hf download', or give --model the folder of a checkpoint"
            ) from None
    try:
        return Path(snapshot_download(hub_id))
    except (HfHubHTTPError, LocalEntryNotFoundError, ValueError, OSError, RuntimeError) as error:
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(f"{hub_id} is not in the local cache and cannot be fetched: {first_line[:200]}") from error


def cached() -> list[tuple[str, Path]]:
    """Hub ids and folders of the Qwen2.5-VL checkpoints in the local Hugging Face cache."""
    from huggingface_hub import constants

    found = []
    for config in sorted(Path(constants.HF_HUB_CACHE).glob("models--*/snapshots/*/config.json")):
        try:
            if _read_json(config).get("model_type") == MODEL_TYPE:
                hub_id = config.parents[2].name.removeprefix("models--").replace("--", "/")
                found.append((hub_id, config.parent))
        except ModelError:
            continue
    return found


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
        raise ModelError(f"{path} is no Qwen2.5-VL checkpoint: its config.json says model_type {model_type!r}")
    for what, names in (("tokenizer", _TOKENIZERS), ("image settings", _IMAGE_SETTINGS)):
        if not any((path / name).is_file() for name in names):
            raise ModelError(f"{path} has no {what}: {' or '.join(names)} is missing")
    shards = _shards(path)
    tensors = [tensor for shard in shards for tensor in _read_header(shard)]
    by_dtype: dict[str, int] = {}
    for dtype, count in tensors:
        by_dtype[dtype] = by_dtype.get(dtype, 0) + count
    quantisation = config.get("quantization_config") or {}
    text = config.get("text_config") or config
    return CheckpointInfo(
        path=path,
        parameters=sum(by_dtype.values()),
        weight_bytes=sum(_BYTES.get(dtype, 4) * count for dtype, count in by_dtype.items()),
        dtype=max(by_dtype, key=lambda dtype: by_dtype[dtype]),
        shards=len(shards),
        context_length=int(text.get("max_position_embeddings") or 32768),
        quantised=quantisation.get("quant_method"),
    )


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


def _read_header(shard: Path) -> list[tuple[str, int]]:
    """Type and number of values of each tensor in a safetensors file."""
    try:
        with shard.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > _LARGEST_HEADER:
                raise ValueError("its header is too long")
            header = json.loads(stream.read(length))
            header.pop("__metadata__", None)
            end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
            size = os.fstat(stream.fileno()).st_size
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise ModelError(f"{shard} is no safetensors file: {error}") from error
    if size < 8 + length + end:
        raise ModelError(f"{shard} is cut off: {size} of {8 + length + end} bytes; download it again")
    return [(entry["dtype"], _product(entry["shape"])) for entry in header.values()]


def _product(shape: list[int]) -> int:
    product = 1
    for side in shape:
        product *= side
    return product
