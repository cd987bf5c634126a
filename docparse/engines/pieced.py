"""The answers to the pieces of a page as the one answer to the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..document import StopReason
from ..geometry import Box
from ..pieces import Piece

_START = re.compile(r"\s*(?:```\w*\s*)?(?:<html>\s*)?(?:<body>\s*)?")
_END = re.compile(r"\s*(?:</body>\s*)?(?:</html>\s*)?(?:```)?\s*\Z")
_BOX = re.compile(r'(?<= data-bbox=")(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)(?=")')
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^<>]*>")
_CUT_TAG = re.compile(r"<[^<>]*\Z")
_VOID = frozenset({"br", "img", "hr"})
_OPENING, _CLOSING = "<html><body>\n", "\n</body></html>"


@dataclass(frozen=True)
class Answer:
    """What the model wrote to one image; boxes are pixels of an image of ``image_size`` (width, height)."""

    text: str
    stop_reason: StopReason
    image_size: tuple[int, int]
    token_logprobs: list[float]
    token_ends: list[int]
    """Where in ``text`` each token ends."""
    closed: int = 0
    """Pieces whose answer ended inside an element, which was closed for it."""


def picture(piece: Piece) -> Answer:
    """What stands for a piece that there is nothing to read in."""
    numbers = " ".join(str(round(number)) for number in piece.shown)
    text = f'<div class="image" data-bbox="{numbers}"><img data-bbox="{numbers}"/></div>'
    return Answer(text, StopReason.END, piece.image.size, [], [])


def join(read: Sequence[tuple[Piece, Answer]], size: tuple[int, int]) -> Answer:
    """One answer, its boxes in pixels of the page image, which is of ``size``.

    It stopped for the gravest of the reasons for which one of them did.
    """
    text = _OPENING
    logprobs: list[float] = []
    ends: list[int] = []
    closed = 0
    for piece, answer in read:
        body, places, is_cut = _placed(piece, answer)
        closing = _closing_tags(body)
        closed += is_cut or bool(closing)
        start = len(text)
        text += f"{body}{closing}\n"
        logprobs += answer.token_logprobs
        ends += [start + places[end] for end in answer.token_ends]
    reasons = {answer.stop_reason for _, answer in read}
    graver = (StopReason.TIMEOUT, StopReason.LENGTH)
    reason = next((reason for reason in graver if reason in reasons), StopReason.END)
    return Answer(text.removesuffix("\n") + _CLOSING, reason, size, logprobs, ends, closed)


def _placed(piece: Piece, answer: Answer) -> tuple[str, list[int], bool]:
    """What stands inside of ``<body>``, with boxes in pixels of the page image; for each place in the answer the
    place in this, ``len(answer.text) + 1`` of them; and whether the answer ends inside a tag, which is left out."""
    text = answer.text
    first = _START.match(text).end()  # type: ignore[union-attr]  # it matches nothing at the least
    last = max(first, _END.search(text).start())  # type: ignore[union-attr]
    cut = _CUT_TAG.search(text, first, last)
    if cut is not None:
        last = cut.start()
    across, down = piece.image.width / answer.image_size[0], piece.image.height / answer.image_size[1]
    written = ""
    places = [0] * first
    position = first
    for found in _BOX.finditer(text, first, last):
        x0, y0, x1, y1 = (float(number) for number in found.groups())
        box = piece.to_page(Box(x0 * across, y0 * down, x1 * across, y1 * down))
        places += range(len(written), len(written) + found.start() - position)
        written += text[position : found.start()]
        places += [len(written)] * (found.end() - found.start())
        # Corners in the wrong order stay so: the parser says what is wrong with a box.
        numbers = (
            box.x0 if x0 <= x1 else box.x1,
            box.y0 if y0 <= y1 else box.y1,
            box.x1 if x0 <= x1 else box.x0,
            box.y1 if y0 <= y1 else box.y0,
        )
        written += " ".join(str(round(number)) for number in numbers)
        position = found.end()
    places += range(len(written), len(written) + last - position)
    written += text[position:last]
    places += [len(written)] * (len(text) + 1 - last)
    return written, places, cut is not None


def _closing_tags(text: str) -> str:
    """What closes the elements that an answer leaves open, so that the next one's do not fall into them."""
    opened: list[str] = []
    for slash, name in _TAG.findall(text):
        if not slash:
            if name not in _VOID:
                opened.append(name)
        elif name in opened:
            del opened[len(opened) - 1 - opened[::-1].index(name) :]
    return "".join(f"</{name}>" for name in reversed(opened))
