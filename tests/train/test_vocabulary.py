"""nano's tokens: text to ids and back, here and by the tokenizer that ships."""

import pytest

from docparse.options import SYSTEM_PROMPT, USER_PROMPT
from docparse.runtime.prompt import prompt_tokens
from docparse.train.vocabulary import BOX_STEP, PLACE_STEP, PREFIX, SPECIAL, SUFFIX, Vocabulary

TEXTS = [
    '<html><body>\n<h2 data-bbox="12 8 100 24">Über 3 &amp; 4</h2>\n</body></html>',
    '<table>\n<tr><td colspan="2">1,5 €</td><td>α ≤ β</td></tr></table>',
    "Щука  и  два пробела\tи табуляция",
    "漢字 and 🙂 are bytes",
    "",
    " ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back(vocabulary: Vocabulary, text: str) -> None:
    ids = vocabulary.encode(text)
    assert vocabulary.decode(ids) == text
    assert vocabulary.tokenizer()(text, add_special_tokens=False)["input_ids"] == ids


def test_a_piece_is_a_token_or_its_bytes(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.encode_piece("</td>")) == len(vocabulary.encode_piece("é")) == 1
    assert [vocabulary.tokens[token] for token in vocabulary.encode_piece("漢")] == ["<0xE6>", "<0xBC>", "<0xA2>"]


def test_places_decode_to_nothing_or_a_space(vocabulary: Vocabulary) -> None:
    a, b = vocabulary.encode("ab")
    ids = [vocabulary.row(40), vocabulary.column(7), a, vocabulary.word(300), b]
    assert vocabulary.decode(ids) == "a b"
    assert [token in vocabulary.places() for token in ids] == [True, True, False, True, False]
    assert vocabulary.row(PLACE_STEP - 1) == vocabulary.row(0) != vocabulary.row(PLACE_STEP)


def test_the_numbers_of_a_box_are_rounded(vocabulary: Vocabulary) -> None:
    numbers = [vocabulary.box(pixels) for pixels in (0, BOX_STEP * 2.4, -5, 10**6)]
    assert [vocabulary.decode([number]) for number in numbers] == ["0", str(BOX_STEP * 2), "0", "2560"]


def test_special_tokens_are_left_out(vocabulary: Vocabulary) -> None:
    ids = [*vocabulary.encode("<p>x"), vocabulary.ids["<|im_end|>"]]
    tokenizer = vocabulary.tokenizer()
    assert tokenizer.decode(ids, skip_special_tokens=True) == "<p>x"
    assert tokenizer.decode(ids) == "<p>x<|im_end|>"
    assert all(vocabulary.ids[token] < len(SPECIAL) for token in SPECIAL)


def test_the_question_is_the_one_that_was_learnt(vocabulary: Vocabulary) -> None:
    asked = prompt_tokens(vocabulary.tokenizer(), SYSTEM_PROMPT, USER_PROMPT, 3)
    assert asked == vocabulary.encode(PREFIX + "<|image_pad|>" * 3 + SUFFIX)


def test_ids_are_those_of_weights_that_were_trained(vocabulary: Vocabulary) -> None:
    assert len(vocabulary) == 2560
    assert [vocabulary.ids[token] for token in ("<|endoftext|>", "<p", "A", "⟦0", "⟨r0⟩", " ⟨c319⟩")] == IDS


IDS = [0, 24, 140, 950, 1591, 2550]
