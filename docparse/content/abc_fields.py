"""The fields of ABC that say how its notes are meant: key, meter, unit of length, tempo."""

import re
from fractions import Fraction
from typing import NamedTuple

_TONICS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_MODES = {
    "": 0,
    "maj": 0,
    "ion": 0,
    "m": -3,
    "min": -3,
    "aeo": -3,
    "mix": -1,
    "dor": -2,
    "phr": -4,
    "loc": -5,
    "lyd": 1,
}
_KEY = re.compile(
    r"([A-G])([#b♯♭]?)\s*(m(?![a-z])|(?:maj|min|mix|dor|phr|lyd|loc|ion|aeo)[a-z]*|)(?![A-Za-z])", re.IGNORECASE
)
_CLEF = re.compile(r"(?:\bclef=)?\b(treble|bass3|bass|tenor|alto[1-4]?|perc|none)([-+]8)?(?!\w)")
_CLEFS = {"treble": "G2", "bass": "F4", "bass3": "F3", "alto": "C3", "alto1": "C1", "alto2": "C2", "alto4": "C4"}
_FRACTION = re.compile(r"(\d{1,3})\s*/\s*([1-9]\d{0,2})")


class AbcError(ValueError):
    """It is no ABC; the message says why."""


class UnsupportedAbcError(AbcError):
    """It is ABC; the message says what of it we cannot read."""


class Key(NamedTuple):
    """``fifths`` counts sharps, or flats if it is negative."""

    fifths: int = 0
    clef: str = ""

    @property
    def alters(self) -> dict[str, int]:
        """By how many semitones a step is altered."""
        return (
            dict.fromkeys("FCGDAEB"[: self.fifths], 1)
            if self.fifths >= 0
            else dict.fromkeys("BEADGCF"[: -self.fifths], -1)
        )


class Meter(NamedTuple):
    """``beats`` as printed (``4``, ``2+3``) and the note that is a beat; both empty where the tune has no meter."""

    beats: str = ""
    unit: int = 0
    symbol: str = ""
    """``common`` or ``cut``."""

    @property
    def length(self) -> Fraction:
        """Of a measure, in whole notes; a whole note where there is no meter."""
        return Fraction(sum(map(int, self.beats.split("+"))), self.unit) if self.beats else Fraction(1)

    @property
    def is_compound(self) -> bool:
        return self.beats in ("6", "9", "12") and self.unit in (4, 8, 16)

    @property
    def default_unit(self) -> Fraction:
        """The standard's: sixteenths in short measures, else eighths."""
        return Fraction(1, 16) if self.beats and self.length < Fraction(3, 4) else Fraction(1, 8)


class Tempo(NamedTuple):
    words: str = ""
    beat: Fraction = Fraction(1, 4)
    per_minute: int = 0
    """0 where only words tell."""


def read_key(value: str) -> Key:
    """
    Raises:
        AbcError: it is no key.
    """
    value = value.strip()
    clef = read_clef(value)
    rest = _CLEF.sub("", value).strip()
    if not rest or rest.lower() == "none" or rest.startswith("HP"):
        return Key(0, clef)
    if rest.startswith("Hp"):
        return Key(2, clef)
    match = _KEY.match(rest)
    if not match:
        raise AbcError(f"K:{value[:40]} is no key")
    if re.search(r"(?:^|\s)(?:exp\b|[_^=]+[A-Ga-g])", rest[match.end() :]):
        raise UnsupportedAbcError(f"a key of its own making (K:{value[:40]})")
    fifths = _TONICS[match[1].upper()] + {"": 0, "#": 7, "♯": 7}.get(match[2], -7) + _MODES[match[3].lower()[:3]]
    if abs(fifths) > 7:
        raise AbcError(f"K:{value[:40]} has more than seven signs")
    return Key(fifths, clef)


def read_clef(value: str) -> str:
    """Such as ``G2`` or ``F4-8``; empty where none is named."""
    match = _CLEF.search(value)
    if not match or match[1] == "none":
        return ""
    return {**_CLEFS, "tenor": "C4", "perc": "percussion"}.get(match[1], "G2") + (match[2] or "")


def read_meter(value: str) -> Meter:
    """
    Raises:
        AbcError: it is no meter.
    """
    value = "".join(value.split()).strip("()").replace(")/", "/")
    if value in ("C", "C|"):
        return Meter("4", 4, "common") if value == "C" else Meter("2", 2, "cut")
    if value.lower() in ("", "none"):
        return Meter()
    match = re.fullmatch(r"([1-9]\d?(?:\+[1-9]\d?){0,7})/(1|2|4|8|16|32|64)", value)
    if not match:
        raise AbcError(f"M:{value[:20]} is no meter")
    return Meter(match[1], int(match[2]))


def read_unit(value: str) -> Fraction:
    """
    Raises:
        AbcError: it is no length.
    """
    match = _FRACTION.fullmatch(value.strip()) or re.fullmatch(r"(1)()", value.strip())
    if not match or match[1].strip("0") == "":
        raise AbcError(f"L:{value[:20]} is no length of a note")
    return Fraction(int(match[1]), int(match[2] or 1))


def read_tempo(value: str) -> Tempo:
    """
    Raises:
        AbcError: it is no tempo.
    """
    words = " ".join(re.findall(r'"([^"]*)"', value))
    rest = re.sub(r'"[^"]*"', "", value).strip()
    if not rest:
        return Tempo(words)
    match = re.fullmatch(r"(?:((?:\d{1,3}/\d{1,3}\s*)+|C\d?)\s*=)?\s*([1-9]\d{0,3})", rest)
    if not match:
        raise AbcError(f"Q:{value[:40]} is no tempo")
    beats = [Fraction(int(a), int(b)) for a, b in _FRACTION.findall(match[1] or "")]
    return Tempo(words, sum(beats, Fraction(0)) or Fraction(1, 4), int(match[2]))
