"""What is on a page, by the truth or by a system: the one form in which the two are compared.

The *text* of a page is what its elements print, in reading order, an element a line: paragraphs, headings, lists
with their ordinals, table cells, words in pictures, headers and footers. Formulas, charts, molecules and music are
notation, not text: they have measures of their own, and so is what a system says of such a region left out.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ..document import AnyElement, Cell, Chart, Chemical, Formula, ListItem, Music, Table
from ..geometry import Box
from . import plaintext

_NOTATION = (Formula, Chart, Chemical, Music)
_MOSTLY = 0.5
"""Share of a box that must lie in a region to be of that region."""
_DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_FENCED = re.compile(r"^(`{3,})(latex|smiles|abc)\n(.*?)\n\1[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Content:
    """One page, or a whole document where the truth does not tell pages apart."""

    text: str = ""
    """Where there are no elements."""
    elements: tuple[AnyElement, ...] | None = None
    """In reading order; None where only text is known."""
    size: tuple[float, float] | None = None
    """Width and height of the page in the space of the elements' boxes; None where the boxes mean nothing."""
    unordered: frozenset[int] = frozenset()
    """Indexes of elements that have no place in the reading order."""
    ignored: tuple[Box, ...] = ()
    """Regions of which the truth says nothing."""
    tables: tuple[plaintext.Table, ...] = ()
    formulas: tuple[str, ...] = ()
    molecules: tuple[str, ...] = ()
    music: tuple[str, ...] = ()
    notations: bool = field(default=True)
    """Whether formulas, molecules and music would be here if the page had any."""


def from_elements(
    elements: Iterable[AnyElement],
    size: tuple[float, float] | None,
    *,
    unordered: Collection[int] = (),
    ignored: Sequence[Box] = (),
) -> Content:
    """The content that these elements make; formulas without LaTeX, molecules without SMILES are none."""
    elements = tuple(elements)
    return Content(
        elements=elements,
        size=size,
        unordered=frozenset(unordered),
        ignored=tuple(ignored),
        tables=tuple(table_of(element) for element in elements if isinstance(element, Table)),
        formulas=tuple(element.latex for element in elements if isinstance(element, Formula) and element.latex),
        molecules=tuple(element.smiles for element in elements if isinstance(element, Chemical) and element.smiles),
        music=tuple(element.abc for element in elements if isinstance(element, Music) and element.abc),
    )


def from_markdown(source: str) -> Content:
    """Formulas from between ``$$``, molecules and music from fences called ``smiles`` and ``abc``."""
    found: dict[str, list[str]] = {"latex": [], "smiles": [], "abc": []}

    def take(match: re.Match[str]) -> str:
        found[match[2]].append(match[3])
        return ""

    rest = _FENCED.sub(take, source)
    found["latex"] += _DISPLAY.findall(rest)
    rendered = plaintext.markdown_to_html(_DISPLAY.sub("", rest))
    return Content(
        text=plaintext.html_to_text(rendered),
        tables=tuple(plaintext.html_tables(rendered)),
        formulas=tuple(found["latex"]),
        molecules=tuple(found["smiles"]),
        music=tuple(found["abc"]),
    )


def from_html(source: str) -> Content:
    """Any HTML that is not QwenVL HTML: its visible text and its tables."""
    return Content(text=plaintext.html_to_text(source), tables=tuple(plaintext.html_tables(source)), notations=False)


def table_of(element: Table | Chart) -> plaintext.Table:
    rows: list[list[plaintext.Cell]] = [
        [] for _ in range(max(c.row for c in element.cells) + 1 if element.cells else 0)
    ]
    for cell in element.cells:
        rows[cell.row].append(plaintext.Cell(plaintext.normalise(cell.text), cell.column_span, cell.row_span))
    return plaintext.trimmed(rows)


def text_of(element: AnyElement) -> str:
    """What the element prints. A bullet is no text, an ordinal is; notation is none."""
    if isinstance(element, _NOTATION):
        return ""
    if isinstance(element, Table) and element.cells:
        return "\n".join(" ".join(cell.text for cell in row) for row in _rows(element.cells))
    if isinstance(element, ListItem) and any(map(str.isalnum, element.marker)):
        return f"{element.marker} {element.text}"
    return element.text


def printed(content: Content, *, without: Collection[str] = (), hidden: Sequence[Box] = ()) -> str:
    """The text of a page.

    Args:
        without: kinds that are left out.
        hidden: regions, in the space of the content's boxes; an element of which more than half lies in one of
            them is left out.
    """
    if content.elements is None:
        return content.text
    shown = [
        text_of(element)
        for element in content.elements
        if element.kind not in without and not lies_in(element.box, hidden)
    ]
    return "\n".join(text for text in shown if text)


def hidden_regions(truth: Content, without: Collection[str]) -> list[Box]:
    """Where the truth has no text: notation, what it says nothing of, and the kinds that are left out."""
    boxes = [
        element.box
        for element in truth.elements or ()
        if element.box is not None and (isinstance(element, _NOTATION) or element.kind in without)
    ]
    return [*boxes, *truth.ignored]


def lies_in(box: Box | None, regions: Sequence[Box]) -> bool:
    """Whether more than half of ``box`` lies in one of the regions."""
    return box is not None and any(box.overlap(region) > _MOSTLY * box.area for region in regions)


def _rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    return list(rows.values())
