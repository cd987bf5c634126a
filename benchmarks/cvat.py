"""Human reading order (CVAT annotations of page images) as text: the PDF's own words, in the order drawn.

The annotators saw the pages of a file side by side in one picture. They drew a box around each block and one
line through the blocks in reading order; the words that stand in the boxes come from the PDF's text layer.
"""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import lxml.etree
import pymupdf


@dataclass(frozen=True)
class Box:
    """A block, in pixels of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def read_text(annotations: Path, pdf: Path) -> str:
    """A line a block in the annotated order; empty where no reading order was drawn."""
    image = lxml.etree.parse(str(annotations)).getroot().find("image")
    line = None if image is None else image.find("polyline[@label='reading_order']")
    if image is None or line is None:
        return ""
    boxes = [
        Box(
            float(box.get("xtl", 0)),
            float(box.get("ytl", 0)),
            float(box.get("xbr", 0)),
            float(box.get("ybr", 0)),
        )
        for box in image.iterfind("box")
    ]
    visited = [box for point in line.get("points", "").split(";") if (box := innermost(boxes, point))]
    with pymupdf.open(pdf) as document:
        scale = float(image.get("width", 0)) / sum(page.rect.width for page in document)
        return "\n".join(words_in(document, box, scale) for box in dict.fromkeys(visited))


def innermost(boxes: list[Box], point: str) -> Box | None:
    x, y = map(float, point.split(","))
    return min((box for box in boxes if box.holds(x, y)), key=lambda box: box.area, default=None)


def words_in(document: pymupdf.Document, box: Box, scale: float) -> str:
    """The words whose centre stands in the box, a line a line of the page."""
    lines: list[str] = []
    page_left = 0.0
    for page in document:
        inside = [
            word
            for word in page.get_text("words")
            if box.holds((page_left + (word[0] + word[2]) / 2) * scale, (word[1] + word[3]) / 2 * scale)
        ]
        for _, line in groupby(inside, key=lambda word: word[5:7]):
            lines.append(" ".join(word[4] for word in line))
        page_left += page.rect.width
    return "\n".join(lines)
