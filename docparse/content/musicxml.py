"""A tune as MusicXML 4.0 (w3.org/2021/06/musicxml40), which verovio and every notation program read."""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from lxml import etree

from .abc_fields import UnsupportedAbcError
from .musicxml_signs import add, write_lyrics, write_mark_beside, write_marks_on, write_words
from .tune import Event, Measure, Pitch, Tune, Voice

_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)
_TYPES = "long breve whole half quarter eighth 16th 32nd 64th 128th 256th".split()
_VALUES = {
    Fraction(4, 2**power) * (2 - Fraction(1, 2**dots)): (name, dots)
    for power, name in enumerate(_TYPES)
    for dots in range(3)
}
"""Lengths in whole notes, and what they are written as: a note's shape and its dots."""
_ACCIDENTALS = {"^": "sharp", "^^": "double-sharp", "=": "natural", "_": "flat", "__": "flat-flat"}


def to_musicxml(tune: Tune) -> str:
    """The whole file.

    Raises:
        UnsupportedAbcError: a note has a length that no note is written with.
    """
    score = etree.Element("score-partwise", version="4.0")
    if tune.title:
        add(add(score, "work"), "work-title", tune.title)
    if tune.composer:
        add(add(score, "identification"), "creator", tune.composer, type="composer")
    parts = add(score, "part-list")
    for number, voice in enumerate(tune.voices, start=1):
        add(add(parts, "score-part", id=f"P{number}"), "part-name", voice.name)
        _Writer(add(score, "part", id=f"P{number}"), voice).write()
    return etree.tostring(score, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=_DOCTYPE).decode()


class _Writer:
    def __init__(self, part: etree._Element, voice: Voice) -> None:
        self._part = part
        self._voice = voice
        events = [event for measure in voice.measures for event in measure.events if not event.is_grace]
        shapes = [_sounding(event, length) for event in events for length in _written_lengths(event.length)]
        self._divisions = lcm(*((shape * 4).denominator for shape in shapes))
        """Of a quarter."""
        self._slurs: list[int] = []
        self._tied: Sequence[Pitch] = ()

    def write(self) -> None:
        measures = self._voice.measures
        ending = ""
        for number, measure in enumerate(measures, start=1):
            written = add(self._part, "measure", number=str(number))
            ending = measure.ending or ending
            self._left(written, measure)
            self._attributes(written, measure, is_first=number == 1)
            self._tempo(written, measure)
            for event in measure.events:
                self._event(written, event)
            next_begins = number < len(measures) and bool(measures[number].ending)
            ends = bool(ending) and (next_begins or number == len(measures) or measure.right not in ("", "|"))
            repeats = number < len(measures) and measures[number].left.startswith(":")
            self._right(written, measure, ending if ends else "", repeats=repeats)
            ending = "" if ends else ending

    def _left(self, written: etree._Element, measure: Measure) -> None:
        if not measure.ending and not measure.left:
            return
        line = add(written, "barline", location="left")
        if measure.left:
            add(line, "bar-style", "heavy-light")
        if measure.ending:
            add(line, "ending", number=_numbers(measure.ending), type="start")
        if measure.left.endswith(":"):
            add(line, "repeat", direction="forward")

    def _right(self, written: etree._Element, measure: Measure, ending: str, *, repeats: bool) -> None:
        repeats = repeats or measure.right.startswith(":")
        heavy = repeats or "]" in measure.right
        if not ending and not heavy and measure.right != "||":
            return
        line = add(written, "barline", location="right")
        if heavy or measure.right == "||":
            add(line, "bar-style", "light-heavy" if heavy else "light-light")
        if ending:
            add(line, "ending", number=_numbers(ending), type="stop" if heavy else "discontinue")
        if repeats:
            add(line, "repeat", direction="backward")

    def _attributes(self, written: etree._Element, measure: Measure, *, is_first: bool) -> None:
        if not (is_first or measure.key or measure.meter):
            return
        attributes = add(written, "attributes")
        if is_first:
            add(attributes, "divisions", str(self._divisions))
        if measure.key:
            add(add(attributes, "key"), "fifths", str(measure.key.fifths))
        if measure.meter:
            self._meter(attributes, measure)
        clef = (self._voice.clef if is_first else "") or (measure.key.clef if measure.key else "")
        if is_first or clef:
            self._clef(attributes, clef or "G2")

    def _meter(self, attributes: etree._Element, measure: Measure) -> None:
        meter = measure.meter
        assert meter is not None
        time = add(attributes, "time")
        if not meter.beats:
            add(time, "senza-misura")
            return
        if meter.symbol:
            time.set("symbol", meter.symbol)
        add(time, "beats", meter.beats)
        add(time, "beat-type", str(meter.unit))

    def _clef(self, attributes: etree._Element, clef: str) -> None:
        written = add(attributes, "clef")
        if clef.startswith("percussion"):
            add(written, "sign", "percussion")
            return
        add(written, "sign", clef[0])
        add(written, "line", clef[1])
        if clef[2:]:
            add(written, "clef-octave-change", "1" if clef[2] == "+" else "-1")

    def _tempo(self, written: etree._Element, measure: Measure) -> None:
        tempo = measure.tempo
        if tempo is None:
            return
        direction = add(written, "direction", placement="above")
        if tempo.words:
            add(add(direction, "direction-type"), "words", tempo.words)
        if tempo.per_minute and tempo.beat in _VALUES:
            metronome = add(add(direction, "direction-type"), "metronome")
            name, dots = _VALUES[tempo.beat]
            add(metronome, "beat-unit", name)
            for _ in range(dots):
                add(metronome, "beat-unit-dot")
            add(metronome, "per-minute", str(tempo.per_minute))
        if tempo.per_minute:
            add(direction, "sound", tempo=str(float(tempo.per_minute * tempo.beat * 4)))
        if not len(direction.findall("direction-type")):
            written.remove(direction)

    def _event(self, written: etree._Element, event: Event) -> None:
        for words in event.words:
            write_words(written, words)
        for mark in event.marks:
            write_mark_beside(written, mark)
        if event.is_grace:
            self._notes(written, event, Fraction(1, 8), is_first=True, is_last=True)
            return
        lengths = list(_written_lengths(event.length))
        for index, length in enumerate(lengths):
            self._notes(written, event, length, is_first=index == 0, is_last=index == len(lengths) - 1)

    def _notes(
        self, written: etree._Element, event: Event, length: Fraction, *, is_first: bool, is_last: bool
    ) -> None:
        """One shape of an event: all notes of a chord. The order of the parts of a note is the format's."""
        ties_on = not event.is_grace and bool(event.pitches) and (not is_last or event.tied)
        for index, pitch in enumerate(event.pitches or [None]):
            note = add(written, "note")
            if event.is_hidden:
                note.set("print-object", "no")
            if event.is_grace:
                add(note, "grace", **({"slash": "yes"} if event.slashed else {}))
            if index:
                add(note, "chord")
            _pitch(note, pitch)
            is_held = pitch is not None and (not is_first or _is_among(pitch, self._tied)) and not event.is_grace
            if not event.is_grace:
                add(note, "duration", str(int(_sounding(event, length) * 4 * self._divisions)))
                for kind, wanted in (("stop", is_held), ("start", ties_on)):
                    if wanted:
                        add(note, "tie", type=kind)
            add(note, "voice", "1")
            name, dots = _VALUES[length]
            add(note, "type", name)
            for _ in range(dots):
                add(note, "dot")
            if pitch and pitch.written and is_first:
                add(note, "accidental", _ACCIDENTALS[pitch.written])
            if event.tuplet:
                modification = add(note, "time-modification")
                add(modification, "actual-notes", str(event.tuplet[0]))
                add(modification, "normal-notes", str(event.tuplet[1]))
            if event.beam and not index:
                add(note, "beam", event.beam, number="1")
            notations = etree.Element("notations")
            for kind, wanted in (("stop", is_held), ("start", ties_on)):
                if wanted:
                    add(notations, "tied", type=kind)
            if not index:
                self._notations(notations, event, is_first=is_first, is_last=is_last)
            if len(notations):
                note.append(notations)
            if not index and is_first:
                write_lyrics(note, event.verses)
        if is_last and not event.is_grace:
            self._tied = event.pitches if event.tied else ()

    def _notations(self, notations: etree._Element, event: Event, *, is_first: bool, is_last: bool) -> None:
        if is_last:
            for _ in range(min(event.slurs_closed, len(self._slurs))):
                add(notations, "slur", type="stop", number=str(self._slurs.pop()))
        if is_first:
            for _ in range(event.slurs_opened):
                self._slurs.append(len(self._slurs) % 16 + 1)
                add(notations, "slur", type="start", number=str(self._slurs[-1]))
        if event.tuplet_edge:
            add(notations, "tuplet", type=event.tuplet_edge)
        if is_first:
            write_marks_on(notations, event.marks)


