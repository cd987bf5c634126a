"""What stands around notes in MusicXML: marks, chord symbols, words."""

import re
from collections.abc import Sequence

from lxml import etree

from .tune import Syllable

_DYNAMICS = frozenset("pppp ppp pp p mp mf f ff fff ffff sfz".split())
_NOTATIONS = {
    "staccato": ("articulations", "staccato"),
    "accent": ("articulations", "accent"),
    ">": ("articulations", "accent"),
    "emphasis": ("articulations", "accent"),
    "tenuto": ("articulations", "tenuto"),
    "wedge": ("articulations", "staccatissimo"),
    "marcato": ("articulations", "strong-accent"),
    "breath": ("articulations", "breath-mark"),
    "trill": ("ornaments", "trill-mark"),
    "roll": ("ornaments", "turn"),
    "turn": ("ornaments", "turn"),
    "invertedturn": ("ornaments", "inverted-turn"),
    "mordent": ("ornaments", "mordent"),
    "lowermordent": ("ornaments", "mordent"),
    "pralltriller": ("ornaments", "inverted-mordent"),
    "uppermordent": ("ornaments", "inverted-mordent"),
    "upbow": ("technical", "up-bow"),
    "downbow": ("technical", "down-bow"),
    "open": ("technical", "open-string"),
    "thumb": ("technical", "thumb-position"),
    "plus": ("technical", "stopped"),
    "+": ("technical", "stopped"),
    "snap": ("technical", "snap-pizzicato"),
}
_CHORD = re.compile(r"([A-G])([#b♯♭]?)([^/\s]{0,12})(?:/([A-G])([#b♯♭]?))?")
_CHORD_KINDS = {
    "": "major",
    "maj": "major",
    "m": "minor",
    "min": "minor",
    "-": "minor",
    "7": "dominant",
    "m7": "minor-seventh",
    "min7": "minor-seventh",
    "maj7": "major-seventh",
    "M7": "major-seventh",
    "6": "major-sixth",
    "m6": "minor-sixth",
    "9": "dominant-ninth",
    "dim": "diminished",
    "dim7": "diminished-seventh",
    "aug": "augmented",
    "+": "augmented",
    "sus": "suspended-fourth",
    "sus4": "suspended-fourth",
    "sus2": "suspended-second",
    "5": "power",
}
_ALTERS = {"#": 1, "♯": 1, "b": -1, "♭": -1}


def write_words(written: etree._Element, words: str) -> None:
    match = _CHORD.fullmatch(words)
    if words[:1] not in ("^", "_", "<", ">", "@", "") and match:
        harmony = add(written, "harmony")
        for name, step, sign in (("root", match[1], match[2]), ("kind", "", ""), ("bass", match[4], match[5])):
            if name == "kind":
                add(harmony, "kind", _CHORD_KINDS.get(match[3], "other"), text=match[3])
            elif step:
                part = add(harmony, name)
                add(part, f"{name}-step", step)
                if sign:
                    add(part, f"{name}-alter", str(_ALTERS[sign]))
    elif text := words.lstrip("^_<>@"):
        direction = add(written, "direction", placement="below" if words[0] == "_" else "above")
        add(add(direction, "direction-type"), "words", text)


def write_mark_beside(written: etree._Element, mark: str) -> None:
    """Marks that stand beside the notes; those on a note: ``write_marks_on``."""
    if mark in _NOTATIONS or mark in ("fermata", "invertedfermata") or re.fullmatch("[0-5]", mark):
        return
    direction = add(written, "direction", placement="below" if mark in _DYNAMICS else "above")
    kind = add(direction, "direction-type")
    if mark in _DYNAMICS:
        add(add(kind, "dynamics"), mark)
    elif mark in ("segno", "coda"):
        add(kind, mark)
    elif wedge := re.fullmatch(r"(?:(crescendo|<)|diminuendo|>)([()])", mark):
        add(kind, "wedge", type=("crescendo" if wedge[1] else "diminuendo") if wedge[2] == "(" else "stop")
    else:
        add(kind, "words", mark)


def write_marks_on(notations: etree._Element, marks: Sequence[str]) -> None:
    """Marks that belong to a note; the others: ``write_mark_beside``."""
    groups: dict[str, etree._Element] = {}
    for mark in marks:
        if mark in ("fermata", "invertedfermata"):
            add(notations, "fermata", type="upright" if mark == "fermata" else "inverted")
        elif re.fullmatch("[0-5]", mark):
            add(groups.setdefault("technical", etree.Element("technical")), "fingering", mark)
        elif mark in _NOTATIONS:
            group, name = _NOTATIONS[mark]
            add(groups.setdefault(group, etree.Element(group)), name)
    notations.extend(groups.values())


def write_lyrics(note: etree._Element, verses: Sequence[Syllable | None]) -> None:
    for number, syllable in enumerate(verses, start=1):
        if syllable is None:
            continue
        lyric = add(note, "lyric", number=str(number))
        if syllable.text:
            add(lyric, "syllabic", "begin" if syllable.joined else "single")
            add(lyric, "text", syllable.text)
        else:
            add(lyric, "extend")


def add(parent: etree._Element, tag: str, text: str = "", /, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, tag, attributes)
    if text:
        child.text = text
    return child
