import re

import pytest
from lxml import html

from docparse.content import chemistry, music
from docparse.content.checker import Checker
from docparse.content.svg import SVG_ATTRIBUTES, SVG_TAGS
from docparse.document import (
    AnyElement,
    Asset,
    Caption,
    Cell,
    Chart,
    Chemical,
    Document,
    Footnote,
    Formula,
    Heading,
    ListItem,
    Music,
    Paragraph,
    Part,
    Picture,
    Table,
)
from docparse.export.html import to_html
from docparse.export.sanitize import sanitized
from docparse.geometry import Box

from .documents import GOLDEN, document_of, full_document, hostile_document, without_drawings
from .payloads import PAYLOADS


def tree(document: Document) -> html.HtmlElement:
    return html.document_fromstring(to_html(document))


def main_of(*elements: object) -> str:
    """The first page's markup, without the attributes that every element has."""
    text = to_html(document_of(*elements))  # type: ignore[arg-type]
    inside = re.search(r'<section class="page"[^>]*>(.*)</section>', text, re.DOTALL)
    assert inside
    return re.sub(r' (?:id|dir|data-bbox)="[^"]*"', "", inside[1])


def test_golden() -> None:
    assert without_drawings(to_html(full_document())) == (GOLDEN / "full.html").read_text(encoding="utf-8")


def test_every_element_keeps_its_id_and_its_place() -> None:
    document = full_document()
    root = tree(document)
    for page in document.pages:
        (section,) = root.xpath(f"//section[@data-page='{page.number}']")
        assert (section.get("data-width"), section.get("data-unit")) == (f"{page.width:g}", page.unit)
        for element in page.elements:
            (part,) = section.xpath(f".//*[@id='{element.id}']")
            box = part.get("data-bbox")
            assert (box is None) == (element.box is None)
            if element.box:
                assert [float(side) for side in box.split()] == list(element.box)


LOWER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+−")


def squeezed(text: str) -> str:
    """Without blanks, and with raised numbers as plain ones, which a tag raises."""
    return "".join(text.translate(LOWER).split())


def test_no_text_is_lost() -> None:
    document = full_document()
    shown = squeezed("".join(tree(document).find("body").itertext()))
    for page in document.pages:
        for element in page.elements:
            if "$" not in element.text:
                assert squeezed(element.text) in shown


def test_sanitising_takes_nothing_away() -> None:
    body = to_html(full_document()).split("<body>\n")[1].split("\n</body>")[0]
    assert sanitized(body) == body


def test_lists_nest_by_level() -> None:
    items = [
        ListItem(text="a", marker="•"),
        ListItem(text="b", level=3, marker="2.", ordered=True),
        ListItem(text="c", level=2),
        ListItem(text="d", ordered=True, marker="(i)"),
        ListItem(text="e", ordered=True),
    ]
    assert main_of(*items) == (
        '<ul><li>a<ol><li value="2">b</li></ol><ul><li>c</li></ul></li></ul>'
        '<ol><li class="marked"><span class="marker">(i)</span> d</li><li>e</li></ol>'
    )


def test_list_levels_have_a_bottom() -> None:
    items = [ListItem(text=str(level), level=level) for level in range(1, 500)]
    assert main_of(*items).count("<ul>") == 8


def test_captions_stand_with_what_they_belong_to() -> None:
    table = Table(id="t", cells=[Cell(row=0, column=0, text="1")])
    assert re.search(
        r"<table><caption><p>Above</p></caption><tbody><tr><td>1</td>",
        main_of(Caption(text="Above", target="t"), table),
    )
    below = main_of(
        table, Paragraph(text="between"), Caption(text="One", target="t"), Caption(text="Two", target="t")
    )
    assert '<caption class="below"><p>One</p><p>Two</p></caption>' in below
    picture = main_of(Picture(id="p"), Caption(text="Fig.", target="p"), Caption(text="Lost", target="nowhere"))
    assert "</div><figcaption><p>Fig.</p></figcaption></figure>" in picture
    assert '<p class="caption">Lost</p>' in picture


