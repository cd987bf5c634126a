import re
from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docparse.content.text import printable, split_math
from docparse.document import (
    Asset,
    Author,
    Caption,
    Cell,
    Chart,
    Chemical,
    Element,
    Footnote,
    Formula,
    Heading,
    ListItem,
    Music,
    PageFooter,
    PageHeader,
    PageStatus,
    Paragraph,
    Picture,
    Table,
)

from .documents import GOLDEN, document_of, full_document

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def markdown(*elements: object, **fields: object) -> str:
    return document_of(*elements, **fields).to_markdown()  # type: ignore[arg-type]


def test_golden() -> None:
    assert full_document().to_markdown() == (GOLDEN / "full.md").read_text(encoding="utf-8")


# What Markdown is made of, and letters and blanks between.
SIGNS = st.sampled_from(
    "* ** *** _ __ ` `` ``` ~ ~~ ~~~ # ## - + > | || = == --- *** ___ :-: |- [ ] ( ) ]( ]: ![ [^1]: < > </ <!-- <a "
    "<b> & &amp; &#42; &x; \\ \\\\ 1. 2) 10. ! : . , a b é 中 \u00a0 http://a.b www.a.b a@b.c $ $5".split(" ")
)
BLANKS = st.sampled_from(["", "", " ", "  ", "    ", "\n", "\n\n", "\t"])
MARKED_TEXT = st.lists(st.tuples(SIGNS, BLANKS), max_size=12).map(lambda parts: "".join(a + b for a, b in parts))
TEXT = st.one_of(MARKED_TEXT, st.text(max_size=40))


def inline_text(tokens: list[Token]) -> str:
    """What a reader sees; anything but text and line breaks shows as its token's type."""
    seen = {"text": None, "text_special": None, "softbreak": "\n", "hardbreak": "\n"}
    return "".join(
        (token.content if seen[token.type] is None else seen[token.type] or "")
        if token.type in seen
        else f"⟦{token.type}⟧"
        for token in tokens
    )


def folded(text: str) -> str:
    lines = (re.sub("[ \t]+", " ", line).strip() for line in printable(text).split("\n"))
    return " ".join(line for line in lines if line)


def without_mathematics(text: str) -> str:
    assume(all(piece.latex is None for piece in split_math(printable(text))))
    return text


def blocks(source: str) -> Iterator[tuple[str, str]]:
    """The blocks and what each says."""
    for token in GFM.parse(source):
        if token.type == "inline":
            yield "text", folded(inline_text(token.children or []))
        elif token.nesting >= 0:
            yield token.type, token.tag


@given(TEXT)
@example("1. not a list")
@example("- x\n=")
@example("a | b\n--- | ---")
@example("a\n:-")
@example("*a**b")
@example("_a_ and snake_case_name")
@example("~~~\n")
@example("[a]: b")
@example("a\\")
@example("** a\n* * *")
def test_paragraph_reads_back(text: str) -> None:
    expected = folded(without_mathematics(text))
    assert list(blocks(markdown(Paragraph(text=text)))) == (
        [("paragraph_open", "p"), ("text", expected)] if expected else []
    )


@given(TEXT)
@example("a #")
@example("#")
def test_heading_reads_back(text: str) -> None:
    expected = folded(without_mathematics(text))
    assert list(blocks(markdown(Heading(level=3, text=text)))) == (
        [("heading_open", "h3"), ("text", expected)] if expected else []
    )


