"""Raised numbers and letters, most of them the marks of notes: ``Orrin¹``, not ``Orrin1``.

In an element's text they are the superscript characters that Unicode has for them. HTML and QwenVL HTML write the
numbers as ``<sup>``; NFKC makes plain characters of them, for whoever compares or searches.
"""

import re
from collections.abc import Iterator

_PLAIN = "0123456789+-abcdefghijklmnoprstuvwxyz"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_RAISE = str.maketrans(_PLAIN + "−–", _RAISED + "⁻⁻")
_LOWER = str.maketrans(_RAISED, _PLAIN.replace("-", "−"))

_MARK = re.compile(r"[+−–-]?[0-9]{1,4}(?:, ?[0-9]{1,4})*|[a-pr-z](?:, ?[a-pr-z])*")
"""Numbers, as of notes and powers, and single letters. Words stay as they are: ``1st`` is to be found as that."""
_RAISED_NUMBER = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


def raised(text: str) -> str:
    """What stands above the line, in superscript characters; as it is where there are none or they are no help."""
    return text.translate(_RAISE) if _MARK.fullmatch(text.strip()) else text


def split_raised(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces of a text in order, each with whether it is a raised number, which then comes in plain characters."""
    if text.isascii():  # nearly every text
        if text:
            yield text, False
        return
    end = 0
    for match in _RAISED_NUMBER.finditer(text):
        if match.start() > end:
            yield text[end : match.start()], False
        yield match[0].translate(_LOWER), True
        end = match.end()
    if end < len(text):
        yield text[end:], False
