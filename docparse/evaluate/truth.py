"""Ground truth wherever it is: a folder, a manifest, or a file of OmniDocBench."""

from collections.abc import Collection
from pathlib import Path

from ..errors import InputError
from . import omnidoc
from .cases import Case
from .folder import folder_cases, json_lines, omnidoc_case
from .manifest import corpus_cases


def find_cases(given: Path, *, sets: Collection[str] = (), born_digital: bool = False) -> list[Case]:
    """The cases for which ``given`` is the truth.

    Args:
        given: a folder with documents and their truth (see ``folder_cases``); a folder with a manifest of a
            corpus, or that manifest; a JSON file of OmniDocBench.
        sets: of a corpus, the sets that are wanted.
        born_digital: where a page is there as PDF and as image, read the PDF.

    Raises:
        InputError: there is no truth, or it cannot be read.
    """
    if not given.exists():
        raise InputError(f"{given} does not exist")
    if given.suffix == ".json":
        cases = _omnidoc_cases(given)
    else:
        folder = given if given.is_dir() else given.parent
        cases = corpus_cases(folder, sets) if _is_corpus(folder) else folder_cases(folder, born_digital=born_digital)
    if not cases:
        raise InputError(
            f"{given} holds no document with a truth: X.html (QwenVL HTML), X.md or X.txt beside X.png or X.pdf, "
            "a manifest.jsonl with gt, or OmniDocBench's JSON"
        )
    return cases


def _is_corpus(folder: Path) -> bool:
    manifest = folder / "manifest.jsonl"
    return manifest.is_file() and "gt" in next(json_lines(manifest), {})


def _omnidoc_cases(file: Path) -> list[Case]:
    cases = []
    for page in omnidoc.pages(file):
        name = str(page["page_info"].get("image_path", ""))
        places = [file.parent / name, file.parent / "images" / name]
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            raise InputError(f"{file}: its image {name} is neither beside it nor in images/")
        cases.append(omnidoc_case(name, path, page, look="-"))
    return cases
