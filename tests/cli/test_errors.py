"""Each exit code, reached as a user reaches it: one line on stderr that says what to do, and no traceback."""

import os
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from tests.conftest import SAMPLES, Run, endless_pdf, make_pdf

REPORT = SAMPLES / "report.pdf"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["missing.pdf"], 3, "missing.pdf does not exist"),
        (["."], 3, "is a folder: give -o DIR"),
        (["empty.pdf"], 3, "empty.pdf is empty"),
        (["page.pdf"], 3, "page.pdf is HTML, which docparse does not read; it reads PDF, PNG"),
        (["drawing.svg"], 3, "drawing.svg is SVG"),
        (["letter.docx"], 3, "Office document"),
        (["notes.txt"], 3, "notes.txt is text"),
        (["broken.pdf"], 3, "broken.pdf is damaged"),
        (["no-pages.pdf"], 3, "it has no pages"),
        (["broken.png"], 3, "broken.png is damaged"),
        (["bomb.png"], 3, "more than 150 million pixels"),
        (["empty-folder", "-o", "out/"], 3, "holds no file that docparse reads"),
        ([SAMPLES / "encrypted.pdf"], 4, "give its password with --password"),
        ([SAMPLES / "encrypted.pdf", "--password", "guess"], 4, "the password is wrong"),
        ([SAMPLES / "scan.pdf", "--engine", "layout"], 5, "give a vision model with --model"),
        ([SAMPLES / "scan.png", "--engine", "layout"], 5, "give a vision model with --model"),
        ([REPORT, "--engine", "replay"], 5, "--engine replay needs --model DIR"),
        ([REPORT, "--engine", "replay", "--model", "nowhere"], 5, "nowhere is no folder that --save-raw wrote"),
        ([REPORT, "-o", "notes.txt/report.md"], 6, "cannot write"),
        ([REPORT, "-o", "notes.txt", "-f", "md", "-f", "json"], 6, "-o must name a folder"),
        ([], 2, "Missing argument"),
        (["--no-such-option"], 2, "No such option"),
        ([REPORT, "-f", "docx"], 2, "docx"),
        ([REPORT, "-f", "md", "-f", "json"], 2, "several formats need -o"),
        ([REPORT, REPORT], 2, "several inputs need -o"),
        ([REPORT, REPORT, "-o", "out/"], 2, "would both be written to"),
        ([REPORT, "--pages", "4"], 2, "there is no page 4; the document has 3"),
        ([REPORT, "--pages", "-4"], 2, "there is no page -4; the document has 3"),
        ([REPORT, "--pages", "0"], 2, "there is no page 0"),
        ([REPORT, "--pages", "2-1"], 2, "the first page comes after the last"),
        ([REPORT, "--pages", "one"], 2, "--pages takes a list such as 1-3,7,-1"),
        ([REPORT, "--max-new-tokens", "0"], 2, "--max-new-tokens must be at least 1"),
        ([REPORT, "--readings", "0"], 2, "--readings must be from 1 to 9"),
        ([REPORT, "--page-timeout", "0"], 2, "--page-timeout must be more than 0"),
        ([REPORT, "--max-pixels", "100"], 2, "--max-pixels must be at least 784"),
        ([REPORT, "--min-pixels", "90000", "--max-pixels", "80000"], 2, "is more than --max-pixels"),
        ([REPORT, "--max-memory", "cpu"], 2, "--max-memory takes DEVICE=SIZE"),
        ([REPORT, "--images", "files"], 2, "--images files needs -o"),
    ],
    ids=lambda value: " ".join(map(str, value))[-60:] if isinstance(value, list) else None,
)
def test_error(docparse: Run, tmp_path: Path, arguments: list[str | Path], code: int, words: str) -> None:
    make_bad_files(tmp_path)
    ran = docparse(*arguments)
    assert ran.code == code, ran.err
    assert len(ran.messages) == 1, ran.err
    assert ran.messages[0].startswith("docparse: ")
    assert words in ran.messages[0]
    assert ran.out == b""


def make_bad_files(folder: Path) -> None:
    (folder / "empty.pdf").touch()
    (folder / "empty-folder").mkdir()
    (folder / "page.pdf").write_text("<!DOCTYPE html><html><body>404 Not Found</body></html>")
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>hello</text></svg>')
    (folder / "letter.docx").write_bytes(b"PK\x03\x04" + bytes(100))
    (folder / "notes.txt").write_text("only words\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n" + os.urandom(500).replace(b"obj", b""))
    (folder / "no-pages.pdf").write_bytes(
        make_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"])
    )
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(60))
    Image.new("1", (20_000, 20_000)).save(folder / "bomb.png")


def test_output_that_may_not_be_written(docparse: Run, tmp_path: Path) -> None:
    ran = docparse(REPORT, "-o", "/proc/report.md")
    assert (ran.code, len(ran.messages)) == (6, 1), ran.err
    assert "cannot write /proc/report.md" in ran.err


def test_stdout_on_a_full_disk(tmp_path: Path) -> None:
    import subprocess

    from tests.conftest import COMMAND

    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run([*COMMAND, REPORT, "-q"], stdout=full, stderr=subprocess.PIPE, timeout=120)
    assert finished.returncode == 6
    assert finished.stderr.decode().splitlines() == [
        "docparse: cannot write to standard output: No space left on device"
    ]


def test_a_page_that_never_ends_harms_no_other(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "endless.pdf").write_bytes(endless_pdf())
    ran = docparse("endless.pdf", "-f", "json", "--page-timeout", "3")
    assert ran.code == 7
    assert "1 of 2 pages could not be read" in ran.messages[0]
    assert "took more than 3 seconds" in ran.messages[0]
    first, second = ran.json["pages"]
    assert first["status"] == "failed"
    assert first["problems"][0]["kind"] == "page-unreadable"
    assert second["status"] == "ok"
    assert "read all the same" in second["elements"][0]["text"]


def test_a_page_without_text_is_told_and_the_others_are_written(docparse: Run) -> None:
    ran = docparse(SAMPLES / "mixed.pdf", "--engine", "layout", "-f", "json")
    assert ran.code == 7
    assert [page["status"] for page in ran.json["pages"]] == ["ok", "failed"]
    assert [problem["kind"] for problem in ran.json["pages"][1]["problems"]] == ["no-model"]


def test_a_blank_page_is_no_error(docparse: Run, tmp_path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page()
        document.save(tmp_path / "blank.pdf")
    ran = docparse("blank.pdf", "-f", "json")
    assert ran.code == 0
    assert [problem["kind"] for problem in ran.json["pages"][0]["problems"]] == ["blank"]


def test_debug_shows_the_traceback(docparse: Run) -> None:
    ran = docparse("missing.pdf", "--debug")
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert "InputError" in ran.err


def test_a_name_cannot_steer_the_terminal(docparse: Run) -> None:
    ran = docparse("missing\x1b[2J\n.pdf")
    assert ran.code == 3
    assert "\x1b" not in ran.err
    assert len(ran.messages) == 1
