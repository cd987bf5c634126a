"""From an engine's answer to the elements of a page: parsed, brought to page units, compared with the page."""

from . import confidence
from .assemble import find_captions, link_captions, name_elements, place_furniture
from .content.examine import examine
from .content.sizes import measure_headings
from .content.table import infer_header
from .document import AnyElement, Cell, Chart, Problem, Severity, StopReason, Table
from .engines.base import EnginePage, ModelOutput
from .geometry import Box
from .ground import ground
from .qwenvl import parse
from .qwenvl.boxes import LEAST_INSIDE

_LEAST_SURE = 0.7
"""Mean probability of the tokens of words below which a page cannot be called read."""
_SHOWN = 3
"""Places that a message names."""
_STOPPED = {
    StopReason.LENGTH: "the answer reached --max-new-tokens, so the rest of the page is missing",
    StopReason.LOOP: "the model repeated itself without end and was stopped, so the rest of the page is missing",
    StopReason.TIMEOUT: "the answer took longer than --page-timeout, so the rest of the page is missing",
}


def interpret(output: ModelOutput, page: EnginePage) -> tuple[list[AnyElement], list[Problem]]:
    """Elements with ids and boxes in page units, and what is wrong with them (page numbers not yet set)."""
    answer = parse(output.text, truncated=output.stop_reason is not StopReason.END, size=output.image_size)
    elements, problems = answer.elements, list(answer.problems)
    if message := _STOPPED.get(output.stop_reason):
        problems.append(Problem(kind="answer-cut-off", severity=Severity.ERROR, message=message))
    problems += [Problem(kind="read-again", severity=Severity.WARNING, message=note) for note in output.notes]
    if output.closed:
        message = f"{output.closed} of the answers to the page's pieces ended inside an element, which was closed"
        problems.append(Problem(kind="unclosed-at-end", severity=Severity.WARNING, message=message))
    scale = (page.width / output.image_size[0], page.height / output.image_size[1])
    if output.unread:
        places = [f"({', '.join(f'{side:.0f}' for side in box.scaled(*scale))})" for box in output.unread]
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        message = f"there seems to be text that could not be read at {', '.join(places[:_SHOWN])}{more}"
        problems.append(Problem(kind="unread", severity=Severity.WARNING, message=message))
    name_elements(page.number, elements)
    sure = confidence.rate(elements, output)
    if sure is not None and sure < _LEAST_SURE:
        message = f"the model expects only {sure:.0%} of its words to be right: compare this page with its image"
        problems.append(Problem(kind="uncertain", severity=Severity.ERROR, message=message))
    for element in elements:
        if isinstance(element, Table | Chart):
            infer_header(element)
        for what, placed in [("element", element), *(("cell", cell) for cell in _cells(element))]:
            if placed.box is None:
                continue
            placed.box = _place(placed.box, scale, page)
            if placed.box is None:
                message = f"the box given for this {what} lies outside the page and was refused"
                problems.append(
                    Problem(kind="box-outside-page", severity=Severity.WARNING, message=message, element=element.id)
                )
    elements = place_furniture(elements, page.height)
    elements = find_captions(elements, page.height)
    link_captions(elements, page.height)
    problems += examine(elements)
    if page.text_layer is not None:
        measure_headings(elements, [line for block in page.text_layer.blocks for line in block.lines])
    if page.text_layer is not None and output.engine != "layout":
        problems += ground(elements, page.text_layer.words)
    return elements, problems


def _cells(element: AnyElement) -> list[Cell]:
    return getattr(element, "cells", [])


def _place(box: Box, scale: tuple[float, float], page: EnginePage) -> Box | None:
    """The box in page units; None where it is not on the page or has no area there."""
    scaled = box.scaled(*scale)
    clipped = scaled.clipped(page.width, page.height)
    if clipped.area < LEAST_INSIDE * scaled.area:
        return None
    rounded = clipped.rounded()
    return rounded if rounded.area > 0 else None
