"""Raised numbers in a page's text and the footnotes that begin with them, linked both ways.

By number and place, on the page alone: a footnote takes the marks of its number that stand before it, after an
earlier note of that number if there is one, else those after it. What may be a power (``m²``, ``10³``) is no mark.
"""

import re

from .markup import Node, node

_NUMBER = re.compile(r"[1-9]\d{0,2}")
_POWER_OF = re.compile(r"(?:^|[\s\d(/·×*])[^\W\d_]{1,2}$|(?<![\d.,])(?:10|\d)$")
"""What stands before a power: a unit or a variable, ten or a digit."""
_BEGUN = re.compile(r"\s*([\[(]?)([1-9]\d{0,2})([\])]|[.:])?(?=\s)")
"""A note whose number stands on the line."""


def link_notes(section: Node) -> None:
    """``section`` has the elements of one page; notes are its ``aside``, marks its ``sup``."""
    waiting: dict[str, list[Node]] = {}
    notes: list[tuple[str, Node]] = []
    linked: set[str] = set()
    for part in list(section.iter("sup", "aside")):
        if part.tag == "aside":
            number = _number_of(part)
            if number and part.get("id") and part.get("id") not in linked:
                notes.append((number, part))
                linked |= _link(number, part, waiting.pop(number, []))
        elif _is_mark(part):
            waiting.setdefault(part.text or "", []).append(part)
    for number, note in notes:
        if note.get("id") not in linked:
            _link(number, note, waiting.pop(number, []))


def _is_mark(part: Node) -> bool:
    if not _NUMBER.fullmatch(part.text or "") or any(above.tag == "aside" for above in part.iterancestors()):
        return False
    previous, parent = part.getprevious(), part.getparent()
    before = (previous.tail if previous is not None else parent.text if parent is not None else None) or ""
    # At the beginning of a block it is a note's own number.
    return (previous is not None or bool(before.strip())) and not _POWER_OF.search(before)


def _number_of(note: Node) -> str | None:
    """The number with which a note begins."""
    text = note.find("p")
    if text is None:
        return None
    if not (text.text or "").strip() and len(text) and text[0].tag == "sup":
        return text[0].text if _NUMBER.fullmatch(text[0].text or "") else None
    begun = _BEGUN.match(text.text or "")
    return begun[2] if begun else None


def _link(number: str, note: Node, marks: list[Node]) -> set[str]:
    """The note's id, if it has a mark that leads to it."""
    name = note.get("id", "")
    text = note.find("p")
    if not marks or text is None:
        return set()
    for index, mark in enumerate(marks, start=1):
        mark.text = None
        place = f"{name}-mark{index if index > 1 else ''}"
        mark.append(node("a", number, href=f"#{name}", id=place, aria_label=f"Note {number}"))
    back = node("a", number, href=f"#{name}-mark", aria_label=f"Note {number}: back to the text")
    if len(text) and text[0].tag == "sup" and text[0].text == number and not (text.text or "").strip():
        text[0].text = None
        text[0].append(back)
    elif begun := _BEGUN.match(text.text or ""):
        whole = text.text or ""
        text.text, back.tail = whole[: begun.start(2)], whole[begun.end(2) :]
        text.insert(0, back)
    return {name}
