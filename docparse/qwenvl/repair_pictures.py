"""Repairs of what has an ``img``: pictures, formulas, chemical structures, music."""

from collections.abc import Iterator, Sequence

from ..geometry import Box
from .delimiters import split_formulas
from .inline import inline_text, raw_text
from .kinds import classes_of, kind_of
from .repair_parts import Repairing, box_of_image, description_of, paragraph, picture
from .tree import Node

_WORDS = ("", "paragraph", "picture", "heading", "text")


def image(node: Node, repairing: Repairing) -> Iterator[Node]:
    """Words in it are printed in the picture, or with the class ``caption`` they describe it; lists, tables and
    figcaptions stand after it."""
    is_described = "caption" in classes_of(node)
    words: list[Node | str] = []
    printed: list[Node | str] = []
    others: list[Node] = []
    for child in node.children:
        if isinstance(child, Node) and kind_of(child) not in _WORDS:
            others.append(child)
        elif isinstance(child, Node) and is_described and "ocr" in classes_of(child):
            printed.append(child)
        else:
            words.append(child)
    text, description = inline_text(words), ""
    if is_described:
        text, description = inline_text(printed), text
    yield picture(node.box or box_of_image(node, repairing.findings), description or description_of(node), text)
    for other in others:
        yield from repairing.block(other)


def bare_picture(node: Node, _: Repairing) -> Iterator[Node]:
    """An ``img`` by itself."""
    yield picture(node.box, description_of(node), "")


def formula(node: Node, repairing: Repairing) -> Iterator[Node]:
    """Each displayed formula by itself, the first with the box; words beside formulas are a paragraph."""
    box = node.box or box_of_image(node, repairing.findings)
    css = "formula handwritten" if "handwritten" in classes_of(node) else "formula"
    parts = list(_parts_of_formula(node))
    has_latex = any(latex for latex, _ in parts)
    is_first = True
    for latex, words in parts or [("", "")]:
        if words and has_latex:
            repairing.findings.info("mixed-formula", "words beside a formula were made a paragraph")
            yield Node("p", {}, [words])
        else:
            yield _formula(css, box if is_first else None, latex, words)
            is_first = False


def _parts_of_formula(node: Node) -> Iterator[tuple[str, str]]:
    """The content as (LaTeX, words), of which one is empty. What stands in a ``div`` is LaTeX; what stands in a
    ``p`` needs delimiters; so does what stands in neither, where there is a ``div`` as well."""
    has_div = any(isinstance(child, Node) and child.tag == "div" and inline_text([child]) for child in node.children)
    for run in _runs(node.children):
        tags = {child.tag for child in run if isinstance(child, Node)}
        yield from split_formulas(inline_text(run), bare_is_latex="div" in tags or not (has_div or "p" in tags))


def _runs(children: Sequence[Node | str]) -> Iterator[list[Node | str]]:
    """Each ``div`` and ``p`` by itself, and what stands between them."""
    run: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and child.tag in ("div", "p"):
            yield run
            yield [child]
            run = []
        else:
            run.append(child)
    yield run


def _formula(css: str, box: Box | None, latex: str, words: str) -> Node:
    content = [Node("div", {}, [f"$${latex}$$"])] if latex else paragraph(words)
    return Node("div", {"class": css}, [Node("img", box=box), *content], box)


def chemical(node: Node, repairing: Repairing) -> Iterator[Node]:
    """SMILES is all of its words."""
    yield _notation("chemical formula", "smile", inline_text(node.children), node, repairing)


def music(node: Node, repairing: Repairing) -> Iterator[Node]:
    """ABC notation is all of its words, line by line as they stand."""
    yield _notation("music sheet", "abc notation", raw_text(node.children), node, repairing)


def _notation(css: str, form: str, text: str, node: Node, repairing: Repairing) -> Node:
    box = node.box or box_of_image(node, repairing.findings)
    return Node("div", {"class": css, "format": form}, [Node("img", box=box), Node("div", {}, [text])], box)
