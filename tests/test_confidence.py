"""Confidence of elements, from the probabilities of an answer's tokens."""

import math

import pytest

from docparse.confidence import rate
from docparse.document import Paragraph, StopReason
from docparse.engines.base import ModelOutput


def output(*pieces: tuple[str, float]) -> ModelOutput:
    """An answer of tokens with their probabilities."""
    text, ends = "", []
    for piece, _ in pieces:
        text += piece
        ends.append(len(text))
    logprobs = [math.log(probability) for _, probability in pieces]
    return ModelOutput(text, StopReason.END, (100, 100), "local", token_logprobs=logprobs, token_ends=ends)


def test_each_element_has_the_mean_of_its_own_tokens() -> None:
    answer = output(
        ("<p>", 0.1), ("one", 0.9), (" ", 0.2), ("two", 0.4), ("</p>", 0.1), ("<p>", 0.1), ("th", 0.5), ("ree", 0.5)
    )
    elements = [Paragraph(text="one two"), Paragraph(text="three")]
    sure = rate(elements, answer)
    assert sure == pytest.approx((0.9 + 0.4 + 0.5 * 0.5) / 3)
    assert elements[0].confidence == pytest.approx(math.sqrt(0.9 * 0.4), abs=1e-3)
    assert elements[1].confidence == pytest.approx(0.5, abs=1e-3)


def test_a_token_over_the_end_of_a_word_counts() -> None:
    elements = [Paragraph(text="one"), Paragraph(text="two")]
    rate(elements, output(("<p>o", 0.5), ("ne</p><p>t", 0.25), ("wo", 1.0)))
    assert elements[0].confidence == pytest.approx(math.sqrt(0.5 * 0.25), abs=1e-3)
    assert elements[1].confidence == pytest.approx(math.sqrt(0.25 * 1.0), abs=1e-3)


def test_character_references_count_as_what_they_stand_for() -> None:
    elements = [Paragraph(text="a < b"), Paragraph(text="c"), Paragraph(text="")]
    rate(elements, output(("<p>a ", 0.5), ("&lt;", 0.1), (" b", 0.5), ("</p><p>", 0.1), ("c", 0.8)))
    assert elements[0].confidence == pytest.approx((0.5 * 0.1 * 0.5) ** (1 / 3), abs=1e-3)
    assert elements[1].confidence == pytest.approx(0.8, abs=1e-3)
    assert elements[2].confidence is None


def test_words_that_the_answer_does_not_have_are_passed_over() -> None:
    elements = [Paragraph(text="one repaired"), Paragraph(text="two")]
    rate(elements, output(("<p>", 0.1), ("one", 0.5), (" x", 0.1), ("</p><p>", 0.1), ("two", 0.8)))
    assert [element.confidence for element in elements] == [0.5, 0.8]


def test_words_that_are_likely_wrong_are_told() -> None:
    words = [("<p>", 1.0), ("all", 0.9), (" ", 1.0), ("sh", 0.6), ("ips", 0.7), (" ", 1.0), ("pey", 0.3)]
    words += [(" ", 1.0), ("a", 0.9), (" ", 1.0), ("tell", 0.4), ("</p>", 1.0)]
    element = Paragraph(text="all ships pey a tell")
    rate([element], output(*words))
    assert [(doubt.text, doubt.confidence) for doubt in element.doubts] == [("ships pey", 0.3), ("tell", 0.4)]


def test_an_engine_without_probabilities_gives_none() -> None:
    element = Paragraph(text="one")
    assert rate([element], ModelOutput("<p>one</p>", StopReason.END, (100, 100), "layout")) is None
    assert element.confidence is None
