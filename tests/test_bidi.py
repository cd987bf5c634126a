"""From visual to logical order."""

import pytest

from docparse.bidi import Glyph, has_right_to_left, is_right_to_left, logical_order
from docparse.geometry import Box


def printed(visual: str) -> list[Glyph]:
    """The characters as they stand on the line from left to right, ten units each."""
    return [Glyph(character, Box(10 * i, 0, 10 * i + 9, 10)) for i, character in enumerate(visual)]


def read(visual: str) -> str:
    return "".join(glyph.text for glyph in logical_order(printed(visual)))


@pytest.mark.parametrize(
    ("visual", "logical"),
    [
        ("hello", "hello"),
        ("םולש", "שלום"),
        ("םלוע םולש", "שלום עולם"),
        ("Python ב םיבתכנ םידוק", "קודים נכתבים ב Python"),
        ("3.14 דומע", "עמוד 3.14"),
        ("the word םולש here in a line", "the word שלום here in a line"),
        ("!םולש", "שלום!"),
    ],
)
def test_order(visual: str, logical: str) -> None:
    assert read(visual) == logical


def test_the_second_letter_of_a_ligature_follows_the_first() -> None:
    """Lam-alef: MuPDF gives the alef no width, at the right edge of the lam, and puts it first."""
    glyphs = [
        Glyph("ا", Box(60, 0, 65, 10)),
        Glyph("إ", Box(60, 0, 60, 10)),
        Glyph("ل", Box(50, 0, 60, 10)),
        Glyph("ن", Box(40, 0, 50, 10)),
    ]
    assert "".join(glyph.text for glyph in logical_order(glyphs)) == "الإن"


def test_nothing_is_lost_or_added() -> None:
    text = "abc (אבג) 12,5% — ١٢٣ xyz"
    assert sorted(read(text)) == sorted(text)


def test_which_lines_are_concerned() -> None:
    assert not has_right_to_left("plain ASCII, Ελληνικά, русский, 中文")
    assert has_right_to_left("one א")
    assert is_right_to_left("אבג a")
    assert not is_right_to_left("abc א")
