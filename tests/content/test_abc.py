"""ABC as notes: what sounds, told by verovio's MIDI, and what is refused."""

from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from docparse.content.abc import read_tune
from docparse.content.abc_fields import AbcError, UnsupportedAbcError, read_key, read_meter
from docparse.content.checker import UncheckedError
from docparse.content.music import convert, draw
from docparse.content.musicxml import to_musicxml
from docparse.content.svg import SVG_ATTRIBUTES, SVG_TAGS

HEADER = "X:1\nM:4/4\nL:1/4\nK:C\n"


def played(abc: str) -> list[tuple[float, int]]:
    """When each note begins, in quarters, and its MIDI number, from the events of the file's tracks."""
    data = convert(abc, "midi")
    ticks = int.from_bytes(data[12:14], "big")
    notes = []
    for track in data.split(b"MTrk")[1:]:
        at, time, status = 4, 0, 0
        while at < len(track):
            wait = 0
            while True:
                wait = wait << 7 | track[at] & 0x7F
                at += 1
                if track[at - 1] < 0x80:
                    break
            time += wait
            if track[at] >= 0x80:
                status = track[at]
                at += 1
            if status == 0xFF:
                at += 2 + track[at + 1]
                continue
            if status & 0xF0 == 0x90 and track[at + 1]:
                notes.append((round(time / ticks, 3), track[at]))
            at += 1 if status & 0xF0 in (0xC0, 0xD0) else 2
    return sorted(notes)


def pitches(music: str, header: str = HEADER) -> list[int]:
    return [pitch for _, pitch in played(header + music)]


def test_pitches() -> None:
    assert pitches("C, C c c'|^F _B =F F|") == [48, 60, 72, 84, 66, 70, 65, 65]


def test_an_accidental_holds_to_the_end_of_the_measure_and_no_longer() -> None:
    assert pitches("^C C c C|C4|") == [61, 61, 73, 61, 60]
    assert pitches("^^C __D =E E|") == [62, 60, 64, 64]


def test_a_tie_carries_it_over_the_bar() -> None:
    assert pitches("^C4-|C2 C2|") == [61, 60]


@pytest.mark.parametrize(
    ("key", "sounding"),
    [("C", 65), ("G", 66), ("Am", 65), ("Em", 66), ("D mix", 66), ("F#m", 66), ("Bb", 65), ("Hp", 66), ("none", 65)],
)
def test_keys_and_that_none_is_left_over_from_the_tune_before(key: str, sounding: int) -> None:
    assert pitches("F4|", "X:1\nL:1/4\nK:E\n") == [66]
    assert pitches("F4|", f"X:1\nL:1/4\nK:{key}\n") == [sounding]


def test_keys_change_within_a_tune() -> None:
    assert pitches("F|[K:D]F|\nK:C\nF|") == [65, 66, 65]


@pytest.mark.parametrize(
    ("music", "begins"),
    [
        ("C D/ E/ F2|", [0, 1, 1.5, 2]),
        ("C3/2 D// E//|", [0, 1.5, 1.75]),
        ("C>D E<F|", [0, 1.5, 2, 2.5]),
        ("(3CDE F|", [0, 0.667, 1.333, 2]),
        ("(3C/D/E/ F|", [0, 0.333, 0.667, 1]),
        ("(5:4:5C/D/E/F/G/ A|", [0, 0.4, 0.8, 1.2, 1.6, 2]),
        ("z C z2|", [1]),
        ("Z|C|", [4]),
        ("C5 D|", [0, 5]),
        ("[CEG]2 C|", [0, 0, 0, 2]),
        ("C2-C2|D4|", [0, 4]),
        ("[L:1/8]C D|", [0, 0.5]),
    ],
)
def test_rhythm(music: str, begins: list[float]) -> None:
    assert [begin for begin, _ in played(HEADER + music)] == begins


def test_voices_sound_together() -> None:
    assert played(HEADER + "V:1\nC D|\nV:2 clef=bass\nC,2|") == [(0, 48), (0, 60), (1, 62)]
    assert played(HEADER + "[V:1]C D|\n[V:2]C,2|") == [(0, 48), (0, 60), (1, 62)]


def test_what_stands_in_the_musicxml() -> None:
    abc = (
        'X:1\nT:Air\nC:Anon\nM:6/8\nL:1/8\nQ:"Slow" 3/8=60\nK:Em clef=bass\n'
        '|: "Am7"E>F G (3ABc|1 !f!.d (e f) :|2 {g}Tg3 |]\nw: O-ver the hills\nw: a_b\n'
    )
    score = etree.fromstring(convert(abc, "musicxml"))
    assert score.findtext("work/work-title") == "Air"
    assert score.findtext("identification/creator") == "Anon"
    assert score.findtext(".//key/fifths") == "1"
    assert (score.findtext(".//time/beats"), score.findtext(".//time/beat-type")) == ("6", "8")
    assert (score.findtext(".//clef/sign"), score.findtext(".//clef/line")) == ("F", "4")
    assert [line.get("number") + line.get("type") for line in score.iter("ending")] == [
        "1start",
        "1stop",
        "2start",
        "2stop",
    ]
    assert [line.get("direction") for line in score.iter("repeat")] == ["forward", "backward"]
    assert [kind.get("text") for kind in score.iter("kind")] == ["m7"]
    assert [part.text for part in score.iterfind(".//lyric[@number='1']/text")] == ["O", "ver", "the", "hills"]
    assert [part.text for part in score.iterfind(".//lyric[@number='2']/text")] == ["a", "b"]
    for name in ("f", "staccato", "trill-mark", "grace", "slur", "tuplet", "time-modification", "beam", "metronome"):
        assert score.find(f".//{name}") is not None, name
    assert score.findtext(".//words") == "Slow"


