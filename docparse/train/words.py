"""Words of many kinds, as they stand in documents: what crops are printed with.

Unlike ``synth.words`` they need make no sense beside each other: random strings, look-alikes (``il1|``) and rare
signs come far more often than in life, so that the vision tower learns shapes and not a language.
"""

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from random import Random

from ..extra import extra

Languages = tuple[tuple[str, float], ...]
"""Codes of wordfreq and their weights."""
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~–—•…“”‘’€£§©®°±×÷·«»¿¡†½²³µ→≤≥≈"
ACCENTED = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžčřěůąćęłńśźżőűÀÁÂÄÅÆÇÈÉÊÍÎÑÓÔÖØÚÜŒŠŽČŁŚŻ"
_SMALL, _CAPITALS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_POOLS = (
    _SMALL,
    _CAPITALS,
    _SMALL + _CAPITALS,
    _CAPITALS + _DIGITS,
    _SMALL + _DIGITS + "-_./@",
    _DIGITS + "ABCDEF",
    "ilI1|jt!fr",
    "oO0QDceasgq9",
)
_AROUND = ("({})", "“{}”", "'{}'", "[{}]", '"{}"', "‘{}’", "«{}»", "{}-", "{}’s", "{}…", "„{}“")
_MOST_WORDS = 20_000
_FLATTER = 0.6
"""Power of a word's frequency: rare words come more often than in life."""
_LONGEST_STRING = 14


class Words:
    """Endless words; those of the same random state are the same."""

    def __init__(self, random: Random, languages: Languages) -> None:
        self._random = random
        self._codes = [code for code, _ in languages]
        self._weights = list(accumulate(weight for _, weight in languages))

    def __iter__(self) -> Iterator[str]:
        while True:
            yield self.word()

    def word(self) -> str:
        random = self._random
        kind = random.random()
        if kind < 0.62:
            return self._real()
        if kind < 0.80:
            return _number(random)
        if kind < 0.93:
            pool = random.choice(_POOLS)
            length = min(1 + int(random.expovariate(0.25)), _LONGEST_STRING)
        elif kind < 0.97:
            pool, length = PUNCTUATION, random.choice((1, 1, 1, 2, 3))
        else:
            pool, length = ACCENTED + _SMALL, random.randint(2, 8)
        return "".join(random.choices(pool, k=length))

    def _real(self) -> str:
        random = self._random
        (code,) = random.choices(self._codes, cum_weights=self._weights)
        words, weights = _common(code)
        (word,) = random.choices(words, cum_weights=weights)
        case = random.random()
        if case < 0.16:
            word = word.capitalize()
        elif case < 0.22:
            word = word.upper()
        tail = random.random()
        if tail < 0.16:
            return word + random.choice(",.,.,.,.:;?!")
        return random.choice(_AROUND).format(word) if tail < 0.19 else word


@cache
def _common(code: str) -> tuple[list[str], list[float]]:
    """The commonest words of a language and their weights, cumulated."""
    wordfreq = extra("wordfreq", "train")
    words = [word for word in wordfreq.top_n_list(code, _MOST_WORDS) if not word.isdigit()]
    return words, list(accumulate(wordfreq.word_frequency(word, code) ** _FLATTER for word in words))


def _number(random: Random) -> str:
    n = random.randint(0, 10 ** random.randint(1, 7))
    year, month = 1950 + n % 90, n % 12 + 1
    return random.choice(
        (
            str(n),
            f"{n:,}",
            f"{n / 100:.2f}",
            f"{n / 100:,.2f}",
            f"{n / 10:.1f}%",
            f"${n / 100:,.2f}",
            f"€{n}",
            f"{n % 31 + 1:02d}/{month:02d}/{year}",
            f"{year}-{month:02d}-{n % 28 + 1:02d}",
            f"{n % 24:02d}:{n % 60:02d}",
            f"({n % 100})",
            f"{n % 30}.",
            f"{n % 20}.{n % 13}",
            f"-{n}",
            f"+{n % 99} {n % 1000:03d} {n % 9999:04d}",
            f"#{n}",
            f"[{n % 60}]",
        )
    )
