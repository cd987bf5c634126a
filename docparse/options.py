"""What the user may ask for: one frozen record, read by the pipeline and the engines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypedDict

from .errors import UsageError

EngineName = Literal["auto", "local", "layout", "replay"]
DtypeName = Literal["auto", "bfloat16", "float16", "float32"]
QuantizeName = Literal["4bit", "8bit", "int8"]
ImagesMode = Literal["embed", "files", "none"]


class Format(StrEnum):
    """What a document can be written as."""

    HTML = "html"
    MARKDOWN = "md"
    JSON = "json"
    JSONL = "jsonl"
    CHUNKS = "chunks"
    QWENVL = "qwenvl"

    @property
    def suffix(self) -> str:
        return {"qwenvl": ".qwenvl.html", "chunks": ".chunks.jsonl"}.get(self.value, f".{self.value}")


# Prompts that real checkpoints answer with boxes (see README, "Engines").
SYSTEM_PROMPT = (
    "You are an AI specialized in recognizing and extracting text from images. Your mission is to analyze "
    "the image document and generate the result in QwenVL Document Parser HTML format using specified tags "
    "while maintaining user privacy and data integrity."
)
USER_PROMPT = "QwenVL HTML"

CHUNK_TOKENS = 512
"""Most of a chunk unless ``--chunk-tokens`` says otherwise: what common embedding models take at once."""
RENDER_TIMEOUT = 30.0
"""Seconds that rendering and text extraction of one page may take unless ``--page-timeout`` says otherwise."""
DECODE_TIMEOUT = 900.0
"""Seconds that a model may spend on one page unless ``--page-timeout`` says otherwise."""
MOST_READINGS = 9


class OptionsDict(TypedDict, total=False):
    """The fields of ``Options``, for functions that take them by name."""

    engine: EngineName
    model: str | None
    device: str
    dtype: DtypeName
    quantize: QuantizeName | None
    pages: str | None
    password: str | None
    min_pixels: int | None
    max_pixels: int | None
    max_new_tokens: int
    readings: int
    page_timeout: float | None
    images: ImagesMode
    save_raw: Path | None
    system_prompt: str
    user_prompt: str
    workers: int | None
    max_memory: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Options:
    """All settings of one run.

    Raises:
        UsageError: a value is out of its range.
    """

    engine: EngineName = "auto"
    model: str | None = None
    """A checkpoint's alias, folder or hub id; for the replay engine, the folder that ``save_raw`` filled."""
    device: str = "auto"
    dtype: DtypeName = "auto"
    quantize: QuantizeName | None = None
    """Have the decoder's weights in fewer bits: ``4bit`` and ``8bit`` by bitsandbytes, ``int8`` by torchao."""
    pages: str | None = None
    """``1-3,7,-1``: from 1 as people count; negative numbers count from the end."""
    password: str | None = None
    min_pixels: int | None = None
    """Fewest pixels of the image that the model sees; None takes the checkpoint's own setting."""
    max_pixels: int | None = None
    """Most pixels of the image that the model sees; None takes the checkpoint's own setting."""
    max_new_tokens: int = 8192
    readings: int = MOST_READINGS
    """Most of a piece of a page that the model is not sure of, for one that reads pages in pieces."""
    page_timeout: float | None = None
    """Seconds a page, once for rendering and once for decoding."""
    images: ImagesMode = "none"
    save_raw: Path | None = None
    system_prompt: str = SYSTEM_PROMPT
    user_prompt: str = USER_PROMPT
    workers: int | None = None
    """Processes that read pages; None is one per core, at most four."""
    max_memory: dict[str, str] = field(default_factory=dict)
    """As accelerate takes it: ``{"cuda:0": "20GiB", "cpu": "40GiB"}``."""

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1:
            raise UsageError(f"--max-new-tokens must be at least 1, not {self.max_new_tokens}")
        if not 1 <= self.readings <= MOST_READINGS:
            raise UsageError(f"--readings must be from 1 to {MOST_READINGS}, not {self.readings}")
        if self.page_timeout is not None and not self.page_timeout > 0:
            raise UsageError(f"--page-timeout must be more than 0 seconds, not {self.page_timeout:g}")
        for name, value in (("--min-pixels", self.min_pixels), ("--max-pixels", self.max_pixels)):
            if value is not None and value < 28 * 28:
                raise UsageError(f"{name} must be at least {28 * 28} (one token), not {value}")
        if self.min_pixels and self.max_pixels and self.min_pixels > self.max_pixels:
            raise UsageError(f"--min-pixels {self.min_pixels} is more than --max-pixels {self.max_pixels}")
        if self.pages is not None:
            select_pages(self.pages, None)

    @property
    def render_timeout(self) -> float:
        return self.page_timeout or RENDER_TIMEOUT

    @property
    def decode_timeout(self) -> float:
        return self.page_timeout or DECODE_TIMEOUT


def select_pages(selection: str | None, page_count: int | None) -> list[int]:
    """Page numbers from 1, in the order asked for, each once.

    ``selection`` is a comma-separated list of ``N``, ``A-B`` and ``-N`` (counted from the end); None selects
    all. With ``page_count`` None only the form is checked and the result is empty.

    Raises:
        UsageError: not of that form, or a page that the document does not have.
    """
    if selection is None:
        return list(range(1, (page_count or 0) + 1))
    numbers: dict[int, None] = {}
    for part in selection.split(","):
        match = re.fullmatch(r"\s*(-?\d+)\s*(?:-\s*(-?\d+)\s*)?", part)
        if not match:
            raise UsageError(f"--pages takes a list such as 1-3,7,-1, not {selection!r}")
        if page_count is None:
            if 0 in (int(group) for group in match.groups() if group):
                raise UsageError("--pages counts from 1: there is no page 0")
            continue
        first, last = (_resolve(int(group), page_count) for group in (match[1], match[2] or match[1]))
        if first > last:
            raise UsageError(f"--pages {part.strip()}: the first page comes after the last")
        numbers.update(dict.fromkeys(range(first, last + 1)))
    return list(numbers)


def name_pages(numbers: Iterable[int]) -> str:
    """Page numbers in their order as a list that ``select_pages`` takes: ``1,4-7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ",".join("-".join(map(str, run)) for run in runs)


def _resolve(number: int, page_count: int) -> int:
    resolved = number if number > 0 else page_count + 1 + number
    if not 1 <= resolved <= page_count:
        raise UsageError(f"--pages: there is no page {number}; the document has {page_count}")
    return resolved
