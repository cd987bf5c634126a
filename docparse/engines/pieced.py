"""The answers to the pieces of a page as the one answer to the page."""

import re
from collections.abc import Sequence

from ..document import StopReason
from ..geometry import Box
from ..pieces import Piece, measure
from ..qwenvl.loops import find_loop
from .answer import BOX, Answer, open_at

_CUT_TAG = re.compile(r"<[^<>]*\Z")
_OPENING, _CLOSING = "<html><body>\n", "\n</body></html>"


def picture(piece: Piece) -> Answer:
    """What stands for a piece that there is nothing to read in."""
    numbers = " ".join(str(round(number)) for number in piece.shown)
    text = f'{_OPENING}<div class="image" data-bbox="{numbers}"><img data-bbox="{numbers}"/></div>{_CLOSING}'
    return Answer(text, StopReason.END, piece.image.size, [], [])


def join(read: Sequence[tuple[Piece, Answer]], size: tuple[int, int], *, by_ink: bool = True) -> Answer:
    """One answer, its boxes in pixels of the page image, which is of ``size``.

    It stopped for the gravest of the reasons for which one of them did.

    Args:
        by_ink: measure the boxes by the ink that is there, for a model that says badly where something ends.
    """
    text = _OPENING
    logprobs: list[float] = []
    ends: list[int] = []
    closed = 0
    unread: list[Box] = []
    for piece, answer in read:
        body, places, is_cut = _placed(piece, answer, by_ink=by_ink)
        closing = _closing_tags(body)
        closed += is_cut or bool(closing)
        unread += map(piece.to_page, answer.unread)
        start = len(text)
        text += f"{body}{closing}\n"
        logprobs += answer.token_logprobs
        ends += [start + places[end] for end in answer.token_ends]
    reasons = {answer.stop_reason for _, answer in read}
    graver = (StopReason.TIMEOUT, StopReason.LENGTH, StopReason.LOOP)
    reason = next((reason for reason in graver if reason in reasons), StopReason.END)
    whole = text.removesuffix("\n") + _CLOSING
    return Answer(whole, reason, size, logprobs, ends, unread=tuple(unread), closed=closed)


def _placed(piece: Piece, answer: Answer, *, by_ink: bool) -> tuple[str, list[int], bool]:
    """What stands inside of ``<body>``, with boxes in pixels of the page image; for each place in the answer the
    place in this, ``len(answer.text) + 1`` of them; and whether the answer ends inside a tag, which is left out.

    What was repeated without end is there once.
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
    places = [0] * first
    position = first
    for match, box in zip(found, boxes, strict=True):
        places += range(len(written), len(written) + match.start() - position)
        written += text[position : match.start()]
        places += [len(written)] * (match.end() - match.start())
        written += " ".join(str(round(number)) for number in box)
        position = match.end()
    places += range(len(written), len(written) + last - position)
    written += text[position:last]
    places += [len(written)] * (len(text) + 1 - last)
    return written, places, cut is not None


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
