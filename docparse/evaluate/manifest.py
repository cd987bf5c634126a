"""A corpus with a manifest: one JSON object a document, with ``path``, ``set``, and ``gt``, the files of its truth.

Each entry of ``gt`` has a ``file`` and a ``form``; the forms that are used are in ``_READERS``.
"""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from ..errors import InputError
from . import omnidoc
from .cases import WHOLE_TEXT, Case
from .content import Content, from_html, from_markdown
from .folder import json_lines, omnidoc_case
from .sidefiles import read_file, read_tables, tables_text

_LOOKS = ("photo", "scan", "clean")
_FEWEST_LETTERS = 20
"""A truth of fewer is too short to say that it is in capitals throughout."""


def manifest(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of ``folder/manifest.jsonl``.

    Raises:
        InputError: it is missing or damaged.
    """
    return json_lines(folder / "manifest.jsonl")


def corpus_cases(folder: Path, sets: Collection[str]) -> list[Case]:
    """The documents of these sets (of all, where none is named) whose truth has a form that is known.

    Raises:
        InputError: a file is missing or damaged, or there is no such set.
    """
    entries = list(manifest(folder))
    if missing := sorted(set(sets) - {str(entry.get("set")) for entry in entries}):
        known = ", ".join(sorted({str(entry.get("set")) for entry in entries}))
        raise InputError(f"{folder} has no set {missing[0]}; it has {known}")
    cases = [_case(folder, entry) for entry in entries if not sets or entry.get("set") in sets]
    return [case for case in cases if case is not None]


def _case(folder: Path, entry: dict[str, Any]) -> Case | None:
    try:
        path, name = folder / entry["path"], str(entry["path"])
        files = {str(truth["form"]): folder / truth["file"] for truth in reversed(entry["gt"])}
        tags = entry.get("tags") or []
        look = next((tag for tag in _LOOKS if tag in tags), "clean" if entry.get("text_layer") else "-")
        pages = int(entry.get("page_count") or 1)
    except (KeyError, TypeError) as error:
        raise InputError(f"{folder / 'manifest.jsonl'}: an entry without {error}") from error
    if "omnidocbench-json" in files:
        (page, *_) = omnidoc.pages(files["omnidocbench-json"])
        # Photographs of a page have the boxes of the flat page.
        return omnidoc_case(name, path, page, look=look, boxes=look != "photo")
    for form, (read, told) in _READERS.items():
        if form in files:
            truth = read(files[form])
            return Case(name, path, truth, told, look, pages=pages, fold_case=_is_capitals(truth.text))
    return None


def _is_capitals(text: str) -> bool:
    return text == text.upper() != text.lower() and sum(map(str.isalpha, text)) >= _FEWEST_LETTERS


def _tables(form: str) -> Callable[[Path], Content]:
    def read(path: Path) -> Content:
        tables = read_tables(form, path)
        return Content(text=tables_text(tables), tables=tuple(tables))

    return read


_RECALL = frozenset({"recall"})
# Truth of tables alone says which words must be there, not which others.
_READERS: dict[str, tuple[Callable[[Path], Content], frozenset[str]]] = {
    "html": (lambda path: from_html(read_file(path)), WHOLE_TEXT),
    "markdown": (lambda path: from_markdown(read_file(path)), WHOLE_TEXT),
    "text": (lambda path: Content(text=read_file(path), notations=False), WHOLE_TEXT),
    "html-tables": (_tables("html"), _RECALL),
    "csv": (_tables("csv"), _RECALL),
    "json-table": (_tables("json-table"), _RECALL),
    "latex": (lambda path: Content(formulas=(read_file(path),)), frozenset()),
    "smiles": (lambda path: Content(molecules=(read_file(path).split()[0],)), frozenset()),
}