def test_header_cells() -> None:
    cells = [
        Cell(row=0, column=0, header=True, text="a"),
        Cell(row=0, column=1, header=True, text="b"),
        Cell(row=1, column=0, header=True, text="c"),
        Cell(row=1, column=1, text="d"),
    ]
    assert main_of(Table(cells=cells)).endswith(
        '<thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        '<tbody><tr><th scope="row">c</th><td>d</td></tr></tbody></table></div>'
    )
    cells[0].row_span = 2
    assert "<thead>" not in main_of(Table(cells=[cells[0], cells[1], cells[3]]))


def test_impossible_spans_cost_nothing() -> None:
    cells = [
        Cell(row=0, column=0, row_span=10**9, column_span=10**9, text="a"),
        Cell(row=10**9, column=10**9, text="b"),
    ]
    shown = main_of(Table(cells=cells, row_count=10**9))
    assert ">a</td>" in shown
    assert ">b</td>" in shown


def test_pictures() -> None:
    box = Box(0, 0, 297.5, 100)
    embedded = Asset(media_type="image/png", width=4, height=3, data="AAAA")
    assert main_of(Picture(asset=embedded, description="a dog", box=box)) == (
        '<figure class="picture"><img src="data:image/png;base64,AAAA" alt="a dog" width="4" height="3" '
        'style="width:23.0rem"></figure>'
    )
    stored = Asset(media_type="image/png", width=4, height=3, path="a b/ü.png")
    assert 'src="a%20b/%C3%BC.png"' in main_of(Picture(asset=stored))
    assert (
        'class="placeholder" role="img" aria-label="Picture" style="width:23.0rem;aspect-ratio:297.5 / 100.0"'
        in main_of(Picture(box=box))
    )


@pytest.mark.parametrize("path", ["//evil.example/a.png", "http://evil.example/a.png", "/etc/a.png", "javascript:x"])
def test_pictures_are_never_fetched_from_elsewhere(path: str) -> None:
    asset = Asset(media_type="image/png", width=1, height=1, path=path)
    sources = tree(document_of(Picture(asset=asset))).xpath("//img/@src")
    assert not [source for source in sources if source.startswith("/") or ":" in source]


def test_formulas() -> None:
    assert "<math" in main_of(Formula(latex="x^2"))
    assert '<code class="latex">\\frac{a</code>' in main_of(Formula(latex="\\frac{a"))
    assert '<p class="code">E = m</p>' in main_of(Formula(text="E = m"))
    assert '<p>a <code class="latex">$\\nosuch$</code> b</p>' in main_of(Paragraph(text="a $\\nosuch$ b"))


def test_chart_data_is_open_where_there_is_no_picture() -> None:
    cells = [Cell(row=0, column=0, text="1")]
    assert '<details open="">' in main_of(Chart(cells=cells))
    assert "<details>" in main_of(
        Chart(cells=cells, asset=Asset(media_type="image/png", width=1, height=1, data="AA"))
    )


def test_long_documents_have_contents() -> None:
    document = document_of(*(Heading(level=1 + number % 2, text=f"Part {number}") for number in range(6)))
    assert not tree(document).xpath("//nav")
    document.pages.append(document.pages[0].model_copy(update={"number": 2, "elements": []}))
    assert tree(document).xpath("//nav//a/@href") == [f"#p1-e{number}" for number in range(6)]


@pytest.mark.parametrize(
    ("language", "text", "attributes"),
    [
        ("de", "Der Hafen ist offen.", {"lang": "de", "dir": "ltr"}),
        (None, "12", {"dir": "ltr"}),
        ("he", "הנמל פתוח, open", {"lang": "he", "dir": "rtl"}),
        (None, "The word שלום in it", {"dir": "ltr"}),
        ('x" onload="hit()', "a", {"dir": "ltr"}),
    ],
)
def test_language_and_direction(language: str | None, text: str, attributes: dict[str, str]) -> None:
    document = document_of(Paragraph(text=text))
    document.language = language
    assert dict(tree(document).attrib) == attributes


def test_columns_stand_as_on_the_page_in_any_script() -> None:
    table = Table(cells=[Cell(row=0, column=0, text="שלום"), Cell(row=0, column=1, text="עולם")])
    (around,) = tree(document_of(table)).xpath("//div[table]")
    assert around.get("dir") == "ltr"
    assert around.xpath(".//td/@dir") == ["auto", "auto"]


