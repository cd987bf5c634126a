"""Elements to canonical QwenVL HTML: what ``schemas/qwenvl-html.rng`` describes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from ..content.marks import split_raised
from ..document import (
    AnyElement,
    Author,
    Caption,
    Cell,
    Chart,
    Chemical,
    Footnote,
    Formula,
    Heading,
    ListItem,
    Music,
    PageFooter,
    PageHeader,
    Paragraph,
    Picture,
    Table,
)
from ..geometry import Box
from .boxes import LARGEST, format_box
from .clean import readable

_DEEPEST_LIST = 20
_CLASSES = {Caption: "caption", Footnote: "footnote", PageHeader: "page-header", PageFooter: "page-footer"}


def write(elements: Iterable[AnyElement], attributes: Mapping[str, str] | None = None) -> str:
    """One page: ``<html><body>…</body></html>``, one element a line, boxes in the space that they have.

    ``parse`` reads the same elements back, except for what the format has no place for: ids, confidence,
    grounding, assets, caption links, decimals of a box after the first, elements without any content.
    ``attributes`` are those of the ``body``.
    """
    return f"<html>{write_body(elements, attributes or {})}</html>"


def write_body(elements: Iterable[AnyElement], attributes: Mapping[str, str]) -> str:
    """The page's ``<body>`` alone, with these attributes."""
    opening = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items())
    return "\n".join([f"<body{opening}>", *_lines(elements), "</body>"])


def _lines(elements: Iterable[AnyElement]) -> Iterator[str]:
    for is_list, group in groupby(elements, key=lambda element: isinstance(element, ListItem)):
        if is_list:
            yield _list([item for item in group if isinstance(item, ListItem)])
        else:
            yield from (_block(element) for element in group)


def _block(element: AnyElement) -> str:
    box = _bbox(element.box)
    match element:
        case Heading():
            return f"<h{element.level}{box}>{_text(element.text)}</h{element.level}>"
        case Author():
            return f'<address class="author"{box}>{_text(element.text)}</address>'
        case Paragraph():
            return f"<p{box}>{_text(element.text)}</p>"
        case Caption() | Footnote() | PageHeader() | PageFooter():
            return f'<p class="{_CLASSES[type(element)]}"{box}>{_text(element.text)}</p>'
        case Table():
            return f'<div class="table"{box}>{_table(element)}</div>'
        case Chart():
            data = _table(element) if element.cells else ""
            words = f"<p>{_text(element.text)}</p>" if element.text and not element.cells else ""
            return f'<div class="chart"{box}><img{box}/>{data}{words}</div>'
        case Formula():
            kind = "formula handwritten" if element.handwritten else "formula"
            content = f"<p>{_text(element.text)}</p>" if element.text else ""
            if element.latex:
                content = f"<div>$${_source(element.latex)}$$</div>"
            return f'<div class="{kind}"{box}><img{box}/>{content}</div>'
        case Picture():
            return _picture(element, box)
        case Chemical():
            return (
                f'<div class="chemical formula" format="smile"{box}><img{box}/>'
                f"<div>{_source(element.smiles)}</div></div>"
            )
        case Music():
            return (
                f'<div class="music sheet" format="abc notation"{box}><img{box}/>'
                f"<div>{escape(readable(element.abc), quote=False)}</div></div>"
            )
        case ListItem():
            return _list([element])


def _picture(element: Picture, box: str) -> str:
    kinds = ["image"]
    content = ""
    if element.description:
        kinds.append("caption")
        content += f"<p>{_text(element.description)}</p>"
    if element.text:
        kinds.append("ocr")
        inner = ' class="ocr"' if element.description else ""
        content += f"<p{inner}>{_text(element.text)}</p>"
    return f'<div class="{" ".join(kinds)}"{box}><img{box}/>{content}</div>'


def _list(items: Sequence[ListItem]) -> str:
    """Lists nested by level; a list ends where the level falls or the kind of marker changes."""
    parts: list[str] = []
    open_tags: list[str] = []
    for item in items:
        tag = "ol" if item.ordered else "ul"
        level = min(item.level, _DEEPEST_LIST)
        while len(open_tags) > level or (len(open_tags) == level and open_tags[-1] != tag):
            parts.append(f"</{open_tags.pop()}>")
        while len(open_tags) < level:
            open_tags.append(tag)
            parts.append(f"<{tag}>")
        marker = f' data-marker="{_attribute(item.marker)}"' if item.marker else ""
        parts.append(f"<li{marker}{_bbox(item.box)}>{_text(item.text)}</li>")
    parts.extend(f"</{tag}>" for tag in reversed(open_tags))
    return "".join(parts)


def _table(element: Table | Chart) -> str:
    """A head that is only inferred is none of the format: whoever reads it infers it again."""
    cells = (
        [cell.model_copy(update={"header": False}) for cell in element.cells]
        if element.header_inferred
        else element.cells
    )
    row_count = max([element.row_count, *(cell.row + 1 for cell in cells)])
    rows: list[list[Cell]] = [[] for _ in range(row_count)]
    for cell in cells:
        rows[cell.row].append(cell)
    head = 0
    while head < row_count and rows[head] and all(cell.header for cell in rows[head]):
        head += 1
    # A head that is cut by a span of its own would be two tables to a browser.
    if any(cell.row + cell.row_span > head for row in rows[:head] for cell in row):
        head = 0
    parts = ["<table>"]
    if head:
        parts += ["<thead>", *(_row(row) for row in rows[:head]), "</thead>"]
    return "".join([*parts, "<tbody>", *(_row(row) for row in rows[head:]), "</tbody></table>"])


def _row(cells: Iterable[Cell]) -> str:
    parts = []
    for cell in cells:
        tag = "th" if cell.header else "td"
        spans = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
        spans += f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
        parts.append(f"<{tag}{spans}{_bbox(cell.box)}>{_text(cell.text)}</{tag}>")
    return f"<tr>{''.join(parts)}</tr>"


def _bbox(box: Box | None) -> str:
    """None for a box that is none: ``parse`` would refuse it."""
    if box is None or not all(abs(value) <= LARGEST for value in box) or not box.rounded(1).area > 0:
        return ""
    return f' data-bbox="{format_box(box)}"'


def _text(text: str) -> str:
    """With raised numbers in their tags."""
    source = _source(text)
    return "".join(f"<sup>{piece}</sup>" if is_raised else piece for piece, is_raised in split_raised(source))


def _source(text: str) -> str:
    return escape(readable(text), quote=False).replace("\n", "<br/>")


def _attribute(value: str) -> str:
    return escape(" ".join(readable(value).split()), quote=True)
