"""Pages to a folder, in several processes: images, PDFs, truth, and a manifest."""

import io
import json
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import OutputError, UsageError
from .filters import fault
from .page import SynthPage, make_page
from .press import image_pdf, to_pdf
from .settings import SynthSettings, check

FORMATS = ("png", "pdf")
DPI = 128
"""At which the default page sizes are those of A4, A5 and letter."""
_SEEDS = 1_000_000
"""Seeds that one ``--seed`` has; the page's number is added, and half as many for each further try."""
_TRIES = 8
_CHUNK = 8


class Order(NamedTuple):
    """What is to be made; small, and sent to the workers."""

    folder: Path
    seed: int
    settings: SynthSettings
    formats: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """How it went."""

    written: int = 0
    characters: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Why and how many."""


class _Made(NamedTuple):
    entry: dict[str, Any] | None
    dropped: list[str]


def write_folder(order: Order, count: int, jobs: int, advance: Callable[[], None]) -> Tally:
    """Write pages ``00001`` to ``count``; ``advance`` is called after each.

    The same order gives the same files, however many ``jobs`` there are.

    Raises:
        UsageError: the order cannot be served.
        OutputError: the folder cannot be written.
    """
    check(order.settings)
    if unknown := [name for name in order.formats if name not in FORMATS]:
        raise UsageError(f"no format {', '.join(unknown)}; formats: {', '.join(FORMATS)}")
    if not 1 <= count < _SEEDS // 2:
        raise UsageError(f"--count must be at least 1 and less than {_SEEDS // 2:,}")
    tally = Tally()
    entries: list[dict[str, Any]] = []
    try:
        order.folder.mkdir(parents=True, exist_ok=True)
        with closing(_made(order, count, jobs)) as pages:
            for made in pages:
                tally.dropped.update(made.dropped)
                if made.entry is not None:
                    entries.append(made.entry)
                advance()
        entries.sort(key=lambda entry: str(entry["name"]))
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        (order.folder / "manifest.jsonl").write_text(lines, "utf-8")
    except OSError as error:
        raise OutputError(f"cannot write to {order.folder}: {error.strerror}") from error
    tally.written = len(entries)
    tally.characters = sum(int(entry["characters"]) for entry in entries)
    return tally


def _made(order: Order, count: int, jobs: int) -> Generator[_Made]:
    numbers = range(1, count + 1)
    if jobs == 1:
        for number in numbers:
            yield _make(order, number)
        return
    # Fresh processes: one that is forked would share MuPDF's state with its parent.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        chunks = [numbers[start : start + _CHUNK] for start in range(0, count, _CHUNK)]
        futures: list[Future[list[_Made]]] = [pool.submit(_make_several, order, chunk) for chunk in chunks]
        for future in as_completed(futures):
            yield from future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _make_several(order: Order, numbers: Sequence[int]) -> list[_Made]:
    return [_make(order, number) for number in numbers]


def _make(order: Order, number: int) -> _Made:
    """Write the first page of this number that no filter drops."""
    dropped: list[str] = []
    for attempt in range(_TRIES):
        page = make_page(order.seed * _SEEDS * _TRIES + attempt * _SEEDS + number, order.settings)
        reason = fault(page)
        if reason is None:
            return _Made(_write(order, number, page), dropped)
        dropped.append(reason)
    return _Made(None, dropped)


def _write(order: Order, number: int, page: SynthPage) -> dict[str, Any]:
    name = f"{number:05}"
    data: dict[str, bytes] = {".html": page.html.encode(), ".json": _glyphs(page).encode()}
    if "png" in order.formats:
        stream = io.BytesIO()
        page.image.save(stream, "PNG", compress_level=1)
        data[".png"] = stream.getvalue()
    if "pdf" in order.formats:
        data[".pdf"] = _pdf(page)
    for suffix, content in data.items():
        (order.folder / f"{name}{suffix}").write_bytes(content)
    return {
        "name": name,
        "seed": page.seed,
        "kind": page.kind,
        "language": page.language,
        "look": page.look,
        "width": page.image.width,
        "height": page.image.height,
        "characters": len(page.offsets),
        "files": sorted(name + suffix for suffix in data),
    }


def _pdf(page: SynthPage) -> bytes:
    """With its text where the page is clean, else the image alone."""
    if page.look == "clean":
        return to_pdf(page.sheet, width=page.sheet.width * 72 / DPI)
    return image_pdf(page.image, width=page.image.width * 72 / DPI)


def _glyphs(page: SynthPage) -> str:
    """The page's facts, and a row for each printed letter."""
    boxes = page.boxes.round(2).tolist()
    rows = [
        [offset, *box, line]
        for offset, box, line in zip(page.offsets.tolist(), boxes, page.lines.tolist(), strict=True)
    ]
    facts = {
        "seed": page.seed,
        "kind": page.kind,
        "language": page.language,
        "look": page.look,
        "width": page.image.width,
        "height": page.image.height,
        "glyph_fields": ["offset", "x0", "y0", "x1", "y1", "line"],
        "glyphs": rows,
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n"
