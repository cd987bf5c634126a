"""Several documents in one go: in order, the next ones begun early, each harmed by no other."""

from pathlib import Path

import pymupdf
import pytest

from docparse import Pipeline
from docparse.errors import InputError
from docparse.opened import OpenDocument
from docparse.options import Options


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("many")
    found = []
    for number in range(5):
        found.append(folder / f"{number}.pdf")
        with pymupdf.open() as document:
            for page in range(1 + number % 2):
                document.new_page().insert_text((72, 72), f"document {number}, page {page}")
            document.save(found[-1])
    found.insert(2, folder / "bad.pdf")
    found[2].write_bytes(b"%PDF-1.7 nothing else")
    return found


def test_they_come_in_order_and_a_bad_one_in_its_place(files: list[Path]) -> None:
    read: list[object] = []
    for opened in Pipeline(Options(engine="layout", workers=2)).open_all(files):
        if isinstance(opened, InputError):
            read.append(str(opened))
        else:
            assert isinstance(opened, OpenDocument)
            document = opened.assemble(list(opened.pages()))
            read.append([element.text for page in document.pages for element in page.elements])
    assert "bad.pdf" in str(read.pop(2))
    assert read == [[f"document {number}, page {page}" for page in range(1 + number % 2)] for number in range(5)]


def test_the_next_are_begun_and_no_more_than_are_needed(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    closed: list[str] = []
    begin, close = OpenDocument.begin, OpenDocument.close
    monkeypatch.setattr(OpenDocument, "begin", lambda one: (begun.append(one.source.name), begin(one)))
    monkeypatch.setattr(OpenDocument, "close", lambda one: (closed.append(one.source.name), close(one)))
    all_opened = Pipeline(Options(engine="layout", workers=2)).open_all(files)
    next(all_opened)
    # One page, and two of the next.
    assert (begun, closed) == (["0.pdf", "1.pdf"], [])
    next(all_opened)
    assert closed == ["0.pdf"]
    all_opened.close()
    assert sorted(closed) == sorted(begun)
