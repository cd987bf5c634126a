"""``docparse convert`` as a user runs it."""

import base64
import json
import subprocess
from pathlib import Path

import pytest

from docparse.document import Asset, Document, Page, PageStatus, Paragraph, Picture
from tests.conftest import COMMAND, Run
from tests.export.documents import document_of, full_document, png, source


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "full.json"
    document = full_document()
    del document.pages[1:]  # the others are incomplete
    path.write_text(document.to_json(), "utf-8")
    return path


def test_every_format_is_what_the_document_gives(docparse: Run, saved: Path) -> None:
    document = Document.load(saved)
    for form, text in (
        ("html", document.to_html()),
        ("md", document.to_markdown()),
        ("json", saved.read_text("utf-8")),
        ("jsonl", document.to_jsonl()),
        ("chunks", document.to_chunks()),
        ("qwenvl", document.to_qwenvl()),
    ):
        ran = docparse("convert", saved, "-f", form)
        assert (ran.code, ran.err) == (0, "")
        assert ran.text == text
        assert docparse("convert", saved, "-f", form, "-o", "-").text == text


def test_stdin_and_furniture(docparse: Run, saved: Path) -> None:
    ran = docparse("convert", "-", "--furniture", "keep", stdin=saved.read_bytes())
    assert ran.text == Document.load(saved).to_markdown(furniture=True)


def test_chunks_of_several_documents_and_of_another_size(docparse: Run, saved: Path, tmp_path: Path) -> None:
    document = Document.load(saved)
    ran = docparse("convert", saved, saved, "-f", "chunks", "--chunk-tokens", "40")
    assert ran.text == document.to_chunks(40) * 2
    assert docparse("convert", saved, "-o", "full.chunks.jsonl", "--furniture", "keep").code == 0
    assert (tmp_path / "full.chunks.jsonl").read_text("utf-8") == document.to_chunks(furniture=True)
    assert docparse("convert", saved, "-f", "chunks", "--chunk-tokens", "1").code == 2
    document.pages[0].elements = []
    assert docparse("convert", "-", "-f", "chunks", stdin=document.to_json().encode()).out == b""


def test_what_is_missing_is_told_again(docparse: Run, tmp_path: Path) -> None:
    pages = [
        Page(number=1, width=1, height=1, unit="pt", elements=[Paragraph(text="read")]),
        Page(number=2, width=1, height=1, unit="pt", status=PageStatus.FAILED),
    ]
    document = Document(generator="test", source=source(2), pages=pages)
    (tmp_path / "half.json").write_text(document.to_json(), "utf-8")
    ran = docparse("convert", "half.json")
    assert ran.code == 7
    assert ran.text.startswith("read\n")
    assert "1 of 2 pages" in ran.err


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JSON"),
        (b"%PDF-1.7", "no JSON"),
        (b"\xff\xfe{}", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON that docparse wrote"),
        (b'{"a": 1}', "no JSON that docparse wrote"),
        (b'{"generator": "x", "source": {}}', "source.name"),
    ],
)
def test_what_is_not_ours_is_one_line(docparse: Run, tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "other.json").write_bytes(data)
    ran = docparse("convert", "other.json", "-f", "html")
    assert (ran.code, ran.out) == (3, b"")
    (message,) = ran.messages
    assert message.startswith("docparse: other.json ")
    assert words in message


def test_lines_of_pages_are_no_document(docparse: Run, saved: Path) -> None:
    ran = docparse("convert", "-", stdin=Document.load(saved).to_jsonl().encode() * 2)
    assert ran.code == 3
    assert "-f jsonl" in ran.err


def test_a_later_schema_is_refused(docparse: Run, saved: Path) -> None:
    data = json.loads(saved.read_bytes()) | {"schema_version": "9.0"}
    ran = docparse("convert", "-", stdin=json.dumps(data).encode())
    assert ran.code == 3
    assert "9.0" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("missing.json",), 3), (("full.json", "-f", "md", "-f", "html"), 2), (("full.json", "full.json"), 2)],
)
def test_calls_that_cannot_be_served(docparse: Run, saved: Path, arguments: tuple[str, ...], code: int) -> None:
    ran = docparse("convert", *arguments)
    assert (ran.code, len(ran.messages)) == (code, 1)


def test_a_folder_is_mirrored_and_one_bad_file_harms_no_other(docparse: Run, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.json").write_bytes(saved.read_bytes())
    (tmp_path / "in" / "bad.json").write_text("{")
    ran = docparse("convert", "in", "-o", "out", "-f", "md", "-f", "qwenvl")
    assert ran.code == 7
    assert [message for message in ran.messages if "bad.json" in message] == ran.messages
    written = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("a.*"))
    assert written == ["deep/a.assets", "deep/a.md", "deep/a.qwenvl.html"]


def pictured(folder: Path, *, path: str | None = None) -> None:
    asset = Asset(media_type="image/png", width=4, height=3, path=path, data=None if path else png(4, 3))
    folder.mkdir(exist_ok=True)
    document = document_of(Picture(asset=asset))
    (folder / "saved.json").write_text(document.to_json(), "utf-8")


def test_pictures_go_from_inside_to_files_and_back(docparse: Run, tmp_path: Path) -> None:
    pictured(tmp_path / "in")
    assert docparse("convert", "in/saved.json", "-o", "out/a.json").code == 0
    assert json.loads((tmp_path / "out" / "a.json").read_bytes())["pages"][0]["elements"][0]["asset"]["path"] == (
        "a.assets/p1-e0.png"
    )
    assert f'src="data:image/png;base64,{png(4, 3)}"' in docparse("convert", "out/a.json", "-f", "html").text
    ran = docparse("convert", "out/a.json", "-o", "elsewhere/b.md")
    assert "(b.assets/p1-e0.png)" in (tmp_path / "elsewhere" / "b.md").read_text("utf-8")
    assert (tmp_path / "elsewhere" / "b.assets" / "p1-e0.png").is_file()
    assert ran.code == 0
    assert "<img" not in docparse("convert", "out/a.json", "-f", "html", "--images", "none").text


@pytest.mark.parametrize("path", ["gone.png", "../secret.png", "words.png", "x\0y"])
def test_a_picture_that_is_not_there_or_none_is_told(docparse: Run, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.png").write_bytes(base64.b64decode(png(4, 3)))
    pictured(tmp_path / "in", path=path)
    (tmp_path / "in" / "words.png").write_text("words")
    ran = docparse("convert", "in/saved.json", "-f", "html")
    assert ran.code == 0
    assert len(ran.messages) == 1
    assert "<img" not in ran.text


def test_a_reader_that_has_seen_enough(saved: Path) -> None:
    pipeline = f"set -o pipefail; {' '.join(COMMAND)} convert {saved} -f html | head -c 10 >/dev/null"
    finished = subprocess.run(["bash", "-c", pipeline], capture_output=True, timeout=120)
    assert (finished.returncode, finished.stderr) == (0, b"")


def test_no_model_and_no_reader_of_pdf_is_loaded(saved: Path) -> None:
    program = (
        "import sys; from docparse.cli import main\n"
        f"try: main(['convert', {str(saved)!r}, '-f', 'html'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'pymupdf') if name in sys.modules], file=sys.stderr)"
    )
    finished = subprocess.run([*COMMAND[:1], "-c", program], capture_output=True, text=True, timeout=60)
    assert finished.stderr.strip() == "[]"
