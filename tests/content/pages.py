"""Pages built in code, 600 by 800 points, for tests of what only the whole document tells."""

from docparse.document import AnyElement, Document, Page, Source
from docparse.geometry import Box

WIDTH, HEIGHT = 600.0, 800.0


def page(number: int, *elements: AnyElement, **fields: object) -> Page:
    for index, element in enumerate(elements, start=1):
        element.id = element.id or f"p{number}-e{index}"
    return Page(number=number, width=WIDTH, height=HEIGHT, unit="pt", elements=list(elements), **fields)


def document(*pages: Page) -> Document:
    source = Source(name="x.pdf", media_type="application/pdf", bytes=1, sha256="0" * 64, page_count=len(pages))
    return Document(generator="docparse test", source=source, pages=list(pages))


def line(y: float, *, x: float = 60, width: float = 480, height: float = 12) -> Box:
    """The box of a line of print whose top is at ``y``."""
    return Box(x, y, x + width, y + height)


def kinds(page: Page) -> list[str]:
    return [element.kind for element in page.elements]


def texts(page: Page) -> list[str]:
    return [element.text for element in page.elements]
