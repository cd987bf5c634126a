"""What goes wrong with one page harms no other."""

from typing import Any

import pytest

from docparse import DocparseError, Pipeline
from docparse.document import PageStatus
from docparse.errors import ExitCode
from docparse.interpret import interpret
from docparse.options import Options
from tests.conftest import SAMPLES


def pipeline(monkeypatch: pytest.MonkeyPatch, errors: dict[int, Exception]) -> Pipeline:
    def fail(output: Any, page: Any) -> Any:
        if page.number in errors:
            raise errors[page.number]
        return interpret(output, page)

    monkeypatch.setattr("docparse.stages.interpret", fail)
    return Pipeline(Options(engine="layout"))


@pytest.mark.parametrize("error", [KeyError("nobody foresaw this"), MemoryError(), RuntimeError("CUDA error")])
def test_a_defect_is_one_of_the_page(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    document = pipeline(monkeypatch, {2: error}).parse(SAMPLES / "report.pdf")
    assert [page.status for page in document.pages] == [PageStatus.OK, PageStatus.FAILED, PageStatus.OK]
    assert not document.is_complete
    (problem,) = document.pages[1].problems
    assert problem.kind == "defect"
    assert problem.message.startswith(f"a defect in docparse: {type(error).__name__}: ")


def test_a_defect_of_all_pages_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    errors: dict[int, Exception] = dict.fromkeys((1, 2, 3), KeyError())
    with pytest.raises(DocparseError, match=r"report.pdf: a defect in docparse: KeyError") as caught:
        pipeline(monkeypatch, errors).parse(SAMPLES / "report.pdf")
    assert caught.value.exit_code == ExitCode.DEFECT


def test_what_is_finished_can_be_had_while_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with pipeline(monkeypatch, {}).open(SAMPLES / "report.pdf") as opened:
        assert opened.finished() == []
        assert opened.missing([]) == "1-3"
        pages = list(opened.pages())
        assert opened.finished() == pages
        assert opened.missing(pages[:1]) == "2-3"
        document = opened.assemble(pages[:1], stopped="it was enough")
    assert not document.is_complete
    assert [problem.message for problem in document.problems] == [
        "it was enough: pages 2-3 are missing, of 3 that were asked for"
    ]
