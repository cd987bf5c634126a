"""The embedded engine: the page's own text layer in QwenVL HTML, no vision-language model."""

from ..document import StopReason
from ..draft import draft
from ..errors import PageError
from ..qwenvl import write
from .base import EnginePage, ModelOutput

_UNITS_PER_POINT = 4
"""Boxes are whole numbers in QwenVL HTML: a grid of a quarter of a point loses nothing that matters."""


class LayoutEngine:
    name = "layout"
    needs_image = False
    pages_at_once = 1
    max_pixels = 0

    def read(self, page: EnginePage) -> ModelOutput:
        """Write the page's draft.

        Raises:
            PageError: the page has no text layer that can be trusted.
        """
        if page.text_layer is None:
            raise PageError("it has no text layer that can be trusted, and the layout engine reads nothing else")
        elements = draft(page.text_layer)
        for element in elements:
            if element.box is not None:
                element.box = element.box.scaled(_UNITS_PER_POINT, _UNITS_PER_POINT)
            for cell in getattr(element, "cells", ()):
                cell.box = cell.box.scaled(_UNITS_PER_POINT, _UNITS_PER_POINT) if cell.box else None
        size = (max(1, round(page.width * _UNITS_PER_POINT)), max(1, round(page.height * _UNITS_PER_POINT)))
        return ModelOutput(write(elements), StopReason.END, size, self.name)
