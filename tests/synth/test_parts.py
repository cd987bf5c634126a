"""What pages are made of: fonts, words, line breaks, drawings with their notation."""

import re
from fractions import Fraction
from random import Random

import pytest

from docparse.content.abc import read_tune
from docparse.content.formula import check
from docparse.errors import UsageError
from docparse.extra import extra
from docparse.synth import SynthSettings, fonts, make_page, notation, page
from docparse.synth.languages import LANGUAGES
from docparse.synth.typeset import Style, break_lines


def test_pymupdfs_own_fonts_serve_where_there_are_no_others() -> None:
    own = [family for family in fonts.families() if family.package == "pymupdf"]
    assert len(own) == 3
    assert all(family.face(slope).has("Straße 12,50 €") for family in own for slope in ("regular", "bold"))


def test_too_few_fonts_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wordfreq")
    monkeypatch.setattr(page, "families_for", lambda letters: ())
    with pytest.raises(UsageError, match="too few fonts for ru: apt install"):
        make_page(1, SynthSettings(languages=("ru",)))


def test_a_package_that_is_missing_is_told() -> None:
    with pytest.raises(UsageError, match=re.escape("pip install 'docparse[synth]'")):
        extra("no_such_package_of_anybody.part", "synth")


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_are_spelled_in_the_letters_of_their_language(code: str) -> None:
    pytest.importorskip("wordfreq")
    from docparse.synth.words import lexicon

    words = lexicon(code)
    assert len(words.words) == len(words.weights) > 10_000
    letters = {*LANGUAGES[code].letters, *LANGUAGES[code].letters.lower(), *"'’-"}
    assert all(letters.issuperset(word) for word in words.words)


@pytest.mark.parametrize("ligatures", [False, True])
def test_a_shape_has_an_entry_for_every_character(ligatures: bool) -> None:
    face = fonts.families()[0].face(ligatures=ligatures)
    shape = face.shape("office")
    assert len(shape.starts) == len(shape.ends) == len(shape.inks) / 4 == 6
    assert list(shape.starts[1:]) == pytest.approx(list(shape.ends[:-1]))
    assert len(shape.codes) == 4 * shape.glyphs


def test_lines_hold_the_text_and_no_more_than_fits() -> None:
    text = "Observation instruments recorded remarkable temperatures at www.example.org/an/address/that/is/long daily"
    style = Style(face=fonts.families()[-1].face(), size=10, leading=12, hyphenate=True)
    lines = break_lines(text, style, 90)
    assert all(line.width <= line.room + 1e-6 for line in lines)
    assert any(piece.hyphen for line in lines for piece in line.pieces)
    for line in lines:
        for piece in line.pieces:
            assert text[piece.start : piece.start + len(piece.text)] == piece.text
    assert "".join(piece.text for line in lines for piece in line.pieces) == text.replace(" ", "")
    assert [line.last for line in lines] == [False] * (len(lines) - 1) + [True]


def test_formulas_are_latex_that_others_read_too() -> None:
    for number in range(60):
        assert check(notation.latex(Random(number))) is None, number


def test_bars_of_a_tune_are_full() -> None:
    tunes = [notation.abc(Random(number)) for number in range(60)]
    for abc in tunes:
        beats, unit = re.findall(r"M:(\d)/(\d)", abc)[0]
        (voice,) = read_tune(f"X:1\n{abc}\n").voices
        for measure in voice.measures:
            lengths = [event.length * Fraction(*(event.tuplet or (1, 1))[::-1]) for event in measure.events]
            assert sum(lengths) == Fraction(int(beats), int(unit)), abc
    assert any("(3" in abc for abc in tunes)
    assert any("|:" in abc for abc in tunes)


def test_what_verovio_loses_of_abc_is_engraved(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("verovio")
    from docparse.synth import pictures

    def engraved(abc: str) -> bytes:
        monkeypatch.setattr(notation, "abc", lambda rng: f"M:2/4\nL:1/8\nK:C\n{abc}")
        return pictures.music.__wrapped__(0).image.tobytes()

    # verovio 6.4.1 draws the two of each pair alike when it is given the ABC itself.
    assert engraved("(3c2d2e2 | g4 |]") != engraved("c2d2e2 | g4 |]")
    assert engraved("|: cdef |1 g4 :|2 a4 |]") != engraved("|: cdef | g4 :| a4 |]")
    assert engraved("cdef | g4 |]") == engraved("cdef | g4 |]")


def test_drawings_are_the_same_each_time_and_have_ink() -> None:
    for package in ("matplotlib", "rdkit", "verovio"):
        pytest.importorskip(package)
    from docparse.synth import pictures

    for make in (pictures.formula, pictures.molecule, pictures.music):
        for number in range(12):
            drawn = make(number)
            assert drawn.notation
            assert drawn.image.getextrema()[0] < 100
            again = make.__wrapped__(number)
            assert (again.notation, again.image.tobytes()) == (drawn.notation, drawn.image.tobytes())
