"""A Qwen2.5-VL checkpoint on this machine."""

import threading
import time
from typing import TYPE_CHECKING

from ..errors import ModelError, PageError
from ..options import Options
from ..runtime.checkpoint import check, first_line, locate, name_of
from ..runtime.images import to_patches
from .base import EnginePage, ModelOutput

if TYPE_CHECKING:
    from ..runtime.model import LoadedModel

_MOST_PIXELS = 2_408_448
"""3,072 tokens of 28×28 pixels: an A4 page at 150 dpi. Checkpoints allow 12.8 million pixels, which is 16,384
tokens and minutes a page; more is had with ``--max-pixels``."""


class LocalEngine:
    """Reads pages with a checkpoint; the weights are loaded for the first of them."""

    name = "local"
    needs_image = True

    def __init__(self, options: Options) -> None:
        """
        Raises:
            ModelError: the checkpoint cannot be found or is not a complete Qwen2.5-VL.
        """
        if options.model is None:
            raise ModelError("--engine local needs a model: give --model ALIAS|DIR|HUB_ID")
        self._options = options
        self._info = check(locate(options.model))
        stated = self._info.image_settings
        most = options.max_pixels or max(min(stated.max_pixels, _MOST_PIXELS), options.min_pixels or 0)
        self._image_settings = stated.limited(options.min_pixels, most)
        self._model: LoadedModel | None = None
        self._loading = threading.Lock()

    @property
    def max_pixels(self) -> int:
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
        """Have the model write down the page.

        Raises:
            PageError: the page does not fit the model or the memory.
            ModelError: the weights cannot be loaded.
        """
        if page.image is None:
            raise PageError("it could not be rendered")
        model = self.load()
        import torch

        from ..runtime.decode import decode
        from ..runtime.prompt import prompt_tokens
        from ..runtime.sequence import Job, Sequence

        patches = to_patches(page.image.image, self._image_settings)
        image_tokens = patches.token_count(self._image_settings.merge_size)
        prompt = prompt_tokens(model.tokenizer, self._options.system_prompt, self._options.user_prompt, image_tokens)
        room = model.context_length - len(prompt)
        if room < 1:
            raise PageError(
                f"its image takes {image_tokens} tokens, more than the model's {model.context_length}: "
                "give a smaller --max-pixels"
            )
        sequence = Sequence(
            prompt=prompt,
            limit=min(self._options.max_new_tokens, room),
            deadline=time.monotonic() + self._options.decode_timeout,
        )
        try:
            decode(model, [Job(sequence, patches)], slots=1)
        except (MemoryError, RuntimeError) as error:
            # On a CPU torch says so in words only.
            if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error):
                raise PageError("the model ran out of memory on it: give a smaller --max-pixels") from error
            raise PageError(f"the model failed on it: {first_line(error)}") from error
        if sequence.error is not None:
            raise sequence.error
        assert sequence.stop_reason is not None
        text = _text(model, sequence.tokens)
        return ModelOutput(
            text=text,
            stop_reason=sequence.stop_reason,
            image_size=patches.size,
            engine=self.name,
            model=name_of(self._info.path),
            token_logprobs=sequence.logprobs,
            token_ends=[min(end, len(text)) for end in _token_ends(model, sequence.tokens)],
        )


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
