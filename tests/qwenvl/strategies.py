"""Elements as hypothesis makes them: all that QwenVL HTML can carry."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from docparse.content.table import table_text
from docparse.document import (
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
from docparse.geometry import Box

_LINE = st.text(
    st.one_of(
        st.sampled_from(list("abcXYZ019 <>&\"'`#*|-.,:;=/\\$_{}[]()")),
        st.characters(exclude_categories=("C", "Z"), exclude_characters="\ufffd"),
    ),
    min_size=1,
    max_size=30,
).map(lambda text: " ".join(text.split()))
LINE = _LINE.filter(bool)
TEXT = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
_LATEX = LINE.filter(lambda text: "$" not in text and not text.startswith(("\\[", "\\(")))
_WORDS = LINE.filter(lambda text: "$" not in text and not text.startswith(("\\[", "\\(")))


@st.composite
def boxes(draw: st.DrawFn) -> Box | None:
    if draw(st.integers(0, 4)) == 0:
        return None
    scale = draw(st.sampled_from([1, 10]))
    x0, y0 = (draw(st.integers(0, 20000)) for _ in range(2))
    width, height = (draw(st.integers(1, 9000)) for _ in range(2))
    return Box(x0 / scale, y0 / scale, (x0 + width) / scale, (y0 + height) / scale)


@st.composite
def grids(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a table: spans fit, every row has a cell, every column too."""
    row_count, column_count = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(row_count):
        for column in range(column_count):
            if (row, column) in taken:
                continue
            height = draw(st.integers(1, row_count - row))
            width = 1
            while column + width < column_count and (row, column + width) not in taken and draw(st.booleans()):
                width += 1
            taken |= {(row + i, column + j) for i in range(height) for j in range(width)}
            cells.append(
                Cell(
                    row=row,
                    column=column,
                    row_span=height,
                    column_span=width,
                    header=draw(st.booleans()),
                    text=draw(st.one_of(st.just(""), TEXT)),
                    box=draw(boxes()),
                )
            )
    assume(len({cell.column for cell in cells}) == column_count)  # or a column would be none
    return {"cells": cells, "row_count": row_count, "column_count": column_count, "text": table_text(cells)}


@st.composite
def elements(draw: st.DrawFn) -> Any:
    box = draw(boxes())
    text = draw(TEXT)
    match draw(st.integers(0, 14)):
        case 0:
            return Heading(box=box, text=text, level=draw(st.integers(1, 6)))
        case 1:
            marker = draw(st.one_of(st.just(""), LINE))
            return ListItem(
                box=box, text=text, level=draw(st.integers(1, 4)), ordered=draw(st.booleans()), marker=marker
            )
        case 2:
            return Table(box=box, **draw(grids()))
        case 3:
            return Chart(box=box, **draw(grids()))
        case 4:
            return Chart(box=box, text=draw(st.one_of(st.just(""), TEXT)))
        case 5:
            latex = draw(_LATEX)
            return Formula(box=box, latex=latex, text=latex, handwritten=draw(st.booleans()))
        case 6:
            return Formula(box=box, text=draw(st.one_of(st.just(""), _WORDS)))
        case 7:
            words = st.one_of(st.just(""), TEXT)
            return Picture(box=box, text=draw(words), description=draw(words))
        case 8:
            return Chemical(box=box, smiles=text, text=text)
        case 9:
            return Music(box=box, abc=text, text=text)
        case number:
            kinds = [Paragraph, Caption, Author, Footnote, PageHeader, PageFooter]
            return kinds[number % len(kinds)](box=box, text=text)


PAGES = st.lists(elements(), max_size=8)
