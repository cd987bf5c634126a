"""A document as QwenVL HTML, the format that the models write."""

from ..document import Document
from ..qwenvl import write_body


def to_qwenvl(document: Document) -> str:
    """Canonical QwenVL HTML: one ``body`` a page, boxes in page units, the page's size beside them."""
    bodies = [
        write_body(
            page.elements,
            {
                "data-page": str(page.number),
                "data-width": f"{page.width:.10g}",
                "data-height": f"{page.height:.10g}",
            },
        )
        for page in document.pages
    ]
    return "\n".join(["<html>", *(body.strip("\n") for body in bodies), "</html>", ""])
