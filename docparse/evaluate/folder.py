"""Ground truth that lies beside its documents: a folder of ``docparse synth``, or of anybody's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from ..errors import InputError
from ..qwenvl import parse
from ..source import SUFFIXES
from . import omnidoc
from .cases import ELEMENTS, WHOLE_TEXT, Case
from .content import Content, from_elements, from_html, from_markdown
from .outputs import is_qwenvl
from .sidefiles import read_file

_TRUTHS = (".omnidoc.json", ".gt.html", ".gt.md", ".gt.txt", ".html", ".md", ".txt")


def folder_cases(folder: Path, *, born_digital: bool) -> list[Case]:
    """Every document in ``folder`` and below it that has a truth beside it, by name.

    The truth of ``X.png`` or ``X.pdf`` is ``X.omnidoc.json``, ``X.gt.html``, ``.md`` or ``.txt``, or the same
    without ``.gt``; HTML with boxes is QwenVL HTML in pixels of ``X.png``. Where a ``manifest.jsonl`` lies beside
    them, its lines (``name``, ``look``, ``language``) describe the pages.

    Args:
        born_digital: where both are there, read ``X.pdf`` and not ``X.png``.

    Raises:
        InputError: a truth cannot be read.
    """
    inputs: dict[Path, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            inputs.setdefault(path.with_suffix(""), []).append(path)
    described = {parent: _described(parent / "manifest.jsonl") for parent in {stem.parent for stem in inputs}}
    cases = []
    for stem, paths in inputs.items():
        truth = next((file for end in _TRUTHS if (file := stem.with_name(stem.name + end)).is_file()), None)
        if truth is None:
            continue
        chosen = min(paths, key=lambda path: ((path.suffix.lower() == ".pdf") != born_digital, path))
        page = described[stem.parent].get(stem.name, {})
        name = chosen.relative_to(folder).as_posix()
        cases.append(_case(name, chosen, truth, _size(paths, page), page))
    return cases


def _case(name: str, path: Path, file: Path, size: tuple[float, float] | None, page: dict[str, Any]) -> Case:
    look, language = str(page.get("look", "-")), str(page.get("language", ""))
    if file.name.endswith(".omnidoc.json"):
        (first, *_) = omnidoc.pages(file)
        return omnidoc_case(name, path, first, look=look)
    source = read_file(file)
    if file.suffix == ".html" and is_qwenvl(source):
        truth = from_elements(parse(source).elements, size)
        told = WHOLE_TEXT | (ELEMENTS if size else frozenset())
        return Case(name, path, truth, told, look=look, language=language)
    if file.suffix == ".html":
        truth = from_html(source)
    else:
        truth = from_markdown(source) if file.suffix == ".md" else Content(text=source, notations=False)
    return Case(name, path, truth, WHOLE_TEXT, look=look, language=language)


def omnidoc_case(name: str, path: Path, page: dict[str, Any], *, look: str, boxes: bool = True) -> Case:
    """A page of OmniDocBench; with ``boxes`` false its boxes are another image's.

    Raises:
        InputError: the image or the truth cannot be read.
    """
    truth, fits = omnidoc.content(page, image_size(path))
    attributes = page["page_info"].get("page_attribute") or {}
    return Case(
        name,
        path,
        truth,
        WHOLE_TEXT | (ELEMENTS if fits and boxes else frozenset()),
        look=look,
        language=str(attributes.get("language", "")),
        same_kinds=omnidoc.SAME_KINDS,
    )


def image_size(path: Path) -> tuple[int, int]:
    """Width and height in pixels.

    Raises:
        InputError: it is no image.
    """
    try:
        with Image.open(path) as image:
            return image.size
    except OSError as error:
        raise InputError(f"cannot read the size of {path}: {error}") from error


def _size(paths: list[Path], page: dict[str, Any]) -> tuple[float, float] | None:
    """The space of the truth's boxes: pixels of the image; of a PDF alone what the manifest says."""
    images = [path for path in paths if path.suffix.lower() != ".pdf"]
    if images:
        return image_size(images[0])
    if page.get("width") and page.get("height"):
        return float(page["width"]), float(page["height"])
    return None


def _described(manifest: Path) -> dict[str, dict[str, Any]]:
    return {Path(str(page["name"])).stem: page for page in json_lines(manifest)} if manifest.is_file() else {}


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """
    Raises:
        InputError: a line is no JSON object.
    """
    for number, line in enumerate(read_file(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {error}") from error
        if not isinstance(record, dict):
            raise InputError(f"{path}, line {number}: no JSON object")
        yield record
