"""Error rates, on cases worked out by hand and on properties."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.evaluate.summary import micro
from docparse.evaluate.textual import Errors, character_errors, collapse, edit_distance, word_errors

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@pytest.mark.parametrize(
    ("truth", "output", "edits", "length"),
    [
        ("kitten", "sitting", 3, 6),
        ("abc", "", 3, 3),
        ("", "abc", 3, 0),
        ("a  b\n\nc", " a b c ", 0, 5),
        ("Ab", "ab", 1, 2),
        ("“a” – b", '"a" - b', 3, 7),
        ("e\u0301", "\u00e9", 0, 1),
        ("ﬁ", "fi", 2, 1),
        ("repaired", "re-\npaired", 0, 8),
        ("state-of", "state-of", 0, 8),
        ("2-\n3", "2- 3", 0, 4),
    ],
)
def test_characters(truth: str, output: str, edits: int, length: int) -> None:
    assert character_errors(truth, output) == Errors(edits, length)


def test_words() -> None:
    assert word_errors("the cat sat", "the bat sat on") == Errors(2, 3)
    assert word_errors("感染症", "感染") == Errors(1, 3)


def test_case_is_folded_only_when_asked() -> None:
    assert character_errors("TOTAL", "Total", fold_case=True).edits == 0
    assert character_errors("TOTAL", "Total").edits == 4


def test_rates() -> None:
    assert Errors(3, 6).rate == 0.5
    assert Errors(9, 6).rate == 1.5
    assert Errors(3, 0).rate is None
    # Micro: (1 + 0 + 2) / (10 + 90 + 0); what was invented on an empty page counts.
    assert micro([Errors(1, 10), Errors(0, 90), None, Errors(2, 0)]) == 0.03
    assert micro([]) is None


@given(TEXT)
def test_identity_is_perfect(text: str) -> None:
    assert character_errors(text, text).edits == word_errors(text, text).edits == 0
    assert edit_distance(text, text) == 0


@given(TEXT, TEXT)
def test_edits_are_symmetric_and_bounded(one: str, other: str) -> None:
    there, back = character_errors(one, other), character_errors(other, one)
    assert there.edits == back.edits <= max(there.length, back.length)
    assert edit_distance(one, other) == edit_distance(other, one)


@given(TEXT)
def test_collapse_does_all_it_does_at_once(text: str) -> None:
    assert unicodedata.is_normalized("NFC", collapse(text))
    assert collapse(collapse(text)) == collapse(text)
