"""Tesseract, for comparison: its own program, one run a page."""

import csv
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..document import Paragraph
from ..errors import UsageError
from ..geometry import Box
from .cases import Case
from .content import from_elements
from .folder import image_size
from .outputs import Output
from .systems import Reading

_DPI = 300
"""At which PDF pages are rendered for it: what its documentation asks for."""
_WORD, _PARAGRAPH = "5", "3"


class Tesseract:
    """``tesseract IMAGE - --psm 3 tsv``: the paragraphs that it finds, with their boxes.

    It runs on one thread unless ``OMP_THREAD_LIMIT`` says otherwise, which favours it where other work runs: on two
    busy cores one page took 1.9 to 2.3 s so, 11 to 13 s with its own default and 1.9 to 47 s with two threads
    (Tesseract 5.3.0, four runs of each in turn, the same output). On idle cores more threads may be faster.
    """

    names_kinds = False

    def __init__(self, language: str = "eng", *, timeout: float = 300.0) -> None:
        """
        Args:
            language: as ``tesseract -l`` takes it, such as ``eng`` or ``deu+eng``.
            timeout: seconds a page.

        Raises:
            UsageError: the program is not on the PATH, or does not know the language.
        """
        program = shutil.which("tesseract")
        if program is None:
            raise UsageError("--system tesseract: there is no tesseract on the PATH (Debian: tesseract-ocr)")
        known = _output([program, "--list-langs"]).split("\n")[1:]
        if missing := [name for name in language.split("+") if name not in known]:
            has = ", ".join(filter(None, known))
            raise UsageError(f"--system tesseract: it has no language {missing[0]}, only {has}")
        self.name = "tesseract"
        self._program, self._language, self._timeout = program, language, timeout
        self._model = f"{_output([program, '--version']).split(chr(10))[0].removeprefix('tesseract ')} -l {language}"
        self._model += f" OMP_THREAD_LIMIT={_environment()['OMP_THREAD_LIMIT']}"

    def read(self, cases: Sequence[Case]) -> Iterator[Reading]:
        """Seconds are those of the program with its start, without the rendering of a PDF."""
        return map(self._read, cases)

    def _read(self, case: Case) -> Reading:
        with tempfile.TemporaryDirectory(prefix="docparse-eval-") as folder:
            images = _images(case.input, Path(folder))
            seconds = 0.0
            elements: list[Paragraph] = []
            failure = None
            for image in images:
                started = time.perf_counter()
                try:
                    table = _output(
                        [self._program, str(image), "-", "--psm", "3", "-l", self._language, "tsv"], self._timeout
                    )
                    elements += paragraphs(table)
                except (subprocess.SubprocessError, OSError) as error:
                    failure = f"tesseract: {str(error)[:200]}"
                seconds += time.perf_counter() - started
            size = image_size(images[0]) if len(images) == 1 else None
        content = from_elements(elements, size)
        return Reading(Output(content, "tesseract", self._model, seconds=seconds), failure)


def paragraphs(table: str) -> list[Paragraph]:
    """The paragraphs in Tesseract's TSV (github.com/tesseract-ocr/tessdoc, *Command line usage*): words joined by
    spaces, lines by line breaks; boxes in pixels of its image."""
    lines: dict[tuple[str, ...], dict[str, list[str]]] = {}
    boxes: dict[tuple[str, ...], Box] = {}
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        key = (row["page_num"], row["block_num"], row["par_num"])
        if row["level"] == _PARAGRAPH:
            left, top, width, height = (float(row[name]) for name in ("left", "top", "width", "height"))
            boxes[key] = Box(left, top, left + width, top + height)
        elif row["level"] == _WORD and (row["text"] or "").strip():
            lines.setdefault(key, {}).setdefault(row["line_num"], []).append(row["text"].strip())
    return [
        Paragraph(text="\n".join(" ".join(words) for words in found.values()), box=boxes.get(key))
        for key, found in lines.items()
    ]


def _images(path: Path, folder: Path) -> list[Path]:
    if path.suffix.lower() != ".pdf":
        return [path]
    import pymupdf

    images = []
    with pymupdf.open(path) as document:
        for number, page in enumerate(document, start=1):
            images.append(folder / f"{number:04}.png")
            page.get_pixmap(dpi=_DPI).save(images[-1])
    return images


def _environment() -> dict[str, str]:
    return {"OMP_THREAD_LIMIT": "1", **os.environ}


def _output(command: list[str], timeout: float = 60.0) -> str:
    finished = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=_environment(),
        timeout=timeout,
        check=True,
    )
    return finished.stdout
