"""A model's answer, whatever it is, to elements."""

from collections.abc import Iterator
from functools import partial

from . import markdown, plain, spotting
from .answer import Answer, Dialect, Findings
from .clean import content_of, dialect_of, without_fences
from .loops import find_loop
from .read import elements_of
from .repair import Loose, canonical
from .tokens import tokens
from .tree import Node, build


def parse(text: str, *, truncated: bool = False, size: tuple[float, float] | None = None) -> Answer:
    """Understand an answer. Never raises, loses no word of the page, and takes time in proportion to its length.

    The format is that of the Qwen2.5-VL technical report (arXiv:2502.13923, section 2.2.1), in whatever state a
    checkpoint leaves it; answers in plain HTML, Markdown, JSON or mere words are taken as what they are.

    Args:
        text: as the model wrote it.
        truncated: the model was stopped before its end; its last element may be incomplete, and what it repeated
            without end is left out but for the first time.
        size: of the image that the boxes are pixels of, where that is known.

    Returns:
        Elements in the order of the answer, without ids, boxes in the space that the answer uses; problems
        without page and element.
    """
    findings = Findings()
    if truncated and (loop := find_loop(text, size)) is not None:
        text = text[: loop.start]
        findings.warn("loop", f"the same came {loop.rounds} times at the end, without end: it is kept once")
    content = content_of(text, findings)
    dialect = dialect_of(content)
    elements = spotting.read(content, findings) if dialect == "spotting-json" else []
    if not elements:
        elements = elements_of(repaired(content, dialect, findings))
    if dialect == "qwen3vl":
        findings.info("dialect", "the model answered as Qwen3-VL does, whose boxes are in a space of 0 to 1000")
    elif dialect == "qwenvl-markdown":
        message = "the model answered in QwenVL Markdown, as Qwen3-VL does, whose boxes are in a space of 0 to 1000"
        findings.info("dialect", message)
    elif dialect != "qwenvl" and elements:
        findings.info("dialect", f"the model answered in {dialect}, not in QwenVL HTML")
    if truncated:
        last = f"; the last element ({elements[-1].kind}) may be incomplete" if elements else ""
        findings.warn("truncated", f"the answer was cut off before its end{last}")
    return Answer(elements, findings.problems(), dialect)


def repaired(content: str, dialect: Dialect, findings: Findings) -> list[Node]:
    """The answer's blocks in the canonical form that ``schemas/qwenvl-html.rng`` describes."""
    if dialect in ("text", "spotting-json"):
        root = Node("body", {}, [content])
    else:
        root = build(tokens(content, findings), findings)
    return canonical(root, findings, _loose(dialect, findings))


def _loose(dialect: Dialect, findings: Findings) -> Loose:
    """How words that stand in no tag are read in this dialect."""
    if dialect in ("markdown", "qwenvl-markdown"):
        return markdown.blocks
    if dialect in ("text", "spotting-json"):
        return partial(plain.paragraphs, keep_lines=True)
    return partial(_told, findings)


def _told(findings: Findings, text: str) -> Iterator[Node]:
    words = without_fences(text)
    if words.strip():
        findings.info("loose-text", "words that stand in no tag were made a paragraph")
    return plain.paragraphs(words)
