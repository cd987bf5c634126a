"""The answers to the pieces of a page as the one answer to the page."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..document import StopReason
from ..geometry import Box
from ..pieces import Piece, measure
from ..pieces.unread import Word
from ..qwenvl.loops import find_loop
from .answer import BOX, Answer, markup, open_at, outer, strung

_CUT_TAG = re.compile(r"<[^<>]*\Z")
_OPENING, _CLOSING = "<html><body>\n", "</body></html>"


def picture(piece: Piece) -> Answer:
    """What stands for a piece that there is nothing to read in."""
    numbers = " ".join(str(round(number)) for number in piece.shown)
    text = f'{_OPENING}<div class="image" data-bbox="{numbers}"><img data-bbox="{numbers}"/></div>\n{_CLOSING}'
    return Answer(text, StopReason.END, piece.image.size, [], [])


def placed(piece: Piece, answer: Answer, *, by_ink: bool = True) -> list[Answer]:
    """Each element that the answer has inside of ``<body>``, with boxes and words in pixels of the page image.

    What was repeated without end is there once; a tag in which it ends is left out, and elements that it leaves open
    are closed.

    Args:
        by_ink: measure the boxes by the ink that is there, for a model that says badly where something ends.
    """
    text = answer.text
    first, last = answer.inside
    if answer.stop_reason is StopReason.LOOP and (loop := find_loop(text, answer.image_size)) is not None:
        last = max(first, loop.start)
    cut = _CUT_TAG.search(text, first, last)
    if cut is not None:
        last = cut.start()
    found = list(BOX.finditer(text, first, last))
    across, down = piece.image.width / answer.image_size[0], piece.image.height / answer.image_size[1]
    boxes = _on_page(piece, [Box(*map(float, match.groups())).scaled(across, down) for match in found], by_ink=by_ink)
    written = ""
    # For each place in the answer the one in what is written.
    places = [0] * first
    position = first
    for match, box in zip(found, boxes, strict=True):
        places += range(len(written), len(written) + match.start() - position)
        written += text[position : match.start()]
        places += [len(written)] * (match.end() - match.start())
        written += _numbers(box)
        position = match.end()
    places += range(len(written), len(written) + last - position)
    written += text[position:last]
    places += [len(written)] * (len(text) + 1 - last)
    closing = _closing_tags(written)
    whole = replace(
        answer,
        text=written + closing,
        token_ends=[places[end] for end in answer.token_ends],
        words=tuple(_word_on_page(piece, word, places) for word in answer.words),
        unread=tuple(map(piece.to_page, answer.unread)),
        closed=int(cut is not None or bool(closing)),
    )
    # What stands between two elements stays with the first of them.
    edges = [0, *(start for start, _ in outer(whole.text)[1:]), len(whole.text)]
    first_of, *others = (whole.part(start, end) for start, end in pairwise(edges))
    return [first_of.told_by([whole]), *others]


def _numbers(box: Box) -> str:
    """In whole pixels; what has an area has one still."""
    x0, y0, x1, y1 = (round(number) for number in box)
    return f"{x0} {y0} {x1 + (x0 == x1 and box.width > 0)} {y1 + (y0 == y1 and box.height > 0)}"


def _word_on_page(piece: Piece, word: Word, places: Sequence[int]) -> Word:
    x, y = piece.to_page(Box(word.x, word.y, word.x, word.y))[:2]
    return Word(x, y, places[word.start], places[word.end])


def join(parts: Sequence[Answer], size: tuple[int, int]) -> Answer:
    """One answer of those to parts of the page image, which is of ``size``, as they are ``placed``."""
    lines = [part if part.text.endswith("\n") else strung([part, markup("\n")]) for part in parts]
    whole = strung([markup(_OPENING), *lines, markup(_CLOSING)])
    return replace(whole, image_size=size, words=()).told_by(parts)


def _on_page(piece: Piece, found: list[Box], *, by_ink: bool) -> list[Box]:
    """Boxes in pixels of the piece as boxes in pixels of the page image.

    Corners in the wrong order stay so: the parser says what is wrong with such a box.
    """
    sound = list(dict.fromkeys(box for box in found if box.width >= 0 and box.height >= 0))
    measured = dict(zip(sound, measure(piece, sound), strict=True)) if by_ink else {}
    placed = []
    for box in found:
        x0, y0, x1, y1 = piece.to_page(measured.get(box, box))
        if box.width < 0:
            x0, x1 = x1, x0
        if box.height < 0:
            y0, y1 = y1, y0
        placed.append(Box(x0, y0, x1, y1))
    return placed


def _closing_tags(text: str) -> str:
    """What closes the elements that an answer leaves open, so that the next one's do not fall into them."""
    return "".join(f"</{name}>" for name in reversed(open_at(text, len(text))))
