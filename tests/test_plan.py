"""Which files are read and where each result goes."""

from pathlib import Path

import pytest

from docparse import OutputError, UsageError
from docparse.batch.plan import plan
from docparse.options import Format


def places(inputs: list[str], formats: list[Format], output: str) -> list[str]:
    return [str(job.path(form)) for job in plan(inputs, formats, output) for form in job.formats]


def test_one_file_takes_the_format_of_its_name() -> None:
    for name, form in (("a.html", "html"), ("a.JSON", "json"), ("a.qwenvl.html", "qwenvl"), ("a.txt", "md")):
        (job,) = plan(["x.pdf"], [], name)
        assert job.formats == (Format(form),)
        assert str(job.path(job.formats[0])) == name


def test_a_folder_is_meant_by_several_formats_or_a_slash() -> None:
    assert places(["x.pdf"], [Format.HTML, Format.JSON], "out") == ["out/x.html", "out/x.json"]
    assert places(["x.pdf"], [], "out/") == ["out/x.md"]
    assert places(["a.pdf", "b.png"], [Format.JSON], "out") == ["out/a.json", "out/b.json"]


def test_names_with_dots_are_kept() -> None:
    assert places(["v1.2.final.pdf"], [], "out/") == ["out/v1.2.final.md"]
    assert places(["-"], [], "out/") == ["out/stdin.md"]


def test_a_folder_is_mirrored(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("b.PDF", "deep/a.png", "deep/er/a.tif", "deep/er/a.png", "note.txt"):
        (tmp_path / name).touch()
    assert places([str(tmp_path)], [], "out") == [
        "out/b.md",
        "out/deep/a.md",
        "out/deep/er/a.png.md",
        "out/deep/er/a.tif.md",
    ]


def test_two_inputs_never_overwrite_each_other() -> None:
    with pytest.raises(UsageError, match="would both be written to"):
        plan(["a/x.pdf", "b/x.pdf"], [], "out/")


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(OutputError, match="must name a folder"):
        plan(["a.pdf", "b.pdf"], [], str(tmp_path / "out"))
