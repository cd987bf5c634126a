"""What else is tried with a page on which a model repeats itself without end."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from PIL import Image

from ..pieces import PieceSettings, cut, straighten
from ..qwenvl.loops import find_loop
from .answer import Answer
from .asker import Start, View
from .pieced import join, picture, placed

_OPENING_TAG = re.compile(r"<[a-z]")
_TEMPERATURE = 0.3
_SMALLER = (0.85, 0.7)
"""Of the page, in the order in which the model is shown it."""
_PIECES = PieceSettings(text_height=12.0, max_tokens=768)
"""Small letters as high as those of a page at 150 dpi, a fifth of it or so at a time."""


def other_ways(
    answer: Answer,
    image: Image.Image,
    view: Callable[[Image.Image], View],
    ask: Callable[[list[View]], list[Answer]],
    factor: int,
) -> Iterator[tuple[Answer, str]]:
    """Other answers to the page, and what was done to have them; a page in pieces is the last.

    From where the loop began another token is taken, or tokens are drawn; else the page is shown in other sizes and
    in pieces. There is no penalty for repetition: it would damage tables that repeat themselves rightly.

    Args:
        answer: the one that ended in a loop.
        view: an image of the page, or of a part of it, as it is to be asked about.
        factor: a multiple of which the sides of a piece are.
    """
    loop = find_loop(answer.text, answer.image_size)
    if loop is not None:
        # A round begins anywhere; what might have come instead is another element, or none.
        tag = _OPENING_TAG.search(answer.text, loop.start)
        count = sum(end <= (tag.start() if tag else loop.start) for end in answer.token_ends)
        start = Start(answer.tokens[:count], answer.token_logprobs[:count])
        refused = answer.tokens[count] if count < len(answer.tokens) else None
        from_there = View(image, None, start, refused)
        yield ask([from_there])[0], "went on from where that began with what it thought second best"
        drawn = replace(from_there, temperature=_TEMPERATURE)
        yield ask([drawn])[0], f"went on from where that began with tokens drawn at a temperature of {_TEMPERATURE}"
    for scale in _SMALLER:
        smaller = image.resize((round(image.width * scale), round(image.height * scale)))
        yield ask([view(smaller)])[0], f"read the page at {scale:.0%} of its size"
    pieces = cut(straighten(image, _PIECES.text_height), _PIECES, factor)
    written = iter(ask([View(piece.image, None) for piece in pieces if not piece.is_picture]))
    read = [(piece, picture(piece) if piece.is_picture else next(written)) for piece in pieces]
    parts = [part for piece, answer in read for part in placed(piece, answer, by_ink=False)]
    yield join(parts, image.size), "read the page in pieces"
