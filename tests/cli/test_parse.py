"""The main job as a user runs it."""

import fcntl
import json
import os
import struct
import subprocess
import termios
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import COMMAND, ROOT, SAMPLES, Run, endless_pdf

REPORT = SAMPLES / "report.pdf"
SCHEMA = json.loads((ROOT / "schemas" / "document.schema.json").read_text("utf-8"))


def test_json_describes_the_document(docparse: Run) -> None:
    ran = docparse(REPORT, "-f", "json")
    assert ran.code == 0, ran.err
    jsonschema.validate(ran.json, SCHEMA)
    kinds = {element["kind"] for page in ran.json["pages"] for element in page["elements"]}
    assert kinds >= {"heading", "paragraph", "list_item", "table", "formula", "picture", "caption", "page_header"}
    for page in ran.json["pages"]:
        for element in page["elements"]:
            x0, y0, x1, y1 = element["box"]
            assert 0 <= x0 < x1 <= page["width"]
            assert 0 <= y0 < y1 <= page["height"]


def test_markdown_is_the_default_and_has_the_words_in_order(docparse: Run) -> None:
    text = docparse(REPORT).text
    places = [
        text.index(words) for words in ("Eleven Winters", "1 Introduction", "3 Stefan", "Table 1.", "References")
    ]
    assert places == sorted(places)
    assert "nobody thought of calling" not in text  # the words stand apart in the report
    assert "Orrin Valley Observatory\n\n" not in text  # the running header is left out


def test_furniture_can_be_kept(docparse: Run) -> None:
    dropped, kept = (docparse(REPORT, "--furniture", choice).text for choice in ("drop", "keep"))
    assert len(kept) > len(dropped)


def test_summary_is_on_stderr_and_quiet_silences_it(docparse: Run) -> None:
    ran = docparse(REPORT)
    assert len(ran.messages) == 1
    for words in ("report.pdf: 3 pages", "elements", "engine layout", "s a page"):
        assert words in ran.messages[0]
    assert docparse(REPORT, "-q").err == ""


