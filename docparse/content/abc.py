"""A tune in ABC (abcnotation.com/wiki/abc:standard:v2.1) read.

Our own reader, as verovio 6.4.1 reads ABC trustingly: it crashes without ``X:`` or ``K:``, loses triplets of
quarters, endings and ``::``, and carries accidentals from one tune into the next. It is given MusicXML instead.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from .abc_fields import (
    AbcError,
    Key,
    Meter,
    Tempo,
    UnsupportedAbcError,
    read_clef,
    read_key,
    read_meter,
    read_tempo,
    read_unit,
)
from .abc_voice import VoiceReader
from .text import printable
from .tune import Tune

MAX_LENGTH = 10_000
"""Characters; longer "tunes" are loops of a model."""
MAX_NOTES = 2_000
"""No page has more, and verovio would take its time."""
_FIELD = re.compile(r"([A-Za-z+]):(?![|:])(.*)")
"""``d:|`` is a note at the end of a repeat."""
_ONE_LINE = re.compile(r"\s*[XTML]:.*\sK:")
_HEADER_END = re.compile(r"^(K:\s*\S+(?:\s+(?:m|maj|min|mix|dor|phr|lyd|loc|ion|aeo|clef=)\S*)?)\s+", re.MULTILINE)


def read_tune(abc: str) -> Tune:
    """The one tune that ``abc`` holds. A missing ``X:`` is no fault, as no sheet prints its number.

    Raises:
        AbcError: it is none, or (``UnsupportedAbcError``) one that this reader cannot do justice.
    """
    if len(abc) > MAX_LENGTH:
        raise AbcError(f"longer than {MAX_LENGTH} characters")
    lines = [re.sub(r"(?<!\\)%.*", "", line).strip() for line in _parted(printable(abc)).split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        raise AbcError("empty")
    if any(line.startswith("X:") for line in lines[1:]):
        raise AbcError("more than one tune")
    reader = _Reader()
    for line in lines:
        reader.line(line)
    return reader.finished()


def _parted(abc: str) -> str:
    """Each field on its own line, where all of them stand on one: in HTML a line break is a blank like others."""
    if "\n" in abc.strip() or not _ONE_LINE.match(abc):
        return abc
    return _HEADER_END.sub(r"\1\n", re.sub(r"\s+(?=[A-Zw]:)", "\n", abc), count=1)


class _Reader:
    """The header, and who the line belongs to."""

    def __init__(self) -> None:
        self._tune = Tune()
        self._parts: dict[str, VoiceReader] = {}
        self._clefs: dict[str, tuple[str, str]] = {}
        self._voice = ""
        self._unit: Fraction | None = None
        self._meter = Meter()
        self._tempo: Tempo | None = None
        self._key: Key | None = None

    def line(self, line: str) -> None:
        if found := _FIELD.match(line):
            self._field(found[1], found[2].strip())
            return
        if self._key is None:
            raise AbcError("no K: (key), which ends the header of a tune")
        for voice, music in _by_voice(line, self._voice):
            self._voice = voice
            self._part().music(music)

    def finished(self) -> Tune:
        if self._key is None:
            raise AbcError("no K: (key), which ends the header of a tune")
        self._tune.voices = [voice for part in self._parts.values() if (voice := part.finished()).measures]
        if not self._tune.note_count:
            raise AbcError("no note")
        if self._tune.note_count > MAX_NOTES:
            raise UnsupportedAbcError(f"more than {MAX_NOTES} notes")
        if sum(part.unknown for part in self._parts.values()) > self._tune.note_count:
            raise AbcError("words instead of notes")
        return self._tune

    def _part(self) -> VoiceReader:
        assert self._key is not None
        if self._voice not in self._parts:
            unit = self._unit or self._meter.default_unit
            name, clef = self._clefs.get(self._voice, ("", ""))
            tempo = None if self._parts else self._tempo
            self._parts[self._voice] = VoiceReader(name, clef, unit, self._meter, self._key, tempo)
        return self._parts[self._voice]

    def _field(self, name: str, value: str) -> None:
        if name == "V":
            self._voice = value.split()[0] if value else ""
            named = re.search(r'\b(?:name|nm)="([^"]*)"', value)
            if named or read_clef(value):
                self._clefs[self._voice] = (named[1] if named else "", read_clef(value))
        elif name == "T":
            self._tune.title = self._tune.title or value
        elif name == "C":
            self._tune.composer = self._tune.composer or value
        elif name == "w" and self._parts:
            self._part().sing(value)
        elif self._key is not None and name in "KMLQ":
            self._part().field(name, value)
        elif name == "K":
            self._key = read_key(value)
        elif name == "M":
            self._meter = read_meter(value)
        elif name == "L":
            self._unit = read_unit(value)
        elif name == "Q":
            self._tempo = read_tempo(value)


def _by_voice(line: str, voice: str) -> Iterator[tuple[str, str]]:
    """The stretches of a line between its ``[V:…]``."""
    pieces = re.split(r"\[V:\s*([^\]\s]*)[^\]]*\]", line)
    if pieces[0].strip():
        yield voice, pieces[0]
    yield from zip(pieces[1::2], pieces[2::2], strict=True)