def test_a_joined_element_says_all_its_places() -> None:
    first, second = Box(10, 700, 100, 712), Box(10, 50, 100, 62)
    parts = [Part(page=1, box=first), Part(page=2, box=second), Part(page=3)]
    (paragraph,) = tree(document_of(Paragraph(text="a", box=first, parts=parts))).xpath("//main//p")
    assert paragraph.get("data-bbox") == "10.0 700.0 100.0 712.0"
    assert paragraph.get("data-parts") == "1: 10.0 700.0 100.0 712.0; 2: 10.0 50.0 100.0 62.0; 3: -"


def test_raised_numbers_are_raised() -> None:
    assert main_of(Paragraph(text="Orrin¹² of 10⁻³")) == "<p>Orrin<sup>12</sup> of 10<sup>−3</sup></p>"


def links(*elements: AnyElement) -> list[tuple[str, str]]:
    """Where each link of the first page is and where it leads, once it is sure that all lead somewhere."""
    page = tree(document_of(*elements)).xpath("//section")[0]
    found = [(link.xpath("string(ancestor::*[@id][1]/@id)"), link.get("href")) for link in page.xpath(".//a")]
    assert all(page.xpath(f"//*[@id='{target[1:]}']") for _, target in found)
    assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))
    return found


@pytest.mark.parametrize(
    "begun", ["¹ Without it.", "1 Without it.", "1. Without it.", "[1] Without it.", "¹Without."]
)
def test_a_raised_number_leads_to_its_note_and_back(begun: str) -> None:
    text, note = Paragraph(text="Orrin¹ is 5 m² wide; see Orrin¹ again."), Footnote(text=begun)
    assert links(text, note) == [
        ("p1-e0", "#p1-e1"),
        ("p1-e0", "#p1-e1"),
        ("p1-e1", "#p1-e1-mark"),
    ]
    plain = begun.translate(str.maketrans("¹", "1"))
    assert tree(document_of(text, note)).xpath("string(//aside)") == plain


def test_notes_and_marks_are_told_by_number_and_place() -> None:
    assert (
        links(Paragraph(text="It is 10² or 5 m² or 3².¹"), Footnote(text="² No."), Footnote(text="1990 was dry."))
        == []
    )
    two = (Paragraph(text="Here.¹"), Footnote(text="¹ A"), Paragraph(text="There.¹"), Footnote(text="¹ B"))
    assert links(*two) == [
        ("p1-e0", "#p1-e1"),
        ("p1-e1", "#p1-e1-mark"),
        ("p1-e2", "#p1-e3"),
        ("p1-e3", "#p1-e3-mark"),
    ]
    table = Table(cells=[Cell(row=0, column=0, text="12.5³")], row_count=1, column_count=1)
    assert links(Footnote(text="³ Rough."), table) == [("p1-e0", "#p1-e0-mark"), ("p1-e1", "#p1-e0")]
    assert links(Paragraph(text="¹ A note that is none."), Footnote(text="¹ Yes.")) == []
    assert links(Paragraph(text="No mark."), Footnote(text="¹ Yes.")) == []


def test_words_in_a_picture_are_no_caption() -> None:
    words = main_of(Picture(id="p", text="KEEP CLEAR"), Caption(text="Fig. 1", target="p"))
    assert '<details open=""><summary>Text in the picture</summary><p>KEEP CLEAR</p></details>' in words
    assert "<figcaption><p>Fig. 1</p></figcaption>" in words


def test_every_link_leads_somewhere() -> None:
    document = full_document()
    document.pages[1].elements += [Heading(id=f"p2-h{number}", text=f"Part {number}") for number in range(9)]
    root = tree(document)
    links = root.xpath("//a/@href")
    assert len(links) > 10
    assert [link for link in links if len(root.xpath(f"//*[@id='{link[1:]}']")) != 1] == []


def test_text_that_xml_refuses() -> None:
    assert main_of(Paragraph(text="a\x00b\ud800c\x0bd")) == "<p>a\ufffdb\ufffdc<br>d</p>"