def test_progress_is_shown_on_a_terminal_alone() -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    environment = os.environ | {"TERM": "xterm"}
    with subprocess.Popen([*COMMAND, REPORT], stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the terminal's other end is closed
                break
    os.close(ours)
    assert process.returncode == 0
    assert b"report.pdf" in shown
    assert b"/3" in shown
    assert b"[progress" not in shown
    assert b"3 pages" in shown


def test_stdin_is_read(docparse: Run) -> None:
    ran = docparse("-", "-f", "json", stdin=REPORT.read_bytes())
    assert ran.code == 0
    assert ran.json["source"]["name"] == "stdin"
    assert len(ran.json["pages"]) == 3


@pytest.mark.parametrize("form", ["html", "md", "json", "jsonl", "chunks", "qwenvl"])
def test_every_format_goes_to_stdout(docparse: Run, form: str) -> None:
    ran = docparse(REPORT, "-f", form, "--pages", "3", *(["-o", "-"] if form == "md" else []))
    assert ran.code == 0
    assert "parish books" in ran.text
    assert ran.out.endswith(b"\n")


def test_pages_are_counted_as_people_do(docparse: Run) -> None:
    ran = docparse(REPORT, "-f", "json", "--pages", "-1,1")
    assert [page["number"] for page in ran.json["pages"]] == [3, 1]
    assert ran.json["source"]["page_count"] == 3


def test_jsonl_writes_one_line_a_page(docparse: Run) -> None:
    lines = docparse(REPORT, "-f", "jsonl").text.splitlines()
    assert [json.loads(line)["page"]["number"] for line in lines] == [1, 2, 3]


def test_jsonl_takes_several_inputs(docparse: Run) -> None:
    lines = docparse(REPORT, SAMPLES / "rotated.pdf", "-f", "jsonl", "-q").text.splitlines()
    assert [json.loads(line)["source"]["name"] for line in lines] == ["report.pdf"] * 3 + ["rotated.pdf"]


def test_jsonl_comes_while_later_pages_are_read(tmp_path: Path) -> None:
    """The second page of this file takes its whole timeout; the first line is there long before."""
    (tmp_path / "endless.pdf").write_bytes(endless_pdf())
    command = [*COMMAND, tmp_path / "endless.pdf", "-f", "jsonl", "--pages", "2,1", "--page-timeout", "30", "-q"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert process.poll() is None
        process.kill()
    assert json.loads(line)["page"]["number"] == 2


def test_a_closed_pipe_ends_quietly() -> None:
    for form in ("jsonl", "md", "json"):
        pipeline = f"set -o pipefail; {' '.join(COMMAND)} {REPORT} -q -f {form} | head -c 10 >/dev/null"
        finished = subprocess.run(["bash", "-c", pipeline], capture_output=True, timeout=120)
        assert (finished.returncode, finished.stderr) == (0, b"")


def test_output_file_and_its_format(docparse: Run, tmp_path: Path) -> None:
    assert docparse(REPORT, "-o", "report.html").out == b""
    assert "<!DOCTYPE html>" in (tmp_path / "report.html").read_text("utf-8")
    assert not list(tmp_path.glob(".*")), "temporary files are left"


def test_pictures_become_files_that_markdown_names(docparse: Run, tmp_path: Path) -> None:
    docparse(REPORT, "-o", "out/", "-f", "md", "-f", "json")
    pictures = sorted(path.name for path in (tmp_path / "out" / "report.assets").iterdir())
    assert pictures
    markdown = (tmp_path / "out" / "report.md").read_text("utf-8")
    assert f"(report.assets/{pictures[-1]})" in markdown


def test_pictures_are_embedded_in_html(docparse: Run) -> None:
    assert 'src="data:image/' in docparse(REPORT, "-f", "html").text
    assert 'src="data:image/' not in docparse(REPORT, "-f", "html", "--images", "none").text


def test_a_folder_is_mirrored_and_one_bad_file_harms_no_other(docparse: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    (tmp_path / "in" / "a.pdf").write_bytes(REPORT.read_bytes())
    (folder / "b.pdf").write_bytes((SAMPLES / "rotated.pdf").read_bytes())
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "ignored.txt").write_text("no document")
    ran = docparse("in", "-o", "out", "-f", "json")
    assert ran.code == 7
    written = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.json"))
    assert written == ["a.json", "deep/b.json"]
    assert [line for line in ran.messages if "bad.pdf" in line]
    assert "3 documents: 2 written, 1 with errors" in ran.messages[-1]


def test_documents_that_differ_in_their_suffix_alone_keep_it(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.pdf").write_bytes(REPORT.read_bytes())
    (tmp_path / "in" / "a.PDF").write_bytes(REPORT.read_bytes())
    assert docparse("in", "-o", "out").code == 0
    assert sorted(path.name for path in (tmp_path / "out").glob("*.md")) == ["a.PDF.md", "a.pdf.md"]


def test_replay_gives_the_same_document(docparse: Run) -> None:
    first = docparse(REPORT, "-f", "json", "--save-raw", "raw")
    again = docparse(REPORT, "-f", "json", "--engine", "replay", "--model", "raw")
    assert again.code == 0, again.err

    def elements(ran: object) -> list[list[dict[str, object]]]:
        return [page["elements"] for page in ran.json["pages"]]  # type: ignore[attr-defined]

    for before, after in zip(elements(first), elements(again), strict=True):
        assert [(e["kind"], e["text"], e["box"]) for e in before] == [(e["kind"], e["text"], e["box"]) for e in after]


def test_replay_of_another_file_is_refused(docparse: Run) -> None:
    docparse(REPORT, "--save-raw", "raw", "-q")
    ran = docparse(SAMPLES / "rotated.pdf", "--engine", "replay", "--model", "raw")
    assert ran.code == 3
    assert "no saved answer" in ran.err


def test_a_rotated_page_is_read_as_it_is_shown(docparse: Run) -> None:
    page = docparse(SAMPLES / "rotated.pdf", "-f", "json").json["pages"][0]
    assert page["rotation"] == 90
    assert page["width"] > page["height"]


def test_html_is_self_contained(docparse: Run) -> None:
    text = docparse(REPORT, "-f", "html").text
    assert 'data-bbox="' in text
    assert 'data-page="1"' in text
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_qwenvl_is_canonical(docparse: Run) -> None:
    from docparse.qwenvl import validate

    assert validate(docparse(REPORT, "-f", "qwenvl").text) == []


def test_the_explicit_form(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "models").write_bytes(REPORT.read_bytes())
    assert docparse("parse", "models", "-q").text == docparse(REPORT, "-q").text


def test_version_and_help(docparse: Run) -> None:
    assert docparse("--version").text.startswith("docparse ")
    helped = docparse("--help")
    assert helped.code == 0
    assert "docparse models" in helped.text


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from docparse.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = ('torch', 'transformers', 'pymupdf', 'numpy', 'lxml', 'PIL')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    finished = subprocess.run([*COMMAND[:1], "-c", program], capture_output=True, text=True, timeout=60)
    assert finished.stderr.strip() == "[]"


def test_schema_is_printed(docparse: Run) -> None:
    assert docparse("schema").json == SCHEMA
