"""Word lists (wordfreq) and names, addresses, companies (faker), read once a process."""

import codecs
from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from ..extra import extra
from .languages import LANGUAGES

_MOST_WORDS = 30_000
_LEFT_OUT = tuple(
    codecs.decode(
        """
nffubyr avtt shpx fuvg phag sntt juber fyhg ovgpu encr encv cbea crqb cnrqb uvgyre anmv xvxr puvax jrgonpx genaal
ergneq qvpx pbpx chffl wvmm phz onfgneq cravf intvan oybjwbo qvyqb znfgheo nany betnf fcrez uragnv zvys oqfz
ahqr anxrq frk kkk rebgvp gvgg obbo jnax gjng chgn chgb zvreqn wbqre pbñb cbyyn pnenyub cbeen sbqre zreqn
pnmmb gebvn chggna fgebam inssna sebpvb arte artre sbgmr svpx fpuynzc uher fpurvß nefpu jvpuf fpujhpugry
xnanxr ahggr chgr fnybcr zreqr onvfr ovgr raphy pbaane obhtabhy xhej wron cvreqby puhw pvcn cvmq svggn
xahyyn xhx uben cíčn xhei wrong хуй хуе хуё пизд еба ёба бля сука суки муда пидор педик жид хохл γαμ μουν
πουτ καριόλ fvx bebfch nzpıx lneenx ivggh crefr uhben trpv snfm xhein chyn cvmqn zhvr xhg ubre yhy syvxxre
zbs greebevf zbyrfg vaprfg fhvpvq trabpvq ubybpnhfg znffnper zheqre xvyyrq wrj zhfyvz yrfov ubzbfrk tnl
gehzc bonzn chgva
""",
        "rot13",
    ).split()
)
"""Beginnings of words that are insults, obscene or hot, for the lists are of words as people write them. In ROT13, so
that no reader has to see them; innocent words that begin alike are not missed."""
_NOWHERE = _LEFT_OUT[:5]
"""Not even inside a word."""
_POOL = 400
"""Names, addresses and companies of each language; faker takes too long to make new ones for every page."""


class Lexicon(NamedTuple):
    words: list[str]
    weights: list[float]
    """Cumulated."""

    def sample(self, rng: Random, count: int) -> list[str]:
        return rng.choices(self.words, cum_weights=self.weights, k=count)


class People(NamedTuple):
    names: list[str]
    streets: list[str]
    cities: list[str]
    companies: list[str]
    phones: list[str]


@cache
def lexicon(code: str) -> Lexicon:
    """The commonest words of a language. Rare ones come more often than in life: a reader has to spell them."""
    language = LANGUAGES[code]
    letters = {*language.letters, *language.letters.lower(), "'", "’", "-"}
    frequencies: dict[str, float] = extra("wordfreq", "synth").get_frequency_dict(code, "small")
    ordered = sorted(frequencies.items(), key=lambda entry: (-entry[1], entry[0]))
    chosen = [
        (word, rate) for word, rate in ordered if letters.issuperset(word) and word[0].isalpha() and _is_decent(word)
    ]
    del chosen[_MOST_WORDS:]
    return Lexicon([word for word, _ in chosen], list(accumulate(rate**0.55 for _, rate in chosen)))


@cache
def people(code: str) -> People:
    faker = extra("faker", "synth").Faker(LANGUAGES[code].locale)
    faker.seed_instance(20_241)
    return People(
        names=[_line(faker.name()) for _ in range(_POOL)],
        streets=[_line(faker.street_address()) for _ in range(_POOL)],
        cities=[_line(f"{faker.postcode()} {faker.city()}") for _ in range(_POOL)],
        companies=[_line(faker.company()) for _ in range(_POOL)],
        phones=[_line(faker.phone_number()) for _ in range(_POOL)],
    )


def _is_decent(word: str) -> bool:
    return not word.startswith(_LEFT_OUT) and not any(part in word for part in _NOWHERE)


def _line(text: str) -> str:
    return " ".join(text.split())
