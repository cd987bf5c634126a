"""One builder a kind of element: from the document's types to HTML."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from ..content import chemistry, music
from ..content.formula import to_mathml
from ..content.text import printable
from ..document import (
    AnyElement,
    Asset,
    Author,
    Caption,
    Chart,
    Chemical,
    Footnote,
    Formula,
    Heading,
    ListItem,
    Music,
    Page,
    PageFooter,
    PageHeader,
    Paragraph,
    Picture,
    Table,
)
from ..geometry import Box
from .markup import Node, append_text, bbox, drawing, math, node, with_text
from .pictures import picture_source
from .stylesheet import COLUMN_REM
from .tables import table_node

MAX_LIST_LEVEL = 8
_BULLET = re.compile(r"[•‣◦∙·●○▪▫■□–—*o\-\uf000-\uf0ff]?\Z")
"""Markers that a browser's own bullet stands for (symbol fonts keep theirs in the private use area)."""
_NUMBER = re.compile(r"(\d{1,9})[.)]?\Z")


class PageBuilder:
    """Builds the elements of one page.

    ``captions`` are those of this page by the id of the element that they belong to, each with whether it
    comes before it.
    """

    def __init__(self, page: Page, captions: dict[str, list[tuple[bool, Caption]]]) -> None:
        self._page = page
        self._captions = captions

    def build(self, element: AnyElement) -> Node:
        return _BUILDERS[type(element)](self, element)

    def list_of(self, items: Sequence[ListItem]) -> list[Node]:
        """Consecutive items as lists, nested by level."""
        roots: list[Node] = []
        # The open lists from the outside in, each with the level of its items.
        open_lists: list[tuple[int, Node]] = []
        for item in items:
            level = min(item.level, MAX_LIST_LEVEL)
            while open_lists and open_lists[-1][0] > level:
                open_lists.pop()
            tag = "ol" if item.ordered else "ul"
            if open_lists and open_lists[-1][0] == level and open_lists[-1][1].tag != tag:
                open_lists.pop()
            if not open_lists or open_lists[-1][0] < level:
                new = node(tag)
                if open_lists:
                    open_lists[-1][1][-1].append(new)
                else:
                    roots.append(new)
                open_lists.append((level, new))
            open_lists[-1][1].append(self._list_item(item))
        return roots

    def _list_item(self, item: ListItem) -> Node:
        marker = item.marker.strip()
        number = _NUMBER.match(marker) if item.ordered else None
        if number:
            return with_text(node("li", value=number[1], **_attributes(item)), item.text)
        if not marker or (not item.ordered and _BULLET.match(marker)):
            return with_text(node("li", **_attributes(item)), item.text)
        label = node("span", marker, class_="marker")
        label.tail = " "
        return with_text(node("li", label, class_="marked", **_attributes(item)), item.text)

    def heading(self, element: Heading) -> Node:
        return with_text(node(f"h{element.level}", **_attributes(element)), element.text)

    def paragraph(self, element: Paragraph | Caption | PageHeader | PageFooter) -> Node:
        kind = {"caption": "caption", "page_header": "header", "page_footer": "footer"}.get(element.kind)
        return with_text(node("p", class_=kind, **_attributes(element)), element.text)

    def author(self, element: Author) -> Node:
        return with_text(node("address", class_="author", **_attributes(element)), element.text)

    def footnote(self, element: Footnote) -> Node:
        return node("aside", with_text(node("p", dir="auto"), element.text), **_place(element))

    def table(self, element: Table) -> Node:
        if not element.cells:
            return self._figure(element, with_text(node("p", dir="auto"), element.text))
        table = table_node(element.cells, element.row_count)
        captions = self._captions.get(element.id, [])
        if captions:
            below = None if captions[0][0] else "below"
            table.insert(0, node("caption", *self._caption_lines(element.id), class_=below))
        width = self._width(element.box)
        if width:  # as wide as on the page, so that its caption has room
            table.set("style", f"min-width:min(100%,{width})")
        for name, value in _place(element).items():
            if value:
                table.set(name.replace("_", "-"), printable(value))
        if element.header_inferred:
            table.set("data-header", "inferred")
        return _scroll(table, "Table")

    def formula(self, element: Formula) -> Node:
        if not element.latex:
            return self._figure(
                element,
                self._picture(element, element.asset, "Formula") if element.asset or not element.text else None,
                with_text(node("p", class_="code"), element.text) if element.text else None,
            )
        shown = node("div", math(element.latex, element.latex, display=True), class_="scroll")
        reason = to_mathml(element.latex, display=True).problem
        if reason is None:
            return self._figure(element, shown)
        picture = self._picture(element, element.asset, "Formula") if element.asset else None
        return self._figure(element, picture, shown, _invalid("LaTeX", reason))

    def chart(self, element: Chart) -> Node:
        data = None
        if element.cells:
            table = table_node(element.cells, element.row_count)
            data = node(
                "details",
                node("summary", "Data of the chart"),
                _scroll(table, "Data of the chart"),
                open=None if element.asset else "",
            )
        text = with_text(node("p", dir="auto"), element.text) if element.text and not element.cells else None
        return self._figure(element, self._picture(element, element.asset, "Chart"), text, data)

    def picture(self, element: Picture) -> Node:
        words = None
        if element.text:
            words = node(
                "details",
                node("summary", "Text in the picture"),
                with_text(node("p", dir="auto"), element.text),
                open=None if element.asset else "",
            )
        return self._figure(element, self._picture(element, element.asset, element.description or "Picture"), words)

    def chemical(self, element: Chemical) -> Node:
        drawn = drawing(chemistry.draw(element.smiles), element.smiles) if element.valid is not False else None
        picture = None
        if element.asset or drawn is None:
            picture = self._picture(element, element.asset, "Chemical structure", element.smiles)
        line = node("p", class_="code")
        if element.smiles:
            line.append(node("code", element.smiles, class_="smiles"))
        if element.formula:
            append_text(line, f" · {chemistry.typeset(element.formula)}")
        return self._figure(
            element,
            node("div", picture, drawn, class_="pair") if picture is not None and drawn is not None else None,
            picture if drawn is None else drawn if picture is None else None,
            line if element.smiles else None,
            _invalid("SMILES", element.reason) if element.valid is False else None,
            self._words(element, element.smiles),
        )

    def music(self, element: Music) -> Node:
        drawn = drawing(music.draw(element.abc), "The music, engraved") if element.valid is not False else None
        source = node("pre", node("code", element.abc, class_="abc")) if element.abc else None
        return self._figure(
            element,
            self._picture(element, element.asset, "Music") if element.asset or not element.abc else None,
            drawn,
            source if drawn is None else node("details", node("summary", "ABC notation"), source),
            _invalid("ABC", element.reason) if element.valid is False else None,
            self._words(element, element.abc),
        )

    def _words(self, element: AnyElement, source: str) -> Node | None:
        """The element's text where it says more than its source does."""
        return with_text(node("p", dir="auto"), element.text) if element.text not in ("", source) else None

    def _figure(self, element: AnyElement, *content: Node | None) -> Node:
        figure = node("figure", *content, class_=element.kind, **_place(element))
        captions = self._captions.get(element.id, [])
        if captions:
            caption = node("figcaption", *self._caption_lines(element.id))
            figure.insert(0 if captions[0][0] else len(figure), caption)
        return figure

    def _caption_lines(self, target: str) -> list[Node]:
        return [with_text(node("p", **_attributes(caption)), caption.text) for _, caption in self._captions[target]]

    def _picture(self, element: AnyElement, asset: Asset | None, words: str, alternative: str = "") -> Node:
        """The picture itself, or its outline with words; as wide in the column as it is on the page."""
        source = picture_source(asset)
        width = self._width(element.box)
        style = f"width:{width}" if width else None
        if asset and source:
            return node(
                "img", src=source, alt=alternative or words, width=asset.width, height=asset.height, style=style
            )
        if element.box and element.box.area:
            style = f"width:{width};aspect-ratio:{element.box.width:.1f} / {element.box.height:.1f}"
        return node("div", class_="placeholder", role="img", aria_label=words, style=style)

    def _width(self, box: Box | None) -> str | None:
        """The width in the column that answers to the box's width on the page."""
        if not box or box.width <= 0 or self._page.width <= 0:
            return None
        return f"{min(1.0, box.width / self._page.width) * COLUMN_REM:.1f}rem"


