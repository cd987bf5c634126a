"""The exported HTML in a real Chromium: nothing runs, nothing is asked for, everything is to be seen."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from docparse.document import Asset, Heading, Picture
from docparse.export.html import CONTENT_SECURITY_POLICY, to_html

from .documents import full_document, hostile_document, png
from .payloads import PAYLOADS

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs chromium")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def browser() -> Iterator["sync_api.Browser"]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@pytest.mark.parametrize("with_policy", [True, False], ids=["policy", "no-policy"])
def test_no_payload_runs_and_no_request_leaves(
    browser: "sync_api.Browser", tmp_path: Path, with_policy: bool
) -> None:
    """Once as written, once with the page's own policy taken out, so that escaping is tested and not only it."""
    page = browser.new_page()
    hits: list[str] = []
    asked: list[str] = []
    current = ""
    page.expose_function("hit", lambda *_: hits.append(current))
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (hits.append(current), dialog.dismiss()))
    for index, current in enumerate(PAYLOADS):
        text = to_html(hostile_document(current))
        assert CONTENT_SECURITY_POLICY in text
        path = tmp_path / f"{index}.html"
        path.write_text(text if with_policy else text.replace(CONTENT_SECURITY_POLICY, ""), encoding="utf-8")
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        for link in page.query_selector_all("a")[:3]:
            link.evaluate("part => part.click()")
        assert page.url.startswith(path.as_uri())
    page.wait_for_timeout(200)
    assert hits == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    # That the trap is set: unescaped, a payload does run.
    control = tmp_path / "control.html"
    control.write_text(PAYLOADS[0], encoding="utf-8")
    page.goto(control.as_uri())
    page.wait_for_timeout(100)
    page.close()
    assert len(hits) == 1


@pytest.mark.parametrize("width", [1000, 360])
def test_full_document_is_drawn_without_a_complaint(browser: "sync_api.Browser", tmp_path: Path, width: int) -> None:
    path = tmp_path / "full.html"
    path.write_text(to_html(full_document()), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    # The one picture that the document names and that is not there.
    assert [text for text in complaints if "ERR_FILE_NOT_FOUND" not in text] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    mathematics = page.eval_on_selector_all("math", "all => all.map(part => part.getBoundingClientRect().height)")
    assert len(mathematics) == 5
    assert all(height > 8 for height in mathematics)
    annotations = page.eval_on_selector_all(
        "annotation", "all => all.map(part => part.getBoundingClientRect().width)"
    )
    assert set(annotations) == {0}
    drawings = page.eval_on_selector_all(
        "svg.drawing", "all => all.map(part => [part.getBBox().width, part.getBoundingClientRect().height])"
    )
    assert len(drawings) == 2  # a molecule and a scale
    assert all(width > 100 and height > 50 for width, height in drawings)
    embedded = page.eval_on_selector("#p1-e17 img", "part => [part.complete, part.naturalWidth]")
    assert embedded == [True, 225]
    page.close()


def test_the_keyboard_reaches_contents_text_and_wide_tables(browser: "sync_api.Browser", tmp_path: Path) -> None:
    document = full_document()
    document.pages[1].elements += [Heading(id=f"p2-h{number}", text=f"Part {number}") for number in range(9)]
    path = tmp_path / "long.html"
    path.write_text(to_html(document), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    focused = (
        "[document.activeElement.className || document.activeElement.tagName, document.activeElement.textContent]"
    )
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == ["skip", "To the text"]
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(focused))
    assert ["SUMMARY", "Contents"] in seen
    assert "scroll" in [kind for kind, _ in seen]
    page.focus("nav summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == ["A", "The harbour in figures"]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#p2-e0"
    assert page.evaluate("document.querySelector(':target').textContent") == "2. What goes out"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_in_both_schemes(browser: "sync_api.Browser", tmp_path: Path, scheme: str) -> None:
    """WCAG 2.1, 1.4.3: a contrast of 4.5 at least, for every colour of text."""
    path = tmp_path / "full.html"
    path.write_text(to_html(full_document()), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    page.goto(path.as_uri())
    colours = """all => all.map(part => getComputedStyle(part).color.match(/[0-9]+/g).slice(0, 3).map(Number))"""
    texts = page.eval_on_selector_all("h1, p, li, td, th, a, code, summary, .failed", colours)
    (paper,) = page.eval_on_selector_all("body", colours.replace(".color", ".backgroundColor"))
    assert (sum(paper) > 3 * 128) == (scheme == "light")
    assert min(contrast(text, paper) for text in texts) >= 4.5
    page.close()


def contrast(first: list[int], second: list[int]) -> float:
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: list[int]) -> float:
    """WCAG's relative luminance of an sRGB colour."""
    shares = [value / 255 for value in colour]
    red, green, blue = (share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_on_paper(browser: "sync_api.Browser", tmp_path: Path) -> None:
    """Every page begins a sheet with margins of its own, nothing is cut off at the right, what is for the screen
    alone is left out, and what stands folded up there is not."""
    pymupdf = pytest.importorskip("pymupdf")
    path = tmp_path / "full.html"
    document = full_document()
    shown = Asset(media_type="image/png", width=60, height=40, data=png(60, 40))
    document.pages[1].elements.append(Picture(asset=shown, text="TO BE SEEN IN IT"))
    path.write_text(to_html(document), encoding="utf-8")
    page = browser.new_page(color_scheme="dark")
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('figure details').forEach(details => details.removeAttribute('open'))")
    printed = pymupdf.open(stream=page.pdf(format="A4"), filetype="pdf")
    page.close()
    texts = [sheet.get_text() for sheet in printed]
    assert sum(text.lstrip().startswith("Page ") for text in texts) >= 2
    assert any("Third, after two" in text for text in texts)
    assert any("KEEP CLEAR" in text for text in texts)
    assert not any("TO BE SEEN" in text for text in texts)
    assert not any("Page 4 was not asked for" in text for text in texts)
    for sheet in printed:
        assert sheet.get_pixmap(dpi=20).pixel(2, 2) == (255, 255, 255)
        words = sheet.get_text("words")
        assert all(word[0] >= 40 and word[2] <= sheet.rect.width - 40 for word in words), words
