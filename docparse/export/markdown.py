"""A document as GitHub-flavoured Markdown.

What Markdown has no words for is left out (boxes, page breaks) or chosen: captions and footnotes are
paragraphs; the first row of a table without spans is its header row, as GFM has no table without one; a table
with spans is an HTML table; ordinals that are no numbers stand in the text of a bullet item; what could not be
read is said in a comment.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..content.formula import check, strip_delimiters
from ..content.text import printable
from ..document import (
    AnyElement,
    Asset,
    Cell,
    Chart,
    Chemical,
    Document,
    Formula,
    Heading,
    ListItem,
    Music,
    Page,
    PageFooter,
    PageHeader,
    PageStatus,
    Picture,
    Severity,
    Table,
)
from .markdown_text import markdown_text
from .markup import serialised
from .pictures import picture_source
from .tables import table_node, table_rows

MAX_LIST_LEVEL = 8
_NUMBER = re.compile(r"(\d{1,9})([.)]?)\Z")
_BULLET = re.compile(r"[•‣◦∙·●○▪▫■□–—*o+\-\uf000-\uf0ff]?\Z")


def to_markdown(document: Document, *, furniture: bool = False) -> str:
    """The document in reading order, page after page, with nothing but a blank line between pages.

    Running headers and footers are left out unless ``furniture``.
    """
    blocks: list[str] = []
    for is_list, run in groupby(_parts(document, furniture), key=lambda part: isinstance(part, ListItem)):
        if is_list:
            blocks.append(_list(item for item in run if isinstance(item, ListItem)))
        else:
            for part in run:
                blocks.extend([part] if isinstance(part, str) else _blocks(part))
    text = "\n\n".join(block for block in blocks if block)
    return f"{text}\n" if text else ""


def _parts(document: Document, furniture: bool) -> Iterator[AnyElement | str]:
    """The elements, and remarks that are Markdown already."""
    for page in document.pages:
        for element in page.elements:
            if furniture or not isinstance(element, PageHeader | PageFooter):
                yield element
        if page.status is not PageStatus.OK:
            yield _remark(page)


def _remark(page: Page) -> str:
    what = "could not be read" if page.status is PageStatus.FAILED else "is incomplete"
    reasons = [problem.message for problem in page.problems if problem.severity is not Severity.INFO]
    return _comment(" ".join([f"Page {page.number} {what}.", *reasons]))


def _blocks(element: AnyElement) -> list[str]:
    match element:
        case Heading():
            text = markdown_text(element.text, "line")
            return [f"{'#' * element.level} {text}"] if text else []
        case Table():
            return [_table(element.cells, element.row_count)] if element.cells else [markdown_text(element.text)]
        case Formula():
            return _formula(element)
        case Chart():
            data = _table(element.cells, element.row_count)
            return [_picture(element.asset, "chart", ""), data or markdown_text(element.text)]
        case Picture():
            return [_picture(element.asset, "picture", element.description), markdown_text(element.text)]
        case Chemical():
            words = "" if element.text == element.smiles else markdown_text(element.text)
            fence = _fence("smiles", element.smiles)
            return [_picture(element.asset, "", element.smiles), fence, _invalid("SMILES", element), words]
        case Music():
            words = "" if element.text == element.abc else markdown_text(element.text)
            fence = _fence("abc", element.abc)
            return [_picture(element.asset, "", "Music"), fence, _invalid("ABC", element), words]
        case _:
            return [markdown_text(element.text)]


def _formula(element: Formula) -> list[str]:
    latex = "\n".join(line for line in printable(strip_delimiters(element.latex)).split("\n") if line.strip())
    if not latex:
        words = markdown_text(element.text)
        return [words or _picture(element.asset, "formula", "")]
    if element.valid is False or check(latex) or re.search(r"(?<!\\)\$", latex):
        # No reader of mathematics would take it.
        return [_fence("latex", latex), _invalid("LaTeX", element)]
    return [f"$$\n{latex}\n$$"]


def _invalid(notation: str, element: Formula | Chemical | Music) -> str:
    return _comment(f"not valid {notation}: {element.reason}") if element.valid is False else ""


def _picture(asset: Asset | None, kind: str, description: str) -> str:
    """The picture, or a comment that there is one; nothing where ``kind`` is empty."""
    source = picture_source(asset)
    if source:
        return f"![{markdown_text(description, 'line').replace('[', '&#91;').replace(']', '&#93;')}]({source})"
    return _comment(f"{kind}{': ' if description else ''}{description}") if kind else ""


def _comment(text: str) -> str:
    return f"<!-- {' '.join(printable(text).split()).replace('<', '‹').replace('>', '›').replace('--', '‐‐')} -->"


def _fence(language: str, source: str) -> str:
    source = printable(source).strip("\n")
    if not source.strip():
        return ""
    longest = max((len(run) for run in re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{source}\n{fence}"


def _table(cells: Sequence[Cell], row_count: int) -> str:
    rows = table_rows(cells, row_count)
    if not rows:
        return ""
    if any(cell.row_span > 1 or cell.column_span > 1 for row in rows for cell in row):
        return _html_table(cells, row_count)
    width = max(len(row) for row in rows)
    if any(len(row) != width for row in rows):
        return _html_table(cells, row_count)
    lines = [f"| {' | '.join(markdown_text(cell.text, 'cell') for cell in row)} |" for row in rows]
    lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)


def _html_table(cells: Sequence[Cell], row_count: int) -> str:
    """One line a cell and no blank line, which would end the HTML."""
    table = table_node(cells, row_count, plain=True)
    for part in table.iter("table", "thead", "tbody", "tr", "td", "th"):
        part.tail = "\n"
        if part.tag not in ("td", "th"):
            part.text = "\n"
    return serialised(table).strip()


def _list(items: Iterable[ListItem]) -> str:
    """Consecutive items, each level indented to where the text of the level above begins."""
    lines: list[str] = []
    # The open levels from the outside in: level, where its text begins, its kind of marker, the last number.
    levels: list[tuple[int, int, str, int]] = []
    after_text = False
    for item in items:
        level = min(item.level, MAX_LIST_LEVEL)
        while levels and levels[-1][0] > level:
            levels.pop()
        previous = levels.pop() if levels and levels[-1][0] == level else None
        indent = levels[-1][1] if levels else 0
        marker, kind, number, text = _marked(item, previous[3] if previous else 0)
        begins = previous is None or previous[2] != kind
        if after_text and begins and ((kind and number != 1) or not text):
            lines.append("")  # CommonMark: only bullets and 1, and no empty item, may end a paragraph
        after_text = bool(text)
        levels.append((level, indent + len(marker) + 1, kind, number))
        rest = "\n" + " " * (indent + len(marker) + 1)
        lines.append(f"{' ' * indent}{marker} {text.replace(chr(10), rest)}".rstrip(" "))
    return "\n".join(lines)


def _marked(item: ListItem, last: int) -> tuple[str, str, int, str]:
    """Marker, kind (empty for bullets, else the ordinal's delimiter), number, text."""
    marker = item.marker.strip()
    number = _NUMBER.match(marker)
    if item.ordered and number:
        delimiter = number[2] or "."
        return number[1] + delimiter, delimiter, int(number[1]), markdown_text(item.text)
    if item.ordered and not marker:
        return f"{last + 1}.", ".", last + 1, markdown_text(item.text)
    shown = item.text if not item.ordered and _BULLET.match(marker) else f"{marker} {item.text}"
    return "-", "", 0, markdown_text(shown)
