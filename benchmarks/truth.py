"""The corpus' ground truth, as plain text and tables, and which of it is not comparable and why."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cvat

from docparse.evaluate import sidefiles
from docparse.evaluate.manifest import manifest
from docparse.evaluate.plaintext import Table

WHOLE = frozenset({"recall", "precision", "edit", "order"})


@dataclass(frozen=True)
class Use:
    """What of a set's truth is used: the forms that hold text and tables, and what the text can tell."""

    text: str = ""
    tables: str = ""
    told: frozenset[str] = WHOLE


# Truth of tables alone says which words must be there, not which others: recall only, of the cells' words.
# The same holds for docling_cvat, whose blocks leave parts of the pages out, but there the order is known.
USED: dict[str, Use] = {
    "docling_pdf": Use(text="markdown"),
    "docling_odf": Use(text="html", tables="html"),
    "docling_cvat": Use(text="cvat-xml", told=frozenset({"recall", "order"})),
    "arxiv_text": Use(text="text"),
    "pdfbox_text": Use(text="text"),
    "markitdown": Use(text="markdown", tables="markdown"),
    "icdar2013_tables": Use(tables="html-tables", told=frozenset({"recall"})),
    "tabula_tables": Use(tables="csv", told=frozenset({"recall"})),
    "camelot_tables": Use(tables="json-table", told=frozenset({"recall"})),
}

# What is left out, and why: path, set, or part of a set. Printed by `quality.py --excluded`.
EXCLUDED: dict[str, str] = {
    "docling_pdf: tables": "tool output: the tables merge rows and repeat what a span covers",
    "docling_cvat/662e02a56aafcf86.pdf": "no reading order was drawn",
    "invoices": "fields as data (dates and amounts rewritten, codes that are not on the page), no text",
    "mineru_test": "assertions on a few strings, no text",
    "pdfua_tagged": "no side file; the structure tree inside the PDF would be the truth",
}


@dataclass(frozen=True)
class Document:
    """A file of the corpus with its truth. `told`: the measures of text that this truth allows."""

    path: Path
    name: str
    set_name: str
    pages: int
    text: str
    told: frozenset[str]
    tables: list[Table] = field(default_factory=list)


def documents(corpus: Path) -> list[Document]:
    """The documents with a text layer and comparable truth, in the manifest's order."""
    folder = corpus / "quality"
    return [
        load(folder, entry)
        for entry in manifest(folder)
        if entry["text_layer"] and entry["set"] in USED and entry["path"] not in EXCLUDED
    ]


def load(folder: Path, entry: dict[str, Any]) -> Document:
    use = USED[entry["set"]]
    files = {truth["form"]: folder / truth["file"] for truth in reversed(entry["gt"])}
    path = folder / entry["path"]
    tables = sidefiles.read_tables(use.tables, files[use.tables]) if use.tables else []
    text = read_text(use.text, files[use.text], path) if use.text else sidefiles.tables_text(tables)
    return Document(path, entry["path"], entry["set"], int(entry["page_count"]), text, use.told, tables)


def read_text(form: str, path: Path, pdf: Path) -> str:
    if form == "cvat-xml":
        return cvat.read_text(path, pdf)
    if form == "text" or (form == "markdown" and path.parent.name == "markitdown"):
        # markitdown writes the lines as they stand, and only pipe tables are marked up.
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        return "\n".join(line.replace("|", " ") if line.startswith("|") else line for line in lines)
    return sidefiles.read_text(form, path)
