"""Which language a document is in, for what reads it aloud, breaks its words or picks its glyphs.

Told by the script where one language has it for itself, else by the most frequent small words. What the file says of
itself comes second: many programs write their own language there.
"""

import re
from collections import Counter
from collections.abc import Iterable

_SCRIPTS = {
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
    "ja": re.compile("[\u3041-\u30ff]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "ko": re.compile("[\u1100-\u11ff\uac00-\ud7af]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
}
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "ar": "في من على إلى أن عن التي هذا هذه الذي كان مع ما لا كما بين أو ذلك",
    "cs": "a v na je se že s do o i jako ve za pro ale podle který jsou nebo jeho",
    "da": "og at det en den til er som på de med han af for ikke der var et har vi",
    "de": "der die und den das ist des mit nicht ein eine dem zu von auf für im sich auch werden",
    "en": "the of and to in is that for it was on with as are be this by from or which",
    "es": "de la que el en los del las por con una para es no un lo como más se su",
    "fa": "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز می",
    "fi": "ja on ei se että oli hän mutta ovat kun myös tai niin kuin sekä joka mukaan",
    "fr": "de la le les et des en un une du est que dans pour par sur pas au qui plus",
    "it": "di che la il un per è in una del non della con sono le gli dei da nel alla",
    "nl": "de van het een en in is dat op te zijn met voor niet aan er door om ook bij",
    "no": "og i det på som er en til å av for at med de ikke den har om et fra",
    "pl": "w i na się z do nie to że jest o jak po przez od dla są oraz za lub",
    "pt": "de que o a do da em um para com não uma os no na por mais dos ao pelo",
    "ru": "и в на не что с по из к как это для от но за его или был также при",
    "sv": "och i att det som en på är av för med till den har de inte om ett han var",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi kadar sonra en ne ya",
    "uk": "і в на не що з до та як за це від для але про його або був також при",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)

_ENOUGH_LETTERS = 40
_FEWEST_SMALL_WORDS = 6
_SHARE = 0.12
"""Of a text's words, that are among its language's small ones: running text has two and three times as many."""
_CLEARER = 1.25
"""Times as many as of the next language."""
_SAMPLE = 100_000
"""Characters that are looked at."""
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")


def language_of(texts: Iterable[str]) -> str | None:
    """The language of most of the text as a BCP 47 tag; None where that is in doubt."""
    sample = _sample(texts)
    letters = len(_LETTER.findall(sample))
    if letters < _ENOUGH_LETTERS:
        return None
    counts = {language: len(pattern.findall(sample)) for language, pattern in _SCRIPTS.items()}
    # Japanese is written in Chinese characters too; Chinese has no kana.
    if counts["ja"] > 0.05 * counts["zh"]:
        counts["ja"] += counts.pop("zh")
    language, most = max(counts.items(), key=lambda pair: pair[1])
    return language if most > letters / 2 else _by_small_words(sample)


def valid_tag(tag: str | None) -> str | None:
    """A language tag that a file states, or None where it cannot be one."""
    tag = (tag or "").strip().replace("_", "-")
    return tag if _TAG.match(tag) else None


def _sample(texts: Iterable[str]) -> str:
    pieces = []
    length = 0
    for text in texts:
        pieces.append(text)
        length += len(text) + 1
        if length >= _SAMPLE:
            break
    return "\n".join(pieces)[:_SAMPLE]


def _by_small_words(sample: str) -> str | None:
    words = _WORD.findall(sample.lower())
    found: Counter[str] = Counter()
    weights: Counter[str] = Counter()
    for word, count in Counter(words).items():
        languages = _LANGUAGES_OF.get(word, ())
        for language in languages:
            found[language] += count
            # Danish and Norwegian share most of these words: those that only one has tell them apart.
            weights[language] += count * 60 // len(languages)
    (language, most), (_, second) = (*weights.most_common(2), ("", 0), ("", 0))[:2]
    if most < _CLEARER * second or found[language] < max(_FEWEST_SMALL_WORDS, _SHARE * len(words)):
        return None
    return language