@given(TEXT, TEXT)
@example("|", "\\")
@example("\\|", "`|`")
def test_cell_reads_back(left: str, right: str) -> None:
    texts = ("h", "h", without_mathematics(left), without_mathematics(right))
    cells = [Cell(row=index // 2, column=index % 2, text=text) for index, text in enumerate(texts)]
    read = GFM.parse(markdown(Table(cells=cells)))
    seen = [inline_text(token.children or []) for token in read if token.type == "inline"]
    # The only HTML is <br>.
    assert [folded(text.replace("⟦html_inline⟧", "\n")) for text in seen] == [folded(text) for text in texts]


ITEM = st.tuples(TEXT, st.integers(1, 4), st.sampled_from(["", "-", "3.", "17)", "(a)"]))


@given(st.lists(ITEM, min_size=1, max_size=6))
def test_list_reads_back(items: list[tuple[str, int, str]]) -> None:
    elements = [
        ListItem(text=without_mathematics(text), level=level, marker=marker, ordered=marker not in ("", "-"))
        for text, level, marker in items
    ]
    read = GFM.parse(markdown(*elements))
    found = ["".join(inline_text(token.children or [])) for token in read if token.type == "inline"]
    expected = [f"{'(a) ' if marker == '(a)' else ''}{text}" for text, _, marker in items]
    assert [folded(text) for text in found] == [folded(text) for text in expected if folded(text)]
    assert sum(token.type == "list_item_open" for token in read) == len(items)


# Whole documents: each kind of element beside each other. Mathematics has its own tests, so no dollar here.
PLAIN = TEXT.map(lambda text: text.replace("$", "§"))


@st.composite
def grids(draw: st.DrawFn) -> list[Cell]:
    """Two rows of two columns, perhaps with a cell over both."""
    if draw(st.booleans()):
        wide = Cell(row=0, column=0, column_span=2, header=True, text=draw(PLAIN))
        return [wide, *(Cell(row=1, column=column, text=draw(PLAIN)) for column in range(2))]
    return [Cell(row=row, column=column, text=draw(PLAIN)) for row in range(2) for column in range(2)]


SOURCE = PLAIN.map(lambda text: text.strip())
ANY_ELEMENT = st.one_of(
    *(st.builds(kind, text=PLAIN) for kind in (Paragraph, Author, Caption, Footnote)),
    st.builds(Heading, text=PLAIN, level=st.integers(1, 6)),
    st.builds(ListItem, text=PLAIN, level=st.integers(1, 3), marker=st.sampled_from(["", "•", "–"])),
    st.builds(
        ListItem, text=PLAIN, level=st.integers(1, 3), marker=st.sampled_from(["", "1.", "7)"]), ordered=st.just(True)
    ),
    st.builds(Table, cells=grids()),
    st.builds(Chart, cells=grids()),
    st.builds(Chart, text=PLAIN),
    st.builds(Picture, text=PLAIN, description=PLAIN),
    st.builds(Chemical, smiles=SOURCE),
    st.builds(Music, abc=SOURCE),
)


def shown(source: str) -> str:
    """All that a reader of the Markdown sees, without blanks."""
    seen = []
    for token in GFM.parse(source):
        if token.type == "inline":
            seen.append(inline_text(token.children or []).replace("⟦html_inline⟧", ""))
        elif token.type == "html_block":
            seen.append(html.fragment_fromstring(token.content, create_parent="div").xpath("string()"))
        elif token.type in ("fence", "code_block"):
            seen.append(token.content)
    return squeezed("".join(seen))


LOWER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+−")


def squeezed(text: str) -> str:
    """Without blanks, and with raised numbers as plain ones: HTML raises them by a tag."""
    return "".join(text.translate(LOWER).split())


def _with_dollars(text: str) -> str:
    dollars = ["" if piece.latex is None else "$$" if piece.display else "$" for piece in split_math(text)]
    sources = [piece.source if piece.latex is None else piece.latex for piece in split_math(text)]
    return "".join(f"{sign}{source}{sign}" for sign, source in zip(dollars, sources, strict=True))


def said(element: Element) -> str:
    """All that the element says, without blanks, formulas between dollars; what a picture shows is no word of the
    page."""
    texts = [cell.text for cell in getattr(element, "cells", [])] or [element.text]
    texts = [_with_dollars(printable(text)) for text in texts]
    sources = [getattr(element, "smiles", ""), getattr(element, "abc", "")]
    return squeezed(printable("".join((*texts, *sources))))


@given(st.lists(ANY_ELEMENT, max_size=6))
@example([Paragraph(text="a"), Paragraph(text="==="), Heading(text="b")])
@example([ListItem(text="a"), Music(abc="X:1"), ListItem(text="b")])
@example(
    [Picture(text="a", description="--> b"), Table(cells=[Cell(row=0, column=0, column_span=2, text="</table>")])]
)
def test_whole_document_reads_back(elements: list[Element]) -> None:
    written = markdown(*(element.model_copy() for element in elements))
    assert shown(written) == squeezed("".join(said(element) for element in elements))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("C# and A&B < C", "C# and A&B < C"),
        ("8.00<全> a<1", r"8.00\<全> a<1"),  # pandoc would take it for a tag
        ("$5 and $6", "$5 and $6"),
        ("from $5 (then A$) to nine", r"from \$5 (then A\$) to nine"),
        ("one ` and one * and [1] (2)", "one ` and one * and [1] (2)"),
        ("2020. A year\n- a dash", "2020\\. A year  \n\\- a dash"),
        ("-5 degrees, #3, 1.5", "-5 degrees, #3, 1.5"),
        (r"$a_1*b_2$ and *c*", r"$a_1*b_2$ and \*c\*"),
        ("$a <b$", "$a < b$"),
        (r"so \(a_1\) and \[1\]", r"so $a_1$ and \\[1\\]"),
        ("~5 to ~6", "~5 to ~6"),
    ],
)
def test_as_few_backslashes_as_needed(text: str, written: str) -> None:
    assert markdown(Paragraph(text=text)) == f"{written}\n"


