"""The exported HTML in a real Chromium: nothing runs, nothing is asked for, everything is to be seen."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from docparse.export.html import CONTENT_SECURITY_POLICY, to_html

from .documents import full_document, hostile_document
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
