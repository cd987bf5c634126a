"""Files that systems write, as contents: by their names and what is in them, for truth and output alike."""

from dataclasses import dataclass
from pathlib import Path

from ..document import Document
from ..qwenvl import parse, validate
from .content import Content, from_elements, from_html, from_markdown
from .sidefiles import read_file

SUFFIXES = (".qwenvl.html", ".json", ".html", ".md", ".txt")
"""What an output may be called, in the order in which they are looked for: the one that tells most is first."""


@dataclass(frozen=True)
class Output:
    """What one file says."""

    content: Content
    engine: str
    model: str | None = None
    valid: bool | None = None
    """Whether the answer is QwenVL HTML that needs no repair; None where that is not recorded."""
    seconds: float | None = None
    """That the system took, where the file says so."""
    complete: bool = True


def read_output(path: Path, size: tuple[float, float] | None) -> Output:
    """An output file.

    Args:
        size: of the page, for QwenVL HTML whose boxes are in the space of the truth.

    Raises:
        InputError: it cannot be read.
    """
    if path.name.endswith(".json"):
        return from_document(Document.load(path))
    source = read_file(path)
    told = f"file {path.suffix}"
    if path.suffix == ".html" and is_qwenvl(source):
        return Output(from_elements(parse(source).elements, size), "file QwenVL HTML", valid=is_valid(source))
    if path.suffix == ".html":
        return Output(from_html(source), told)
    return Output(from_markdown(source) if path.suffix == ".md" else Content(text=source, notations=False), told)


def from_document(document: Document) -> Output:
    """A document of docparse's own: one page with its boxes, several without."""
    pages = document.pages
    size = (pages[0].width, pages[0].height) if len(pages) == 1 and pages[0].width else None
    elements = [element for page in pages for element in page.elements]
    engines = sorted({page.engine or "none" for page in pages})
    models = sorted({page.model for page in pages if page.model})
    return Output(
        from_elements(elements, size),
        engine="+".join(engines),
        model="+".join(models) or None,
        seconds=sum(page.timings.read + page.timings.engine for page in pages),
        complete=all(page.status.value == "ok" for page in pages),
    )


def is_qwenvl(source: str) -> bool:
    """Whether it is a model's answer (boxes on blocks), and no HTML that docparse exported."""
    return "data-bbox" in source and 'name="generator"' not in source


def is_valid(answer: str) -> bool:
    """Whether a model's answer is QwenVL HTML as ``schemas/qwenvl-html.rng`` has it, with no repair.

    A code fence around the whole answer is not counted against it: the vendor's checkpoints write one.
    """
    text = answer.strip()
    if text.startswith("```html\n") and text.endswith("```"):
        text = text.removeprefix("```html\n").removesuffix("```")
    return not validate(text)
