"""What the repairs of all kinds share."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from ..geometry import Box
from .answer import Findings
from .inline import inline_text
from .tree import HEADINGS, Node

PHRASE_TAGS = HEADINGS | {"p", "address"}


class Repairing(Protocol):
    """One answer under repair."""

    findings: Findings

    def blocks(self, children: Iterable[Node | str]) -> Iterator[Node]:
        """Canonical blocks of some nodes; the words between them become blocks as well."""
        ...

    def block(self, node: Node) -> Iterator[Node]:
        """Canonical blocks of one node."""
        ...


def box_inside(node: Node) -> Box | None:
    """The box around the paragraphs in a node that has none itself."""
    boxes = [inner.box for inner in node.walk() if inner.box and inner.tag != "img"]
    return Box.around(boxes) if boxes else None


def box_of_image(node: Node, findings: Findings) -> Box | None:
    """The box of an element whose ``img`` has it."""
    box = next((inner.box for inner in node.walk() if inner.tag == "img" and inner.box), None)
    if box is not None:
        findings.info("box-on-img", "a box stood on the img alone; it is the element's")
    return box


def description_of(node: Node) -> str:
    """What the ``alt`` of images says."""
    return inline_text([image.attributes.get("alt", "") for image in node.walk() if image.tag == "img"])


def paragraph(text: str, css: str = "") -> list[Node]:
    """The text as a paragraph; none if there is no text."""
    return [Node("p", {"class": css} if css else {}, [text])] if text else []


def picture(box: Box | None, description: str, text: str) -> Node:
    """``div.image``. With a description and printed words, the words are ``p.ocr``."""
    inner = [Node("img", box=box), *paragraph(description), *paragraph(text, "ocr" if description else "")]
    css = " ".join(["image", *(["caption"] if description else []), *(["ocr"] if text else [])])
    return Node("div", {"class": css}, list(inner), box)


def pictures_in(node: Node) -> Iterator[Node]:
    """Pictures in running text, where the format has none: they stand after it."""
    for image in node.walk():
        says_something = image.attributes.get("alt") if image.box is None else image.box != node.box
        if image.tag == "img" and says_something:
            yield picture(image.box, description_of(image), "")


def is_nothing(block: Node, box: Box | None) -> bool:
    """Whether a block is empty, or but the image of the element with this box in which it stands."""
    if block.tag in PHRASE_TAGS:
        return not block.children
    is_plain_image = block.attributes.get("class") == "image"
    return is_plain_image and (box is None or block.box is None or block.box.overlap(box) > 0.5 * block.box.area)
