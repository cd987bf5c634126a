"""A checkpoint fetched from the hub into the local Hugging Face cache, by the hub's own client."""

import errno
import json
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..errors import ModelError
from .checkpoint import MODEL_TYPE, first_line

# What a checkpoint's repository may hold beside these (older formats, pictures) is not fetched.
_WANTED = ["*.json", "*.safetensors", "*.jinja", "merges.txt"]
_SPARE = 200 * 2**20
"""Bytes that stay free on the disk."""


def local_snapshot(hub_id: str) -> Path | None:
    """The folder of a model's files in the cache, if all that ``fetch`` would want of them are there.

    Raises:
        ModelError: ``hub_id`` cannot be the id of a model.
    """
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(hub_id, allow_patterns=_WANTED, local_files_only=True))
    except ValueError:
        raise ModelError(f"{hub_id} is neither a folder here nor the id of a model on the hub") from None
    except OSError:
        return None


def fetch(hub_id: str, tell: Callable[[str], None] = lambda message: None) -> Path:
    """Fetch what is missing of a model and return its folder; files that are here already are kept.

    Before anything large is fetched it is known that it is a Qwen2.5-VL, and that the disk has room. Where stderr is
    a terminal the hub's client shows its progress there. A connection that breaks is taken up again within a file;
    a process that ends loses the files that it was fetching, for the client (huggingface_hub 2.4) names partial files
    anew each time.

    Args:
        hub_id: ``owner/name``.
        tell: gets a line that says how much is to be fetched, and where to.

    Raises:
        ModelError: it cannot be fetched; the message says why and what to do.
    """
    from huggingface_hub import constants, hf_hub_download, snapshot_download
    from huggingface_hub.file_download import DryRunFileInfo

    if constants.HF_HUB_OFFLINE:
        if (whole := local_snapshot(hub_id)) is not None:
            return whole
        raise ModelError(
            f"{hub_id} is not in the local cache ({constants.HF_HUB_CACHE}) and HF_HUB_OFFLINE forbids to fetch it: "
            "unset that where there is a network, or give --model the folder of a checkpoint"
        )
    cache = Path(constants.HF_HUB_CACHE)
    try:
        files: Sequence[DryRunFileInfo] = snapshot_download(
            hub_id, allow_patterns=_WANTED, dry_run=True, tqdm_class=_bar(threading.Event(), shown=False)
        )
        _check_kind(hub_id, [file.filename for file in files], lambda: hf_hub_download(hub_id, "config.json"))
        missing = [file for file in files if file.will_download]
        if missing:
            needed = sum(file.file_size or 0 for file in missing)
            _check_room(hub_id, needed, cache)
            kept = f" ({len(files) - len(missing)} are here)" if len(missing) < len(files) else ""
            tell(f"fetching {hub_id}: {len(missing)} files{kept}, {_size(needed)}, to {cache}")
        return _download(hub_id)
    except ModelError:
        raise
    # Besides its own exceptions the hub's client lets those of its HTTP and storage libraries through.
    except Exception as error:
        raise ModelError(_why_not(hub_id, error, cache)) from error


def _check_kind(hub_id: str, names: Sequence[str], config: Callable[[], str]) -> None:
    if "config.json" not in names or not any(name.endswith(".safetensors") for name in names):
        raise ModelError(f"{hub_id} is no checkpoint that docparse can use: it has no config.json or no safetensors")
    try:
        model_type = json.loads(Path(config()).read_bytes()).get("model_type")
    except (ValueError, AttributeError) as error:
        raise ModelError(f"{hub_id} has a config.json that cannot be read: {first_line(error)}") from error
    if model_type != MODEL_TYPE:
        raise ModelError(f"{hub_id} is no Qwen2.5-VL checkpoint: its config.json says model_type {model_type!r}")


def _check_room(hub_id: str, needed: int, cache: Path) -> None:
    existing = next(folder for folder in (cache, *cache.parents) if folder.is_dir())
    free = shutil.disk_usage(existing).free
    if needed + _SPARE > free:
        raise ModelError(
            f"{hub_id} is not fetched: it takes {_size(needed)} and the disk of {cache} has {_size(free)} free; "
            "make room, or set HF_HOME to a folder on another disk"
        )


def _why_not(hub_id: str, error: Exception, cache: Path) -> str:
    """The exception in words. Many are the cause of another that says less."""
    from huggingface_hub import constants
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and len(chain) < 10:
        chain.append(cause)
    for one in chain:
        match one:
            case GatedRepoError():
                page = f"{constants.ENDPOINT}/{hub_id}"
                return f"{hub_id} is gated: accept its terms at {page}, then run 'hf auth login' or set HF_TOKEN"
            case RepositoryNotFoundError():
                return (
                    f"there is no model {hub_id} at {constants.ENDPOINT}, or it is private: "
                    "run 'hf auth login' or set HF_TOKEN"
                )
            case HfHubHTTPError():
                break
            case OSError(errno=errno.ENOSPC | errno.EDQUOT):
                return f"{hub_id} is not fetched: the disk of {cache} is full; make room, and run it again"
            case PermissionError():
                return f"{hub_id} is not fetched: {cache} cannot be written; set HF_HOME to another folder"
    return (
        f"{hub_id} cannot be fetched from {constants.ENDPOINT} ({first_line(chain[-1])}): "
        f"run it again where there is a network (whole files are kept), or give --model the folder of a checkpoint"
    )


def _download(hub_id: str) -> Path:
    """The client's threads do not hear of Ctrl-C and would fetch their files to the end: here they end with the next
    block (10 MiB)."""
    from huggingface_hub import snapshot_download

    stopped = threading.Event()
    bar = _bar(stopped, shown=sys.stderr.isatty())
    with ThreadPoolExecutor(1) as pool:
        downloading = pool.submit(snapshot_download, hub_id, allow_patterns=_WANTED, tqdm_class=bar)
        try:
            return Path(downloading.result())
        except BaseException:
            stopped.set()
            raise


def _bar(stopped: threading.Event, *, shown: bool) -> type[Any]:
    """A progress bar for the hub's client, and the one place where its downloads can be stopped."""
    from huggingface_hub.utils.tqdm import tqdm

    class Bar(tqdm):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            hidden = {} if shown else {"disable": True}
            super().__init__(*arguments, **options | hidden)  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> Any:
            if stopped.is_set():
                raise RuntimeError("interrupted")
            return super().update(n)

    return Bar


def _size(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e8 else f"{number / 1e6:.1f} MB"
