"""A voice of a tune in ABC: signs to notes and measures."""

import re
from fractions import Fraction
from itertools import islice

from .abc_fields import AbcError, Key, Meter, Tempo, UnsupportedAbcError, read_key, read_meter, read_tempo, read_unit
from .tune import Event, Measure, Pitch, Syllable, Voice

MAX_MEASURES = 2_000
MAX_EVENTS = 300
"""Notes and rests in a measure: verovio's time grows with their square."""
_LENGTH = r"(\d{0,4})(/{0,6})(\d{0,4})"
_NOTE = re.compile(r"(\^\^?|__?|=)?([A-Ga-g])([,']*)" + _LENGTH)
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t]+)
    |(?P<string>"[^"]*")
    |!(?P<mark>[^!\n]*)!|\+(?P<old_mark>[a-z][^+\n]*)\+
    |\[(?P<field>[A-Za-z]):(?P<value>[^\]\n]*)\]
    |(?P<bar>::+|:*\|+[\]:|]*|\[\|+[\]:]*)(?:\[?(?P<ending>\d[\d,.\-]*))?|\[(?P<open_ending>\d[\d,.\-]*)
    |(?P<chord>\[[^\]|:\n]*\])(?P<chord_length>LENGTH)
    |\{(?P<slash>/?)(?P<graces>[^}\n]*)\}
    |\((?P<tuplet>\d)(?::(?P<normal>\d?)(?::(?P<count>\d?))?)?
    |(?P<open>\()|(?P<close>\))
    |(?P<note>(?:\^\^?|__?|=)?[A-Ga-g][,']*LENGTH)
    |(?P<rest>[zx])(?P<rest_length>LENGTH)|[ZX](?P<measures>\d{0,3})
    |(?P<tie>-)|(?P<broken>>{1,3}|<{1,3})
    |(?P<sign>[.~H-Yh-w])|(?P<nothing>y\d*|[`\\#*;?@$])|(?P<other>.)
    """.replace("LENGTH", _LENGTH.replace("(", "(?:")),
    re.VERBOSE,
)
_SIGNS = {
    ".": "staccato",
    "~": "roll",
    "H": "fermata",
    "L": "accent",
    "M": "lowermordent",
    "O": "coda",
    "P": "uppermordent",
    "S": "segno",
    "T": "trill",
    "u": "upbow",
    "v": "downbow",
}
_ALTERS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
_NORMAL = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""How many of the time of how many: three in the time of two. 5, 7 and 9 go by the meter."""


class VoiceReader:
    """A voice as it is read."""

    def __init__(self, name: str, clef: str, unit: Fraction, meter: Meter, key: Key, tempo: Tempo | None) -> None:
        self.voice = Voice(name, clef or key.clef)
        self.unit, self.meter, self.key = unit, meter, key
        self.measure = Measure(key=key, meter=meter, tempo=tempo)
        self.sung: list[Event] = []
        """The notes of the last line of music, for the verses below it."""
        self.verse = 0
        self.unknown = 0
        """Letters that are no notes: a user may define them as signs, but more of them than notes are words."""
        self._beamed: list[Event] = []
        self._altered: dict[str, int] = {}
        self._before: Event | None = None
        self._next = Event(Fraction(0))
        """What has been said of the note that comes next."""
        self._times = Fraction(1)
        self._tuplet: tuple[int, int] | None = None
        self._tuplet_left = 0

    def music(self, line: str) -> None:
        self.sung, self.verse = [], 0
        for match in _TOKEN.finditer(line):
            self._token(match)
        self._end_beam()

    def _token(self, match: re.Match[str]) -> None:
        group = match.groupdict()
        if group["note"]:
            length, pitch = self._pitch(match[0])
            self._add(length * self.unit, [pitch])
        elif group["chord"]:
            self._chord(group["chord"][1:-1], _length(group["chord_length"]))
        elif group["rest"]:
            self._end_beam()
            self._add(_length(group["rest_length"]) * self.unit, [], is_hidden=group["rest"] == "x")
        elif group["measures"] is not None:
            self._rests(int(group["measures"] or 1))
        elif group["bar"]:
            self._bar(group["bar"], group["ending"] or "")
        elif group["open_ending"]:
            self._bar("", group["open_ending"])
        elif group["space"]:
            self._end_beam()
        elif group["string"]:
            self._next.words.append(group["string"][1:-1])
        elif group["mark"] is not None or group["old_mark"]:
            self._next.marks.append(group["mark"] or group["old_mark"] or "")
        elif group["sign"]:
            if sign := _SIGNS.get(group["sign"]):
                self._next.marks.append(sign)
            else:
                self.unknown += 1
        elif group["graces"] is not None:
            self._graces(group["graces"], slashed=bool(group["slash"]))
        elif group["tuplet"]:
            self._open_tuplet(group)
        elif group["open"]:
            self._next.slurs_opened += 1
        elif group["close"] and self._before:
            self._before.slurs_closed += 1
        elif group["tie"] and self._before:
            self._before.tied = True
        elif group["broken"] and self._before:
            short = Fraction(1, 2 ** len(match[0]))
            self._before.length *= 2 - short if match[0][0] == ">" else short
            self._times = short if match[0][0] == ">" else 2 - short
        elif group["field"]:
            self.field(group["field"], group["value"])
        elif group["other"]:
            if group["other"] == "&":
                raise UnsupportedAbcError("voices that are laid over each other (&)")
            raise AbcError(f"a {group['other']} that belongs to nothing: {match.string[match.start() :][:20]}")

    def field(self, name: str, value: str) -> None:
        if name == "K":
            self.key = self.measure.key = read_key(value)
        elif name == "M":
            self.meter = self.measure.meter = read_meter(value)
        elif name == "L":
            self.unit = read_unit(value)
        elif name == "Q":
            self.measure.tempo = read_tempo(value)

    def sing(self, words: str) -> None:
        """Put a line of ``w:`` under the notes of the line above."""
        notes = iter(self.sung)
        last: list[Syllable | None] = []
        for token in re.findall(r"[^\s\-_*|]+|[-_*|]", words):
            if token == "-" and last and last[-1]:
                last[-1] = Syllable(last[-1].text, joined=True)
            elif token != "|":
                note = next(notes, None)
                if note is None:
                    break
                last = note.verses
                last.extend([None] * (self.verse + 1 - len(last)))
                if token not in ("*", "-"):
                    last[-1] = Syllable("" if token == "_" else token.replace("~", " ").replace("\\", ""))
        self.verse += 1

    def finished(self) -> Voice:
        self._end_beam()
        if self.measure.events:
            self._close_measure()
        return self.voice

    def _pitch(self, note: str) -> tuple[Fraction, Pitch]:
        match = _NOTE.fullmatch(note)
        if not match:
            raise AbcError(f"{note[:20]} is no note")
        written, letter, marks = match[1] or "", match[2], match[3]
        step = letter.upper()
        octave = 4 + letter.islower() + marks.count("'") - marks.count(",")
        if not 0 <= octave <= 9:
            raise AbcError(f"{note[:20]} is out of every instrument's reach")
        before = self._before
        held = next((p for p in before.pitches if (p.step, p.octave) == (step, octave)), None) if before else None
        if written:
            # The standard's default: an accidental holds in all octaves, to the end of the measure.
            self._altered[step] = _ALTERS[written]
        alter = self._altered.get(step, self.key.alters.get(step, 0))
        if before and before.tied and held and not written:
            alter = held.alter
        return _length(note[match.start(4) :]), Pitch(step, octave, alter, written)

    def _chord(self, inside: str, times: Fraction) -> None:
        lengths, pitches = [], []
        rest = re.sub(r"\s+", "", re.sub(r'"[^"]*"|![^!]*!', "", inside))
        tied = "-" in rest
        for match in re.finditer(rf"{_NOTE.pattern}|(?P<other>[^-.()])", rest):
            if match["other"]:
                raise AbcError(f"{match['other']} in the chord [{inside[:20]}]")
            length, pitch = self._pitch(match[0])
            lengths.append(length)
            pitches.append(pitch)
        if not pitches:
            raise AbcError(f"a chord without a note: [{inside[:20]}]")
        # The standard: a chord is as long as its first note.
        self._add(lengths[0] * times * self.unit, pitches)
        if tied and self._before:
            self._before.tied = True

    def _add(self, length: Fraction, pitches: list[Pitch], *, is_hidden: bool = False) -> None:
        event, self._next = self._next, Event(Fraction(0))
        event.length, event.pitches, event.is_hidden = length * self._times, pitches, is_hidden
        if not event.length:
            raise AbcError("a note without length")
        self._times = Fraction(1)
        if len(self.measure.events) >= MAX_EVENTS:
            raise UnsupportedAbcError(f"a measure of more than {MAX_EVENTS} notes")
        if self._tuplet and self._tuplet_left:
            event.tuplet = self._tuplet
            event.tuplet_edge = event.tuplet_edge or ("stop" if self._tuplet_left == 1 else "")
            self._tuplet_left -= 1
        self.measure.events.append(event)
        self._before = event
        if pitches:
            self.sung.append(event)
            if event.length >= Fraction(1, 4):
                self._end_beam()
            else:
                self._beamed.append(event)

    def _graces(self, notes: str, *, slashed: bool) -> None:
        for match in islice(_NOTE.finditer(notes), MAX_EVENTS):
            _, pitch = self._pitch(match[0])
            self.measure.events.append(Event(Fraction(1, 8), [pitch], is_grace=True, slashed=slashed))

    def _open_tuplet(self, group: dict[str, str | None]) -> None:
        actual = int(group["tuplet"] or 0)
        normal = int(group["normal"] or 0) or _NORMAL.get(actual, 3 if self.meter.is_compound else 2)
        count = int(group["count"] or 0) or actual
        if actual < 2:
            raise AbcError(f"({actual} is no tuplet")
        self._tuplet, self._tuplet_left = (actual, normal), count
        self._next.tuplet_edge = "start" if count > 1 else ""

    def _rests(self, count: int) -> None:
        self._end_beam()
        for index in range(min(count, MAX_MEASURES)):
            if index:
                self._bar("|", "")
            self._add(self.meter.length, [])

    def _bar(self, sign: str, ending: str) -> None:
        self._end_beam()
        if self.measure.events:
            self._close_measure(sign)
        elif sign and self.voice.measures and not self.measure.left:
            # Two in a row, such as :| at a line's end and |: at the next one's begin.
            last = self.voice.measures[-1]
            last.right = last.right if sign in ("|", "[|") or (sign.endswith(":") and last.right) else sign
        if sign.endswith(":") or sign.startswith("[|"):
            self.measure.left = sign
        if ending:
            self.measure.ending = ending
        self._next.marks.clear()

    def _close_measure(self, sign: str = "") -> None:
        if len(self.voice.measures) >= MAX_MEASURES:
            raise AbcError(f"more than {MAX_MEASURES} measures")
        self.measure.right = sign
        self.voice.measures.append(self.measure)
        self.measure = Measure()
        self._altered = {}

    def _end_beam(self) -> None:
        if len(self._beamed) > 1:
            for event in self._beamed:
                event.beam = "continue"
            self._beamed[0].beam, self._beamed[-1].beam = "begin", "end"
        self._beamed = []


def _length(text: str) -> Fraction:
    match = re.fullmatch(_LENGTH, text)
    if not match:
        raise AbcError(f"{text[:20]} is no length")
    divisor = int(match[3] or 0) if match[3] else 2 ** len(match[2])
    if not divisor:
        raise AbcError(f"{text[:20]} is no length")
    return Fraction(int(match[1]) if match[1] else 1, divisor)
