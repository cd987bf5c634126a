"""Music in ABC: read by us, engraved and played by verovio."""

import base64
import re
from functools import lru_cache
from typing import Any

from ..document import Music, Problem
from .abc import read_tune
from .abc_fields import AbcError, UnsupportedAbcError
from .checker import Checker, UncheckedError, invalid, unchecked
from .musicxml import to_musicxml
from .svg import plain_drawing, standalone
from .text import printable

VEROVIO = Checker("verovio", "verovio", "music")
FORMS = {"midi": ".mid", "musicxml": ".musicxml", "svg": ".svg"}
"""What music can be written as, and how such files are called."""
_SCALE = 40
"""Percent: the height of a staff is 29 pixels."""
_WIDTH = 1840
"""Of a line of music, in verovio's units: the width of the HTML's column at that scale."""
_OPTIONS = {
    "inputFrom": "xml",
    "scale": _SCALE,
    "pageWidth": _WIDTH,
    "pageHeight": 60_000,
    "pageMarginLeft": 20,
    "pageMarginRight": 20,
    "pageMarginTop": 20,
    "pageMarginBottom": 20,
    "adjustPageWidth": True,
    "adjustPageHeight": True,
    "footer": "none",
    "svgViewBox": True,
    "svgFormatRaw": True,
    "smuflTextFont": "none",
    "xmlIdSeed": 1,
}


def examine(element: Music) -> list[Problem]:
    """Check the element's ABC and set what is known of it."""
    abc = printable(element.abc).strip("\n")
    if element.text == element.abc:
        element.text = abc
    element.abc = abc
    if not abc.strip():
        return []
    try:
        element.reason = _reason(abc)
    except UncheckedError as error:
        element.valid, element.reason = None, str(error)
        return [unchecked(error, "ABC", element.id)]
    element.valid = element.reason is None
    return [invalid("abc-invalid", "ABC", element.reason, element.id)] if element.reason else []


@lru_cache(maxsize=256)
def draw(abc: str) -> str | None:
    """The music as plain SVG; None where it cannot be engraved here."""
    try:
        return VEROVIO.ask(_render, to_musicxml(read_tune(abc)), "svg")
    except (AbcError, UncheckedError):
        return None


def convert(abc: str, form: str) -> bytes:
    """A file of the music, in one of ``FORMS``; MusicXML needs no extra.

    Raises:
        AbcError: it cannot be read.
        UncheckedError: verovio is missing or gives no answer.
    """
    source = to_musicxml(read_tune(abc))
    if form == "musicxml":
        return source.encode()
    rendered = VEROVIO.ask(_render, source, form)
    return base64.b64decode(rendered) if form == "midi" else standalone(rendered).encode()


@lru_cache(maxsize=1024)
def _reason(abc: str) -> str | None:
    """Why ``abc`` is none; None if it is.

    Raises:
        UncheckedError: it cannot be told, or verovio is missing or gives no answer.
    """
    try:
        source = to_musicxml(read_tune(abc))
    except UnsupportedAbcError as error:
        raise UncheckedError(f"docparse does not read {error}") from error
    except AbcError as error:
        return str(error)
    written, engraved = source.count("<pitch>"), VEROVIO.ask(_note_count, source)
    return None if engraved == written else f"verovio engraves {engraved} of its {written} notes"


# From here on in a process of its own.


def _note_count(source: str) -> int:
    return len(re.findall(r"<note\b", _loaded(source).getMEI()))


def _render(source: str, form: str) -> str:
    """The music as ``svg`` or ``midi`` (base64)."""
    toolkit = _loaded(source)
    return str(toolkit.renderToMIDI()) if form == "midi" else plain_drawing(toolkit.renderToSVG(1))


def _loaded(source: str) -> Any:
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit: Any = verovio.toolkit()
    toolkit.setOptions(_OPTIONS)
    if not toolkit.loadData(source):
        raise ValueError("verovio cannot load it")
    return toolkit
