"""What a model will see in an image of a page with a text layer, for the runtime to foresee what it writes."""

from collections.abc import Callable
from dataclasses import replace

from ..draft import draft
from ..geometry import Box
from ..qwenvl import write
from ..textlayer import Block, TextLayer


def drafted(text_layer: TextLayer, shown: Box, to_image: Callable[[Box], Box]) -> str:
    """QwenVL HTML of what the text layer has in a part of the page, boxes in pixels of the image of that part.

    Args:
        shown: the part, in page units.
        to_image: a box in page units as one in pixels of the image.
    """
    blocks = [part for block in text_layer.blocks if (part := _within(block, shown)) is not None]
    elements = draft(replace(text_layer, blocks=tuple(blocks)))
    return write(
        element if element.box is None else element.model_copy(update={"box": to_image(element.box)})
        for element in elements
    )


def _within(block: Block, shown: Box) -> Block | None:
    """What of the block lies there, the rows of a table counted from the first of them."""
    lines = tuple(line for line in block.lines if shown.holds_center_of(line.box))
    cells = [cell for cell in block.cells if cell.box is None or shown.holds_center_of(cell.box)]
    if not lines and not cells:
        return block if block.kind == "picture" and shown.holds_center_of(block.box) else None
    if len(lines) == len(block.lines) and len(cells) == len(block.cells):
        return block
    first = min((cell.row for cell in cells), default=0)
    boxes = [line.box for line in lines] + [cell.box for cell in cells if cell.box is not None]
    rows = tuple(replace(cell, row=cell.row - first) for cell in cells)
    return replace(block, box=Box.around(boxes) if boxes else block.box, lines=lines, cells=rows)
