"""Tables over several pages: what is one, what is not, and that nothing is lost either way."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.content.continued import join_tables
from docparse.content.table import table_text
from docparse.content.whole import make_whole
from docparse.document import (
    Caption,
    Cell,
    Document,
    Element,
    Footnote,
    Page,
    PageFooter,
    PageHeader,
    PageStatus,
    Paragraph,
    Part,
    Problem,
    Severity,
    Table,
)
from docparse.geometry import Box
from docparse.qwenvl import parse, validate
from tests.export.documents import source

LOW, HIGH = Box(50, 500, 550, 780), Box(52, 60, 548, 300)


def table(name: str, *rows: str, head: int = 0, box: Box | None = None) -> Table:
    cells = [
        Cell(row=r, column=c, text=text, header=r < head)
        for r, row in enumerate(rows)
        for c, text in enumerate(row.split("|"))
    ]
    text = table_text(cells)
    width = len(rows[0].split("|"))
    return Table(id=name, cells=cells, row_count=len(rows), column_count=width, text=text, box=box)


def page(number: int, *elements: Element, **fields: Any) -> Page:
    return Page(number=number, width=600, height=800, unit="pt", elements=list(elements), **fields)


def two_pages(first: Table, second: Table) -> list[Page]:
    return [
        page(1, Paragraph(text="Before."), first, Footnote(text="* note"), PageFooter(text="1")),
        page(2, PageHeader(text="Report"), second, Paragraph(text="After.")),
    ]


def joined(pages: list[Page]) -> Table | None:
    """The one table that there was more of before."""
    return next(iter(tables(pages)), None) if join_tables(pages) else None


def tables(pages: list[Page]) -> list[Table]:
    return [element for page in pages for element in page.elements if isinstance(element, Table)]


def test_one_table_with_both_boxes() -> None:
    pages = two_pages(
        table("a", "Goods|Tons", "Rye|1", head=1, box=LOW), table("b", "goods |Tons", "Oats|2", "Hay|3", box=HIGH)
    )
    whole = joined(pages)
    assert whole is not None
    assert whole.text == "Goods\tTons\nRye\t1\nOats\t2\nHay\t3"
    assert (whole.row_count, whole.box) == (4, LOW)
    assert whole.parts == [Part(page=1, box=LOW, first_row=0), Part(page=2, box=HIGH, first_row=2)]
    assert [element.text for element in pages[1].elements] == ["Report", "After."]


def test_over_three_pages_with_and_without_a_head() -> None:
    pages = [
        page(1, table("a", "x|y", "1|2", head=1)),
        page(2, table("b", "3|4", "5|6")),
        page(3, table("c", "x|y", "7|8", head=1), Paragraph(text="After.")),
    ]
    whole = joined(pages)
    assert whole is not None
    assert whole.text == "x\ty\n1\t2\n3\t4\n5\t6\n7\t8"
    assert [part.first_row for part in whole.parts] == [0, 2, 4]


OTHERS = {
    "another head": two_pages(table("a", "x|y", "1|2", head=1), table("b", "p|q", "3|4", head=1)),
    "more columns": two_pages(table("a", "x|y", "1|2"), table("b", "3|4|5")),
    "one column": two_pages(table("a", "x"), table("b", "y")),
    "words after it": [page(1, table("a", "x|y"), Paragraph(text="!")), page(2, table("b", "1|2"))],
    "words before it": [page(1, table("a", "x|y")), page(2, Paragraph(text="!"), table("b", "1|2"))],
    "a caption of its own": [page(1, table("a", "x|y")), page(2, Caption(text="Table 2."), table("b", "1|2"))],
    "a caption below": [page(1, table("a", "x|y")), page(2, table("b", "1|2"), Caption(text="Table 2.", target="b"))],
    "a page between": [page(1, table("a", "x|y")), page(3, table("b", "1|2"))],
    "a page cut off": [page(1, table("a", "x|y"), status=PageStatus.PARTIAL), page(2, table("b", "1|2"))],
    "elsewhere": two_pages(table("a", "x|y", box=LOW), table("b", "1|2", box=Box(300, 60, 560, 300))),
    "ends high": two_pages(table("a", "x|y", box=HIGH), table("b", "1|2", box=HIGH)),
    "no rows": two_pages(table("a", "x|y"), Table(id="b", column_count=2)),
}


@pytest.mark.parametrize("pages", OTHERS.values(), ids=OTHERS)
def test_two_tables(pages: list[Page]) -> None:
    before = [page.model_copy(deep=True) for page in pages]
    assert joined(pages) is None
    assert pages == before


def test_a_caption_may_say_that_it_goes_on() -> None:
    below = page(2, Caption(text="Table 1 (continued)", target="b"), table("b", "1|2"))
    assert joined([page(1, table("a", "x|y")), below]) is not None


_ROW = st.sampled_from(["x|y", "1|2", "|z", "3|"])
_PART = st.tuples(st.lists(_ROW, min_size=1, max_size=4), st.integers(0, 2))


@given(st.lists(_PART, min_size=1, max_size=4))
def test_no_row_is_lost_but_heads_that_are_repeated(parts: list[tuple[list[str], int]]) -> None:
    pages = [page(n, table(f"t{n}", *rows, head=head)) for n, (rows, head) in enumerate(parts, start=1)]
    before = rows_of(pages)
    gone = join_tables(pages)
    heads = {line for table in tables(pages) for line in table.text.split("\n")[:2]}
    assert not rows_of(pages) - before
    assert set(before - rows_of(pages)) <= heads
    assert len(tables(pages)) + len(gone) == len(parts)
    for whole in tables(pages):
        assert {cell.row for cell in whole.cells} == set(range(whole.row_count))
        assert whole.text == table_text(whole.cells)


def rows_of(pages: list[Page]) -> Counter[str]:
    return Counter(line for table in tables(pages) for line in table.text.split("\n"))


def test_a_row_that_is_no_head_may_be_there_twice() -> None:
    whole = joined([page(1, table("a", "0|0", "1|2")), page(2, table("b", "0|0", "3|4"))])
    assert whole is not None
    assert whole.text == "0\t0\n1\t2\n0\t0\n3\t4"


def test_captions_and_problems_follow() -> None:
    below = Caption(id="p2-e2", text="Table 1 (continued)", target="b")
    problem = Problem(kind="table-ragged", severity=Severity.WARNING, message="x", page=2, element="b")
    pages = [page(1, table("a", "x|y", "1|2")), page(2, table("b", "3|4"), below, problems=[problem])]
    make_whole(Document(generator="test", source=source(2), pages=pages))
    assert (below.target, problem.element) == ("a", "a")


def test_exports() -> None:
    pages = two_pages(table("a", "x|y", "1|2", head=1, box=LOW), table("b", "x|y", "3|4", head=1, box=HIGH))
    join_tables(pages)
    pages[1].elements = []
    document = Document(generator="test", source=source(2), pages=pages)
    assert "| x | y |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n" in document.to_markdown()
    html = document.to_html()
    assert html.count("<table") == 1
    assert 'data-parts="1: 50.0 500.0 550.0 780.0; 2: 52.0 60.0 548.0 300.0"' in html
    assert '<a href="#a">What stands on this page' in html
    (written,) = [element.text for element in parse(document.to_qwenvl()).elements if element.kind == "table"]
    assert written == "x\ty\n1\t2\n3\t4"


def test_cells_of_a_later_page_have_no_box_on_the_first_in_the_format() -> None:
    pages = two_pages(table("a", "x|y", "1|2"), table("b", "3|4"))
    pages[1].width = pages[1].height = 4000
    for number, one in enumerate(tables(pages)):
        one.cells[0].box = Box(2000 * number, 10, 2000 * number + 50, 90)
    join_tables(pages)
    written = Document(generator="test", source=source(2), pages=pages).to_qwenvl()
    assert "2000" not in written
    assert validate(written) == []


def test_tables_without_a_cell_are_no_parts_of_one() -> None:
    """Found by make fuzz."""
    empty = [Table(id=name, row_count=0, column_count=0, box=box) for name, box in (("a", LOW), ("b", LOW))]
    stacked = page(1, *empty)
    assert join_tables([stacked]) == {}
    assert stacked.elements == empty
