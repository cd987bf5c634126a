"""A tune in ABC (abcnotation.com/wiki/abc:standard:v2.1), checked and made ready for verovio.

verovio 6.4.1 reads ABC trustingly: it crashes without ``X:`` or ``K:`` or where they are empty, drops what stands
after the last bar line, and engraves several voices, or a key that changes, as if they were not.
"""

import re
from typing import NamedTuple

from .text import printable

MAX_LENGTH = 10_000
"""Characters; longer "tunes" are loops of a model."""
_FIELD = re.compile(r"([A-Za-z+]):(.*)")
_KEY = re.compile(
    r"(?:[A-Ga-g][#b♯♭]?\s*(?:m|min|maj|mix|dor|phr|lyd|loc|ion|aeo)?[a-z]*|none|H[Pp])?(?![A-Za-z])(?:\s.*)?",
    re.IGNORECASE,
)
# Chord symbols, decorations, grace notes and inline fields: none of them is a note.
_BESIDE = re.compile(r'"[^"\n]*"|![^!\n]*!|\+[a-z]+\+|\{[^}\n]*\}|\[[A-Za-z]:[^\]\n]*\]')
_CHANGE = re.compile(r"\[(?P<field>[KLMV]):")
_NOTE = re.compile(r"[A-Ga-g]")
_LETTER = re.compile(r"[H-Wh-wYy]")
"""Rests, ornaments and signs that a user may define; more of them than notes are words."""
_TEMPO = re.compile(r'(?:"[^"]*"|[^="]|=\s*\d)*')
_CHANGES = {"V": "several voices", "K": "a change of key", "M": "a change of meter", "L": "a change of note length"}


class Tune(NamedTuple):
    """A tune as verovio takes it, or why it does not."""

    source: str = ""
    """Ends with a bar line; blank lines, comments and directives are left out."""
    invalid: str | None = None
    """What makes it no ABC."""
    unsupported: str | None = None
    """ABC all the same, which verovio would engrave wrongly."""


def read_tune(abc: str) -> Tune:
    """The one tune that ``abc`` holds. A missing ``X:`` is supplied, as no sheet prints its number."""
    if len(abc) > MAX_LENGTH:
        return Tune(invalid=f"longer than {MAX_LENGTH} characters")
    lines = [re.sub(r"(?<!\\)%.*", "", line).strip() for line in printable(abc).split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        return Tune(invalid="empty")
    if lines[0].startswith("X:"):
        lines.pop(0)
    header, body = _parted(lines)
    if not header or not header[-1].startswith("K:"):
        return Tune(invalid="no K: (key), which ends the header of a tune")
    if not _KEY.fullmatch(header[-1][2:].strip()):
        return Tune(invalid=f"{header[-1][:40]} is no key")
    if any(line.startswith("X:") for line in [*header, *body]):
        return Tune(invalid="more than one tune")
    music = [index for index, line in enumerate(body) if not _FIELD.match(line)]
    if reason := _damage([*header, *body], [body[index] for index in music]):
        return Tune(invalid=reason)
    for line in [*header[:-1], *body]:
        if (field := _FIELD.match(line)) and (field[1] == "V" or (line in body and field[1] in _CHANGES)):
            return Tune(unsupported=_CHANGES[field[1]])
        if change := _CHANGE.search(line):
            return Tune(unsupported=_CHANGES[change["field"]])
    last = music[-1]
    if not re.search(r"[|\]:]\s*$", body[last]):
        body[last] += " |"
    if header[-1][2:].strip() == "":
        header[-1] = "K:C"  # the standard: no key is C
    return Tune("\n".join(["X:1", *header, *body]) + "\n")


def _damage(lines: list[str], music: list[str]) -> str | None:
    """What makes a tune none, or crashes verovio."""
    for line in lines:
        if line.startswith("Q:") and not _TEMPO.fullmatch(line[2:]):
            return f"{line[:40]} is no tempo"
    for sign in ('"', "!"):
        if any(line.count(sign) % 2 for line in music):
            return f"a {sign} that nothing closes"
    bare = _BESIDE.sub("", "\n".join(music))
    notes = len(_NOTE.findall(bare))
    if not notes:
        return "no note"
    return "words instead of notes" if len(_LETTER.findall(bare)) > notes else None


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """The header, which ends with the key or the last field before the first line of music; and the body."""
    for index, line in enumerate(lines):
        field = _FIELD.match(line)
        if not field:
            return lines[:index], lines[index:]
        if field[1] == "K":
            return lines[: index + 1], lines[index + 1 :]
    return lines, []
