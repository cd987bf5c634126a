import unicodedata

import pytest

from docparse.content.marks import raised, split_raised


@pytest.mark.parametrize(
    ("plain", "superscript"),
    [("1", "¹"), ("12", "¹²"), ("1, 2", "¹, ²"), ("-1", "⁻¹"), ("−2", "⁻²"), ("a", "ᵃ"), (" 3 ", " ³ ")],
)
def test_numbers_and_single_letters_are_raised(plain: str, superscript: str) -> None:
    assert raised(plain) == superscript


@pytest.mark.parametrize("text", ["st", "nd", "TM", "12345", "*", "†", "", "q", "A", "1a", "x+1"])
def test_what_is_no_mark_or_has_no_such_character_stays(text: str) -> None:
    assert raised(text) == text


def test_nfkc_makes_plain_numbers_of_them() -> None:
    assert unicodedata.normalize("NFKC", f"Orrin{raised('12')}") == "Orrin12"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("plain 12", [("plain 12", False)]),
        ("Orrin¹² is", [("Orrin", False), ("12", True), (" is", False)]),
        ("m⁻¹", [("m", False), ("−1", True)]),
        ("a ⁻ b", [("a ⁻ b", False)]),
    ],
)
def test_raised_numbers_are_found_again(text: str, pieces: list[tuple[str, bool]]) -> None:
    assert list(split_raised(text)) == pieces
