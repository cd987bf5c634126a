"""A document as QwenVL HTML, the format that the models write."""

from ..document import AnyElement, Document, Table
from ..qwenvl import write_body


def to_qwenvl(document: Document) -> str:
    """Canonical QwenVL HTML: one ``body`` a page, boxes in page units, the page's size beside them."""
    bodies = [
        write_body(
            [_on_first_page(element) for element in page.elements],
            {
                "data-page": str(page.number),
                "data-width": f"{page.width:.10g}",
                "data-height": f"{page.height:.10g}",
            },
        )
        for page in document.pages
    ]
    return "\n".join(["<html>", *(body.strip("\n") for body in bodies), "</html>", ""])


def _on_first_page(element: AnyElement) -> AnyElement:
    """A table that goes on over other pages without the boxes of the cells there: a body has boxes of one page."""
    later = [part.first_row for part in element.parts if part.page != element.parts[0].page]
    if not isinstance(element, Table) or not later or later[0] is None:
        return element
    end = later[0]
    cells = [cell if cell.row < end else cell.model_copy(update={"box": None}) for cell in element.cells]
    return element.model_copy(update={"cells": cells})
