"""A Qwen2.5-VL checkpoint on this machine: the one that was named, or nano, which comes with docparse."""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PIL import Image

from ..document import StopReason
from ..errors import PageError
from ..options import Options
from ..pieces import Piece, cut, halves
from ..runtime.checkpoint import NANO, CheckpointInfo, check, first_line, locate, name_of
from ..runtime.images import Patches, to_patches
from .base import EnginePage, ModelOutput
from .pieced import Answer, join, picture

if TYPE_CHECKING:
    from ..runtime.model import LoadedModel
    from ..runtime.sequence import Job, Sequence

_MOST_PIXELS = 2_408_448
"""3,072 tokens of 28×28 pixels: an A4 page at 150 dpi. Checkpoints allow 12.8 million pixels, which is 16,384
tokens and minutes a page; more is had with ``--max-pixels``."""
_MOST_PIXELS_CUT = 4_000_000
"""An A4 page at 200 dpi, to be cut in pieces once its text has the right size."""
_AT_ONCE = 16
"""Pieces of a page that are read side by side."""
_MOST_WRITTEN, _MARKUP = 2, 64
"""Tokens that may be written to a piece: for each token of its image, and for the tags around."""


def page_tokens(info: CheckpointInfo, options: Options) -> int:
    """How many tokens the cache holds for one page at most, without the few of the prompt's words."""
    if info.pieces is not None:
        return _AT_ONCE * (info.pieces.max_tokens * (1 + _MOST_WRITTEN) + _MARKUP)
    settings = info.image_settings
    pixels = min(settings.max_pixels, options.max_pixels or _MOST_PIXELS)
    return min(pixels // settings.factor**2 + options.max_new_tokens, info.context_length)


class LocalEngine:
    """Reads pages with a checkpoint; the weights are loaded for the first of them."""

    name = "local"
    needs_image = True

    def __init__(self, options: Options) -> None:
        """
        Raises:
            ModelError: the checkpoint cannot be found or is not a complete Qwen2.5-VL.
        """
        self._options = options
        self._info = check(locate(options.model or NANO))
        stated = self._info.image_settings
        most = options.max_pixels or max(min(stated.max_pixels, _MOST_PIXELS), options.min_pixels or 0)
        self._image_settings = stated.limited(options.min_pixels, most)
        self._model: LoadedModel | None = None
        self._loading = threading.Lock()

    @property
    def max_pixels(self) -> int:
        if self._info.pieces is not None:
            return self._options.max_pixels or _MOST_PIXELS_CUT
        return self._image_settings.max_pixels

    def load(self) -> "LoadedModel":
        """Load the weights now, if they are not yet.

        Raises:
            ModelError: they cannot be loaded.
        """
        with self._loading:
            if self._model is None:
                from ..runtime.model import load
                from ..runtime.placement import place

                placement = place(self._options.device, self._options.dtype)
                self._model = load(self._info, placement, self._options.max_memory)
            return self._model

    def read(self, page: EnginePage) -> ModelOutput:
        """Have the model write down the page, as a whole or, where its checkpoint says so, in pieces.

        Raises:
            PageError: the page does not fit the model or the memory.
            ModelError: the weights cannot be loaded.
        """
        if page.image is None:
            raise PageError("it could not be rendered")
        model = self.load()
        deadline = time.monotonic() + self._options.decode_timeout
        if self._info.pieces is None:
            (answer,) = self._answers(model, [page.image.image], deadline)
        else:
            pieces = cut(page.image.image, self._info.pieces, self._image_settings.factor)
            answer = join(list(self._read_pieces(model, pieces, deadline)), page.image.image.size)
        return ModelOutput(
            text=answer.text,
            stop_reason=answer.stop_reason,
            image_size=answer.image_size,
            engine=self.name,
            model=name_of(self._info.path),
            token_logprobs=answer.token_logprobs,
            token_ends=answer.token_ends,
            closed=answer.closed,
        )

    def _read_pieces(
        self, model: "LoadedModel", pieces: list[Piece], deadline: float, *, may_halve: bool = True
    ) -> Iterator[tuple[Piece, Answer]]:
        """The pieces with their answers; one that the model did not come to an end with is read again in halves."""
        assert self._info.pieces is not None
        written = iter(self._answers(model, [piece.image for piece in pieces if not piece.is_picture], deadline))
        for piece in pieces:
            answer = picture(piece) if piece.is_picture else next(written)
            parts = [piece]
            if may_halve and answer.stop_reason is StopReason.LENGTH:
                parts = halves(piece, self._info.pieces, self._image_settings.factor)
            if len(parts) > 1:
                yield from self._read_pieces(model, parts, deadline, may_halve=False)
            else:
                yield piece, answer

    def _answers(self, model: "LoadedModel", images: list[Image.Image], deadline: float) -> list[Answer]:
        """What the model writes to each image, several of them side by side."""
        import torch

        from ..runtime.decode import decode
        from ..runtime.sequence import Job

        jobs = []
        for image in images:
            patches = to_patches(image, self._image_settings)
            jobs.append(Job(self._sequence(model, patches, deadline), patches))
        try:
            decode(model, jobs, _AT_ONCE)
        except (MemoryError, RuntimeError) as error:
            # On a CPU torch says so in words only.
            if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error):
                raise PageError("the model ran out of memory on it: give a smaller --max-pixels") from error
            raise PageError(f"the model failed on it: {first_line(error)}") from error
        return [_answer(model, job) for job in jobs]

    def _sequence(self, model: "LoadedModel", patches: Patches, deadline: float) -> "Sequence":
        from ..runtime.prompt import prompt_tokens
        from ..runtime.sequence import Sequence

        image_tokens = patches.token_count(self._image_settings.merge_size)
        prompt = prompt_tokens(model.tokenizer, self._options.system_prompt, self._options.user_prompt, image_tokens)
        room = model.context_length - len(prompt)
        if room < 1:
            raise PageError(
                f"its image takes {image_tokens} tokens, more than the model's {model.context_length}: "
                "give a smaller --max-pixels"
            )
        limit = min(self._options.max_new_tokens, room)
        if self._info.pieces is not None:
            # Print that is as dense as can be read takes little more than one token a cell.
            limit = min(limit, _MOST_WRITTEN * image_tokens + _MARKUP)
        return Sequence(prompt=prompt, limit=limit, deadline=deadline)


def _answer(model: "LoadedModel", job: "Job") -> Answer:
    sequence = job.sequence
    if sequence.error is not None:
        raise sequence.error
    assert sequence.stop_reason is not None
    text = _text(model, sequence.tokens)
    ends = [min(end, len(text)) for end in _token_ends(model, sequence.tokens)]
    return Answer(text, sequence.stop_reason, job.patches.size, sequence.logprobs, ends)


def _text(model: "LoadedModel", tokens: list[int]) -> str:
    return str(model.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def _token_ends(model: "LoadedModel", tokens: list[int]) -> list[int]:
    """Where in the text each token ends. A character may be spread over tokens: then the first of them end where
    it begins."""
    ends: list[int] = []
    finished = 0
    pending: list[int] = []
    for token in tokens:
        pending.append(token)
        piece = _text(model, pending)
        if not piece.endswith("\ufffd") or len(pending) > 8:
            finished += len(piece)
            pending = []
        ends.append(finished)
    return ends
