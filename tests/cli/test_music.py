"""``docparse music`` as a user runs it."""

from pathlib import Path

import pytest
from lxml import etree

from docparse.document import Chemical, Music
from tests.conftest import SAMPLES, Run
from tests.export.documents import ABC, SMILES, document_of


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "songs.json"
    document = document_of(Music(abc=ABC), Chemical(smiles=SMILES), Music(abc="K:C\nCDE|"))
    path.write_text(document.to_json(), "utf-8")
    return path


@pytest.mark.parametrize(("form", "suffix", "begin"), [("midi", "mid", b"MThd"), ("svg", "svg", b"<svg xmlns=")])
def test_one_file_for_each_piece(docparse: Run, saved: Path, form: str, suffix: str, begin: bytes) -> None:
    ran = docparse("music", saved, "--to", form, "-o", "out")
    assert ran.code == 0, ran.err
    assert ran.out == b""
    written = sorted((saved.parent / "out").iterdir())
    assert [path.name for path in written] == [f"songs-p1-e0.{suffix}", f"songs-p1-e2.{suffix}"]
    assert all(path.read_bytes().startswith(begin) for path in written)
    assert ran.messages == [f"docparse: out/{path.name}: written" for path in written]


def test_musicxml(docparse: Run, saved: Path) -> None:
    assert docparse("music", saved, "--to", "musicxml", "-q").err == ""
    score = etree.parse(saved.parent / "songs-p1-e0.musicxml").getroot()
    steps = [step.text for step in score.iter("step")]
    assert steps == [*"CDEFGABC"]


def test_equal_and_odd_ids_and_standard_input(docparse: Run, tmp_path: Path) -> None:
    document = document_of(*(Music(abc=ABC) for _ in range(3)))
    for element, name in zip(document.pages[0].elements, ["x", "x", "../../x"], strict=True):
        element.id = name
    ran = docparse("music", "-", "--to", "musicxml", "-o", "out", stdin=document.to_json().encode())
    assert ran.code == 0, ran.err
    assert len(list((tmp_path / "out").glob("stdin-*.musicxml"))) == 3
    ran = docparse("music", "-", "--to", "musicxml", stdin=ABC.encode())
    assert ran.messages == ["docparse: stdin.musicxml: written"]


def test_tunes_in_abc(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "tunes.abc").write_text(f"% two\n{ABC}\n\nX:2\nK:C\nhow now brown cow\n", "utf-8")
    ran = docparse("music", "tunes.abc", "--to", "musicxml")
    assert ran.code == 7
    assert ran.messages == [
        "docparse: tunes-1.musicxml: written",
        "docparse: tunes-2: words instead of notes",
    ]
    assert (tmp_path / "tunes-1.musicxml").exists()
    assert not (tmp_path / "tunes-2.musicxml").exists()


def test_a_tune_without_a_key_is_told(docparse: Run, tmp_path: Path) -> None:
    (tmp_path / "tunes.abc").write_text(f"M:4/4\n\nX:1\nCDE|\n\n{ABC}", "utf-8")
    ran = docparse("music", "tunes.abc", "--to", "musicxml")
    assert ran.code == 7
    assert ran.messages == [
        "docparse: tunes-1: no K: (key), which ends the header of a tune",
        "docparse: tunes-2.musicxml: written",
    ]


def test_one_piece_to_standard_output(docparse: Run, saved: Path) -> None:
    for form, begin in (("musicxml", b"<?xml"), ("midi", b"MThd"), ("svg", b"<svg")):
        ran = docparse("music", "-", "--to", form, "-o", "-", stdin=ABC.encode())
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(begin)
    ran = docparse("music", saved, "--to", "midi", "-o", "-")
    assert (ran.code, ran.out) == (2, b"")
    assert "2 pieces" in ran.err


def test_a_document_without_music(docparse: Run) -> None:
    ran = docparse("music", SAMPLES / "receipt.png", "--to", "midi", "--engine", "layout")
    assert ran.code in (3, 5)
    ran = docparse("music", SAMPLES / "rotated.pdf", "--to", "midi", "--engine", "layout")
    assert ran.code == 0, ran.err
    assert ran.messages == ["docparse: rotated.pdf: no music in it"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere.json", "--to", "midi"), 3, "does not exist"),
        (("songs.json",), 2, "--to"),
        (("songs.json", "--to", "mp3"), 2, "mp3"),
        (("songs.json", "--to", "midi", "-o", "/dev/null/x"), 6, "cannot write"),
        (("broken.json", "--to", "midi"), 3, "is no JSON that docparse wrote"),
    ],
)
def test_errors(docparse: Run, saved: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    (saved.parent / "broken.json").write_text('{"pages": 1}')
    ran = docparse("music", *arguments)
    assert ran.code == code
    assert len(ran.messages) == 1
    assert words in ran.messages[0]


def test_without_verovio_musicxml_still_comes(docparse: Run, saved: Path, tmp_path: Path) -> None:
    """A package of that name that cannot be found is what a machine without it has."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'verovio' else find(name, *a)\n"
    )
    environment = {"PYTHONPATH": str(hidden)}
    ran = docparse("music", saved, "--to", "svg", env=environment)
    assert ran.code == 2
    assert "pip install 'docparse[music]'" in ran.err
    assert docparse("music", saved, "--to", "musicxml", env=environment).code == 0
