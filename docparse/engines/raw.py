"""Model outputs on disk: what ``--save-raw`` writes and the replay engine reads.

``DIR/<file name>-<first 8 digits of its SHA-256>/page-0001.json``, one record a page, so that everything after
the model can be run again without it.
"""

import json
import math
from pathlib import Path
from typing import Any

from ..document import StopReason
from ..errors import ModelError, PageError
from ..export.files import write_text
from ..geometry import Box
from ..options import Options
from .base import EnginePage, ModelOutput

_FORMAT = 1


def _path(folder: Path, page: EnginePage) -> Path:
    return folder / f"{page.source_name}-{page.source_sha256[:8]}" / f"page-{page.number:04}.json"


def save(folder: Path, page: EnginePage, output: ModelOutput) -> None:
    """
    Raises:
        OutputError: the record cannot be written.
    """
    record = {
        "format": _FORMAT,
        "source": {"name": page.source_name, "sha256": page.source_sha256},
        "page": page.number,
        "engine": output.engine,
        "model": output.model,
        "image_size": output.image_size,
        "stop_reason": output.stop_reason,
        "text": output.text,
        "token_logprobs": [round(value, 5) for value in output.token_logprobs],
        "token_ends": output.token_ends,
        "closed": output.closed,
        "unread": output.unread,
        "notes": output.notes,
    }
    write_text(_path(folder, page), json.dumps(record, indent=1))


class ReplayEngine:
    """Answers with what ``save`` wrote for the same file and page."""

    name = "replay"
    needs_image = False
    pages_at_once = 1
    max_pixels = 0

    def __init__(self, options: Options) -> None:
        """
        Raises:
            ModelError: there is no such folder.
        """
        if options.model is None:
            raise ModelError("--engine replay needs --model DIR, the folder that --save-raw wrote")
        self._folder = Path(options.model)
        if not self._folder.is_dir():
            raise ModelError(f"--engine replay: {self._folder} is no folder that --save-raw wrote")

    def read(self, page: EnginePage) -> ModelOutput:
        """
        Raises:
            PageError: there is no record of this page, or it is damaged.
        """
        path = _path(self._folder, page)
        try:
            return _output(json.loads(path.read_bytes()))
        except FileNotFoundError:
            raise PageError(f"no saved answer at {path}") from None
        except OSError as error:
            raise PageError(f"cannot read {path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise PageError(f"{path} is damaged: {error}") from error


def _output(record: dict[str, Any]) -> ModelOutput:
    if record["format"] != _FORMAT:
        raise ValueError(f"format {record['format']}, not {_FORMAT}")
    width, height = (int(side) for side in record["image_size"])
    if min(width, height) < 1:
        raise ValueError(f"image size {width}×{height}")
    logprobs = [float(value) for value in record["token_logprobs"]]
    if not all(map(math.isfinite, logprobs)):
        raise ValueError("a log-probability is no number")
    return ModelOutput(
        text=str(record["text"]),
        stop_reason=StopReason(record["stop_reason"]),
        image_size=(width, height),
        engine=str(record["engine"]),
        model=record["model"] and str(record["model"]),
        token_logprobs=logprobs,
        token_ends=[int(value) for value in record["token_ends"]],
        closed=int(record.get("closed", 0)),
        unread=tuple(Box(*map(float, box)) for box in record.get("unread", ())),
        notes=tuple(map(str, record.get("notes", ()))),
    )
