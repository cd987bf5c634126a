"""Building HTML as a tree: text is escaped by the serialiser, never by hand."""

from lxml import etree

from ..content.formula import to_mathml
from ..content.marks import split_raised
from ..content.text import printable, split_math
from ..geometry import Box

Node = etree._Element
"""An element of the tree."""


def node(tag: str, /, *children: Node | str | None, **attributes: str | int | None) -> Node:
    """An element; ``class_`` becomes ``class``, ``data_bbox`` becomes ``data-bbox``, None is left out."""
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
    built = etree.Element(tag, {name: printable(str(value)) for name, value in given.items()})
    for child in children:
        if isinstance(child, str):
            append_text(built, child)
        elif child is not None:
            built.append(child)
    return built


def append_text(parent: Node, text: str) -> None:
    """Add ``text`` at the end of ``parent``, as it is."""
    text = printable(text)
    last = next(parent.iterchildren(reversed=True), None)  # lxml counts the children for ``len``
    if last is not None:
        last.tail = (last.tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def with_text(parent: Node, text: str) -> Node:
    """Add an element's text to ``parent``: mathematics drawn, line breaks kept. Returns ``parent``."""
    for piece in split_math(printable(text)):
        if piece.latex is None:
            with_lines(parent, piece.source)
        else:
            parent.append(math(piece.latex, piece.source, display=piece.display))
    return parent


def with_lines(parent: Node, text: str) -> Node:
    """Add text in which dollars mean nothing to ``parent``, line breaks kept, raised numbers in ``sup``.

    Returns ``parent``.
    """
    if text.isascii() and "\n" not in text:  # nearly every text
        append_text(parent, text)
        return parent
    for index, line in enumerate(text.split("\n")):
        if index:
            etree.SubElement(parent, "br")
        for piece, is_raised in split_raised(line):
            if is_raised:
                parent.append(node("sup", piece))
            else:
                append_text(parent, piece)
    return parent


def math(latex: str, source: str, *, display: bool) -> Node:
    """MathML, or ``source`` as code where the LaTeX does not convert."""
    mathml = to_mathml(latex, display=display).mathml
    return etree.fromstring(mathml) if mathml else node("code", source, class_="latex")


def drawing(svg: str | None, words: str) -> Node | None:
    """A plain drawing (``content.svg``) as a picture that says ``words`` to those who do not see it."""
    if svg is None:
        return None
    drawn = etree.fromstring(svg)
    for name, value in (("class", "drawing"), ("role", "img"), ("aria-label", printable(words))):
        drawn.set(name, value)
    return drawn


def bbox(box: Box | None) -> str | None:
    """The value of ``data-bbox``: page units, one decimal."""
    return f"{box.x0:.1f} {box.y0:.1f} {box.x1:.1f} {box.y1:.1f}" if box else None


def serialised(root: Node) -> str:
    return etree.tostring(root, encoding="unicode", method="html")