def assert_drawings_are_plain(root: html.HtmlElement) -> None:
    known = {name.lower() for name in SVG_ATTRIBUTES} | {"id", "class", "role", "aria-label"}
    for part in root.iter():
        if any(above.tag == "svg" for above in [part, *part.iterancestors()]):
            assert part.tag in SVG_TAGS or not part.attrib  # such as the <a> of a link that was taken away
            assert set(part.attrib) <= known
            assert not [value for value in part.attrib.values() if "url" in value.lower()]


def test_structures_and_music_are_drawn() -> None:
    asset = Asset(media_type="image/png", width=4, height=3, data="AAAA")
    molecule = main_of(Chemical(smiles="CCO", valid=True, formula="C2H6O", asset=asset))
    assert re.search(
        r'^<figure class="chemical"><div class="pair"><img [^>]*alt="CCO"[^>]*><svg [^>]*aria-label="CCO"><path ',
        molecule,
    )
    assert '<p class="code"><code class="smiles">CCO</code> · C₂H₆O</p>' in molecule
    music = main_of(Music(abc="X:1\nT:Air\nK:D\nDEF|", valid=True))
    assert re.search(r"<svg .*Air.*</svg><details><summary>ABC notation</summary><pre>", music)


def test_without_the_extras_source_and_picture_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Checker("none", "docparse_no_such_library", "none")
    monkeypatch.setattr(chemistry, "RDKIT", missing)
    monkeypatch.setattr(music, "VEROVIO", missing)
    molecule = main_of(Chemical(smiles="CCCCO", valid=None, reason="RDKit would check it"))
    assert 'class="placeholder" role="img" aria-label="Chemical structure"' in molecule
    assert '<code class="smiles">CCCCO</code></p></figure>' in molecule
    assert main_of(Music(abc="K:C\nC2|")) == (
        '<figure class="music"><pre><code class="abc">K:C\nC2|</code></pre></figure>'
    )


def test_what_is_not_valid_is_shown_as_its_source_and_marked() -> None:
    assert main_of(Formula(latex="\\frac{a")).endswith(
        '<code class="latex">\\frac{a</code></div><p class="invalid">Not valid LaTeX: } is missing</p></figure>'
    )
    for element in (
        Chemical(smiles="C1CC", valid=False, reason="unclosed ring"),
        Music(abc="K:C", valid=False, reason="no note"),
    ):
        shown = main_of(element)
        assert "<svg" not in shown
        assert f": {element.reason}</p></figure>" in shown


@pytest.mark.parametrize(
    "attribute",
    ['fill="url(#x)"', 'fill="URL(//evil.example/x)"', 'stroke="image-set(x)"', 'href="#x"', 'onload="x"'],
)
def test_the_second_lock_knows_drawings(attribute: str) -> None:
    kept = '<svg viewBox="0 0 1 1"><path d="M0 0" fill="red" transform="scale(2)"></path></svg>'
    assert sanitized(kept) == kept
    assert sanitized(f'<svg viewBox="0 0 1 1"><path {attribute}></path></svg>') == (
        '<svg viewBox="0 0 1 1"><path></path></svg>'
    )


def assert_inert(root: html.HtmlElement) -> None:
    """Nothing in what the exporter wrote runs, loads or leads elsewhere."""
    assert not root.xpath("//script | //iframe | //object | //embed | //form | //link | //base | //body//style")
    assert_drawings_are_plain(root)
    for part in root.iter():
        for name, value in part.attrib.items():
            assert not name.startswith("on")
            if name in ("href", "src"):
                assert value.startswith(("#", "data:image/png;base64,")) or ":" not in value
                assert not value.startswith(("/", "\\"))
            if name == "style":
                assert re.fullmatch(r"(?:width|min-width|aspect-ratio):[^;:]*(?:;aspect-ratio:[^;:]*)?", value)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_active_is_written(payload: str) -> None:
    assert_inert(tree(hostile_document(payload)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_second_lock_holds_by_itself(payload: str) -> None:
    """What the exporter would have to have written for a payload to be active."""
    root = html.fragment_fromstring(sanitized(payload), create_parent="div")
    assert not root.xpath("//script | //iframe | //object | //embed | //form | //style")
    assert_drawings_are_plain(root)
    for part in root.iter():
        assert not [name for name in part.attrib if name.startswith("on")]
        assert not [value for name, value in part.attrib.items() if name in ("href", "src") and ":" in value]
