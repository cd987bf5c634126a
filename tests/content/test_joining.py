import pytest

from docparse.content.joining import join_texts, vocabulary_of


@pytest.mark.parametrize(
    ("texts", "vocabulary", "joined"),
    [
        (["one", "two"], "", "one two"),
        (["a bro-", "ken word"], "", "a broken word"),
        (["a well-", "known word"], "well-known", "a well-known word"),
        (["a well-", "known word"], "well-known wellknown", "a wellknown word"),
        (["mother-in-", "law"], "", "mother-in-law"),
        (["the Jean-", "Paul of"], "", "the Jean- Paul of"),
        (["pages 12-", "14"], "", "pages 12- 14"),
        (["x -", "y"], "", "x - y"),
        (["soft\u00ad", "ly"], "", "softly"),
        (["ends soft\u00ad"], "", "ends soft-"),
        (["", "a", "b"], "", "a b"),
        ([], "", ""),
    ],
)
def test_latin(texts: list[str], vocabulary: str, joined: str) -> None:
    assert join_texts(texts, set(vocabulary.split())) == joined


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["港口全年", "开放。"], "港口全年开放。"),
        (["これは", "テストです"], "これはテストです"),
        (["ㄅㄆ", "ㄇㄈ"], "ㄅㄆㄇㄈ"),
        (["ภาษา", "ไทย"], "ภาษาไทย"),
        (["ភាសា", "ខ្មែរ"], "ភាសាខ្មែរ"),
        (["使用，", "Python"], "使用，Python"),
        (["Python", "（蟒蛇）"], "Python（蟒蛇）"),
        (["中文", "and English"], "中文 and English"),
        (["English", "中文"], "English 中文"),
        (["한국어", "문장"], "한국어 문장"),
        (["\U00020000", "\U00020001"], "\U00020000\U00020001"),
    ],
)
def test_scripts_without_blanks_and_those_beside_them(texts: list[str], joined: str) -> None:
    assert join_texts(texts, ()) == joined


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["שלום", "עולם"], "שלום עולם"),
        (["בית־", "ספר"], "בית־ספר"),
        (["مرحبا", "بالعالم"], "مرحبا بالعالم"),
        (["גרסה 2", "Python"], "גרסה 2 Python"),
    ],
)
def test_right_to_left(texts: list[str], joined: str) -> None:
    assert join_texts(texts, ()) == joined


def test_a_vocabulary_knows_words_without_their_punctuation() -> None:
    assert vocabulary_of(["A “Well-known” word,", "(twice)."]) == {"a", "well-known", "word", "twice"}