_BUILDERS: dict[type, Callable[[PageBuilder, Any], Node]] = {
    Heading: PageBuilder.heading,
    Paragraph: PageBuilder.paragraph,
    Caption: PageBuilder.paragraph,
    PageHeader: PageBuilder.paragraph,
    PageFooter: PageBuilder.paragraph,
    Author: PageBuilder.author,
    Footnote: PageBuilder.footnote,
    Table: PageBuilder.table,
    Formula: PageBuilder.formula,
    Chart: PageBuilder.chart,
    Picture: PageBuilder.picture,
    Chemical: PageBuilder.chemical,
    Music: PageBuilder.music,
}


def _invalid(notation: str, reason: str | None) -> Node:
    return node("p", f"Not valid {notation}{': ' if reason else ''}{reason or ''}", class_="invalid")


def _scroll(content: Node, label: str) -> Node:
    """Wide content scrolls by itself, by keyboard too; its columns stand as on the page, whatever the script."""
    return node("div", content, class_="scroll", role="group", tabindex=0, aria_label=label, dir="ltr")


def _place(element: AnyElement) -> dict[str, str | None]:
    parts = "; ".join(f"{part.page}: {bbox(part.box) or '-'}" for part in element.parts)
    return {"id": element.id or None, "data_bbox": bbox(element.box), "data_parts": parts or None}


def _attributes(element: AnyElement) -> dict[str, str | None]:
    """For a block of text: its place, and the direction that its own letters have."""
    return {"dir": "auto", **_place(element)}
