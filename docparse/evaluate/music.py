"""Music against the truth: the notes of an ABC tune (abcnotation.com/wiki/abc:standard:v2.1) in their order."""

import re
from fractions import Fraction

from rapidfuzz.distance import Levenshtein

_FIELD = re.compile(r"([A-Za-z]):(.*)")
_INLINE = re.compile(r"\[([A-Za-z]):([^\]]*)\]")
# Decorations, chord symbols and annotations, grace notes: none of them is a note.
_BESIDE = re.compile(r'![^!\n]*!|\+[^+\n]*\+|"[^"\n]*"|\{[^}\n]*\}')
_NOTE = re.compile(r"([_^=]{0,2})([A-Ga-gzx])([,']*)(\d*)(/*)(\d*)([<>]{0,3})")
_DEFAULT_LENGTH = Fraction(1, 8)


def notes(abc: str) -> list[str]:
    """The notes and rests as words such as ``^c'/3/8`` (pitch as written, length in whole notes), and before
    them each key and meter (``K:Gmaj``, ``M:6/8``), since those change what is played.

    Broken rhythm (``A>B``) is worked out, ties and tuplets are not; the notes of a chord come one after the
    other. Without ``L:`` the unit is an eighth.
    """
    unit = _DEFAULT_LENGTH
    words: list[str] = []
    for line in _BESIDE.sub("", re.sub(r"%.*", "", abc)).splitlines():
        line = line.strip()
        if field := _FIELD.match(line):
            unit = _field(field[1], field[2], unit, words)
            continue
        place = 0
        for inline in _INLINE.finditer(line):
            _melody(line[place : inline.start()], unit, words)
            unit = _field(inline[1], inline[2], unit, words)
            place = inline.end()
        _melody(line[place:], unit, words)
    return words


def note_accuracy(truth: str, output: str) -> float:
    """1 - Levenshtein distance of the notes over the longer number: 1 is the same music, 0 shares nothing."""
    return 1 - float(Levenshtein.normalized_distance(notes(truth), notes(output)))


def _field(name: str, value: str, unit: Fraction, words: list[str]) -> Fraction:
    """The unit of length from here on."""
    value = "".join(value.split())
    if name == "L" and (length := re.fullmatch(r"(\d{1,4})/([1-9]\d{0,3})", value)):
        return Fraction(int(length[1]), int(length[2]))
    if name in "KM" and value:
        words.append(f"{name}:{value}")
    return unit


def _melody(text: str, unit: Fraction, words: list[str]) -> None:
    lengthen = Fraction(1)
    for accidental, letter, octave, times, slashes, divisor, broken in _NOTE.findall(text):
        length = unit * int(times[:4] or 1) * lengthen
        length /= int(divisor[:4] or 0) or 2 ** min(len(slashes), 8)
        lengthen = Fraction(1)
        if broken:
            short = Fraction(1, 2 ** len(broken))
            length *= 2 - short if broken[0] == ">" else short
            lengthen = short if broken[0] == ">" else 2 - short
        words.append(f"{accidental}{letter}{octave}{length}")