@pytest.mark.parametrize(
    "abc", ["X:1 T:My Air M:3/4 L:1/4 K:D mix CDE|F3|] w: la la", "T:My Air M:3/4 L:1/4 K:Dmix CDE|F3|] w:la la"]
)
def test_a_tune_whose_line_breaks_were_lost(abc: str) -> None:
    tune = read_tune(abc)
    assert (tune.title, tune.note_count) == ("My Air", 4)
    (voice,) = tune.voices
    assert [pitch.alter for event in voice.measures[0].events for pitch in event.pitches] == [0, 0, 0]
    assert voice.measures[1].events[0].pitches[0].alter == 1
    assert voice.measures[0].events[0].verses


def test_repeats_in_a_row_are_two_repeats() -> None:
    for bars in ("|: C :: D :|", "|: C :|: D :|", "|: C :|\n|: D :|"):
        score = etree.fromstring(convert(HEADER + bars, "musicxml"))
        directions = [line.get("direction") for line in score.iter("repeat")]
        assert directions == ["forward", "backward", "forward", "backward"], bars
        assert len(score.findall("part/measure")) == 2


@pytest.mark.parametrize(
    ("abc", "reason"),
    [
        ("", "empty"),
        ("  \n \n", "empty"),
        ("X:1\nT:Air\n", "no K:"),
        ("CDEF|", "no K:"),
        ("K:H\nC|", "no key"),
        ("K:C\n", "no note"),
        ("K:C\nz4|", "no note"),
        ("K:C\nw: la\n", "no note"),
        ("K:C\nabc, 12", "a 1 that belongs to nothing: 12"),
        ("K:C\nshe is not at home", "words instead of notes"),
        ('K:C\nC "Am D|', "belongs to nothing"),
        ("K:C\nC !f D|", "belongs to nothing"),
        ("K:C\nCDé|", "é that belongs to nothing"),
        ("K:C\nC0|", "without length"),
        ("M:4\nK:C\nC|", "no meter"),
        ("L:x\nK:C\nC|", "no length"),
        ("Q:fast\nK:C\nC|", "no tempo"),
        ("X:1\nK:C\nC|\nX:2\nK:C\nC|", "more than one tune"),
        ("K:C\n" + "C" * 10_000, "longer than"),
        ("K:C\n[C D|", "belongs to nothing"),
        ("K:C\n[]|", "chord without a note"),
        ("K:C\n(1C|", "no tuplet"),
    ],
)
def test_what_is_no_abc(abc: str, reason: str) -> None:
    with pytest.raises(AbcError, match=reason):
        read_tune(abc)


@pytest.mark.parametrize("music", ["C & E|", "[K:C exp ^f]C|", "C" * 301, ("C" * 100 + "|") * 21])
def test_what_we_cannot_read_is_not_called_invalid(music: str) -> None:
    with pytest.raises(UnsupportedAbcError):
        read_tune(HEADER + music)
    assert draw(HEADER + music) is None


def test_lengths_that_no_note_has() -> None:
    with pytest.raises(UnsupportedAbcError, match="1/3"):
        convert(HEADER + "C4/3|", "musicxml")


def test_fields() -> None:
    assert read_key("Bb dorian").fifths == -4
    assert read_key("").fifths == 0
    assert read_key("F#m bass").clef == "F4"
    assert read_meter("C|").length == 1
    assert read_meter("2+3/8").length == Fraction(5, 8)
    assert read_meter("none").length == 1


PARTS = st.sampled_from(
    [
        *"C D, e' ^F _B =c z z2 x Z Z3 [CEG] [C2E]- {cd} {/e} (3 (5:4:3 ( ) - > <<".split(),
        *"| |] || :| |: :: [1 |2 A5 B7".split(),
        *'"Am" "^up" !f! !trill! !<(! .G TA ~B & y \\ $ ` 3/4 c/ d// [K:G] [M:3/4] [L:1/16] [Q:1/4=90] [V:2]'.split(),
        *(
            "\nw:a_b-c*d|e~f\n",
            "\nV:2\n",
            "\nK:Dm\n",
            "\nM:C|\n",
            " ",
            "%",
            "é",
            "\n",
            "[",
            "]",
            "{}",
            "C4/3",
            ",",
            '"',
        ),
    ]
)
BODIES = st.lists(PARTS, max_size=20).map("".join)


@given(st.sampled_from([HEADER, "K:F#m\n", "M:6/8\nQ:80\nK:none clef=alto\n", ""]), BODIES)
def test_reading_raises_nothing_else_and_writes_whole_measures(header: str, body: str) -> None:
    try:
        tune = read_tune(header + body)
        score = etree.fromstring(to_musicxml(tune).encode())
    except AbcError:
        return
    assert score.find(".//note/pitch") is not None
    assert all(int(duration.text or 0) > 0 for duration in score.iter("duration"))
    for note in score.iter("note"):
        notes = list(note)
        assert [part.tag for part in notes].count("type") == 1
    for _, run in groupby(score.iter("beam"), key=lambda beam: beam.getparent().getparent()):  # type: ignore[union-attr]
        kinds = [beam.text for beam in run]
        assert kinds.count("begin") == kinds.count("end")


@settings(max_examples=25, deadline=None)
@given(BODIES)
def test_what_we_can_read_verovio_engraves_in_plain_svg(body: str) -> None:
    try:
        drawing = convert(HEADER + body, "svg").decode()
    except AbcError:
        return
    except UncheckedError as error:
        pytest.fail(f"verovio failed: {error}")
    for part in etree.fromstring(drawing).iter():
        assert str(part.tag).rpartition("}")[2] in SVG_TAGS
        assert set(part.attrib) <= SVG_ATTRIBUTES