def _pitch(note: etree._Element, pitch: Pitch | None) -> None:
    if pitch is None:
        add(note, "rest")
        return
    written = add(note, "pitch")
    add(written, "step", pitch.step)
    if pitch.alter:
        add(written, "alter", str(pitch.alter))
    add(written, "octave", str(pitch.octave))


def _written_lengths(length: Fraction) -> list[Fraction]:
    """The shapes that make up this length: five eighths are a half and an eighth.

    Raises:
        UnsupportedAbcError: there are none.
    """
    if length in _VALUES:
        return [length]
    pieces: list[Fraction] = []
    rest = length
    for value in sorted((value for value, (_, dots) in _VALUES.items() if not dots), reverse=True):
        while rest >= value and len(pieces) < 8:
            pieces.append(value)
            rest -= value
    if rest:
        raise UnsupportedAbcError(f"a note of {length} of a whole one")
    return pieces


def _sounding(event: Event, length: Fraction) -> Fraction:
    """How long a shape of the event sounds."""
    actual, normal = event.tuplet or (1, 1)
    return length * normal / actual


def _is_among(pitch: Pitch, pitches: Sequence[Pitch]) -> bool:
    return any((other.step, other.octave) == (pitch.step, pitch.octave) for other in pitches)


def _numbers(ending: str) -> str:
    """``1,3`` and ``1-3`` as MusicXML counts endings."""
    numbers: list[int] = []
    for first, last in re.findall(r"(\d{1,2})(?:-(\d{1,2}))?", ending):
        numbers.extend(range(int(first), int(last or first) + 1))
    return ",".join(map(str, numbers)) or "1"
