"""Make the sample documents from `source/`, or check that they are what it makes.

    python samples/make.py [--check] [--output DIR]

The same source gives the same bytes with the same PyMuPDF, Pillow and numpy. Other versions may compress
differently, and an encrypted file has random salts, so `--check` accepts other bytes where every page
reads the same and looks the same.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
from PIL import Image, ImageChops

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from samples.source import letters, minutes, notations, receipt, report, timetable  # noqa: E402

SAMPLES: dict[str, Callable[[], bytes]] = {
    "report.pdf": report.report,
    "encrypted.pdf": letters.encrypted,
    "scan.pdf": minutes.scan_pdf,
    "scan.png": minutes.scan_png,
    "receipt.png": receipt.receipt,
    "rotated.pdf": timetable.rotated,
    "mixed.pdf": letters.mixed,
    "notations.png": notations.notations,
}
ANSWERS = "answers"
# Encrypted files are new each time, so they are written again only when what they say is new.
SALTED = {"encrypted.pdf"}
# How far two renderings of a page may lie apart, of 255, averaged over squares of 8 by 8 pixels at 72 dpi:
# the edges of letters may differ, the stroke of a pen may not.
TOLERANCE = 10
SQUARE = 8


def opened(data: bytes, name: str) -> Any:
    document = pymupdf.open(stream=data, filetype=Path(name).suffix[1:])
    if document.needs_pass and not document.authenticate(letters.PASSWORD):
        raise ValueError(f"{name} does not open with the password {letters.PASSWORD!r}")
    return document


def difference(name: str, old: bytes, new: bytes) -> str | None:
    """What a reader would notice between two versions of a file; None where there is nothing."""
    if old == new:
        return None
    before, after = opened(old, name), opened(new, name)
    if before.page_count != after.page_count:
        return f"{before.page_count} pages, not {after.page_count}"
    if before.metadata != after.metadata:
        return f"metadata {before.metadata}, not {after.metadata}"
    for number, (one, other) in enumerate(zip(before, after, strict=True), 1):
        if (one.rotation, one.mediabox) != (other.rotation, other.mediabox):
            return f"page {number} has another size or rotation"
        if one.get_text() != other.get_text():
            return f"page {number} has other text"
        apart = ImageChops.difference(_seen(one), _seen(other))
        if np.asarray(apart.reduce(SQUARE)).max() > TOLERANCE:
            return f"page {number} looks different"
    return None


def _found(name: str, old: bytes, new: bytes) -> str | None:
    if not old:
        return "missing"
    try:
        return difference(name, old, new)
    except (ValueError, pymupdf.FileDataError) as error:
        return str(error)


def _seen(page: Any) -> Image.Image:
    return Image.open(io.BytesIO(page.get_pixmap(dpi=72).tobytes("png"))).convert("L")


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the sample documents.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is out of date")
    parser.add_argument("--output", type=Path, default=HERE, metavar="DIR", help="default: samples/")
    options = parser.parse_args()
    stale = 0
    for name, make in SAMPLES.items():
        path = options.output / name
        old = path.read_bytes() if path.exists() else b""
        new = make()
        found = _found(name, old, new)
        if options.check and found:
            stale += 1
            print(f"{path}: {found}; run python samples/make.py", file=sys.stderr)
        elif not options.check and old != new and (found or name not in SALTED):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(new)
            print(f"{name}: {len(new):,} bytes", file=sys.stderr)
    path = _answer_path(options.output)
    if path and (not path.exists() or path.read_text("utf-8") != notations.record()):
        if options.check:
            stale += 1
            print(f"{path}: another answer; run python samples/make.py", file=sys.stderr)
        else:
            shutil.rmtree(options.output / ANSWERS, ignore_errors=True)
            path.parent.mkdir(parents=True)
            path.write_text(notations.record(), "utf-8")
    return 1 if stale else 0


def _answer_path(folder: Path) -> Path | None:
    """Where `--engine replay` looks for the answer to notations.png."""
    picture = folder / "notations.png"
    if not picture.exists():
        return None
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    return folder / ANSWERS / f"{picture.name}-{digest[:8]}" / "page-0001.json"


if __name__ == "__main__":
    sys.exit(main())
