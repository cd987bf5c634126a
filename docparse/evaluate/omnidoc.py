"""Ground truth in the JSON of OmniDocBench (Ouyang et al. 2025, CVPR; github.com/opendatalab/OmniDocBench)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..document import AnyElement, Caption, Footnote, Formula, Heading, PageFooter, PageHeader, Paragraph, Picture
from ..errors import InputError
from ..geometry import Box
from ..qwenvl import parse
from .content import Content, from_elements
from .sidefiles import read_file

SAME_KINDS = {"list_item": "paragraph", "author": "paragraph", "chart": "picture"}
"""What its categories do not tell apart."""
_KINDS: dict[str, Callable[..., AnyElement]] = {
    "title": Heading,
    "header": PageHeader,
    "footer": PageFooter,
    "page_number": PageFooter,
    "page_footnote": Footnote,
    "figure_footnote": Footnote,
    "table_footnote": Footnote,
    "figure": Picture,
    "figure_caption": Caption,
    "table_caption": Caption,
    "equation_caption": Caption,
    "code_txt_caption": Caption,
}
"""The other categories with text are paragraphs."""
_MASKS = frozenset({"abandon", "table_mask", "text_mask", "need_mask", "unknown_mask"})
_OFF = 1.02
"""A box may end this far beyond the image's side, as a factor, before the boxes are another image's."""


def pages(path: Path) -> Iterator[dict[str, Any]]:
    """The pages of a file, which holds one or a list.

    Raises:
        InputError: it is no such file.
    """
    try:
        data = json.loads(read_file(path))
    except ValueError as error:
        raise InputError(f"{path} is no JSON: {error}") from error
    for page in data if isinstance(data, list) else [data]:
        if not isinstance(page, dict) or not {"layout_dets", "page_info"} <= page.keys():
            raise InputError(f"{path} is not in OmniDocBench's format: layout_dets and page_info are missing")
        yield page


def content(page: dict[str, Any], size: tuple[int, int]) -> tuple[Content, bool]:
    """The page's content, and whether its boxes are of this image.

    Boxes are the rectangles around ``poly``, in pixels of the image, whose size is ``size``. What has no order
    stands before (headers) or after the rest, from top to bottom.

    Raises:
        InputError: an entry is malformed.
    """
    placed: list[tuple[tuple[int, float], bool, AnyElement]] = []
    ignored = []
    for entry in page["layout_dets"]:
        try:
            box = Box(*_around([float(value) for value in entry["poly"]]))
            if entry["category_type"] in _MASKS or entry.get("ignore"):
                ignored.append(box)
            elif (element := _element(entry, box)) is not None:
                placed.append((_place(entry, box), entry.get("order") is not None, element))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"OmniDocBench page {page['page_info'].get('image_path')}: {error!r}") from error
    placed.sort(key=lambda entry: entry[0])
    unordered = [index for index, (_, ordered, _) in enumerate(placed) if not ordered]
    boxes = [element.box for _, _, element in placed if element.box]
    fits = all(box.x1 <= _OFF * size[0] and box.y1 <= _OFF * size[1] for box in boxes)
    elements = [element for _, _, element in placed]
    return from_elements(elements, size, unordered=unordered, ignored=ignored), fits


def _element(entry: dict[str, Any], box: Box) -> AnyElement | None:
    category = entry["category_type"]
    text = str(entry.get("text") or "")
    if category == "table":
        html = str(entry.get("html") or "")
        return parse(f'<div class="table">{html}</div>').elements[0].model_copy(update={"box": box}) if html else None
    if category == "equation_isolated":
        latex = str(entry.get("latex") or text)
        return Formula(latex=latex, text=latex, box=box)
    if category in _KINDS:
        return _KINDS[category](text=text, box=box)
    return Paragraph(text=text, box=box) if text else None


def _place(entry: dict[str, Any], box: Box) -> tuple[int, float]:
    if (order := entry.get("order")) is not None:
        return int(order), 0.0
    return -1 if entry["category_type"] == "header" else 10**9, box.y0


def _around(poly: list[float]) -> tuple[float, float, float, float]:
    return min(poly[0::2]), min(poly[1::2]), max(poly[0::2]), max(poly[1::2])