def test_nested_list() -> None:
    items = [
        ListItem(text="a", marker="•"),
        ListItem(text="b\nc", marker="10.", ordered=True, level=2),
        ListItem(text="d", level=3),
        ListItem(text="e", marker="iv)", ordered=True),
    ]
    assert markdown(*items) == "- a\n\n  10. b  \n      c\n      - d\n- iv) e\n"


def test_furniture_only_when_asked() -> None:
    document = document_of(PageHeader(text="top"), Paragraph(text="body"), PageFooter(text="7"))
    assert document.to_markdown() == "body\n"
    assert document.to_markdown(furniture=True) == "top\n\nbody\n\n7\n"


def test_a_list_goes_on_over_the_page() -> None:
    document = document_of(ListItem(text="a", marker="1.", ordered=True), PageFooter(text="1"))
    document.pages.append(document_of(ListItem(text="b", marker="2.", ordered=True)).pages[0])
    assert document.to_markdown() == "1. a\n2. b\n"


def test_table_with_spans_is_html_without_blank_lines() -> None:
    table = Table(
        cells=[
            Cell(row=0, column=0, column_span=2, header=True, text="a\n\n<b> & $x$"),
            Cell(row=1, column=0, text="\n"),
            Cell(row=1, column=1, text="c"),
        ]
    )
    assert markdown(table) == (
        '<table>\n<thead>\n<tr>\n<th colspan="2">a<br>&lt;b&gt; &amp; $x$</th>\n</tr>\n</thead>\n'
        "<tbody>\n<tr>\n<td></td>\n<td>c</td>\n</tr>\n</tbody>\n</table>\n"
    )


def test_incomplete_grid_is_filled() -> None:
    assert markdown(Table(cells=[Cell(row=0, column=1, text="a"), Cell(row=1, column=0, text="b")])) == (
        "|  | a |\n| --- | --- |\n| b |  |\n"
    )


def test_formulas() -> None:
    assert markdown(Formula(latex="$$a\n\n= b$$")) == "$$\na\n= b\n$$\n"
    assert markdown(Formula(latex=r"\frac{a", text="a/b")) == "```latex\n\\frac{a\n```\n"
    assert markdown(Formula(latex=r"\text{$5}")) == "```latex\n\\text{$5}\n```\n"
    assert markdown(Formula(text="a * b*")) == "a * b*\n"


def test_pictures() -> None:
    stored = Asset(media_type="image/png", width=1, height=1, path="my assets/a(1).png")
    embedded = Asset(media_type="image/png", width=1, height=1, data="AAAA")
    away = Asset(media_type="image/png", width=1, height=1, path="//evil.example/a.png")
    assert markdown(Picture(asset=stored, description="a [b]\n*c*")) == (
        "![a &#91;b&#93; \\*c\\*](my%20assets/a%281%29.png)\n"
    )
    assert markdown(Chart(asset=embedded, text="words")) == "![](data:image/png;base64,AAAA)\n\nwords\n"
    assert markdown(Picture(asset=away, description="a --> b")) == "<!-- picture: a ‐‐› b -->\n"
    assert markdown(Picture(text="in it")) == "<!-- picture -->\n\nin it\n"


def test_sources_are_fenced() -> None:
    assert markdown(Chemical(smiles="CCO", text="ethanol")) == "```smiles\nCCO\n```\n\nethanol\n"
    assert markdown(Music(abc="X:1\n```\nK:C")) == "````abc\nX:1\n```\nK:C\n````\n"


def test_captions_and_footnotes_are_paragraphs() -> None:
    assert markdown(Caption(text="Fig. 1"), Footnote(text="* so")) == "Fig. 1\n\n\\* so\n"


def test_what_could_not_be_read_is_said() -> None:
    assert markdown(status=PageStatus.FAILED) == "<!-- Page 1 could not be read. -->\n"
    assert markdown(Paragraph(text="a"), status=PageStatus.PARTIAL) == "a\n\n<!-- Page 1 is incomplete. -->\n"


def test_time_grows_with_length_only() -> None:
    for text in ("*a " * 100_000, "`" * 100_000, "[" * 100_000, "a_" * 100_000, "- \n" * 50_000, "[a\n" * 20_000):
        assert markdown(Paragraph(text=text))
