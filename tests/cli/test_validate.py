"""``docparse validate`` as a user runs it."""

from pathlib import Path

from tests.conftest import Run
from tests.export.documents import full_document

BAD = '<html><body>\n<p>a</p>\n<p data-bbox="1 2 3">b</p>\n<script/>\n</body></html>'


def test_what_docparse_writes_is_valid(docparse: Run) -> None:
    ran = docparse("validate", "-", stdin=full_document().to_qwenvl().encode())
    assert (ran.code, ran.text, ran.messages) == (0, "", ["docparse: -: valid"])


def test_each_fault_has_its_line_and_no_file_hides_another(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(BAD)
    (tmp_path / "latin.html").write_bytes("<html>\né".encode("latin-1"))
    (tmp_path / "good.html").write_text("<html><body><p>a</p></body></html>")
    ran = docparse("validate", "bad.html", "missing.html", "latin.html", "good.html", "-q")
    assert ran.code == 3
    lines = ran.text.splitlines()
    assert {line.split(" ")[0] for line in lines} == {"bad.html:3:", "bad.html:4:"}
    assert [message.split()[-1] for message in ran.messages] == ["directory", "UTF-8"]
