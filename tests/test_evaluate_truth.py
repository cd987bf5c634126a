"""Ground truth in its forms."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from docparse.errors import InputError
from docparse.evaluate.content import printed
from docparse.evaluate.truth import find_cases
from tests.conftest import SHARED

CORPUS = SHARED / "corpus" / "quality"


def entry(category: str, order: int | None, top: float, **more: Any) -> dict[str, Any]:
    poly = [10, top, 90, top, 90, top + 20, 10, top + 20]
    return {"category_type": category, "poly": poly, "order": order, **more}


PAGE = {
    "page_info": {"image_path": "a.png", "page_attribute": {"language": "Italian"}},
    "layout_dets": [
        entry("text_block", 1, 60, text="second"),
        entry("title", 0, 30, text="first"),
        entry("footer", None, 170, text="foot"),
        entry("header", None, 0, text="head"),
        entry("table", 2, 90, html="<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>"),
        entry("equation_isolated", 3, 120, latex="$$x^2$$"),
        entry("abandon", None, 145, text="never"),
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (100, 200), "white").save(tmp_path / "a.png")
    return tmp_path


def test_omnidocbench(folder: Path) -> None:
    (folder / "all.json").write_text(json.dumps([PAGE]))
    (case,) = find_cases(folder / "all.json")
    assert case.language == "Italian"
    assert "elements" in case.told
    assert printed(case.truth) == "head\nfirst\nsecond\na b\n1 2\nfoot"
    kinds = [element.kind for element in case.truth.elements or ()]
    assert kinds == ["page_header", "heading", "paragraph", "table", "formula", "page_footer"]
    assert case.truth.unordered == {0, 5}
    assert len(case.truth.ignored) == len(case.truth.tables) == len(case.truth.formulas) == 1


def test_boxes_of_another_image_are_not_used(folder: Path) -> None:
    Image.new("RGB", (50, 100), "white").save(folder / "a.png")
    (folder / "a.omnidoc.json").write_text(json.dumps(PAGE))
    (case,) = find_cases(folder)
    assert "elements" not in case.told
    assert "edit" in case.told


def test_a_synth_folder(folder: Path) -> None:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7")
    (folder / "a.html").write_text('<html><body>\n<p data-bbox="1 2 30 40">word</p>\n</body></html>')
    (folder / "manifest.jsonl").write_text('{"name": "a", "look": "scan", "language": "de", "more": 1}\n')
    (case,) = find_cases(folder)
    assert (case.name, case.look, case.language, case.truth.size) == ("a.png", "scan", "de", (100, 200))
    (born,) = find_cases(folder, born_digital=True)
    assert (born.name, born.truth.size) == ("a.pdf", (100, 200))


@pytest.mark.parametrize(
    ("name", "text"), [("a.md", "# T\n\nword"), ("a.gt.txt", "T\nword"), ("a.html", "<h1>T</h1>word")]
)
def test_plain_truth_beside_the_input(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (case,) = find_cases(folder)
    assert printed(case.truth).split() == ["T", "word"]
    assert "elements" not in case.told


@pytest.mark.parametrize("content", ["{", "[1]", '{"layout_dets": []}'])
def test_a_damaged_file_is_told(folder: Path, content: str) -> None:
    (folder / "x.json").write_text(content)
    with pytest.raises(InputError):
        find_cases(folder / "x.json")


def test_no_truth_is_told(folder: Path) -> None:
    with pytest.raises(InputError, match="no document with a truth"):
        find_cases(folder)
    with pytest.raises(InputError, match="does not exist"):
        find_cases(folder / "nowhere")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the shared corpus")
def test_the_shared_corpus() -> None:
    cases = {case.name: case for case in find_cases(CORPUS / "manifest.jsonl")}
    flat, photo = cases["mdpbench/es_book_0.jpg"], cases["mdpbench/es_book_0_outdoor_light_top_wrinkle_blur.jpg"]
    assert "elements" in flat.told
    assert "elements" not in photo.told  # it has the boxes of the flat page
    assert printed(flat.truth) == printed(photo.truth)
    assert all(case.fold_case for name, case in cases.items() if name.startswith("sroie"))
    assert not any(case.fold_case for name, case in cases.items() if name.startswith("tesseract_scans"))
    with pytest.raises(InputError, match="it has "):
        find_cases(CORPUS, sets=["nowhere"])
