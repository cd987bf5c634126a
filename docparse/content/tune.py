"""A tune: voices, measures, notes. What ``abc`` reads and ``musicxml`` writes."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from .abc_fields import Key, Meter, Tempo


class Pitch(NamedTuple):
    """A note's place: ``C`` 4 is the middle c. ``written`` is its accidental in ABC, ``alter`` what sounds."""

    step: str
    octave: int
    alter: int = 0
    written: str = ""


class Syllable(NamedTuple):
    """Of a verse. ``joined`` goes on in the next one; an empty text prolongs the one before."""

    text: str
    joined: bool = False


@dataclass
class Event:
    """A note, a chord, or a rest (no pitches)."""

    length: Fraction
    """Of a whole note, as written: a tuplet's notes sound shorter."""
    pitches: list[Pitch] = field(default_factory=list)
    is_hidden: bool = False
    is_grace: bool = False
    slashed: bool = False
    tuplet: tuple[int, int] | None = None
    """How many in the time of how many."""
    tuplet_edge: str = ""
    """``start``, ``stop`` or empty."""
    beam: str = ""
    """``begin``, ``continue``, ``end`` or empty."""
    tied: bool = False
    slurs_opened: int = 0
    slurs_closed: int = 0
    marks: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Chord symbols, and annotations with their ``^``, ``_``, ``<``, ``>`` or ``@``."""
    verses: list[Syllable | None] = field(default_factory=list)


@dataclass
class Measure:
    events: list[Event] = field(default_factory=list)
    left: str = ""
    """The bar line before it, where that is more than a line."""
    right: str = ""
    ending: str = ""
    """``1``, ``2``, ``1,3``: the ending that begins here."""
    key: Key | None = None
    """Where it is new, as the two that follow."""
    meter: Meter | None = None
    tempo: Tempo | None = None


@dataclass
class Voice:
    name: str = ""
    clef: str = ""
    measures: list[Measure] = field(default_factory=list)


@dataclass
class Tune:
    title: str = ""
    composer: str = ""
    voices: list[Voice] = field(default_factory=list)

    @property
    def note_count(self) -> int:
        events = (event for voice in self.voices for measure in voice.measures for event in measure.events)
        return sum(len(event.pitches) for event in events)
