"""``docparse eval`` as a user runs it."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

from docparse.evaluate import tesseract
from docparse.evaluate.tesseract import paragraphs
from tests.checkpoints import make_reader
from tests.conftest import SAMPLES, Run

ANSWER = (
    '<html><body>\n<h2 data-bbox="28 14 140 42">Minutes</h2>\n'
    '<p data-bbox="14 56 168 224">Read and approved.</p>\n</body></html>'
)


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    folder = tmp_path / "truth"
    folder.mkdir()
    for name in ("00001", "00002"):
        page = Image.new("RGB", (200, 300), "white")
        page.paste("black", (28, 14, 140, 42))  # a page without ink would count as read
        page.save(folder / f"{name}.png")
        (folder / f"{name}.html").write_text(ANSWER)
    lines = [{"name": "00001", "look": "clean"}, {"name": "00002", "look": "scan"}]
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def test_outputs_in_a_folder(docparse: Run, truth: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "00001.html").write_text(ANSWER)
    (out / "00002.html").write_text(ANSWER.replace("approved", "improved").replace("</p>", ""))
    ran = docparse("eval", truth, "--output", out, "--json", "r.json", "--worst", "w.html")
    assert ran.code == 0, ran.err
    assert "by look" in ran.text
    assert "by kind" in ran.text
    (system,) = json.loads((tmp_path / "r.json").read_text())["systems"]
    assert system["readers"] == {"file QwenVL HTML": 2}
    first, second = system["pages"]
    assert (first["cer"], first["valid"], first["box_f1_75"], first["teds"]) == (0, 1, 1, None)
    assert (second["characters"], second["valid"]) == ({"edits": 2, "length": 26}, 0)  # a to i, p to m
    assert system["overall"]["cer"] == pytest.approx(2 / 52)
    assert (system["looks"]["clean"]["cer"], system["overall"]["valid"]) == (0, 0.5)
    worst = (tmp_path / "w.html").read_text()
    assert worst.index("00002.png") < worst.index("00001.png")
    assert 'class="ins"' in worst


def test_a_missing_output_is_a_page_lost(docparse: Run, truth: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "00001.html").write_text(ANSWER)
    ran = docparse("eval", truth, "--output", "out", "--json", "r.json", "--worst", "w.png")
    assert ran.code == 7
    assert "00002.png: there is no output for it" in ran.err
    (system,) = json.loads((tmp_path / "r.json").read_text())["systems"]
    assert (system["failures"], system["overall"]["cer"], system["overall"]["box_f1_50"]) == (1, 0.5, 0.5)
    with Image.open(tmp_path / "w.png") as picture:
        assert picture.width > 1000


def test_docparse_with_a_model_is_named_and_timed(docparse: Run, tmp_path: Path) -> None:
    model = make_reader(tmp_path / "reader", Image.open(SAMPLES / "scan.png"), ANSWER)
    folder = tmp_path / "pages"
    folder.mkdir()
    shutil.copy(SAMPLES / "scan.png", folder / "x.png")
    (folder / "x.md").write_text("## Minutes\n\nRead and approved.")
    ran = docparse("eval", folder, "--model", model, "--dtype", "float32", "--json", "r.json")
    assert ran.code == 0, ran.err
    (system,) = json.loads((tmp_path / "r.json").read_text())["systems"]
    assert system["readers"] == {"local reader": 1}
    (page,) = system["pages"]
    assert (page["cer"], page["valid"], page["engine"], page["model"]) == (0, 1, "local", "reader")
    assert page["seconds"] > 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 3, "does not exist"),
        (["truth", "--output", "nowhere"], 3, "no folder of outputs"),
        (["truth", "--worst", "w.gif"], 2, ".html or .png"),
        (["truth", "--only", "none"], 2, "matches"),
        (["truth", "--engine", "layout"], 7, "00001.png"),
        (["truth", "--system", "other"], 2, "other"),
        (["truth", "--json", "truth"], 6, "cannot write"),
    ],
)
def test_errors(docparse: Run, truth: Path, arguments: list[str], code: int, words: str) -> None:
    ran = docparse("eval", *arguments)
    assert (ran.code, words in ran.err) == (code, True), ran.err


def test_a_missing_package_is_told(docparse: Run, truth: Path, tmp_path: Path) -> None:
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / "apted.py").write_text("raise ImportError")
    ran = docparse("eval", truth, "--output", truth, env={"PYTHONPATH": str(tmp_path / "hide")})
    assert (ran.code, "pip install 'docparse[eval]'" in ran.err) == (2, True)


def test_tesseracts_table_becomes_paragraphs() -> None:
    head = "level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\t")
    rows = ["3 1 1 1 0 0 10 20 30 40 -1 ", '5 1 1 1 1 1 10 20 9 9 90 "One', "5 1 1 1 2 1 10 40 9 9 90 two"]
    (paragraph,) = paragraphs("\n".join([head, *(row.replace(" ", "\t") for row in rows)]))
    assert paragraph.text == '"One\ntwo'
    assert paragraph.box == (10, 20, 40, 60)


@pytest.mark.parametrize("given", [None, "2"])
def test_tesseract_is_run_with_the_threads_that_its_name_tells(
    given: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    if given:
        monkeypatch.setenv("OMP_THREAD_LIMIT", given)
    seen = tesseract._output([sys.executable, "-c", "import os; print(os.environ['OMP_THREAD_LIMIT'])"])
    assert seen.strip() == (given or "1")
