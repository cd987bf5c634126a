"""Where nano says that its words stand."""

import json

from docparse.engines.places import Places
from docparse.pieces.unread import Word
from docparse.runtime.checkpoint import BUNDLED, NANO

TEXTS = ["<p", ' data-bbox="', "⟦12", '">', "</p>", "⟨r1⟩", "⟨c0⟩", " ⟨c3⟩", "a", "b", "<sup>", "</sup>", "<0xC3>"]
IDS = {text: index for index, text in enumerate(TEXTS)}
SPOKEN = {"⟨r1⟩": "", "⟨c0⟩": "", " ⟨c3⟩": " ", "⟦12": "12", "<0xC3>": "\ufffd"}


def words(*tokens: str) -> list[tuple[Word, str]]:
    text, ends = "", []
    for token in tokens:
        text += SPOKEN.get(token, token)
        ends.append(len(text))
    return [(word, text[word.start : word.end]) for word in Places(IDS).words([IDS[token] for token in tokens], ends)]


def test_each_word_has_its_row_and_column() -> None:
    found = words("<p", ' data-bbox="', "⟦12", '">', "⟨r1⟩", "⟨c0⟩", "a", "b", " ⟨c3⟩", "b", "</p>")
    assert [(word.x, word.y, text) for word, text in found] == [(8, 24, "ab"), (56, 24, "b")]


def test_letters_in_bytes_are_letters() -> None:
    assert [text for _, text in words("⟨r1⟩", "⟨c0⟩", "<0xC3>", "b")] == ["\ufffdb"]


def test_what_follows_a_tag_has_no_place_until_it_is_told() -> None:
    found = words("⟨r1⟩", "⟨c0⟩", "a", "<sup>", "b", "</sup>", " ⟨c3⟩", "b")
    assert [text for _, text in found] == ["a", "b"]


def test_a_place_with_nothing_at_it_is_no_word() -> None:
    assert words("⟨r1⟩", "⟨c0⟩", " ⟨c3⟩", "</p>") == []


def test_nano_has_places() -> None:
    vocabulary = json.loads((BUNDLED[NANO] / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    tokens = [vocabulary[text] for text in ("⟨r2⟩", "⟨c1⟩", "H", "i")]
    assert Places(vocabulary).words(tokens, [0, 0, 1, 2]) == (Word(24, 40, 0, 2),)
