"""Music in ABC: read, engraved and played by verovio."""

import base64
from functools import lru_cache
from typing import Any

from ..document import Music, Problem
from .checker import Checker, UncheckedError, invalid, unchecked
from .svg import plain_drawing
from .text import printable
from .tune import read_tune

VEROVIO = Checker("verovio", "verovio", "music")
_SCALE = 40
"""Percent: the height of a staff is 29 pixels."""
_WIDTH = 1840
"""Of a line of music, in verovio's units: the width of the HTML's column at that scale."""
_OPTIONS = {
    "inputFrom": "abc",
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


def draw(abc: str) -> str | None:
    """The music as plain SVG; None where it cannot be engraved here."""
    return _rendered(abc, "svg")


def midi(abc: str) -> bytes | None:
    """The music as a MIDI file; None where it cannot be played here."""
    data = _rendered(abc, "midi")
    return None if data is None else base64.b64decode(data)


def mei(abc: str) -> str | None:
    """The music as MEI, verovio's own notation; None where it cannot be read here."""
    return _rendered(abc, "mei")


@lru_cache(maxsize=1024)
def _reason(abc: str) -> str | None:
    """Why ``abc`` is none; None if it is.

    Raises:
        UncheckedError: verovio is missing or gives no answer.
    """
    tune = read_tune(abc)
    if tune.invalid:
        return tune.invalid
    if tune.unsupported:
        raise UncheckedError(f"verovio does not read {tune.unsupported}")
    return None if VEROVIO.ask(_render, tune.source, "mei") else "verovio finds no note in it"


@lru_cache(maxsize=256)
def _rendered(abc: str, form: str) -> str | None:
    source = read_tune(abc).source
    try:
        return VEROVIO.ask(_render, source, form) if source else None
    except UncheckedError:
        return None


# From here on in a process of its own.


def _render(source: str, form: str) -> str | None:
    """The tune as ``svg``, ``midi`` (base64) or ``mei``; None if it is without a note."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit: Any = verovio.toolkit()
    toolkit.setOptions(_OPTIONS)
    if not toolkit.loadData(source):
        return None
    found = str(toolkit.getMEI())
    if "<note" not in found:
        return None
    if form == "mei":
        return found
    return str(toolkit.renderToMIDI()) if form == "midi" else plain_drawing(toolkit.renderToSVG(1))
