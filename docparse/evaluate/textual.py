"""How well a text agrees with the truth.

Two normalisations, for two questions. *Is it what is printed?* is asked by the error rates of characters and
words, after ``collapse``: NFC, single spaces and words joined over line ends, nothing else, so that a wrong quote,
dash or case is an error. *Would a reader call it another text?* is asked by the other measures, after
``plaintext.normalise``.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from .ordering import reading_order
from .plaintext import HYPHEN_AT_LINE_END, TOKEN, normalise, words


@dataclass(frozen=True)
class Errors:
    """Insertions, deletions and replacements, and the truth's length, in characters or words."""

    edits: int
    length: int

    @property
    def rate(self) -> float | None:
        """Edits over the truth's length: 0 is best, above 1 is possible. None where the truth is empty."""
        return self.edits / self.length if self.length else None


@dataclass(frozen=True)
class TextScore:
    """The agreement of one text with its truth; `order` is None where the truth has no order to keep."""

    recall: float
    precision: float
    edit_distance: float
    order: float | None


def collapse(text: str, *, fold_case: bool = False) -> str:
    """Text as the error rates compare it: NFC, each run of white space one space, none at the ends.

    A hyphen between a letter, a line end and a letter goes with the line end, for one side often has the lines of
    the page and the other whole paragraphs. Quotes, dashes, other hyphens, ligatures, bullets and case stay as
    they are; ``fold_case`` is for a truth in capitals only.
    """
    text = HYPHEN_AT_LINE_END.sub("", unicodedata.normalize("NFC", text))
    return " ".join((unicodedata.normalize("NFC", text.casefold()) if fold_case else text).split())


def character_errors(truth: str, output: str, *, fold_case: bool = False) -> Errors:
    """For the character error rate: Levenshtein distance (1966) in code points after ``collapse``."""
    wanted, got = collapse(truth, fold_case=fold_case), collapse(output, fold_case=fold_case)
    return Errors(Levenshtein.distance(wanted, got), len(wanted))


def word_errors(truth: str, output: str, *, fold_case: bool = False) -> Errors:
    """For the word error rate: the same over words, which are what stands between spaces; in scripts that are
    written without spaces, and in Hangul, each character is one."""
    wanted, got = (TOKEN.findall(collapse(text, fold_case=fold_case)) for text in (truth, output))
    return Errors(Levenshtein.distance(wanted, got), len(wanted))


def score_text(truth: str, output: str) -> TextScore:
    """Four measures after ``normalise``. An output without a word has precision 0 and order 0: silence is not
    exactness.

    Recall and precision compare multisets of words (Bast & Korzen 2017, *A Benchmark and Evaluation for Text
    Extraction from PDF*); the order is of the words that occur once on both sides.
    """
    truth_words, output_words = words(truth), words(output)
    order = reading_order(truth_words, output_words)
    return TextScore(
        recall=word_recall(truth_words, output_words),
        precision=word_recall(output_words, truth_words) if output_words or not truth_words else 0.0,
        edit_distance=edit_distance(truth, output),
        order=0.0 if order is None and len(set(truth_words)) > 1 else order,
    )


def word_recall(truth: Sequence[str], output: Sequence[str]) -> float:
    """The share of the truth's words that the output has, each as often as it occurs."""
    if not truth:
        return 1.0
    return (Counter(truth) & Counter(output)).total() / len(truth)


def edit_distance(truth: str, output: str) -> float:
    """Levenshtein distance over the longer length after ``normalise``, as OmniDocBench has it (Ouyang et al.
    2025, CVPR): 0 is equal, 1 shares nothing."""
    return float(Levenshtein.normalized_distance(normalise(truth), normalise(output)))
