"""``docparse synth`` as a user runs it, and the filters behind it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from docparse.geometry import Box
from docparse.qwenvl import parse, validate
from docparse.synth import SynthSettings, make_page
from docparse.synth.filters import fault, is_repetitive
from tests.conftest import Run

for package in ("wordfreq", "faker", "matplotlib", "rdkit", "verovio"):
    pytest.importorskip(package)


def test_pages_are_written_with_their_truth(docparse: Run, tmp_path: Path) -> None:
    ran = docparse("synth", "out", "-n", "6", "--seed", "3", "--look", "mixed", "--format", "png,pdf", "-j", "2")
    assert ran.code == 0, ran.err
    assert ran.out == b""
    assert ran.messages[-1].startswith("docparse: out: 6 pages, ")
    assert "pages a second" in ran.messages[-1]
    entries = [json.loads(line) for line in (tmp_path / "out" / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert [entry["name"] for entry in entries] == [f"{number:05}" for number in range(1, 7)]
    for entry in entries:
        html = (tmp_path / "out" / f"{entry['name']}.html").read_text("utf-8")
        facts = json.loads((tmp_path / "out" / f"{entry['name']}.json").read_text("utf-8"))
        assert validate(html) == []
        with Image.open(tmp_path / "out" / f"{entry['name']}.png") as image:
            assert image.size == (entry["width"], entry["height"])
        assert len(facts["glyphs"]) == entry["characters"]
        assert all(not html[row[0]].isspace() for row in facts["glyphs"])
        assert len(pymupdf.open(tmp_path / "out" / f"{entry['name']}.pdf")) == 1


def test_the_same_seed_gives_the_same_files_however_many_processes(docparse: Run, tmp_path: Path) -> None:
    arguments = ("--size", "300x200", "-n", "12", "--languages", "en,ru", "--format", "png,pdf", "-q")
    for name, jobs in (("one", "1"), ("two", "2")):
        ran = docparse("synth", name, *arguments, "-j", jobs)
        assert (ran.code, ran.err) == (0, "")
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert len(files) == 49
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_a_clean_pdf_has_the_words_of_the_truth_where_they_are(docparse: Run, tmp_path: Path) -> None:
    ran = docparse(
        "synth", "out", "-n", "1", "--look", "clean", "--kinds", "letter", "--languages", "en", "--format", "pdf"
    )
    assert ran.code == 0, ran.err
    page = pymupdf.open(tmp_path / "out" / "00001.pdf")[0]
    assert page.rect.width < 700
    answer = parse((tmp_path / "out" / "00001.html").read_text("utf-8"))
    scale = json.loads((tmp_path / "out" / "00001.json").read_text("utf-8"))["width"] / page.rect.width
    paragraph = max((e for e in answer.elements if e.kind == "paragraph"), key=lambda e: len(e.text))
    assert paragraph.box is not None
    words = [
        word[4]
        for word in page.get_text("words")
        if paragraph.box.holds_center_of(Box(*(scale * v for v in word[:4])))
    ]
    printed = "".join(words).replace("-", "")
    assert printed == paragraph.text.replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--kinds", "poem"], 2, "no pages can be made of kind poem"),
        (["--languages", "en,tlh"], 2, "no pages can be made of language tlh"),
        (["--format", "tiff"], 2, "no format tiff"),
        (["--size", "10"], 2, "--size takes WIDTHxHEIGHT"),
        (["--count", "0"], 2, "--count must be at least 1"),
        (["--look", "drawn"], 2, "drawn"),
    ],
)
def test_error(docparse: Run, arguments: list[str], code: int, words: str) -> None:
    ran = docparse("synth", "out", *arguments)
    assert ran.code == code
    assert len(ran.messages) == 1
    assert words in ran.messages[0]


def test_a_folder_that_cannot_be_made(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = docparse("synth", "file/out", "-n", "1")
    assert ran.code == 6
    assert "cannot write to file/out" in ran.messages[0]


def test_what_the_filter_drops() -> None:
    good = make_page(3, SynthSettings(kinds=("letter",), languages=("en",)))
    assert fault(good) is None
    assert fault(replace(good, html=good.html[:-20])) == "malformed"
    assert fault(replace(good, html=good.html.replace("<p ", "<p data-x='1' ", 1))) == "malformed"
    assert fault(replace(good, html="<html><body>\n</body></html>")) == "empty"
    assert fault(replace(good, boxes=good.boxes - np.float64(5000))) == "cut off"
    start = good.html.index("<p ")
    first = good.html[start : good.html.index("</p>") + 4]
    assert fault(replace(good, html=good.html.replace(first, f"{first}\n{first}"))) == "overlapping"
    assert is_repetitive("no " * 8)
    assert is_repetitive("one two three four five six " * 12)
    assert not is_repetitive(" ".join(f"word{n}" for n in range(80)))
