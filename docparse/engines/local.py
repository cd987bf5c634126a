"""A Qwen2.5-VL checkpoint on this machine: the one that was named, or nano, which comes with docparse."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from ..document import StopReason
from ..errors import PageError
from ..geometry import Box
from ..options import Options
from ..pieces import Piece, cut, halves, varied
from ..qwenvl.loops import find_loop
from ..runtime.checkpoint import NANO, CheckpointInfo, check, first_line, locate, name_of
from ..runtime.images import smart_resize, to_patches
from .base import EnginePage, ModelOutput
from .consensus import agree
from .drafted import drafted
from .pieced import Answer, join, picture

if TYPE_CHECKING:
    from ..runtime.decoder import Decoder
    from ..runtime.live_draft import Manner
    from ..runtime.model import LoadedModel
    from ..runtime.sequence import Clock, Job

_MOST_PIXELS = 2_408_448
"""3,072 tokens of 28×28 pixels: an A4 page at 150 dpi. Checkpoints allow 12.8 million pixels, which is 16,384
tokens and minutes a page; more is had with ``--max-pixels``."""
_MOST_PIXELS_CUT = 4_000_000
"""An A4 page at 200 dpi, to be cut in pieces once its text has the right size."""
_PAGES_AT_ONCE = 8
_PIECES_AT_ONCE = 32
_MOST_WRITTEN, _MARKUP = 2, 64
"""Tokens that may be written to a piece: for each token of its image, and for the tags around."""
_TOKENS_A_PASS, _TOKENS_A_PASS_CPU = 128, 16
"""Up to how many a pass costs little more than one with a token for each page. A CPU is as busy with 16 tokens of a
3B as with reading its weights; a small model's passes cost more around the model than in it."""
_SIZES = (1.0, 0.85, 0.7)
"""Of a page, in the order in which a model is shown it until it does not repeat itself without end."""
_QUESTION = 128
"""Tokens of a prompt's words, about."""
_SURE = 0.9
"""Geometric mean of the tokens' probabilities from which a valid answer to a piece is believed at once."""
_Variations = tuple[tuple[float, int], ...]
"""Scale and shift in pixels."""
_VARIATIONS: _Variations = ((1.05, 0), (0.96, 4), (1.0, 8), (1.02, 12))
"""In which a piece is read again where the answer was not sure."""
_FURTHER: _Variations = ((0.9, 32), (1.15, 20), (1.06, 4), (1.06, 32), (1.1, 24), (0.85, 0))
"""In which the half of a piece is read again to which nothing valid was written in any of those."""


def longest(info: CheckpointInfo, options: Options) -> int:
    """How many tokens an image and the answer to it have at most, about."""
    if info.pieces is not None:
        return info.pieces.max_tokens * (1 + _MOST_WRITTEN) + _MARKUP
    settings = info.image_settings
    pixels = min(settings.max_pixels, options.max_pixels or _MOST_PIXELS)
    return min(pixels // settings.factor**2 + options.max_new_tokens, info.context_length)


@dataclass(frozen=True)
class Loaded:
    """A model at work."""

    model: "LoadedModel"
    decoder: "Decoder"
    manner: "Manner"


@dataclass(frozen=True)
class _View:
    """An image to be read, and what a draft has in it, if there is one."""

    image: Image.Image
    draft: str | None


class LocalEngine:
    """Reads pages with a checkpoint; the weights are loaded for the first of them. Thread-safe: pages that are
    read at the same time share the model's passes."""

    name = "local"
    needs_image = True
    pages_at_once = _PAGES_AT_ONCE

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
        self._loaded: Loaded | None = None
        self._loading = threading.Lock()

    @property
    def max_pixels(self) -> int:
        if self._info.pieces is not None:
            return self._options.max_pixels or _MOST_PIXELS_CUT
        return self._image_settings.max_pixels

    def read(self, page: EnginePage) -> ModelOutput:
        """Have the model write down the page, as a whole or, where its checkpoint says so, in pieces.

        Raises:
            PageError: the page does not fit the model or the memory.
            ModelError: the weights cannot be loaded.
        """
        if page.image is None:
            raise PageError("it could not be rendered")
        from ..runtime.sequence import Clock

        clock = Clock(self._options.decode_timeout)
        if self._info.pieces is None:
            return self._read_whole(page, clock)
        image = page.image.image
        pieces = cut(image, self._info.pieces, self._image_settings.factor)
        return self._output(join(list(self._read_pieces(page, pieces, clock)), image.size))

    def _output(self, answer: Answer, notes: tuple[str, ...] = ()) -> ModelOutput:
        return ModelOutput(
            text=answer.text,
            stop_reason=answer.stop_reason,
            image_size=answer.image_size,
            engine=self.name,
            model=name_of(self._info.path),
            token_logprobs=answer.token_logprobs,
            token_ends=answer.token_ends,
            closed=answer.closed,
            notes=notes,
        )

    def load(self) -> Loaded:
        """The model; its weights are loaded by whoever asks first.

        Raises:
            ModelError: they cannot be loaded.
        """
        with self._loading:
            if self._loaded is None:
                import torch

                from ..runtime.decoder import Decoder
                from ..runtime.live_draft import Manner
                from ..runtime.model import load
                from ..runtime.placement import is_small, place

                placement = place(self._options.device, self._options.dtype, self._info.parameters)
                model = load(self._info, placement, self._options.max_memory)
                slots, lanes, tokens = _PAGES_AT_ONCE, 1, _TOKENS_A_PASS
                if self._info.pieces is not None:
                    slots = _PIECES_AT_ONCE
                if model.device.type == "cpu":
                    if is_small(self._info.parameters):
                        lanes = torch.get_num_threads()
                    else:
                        tokens = _TOKENS_A_PASS_CPU
                length = _QUESTION + longest(self._info, self._options)
                self._loaded = Loaded(model, Decoder(model, slots, length, lanes, tokens), Manner())
            return self._loaded

    def jobs(self, page: EnginePage) -> list["Job"]:
        """What the model is asked of a page at first, each time anew; in pieces it may be asked more."""
        from ..runtime.sequence import Clock

        assert page.image is not None
        if self._info.pieces is None:
            views = [_View(page.image.image, self._draft_of_page(page, page.image.image)[0])]
        else:
            pieces = cut(page.image.image, self._info.pieces, self._image_settings.factor)
            views = [self._view(page, piece) for piece in pieces if not piece.is_picture]
        clock = Clock(self._options.decode_timeout)
        loaded = self.load()
        return [self._job(loaded, view, clock) for view in views]

    def _read_whole(self, page: EnginePage, clock: "Clock") -> ModelOutput:
        """The page in one answer. Where the model repeats itself without end it sees the page in other sizes, and
        at last the page's own text layer is taken, if it has one."""
        assert page.image is not None
        answers: list[Answer] = []
        for scale in _SIZES:
            image = page.image.image
            if scale != 1:
                image = image.resize((round(image.width * scale), round(image.height * scale)))
            draft, size = self._draft_of_page(page, image)
            answers += self._answers([_View(image, draft)], clock)
            if answers[-1].stop_reason is not StopReason.LOOP:
                notes = (
                    (f"the model repeated itself, and read the page at {scale:.0%} of its size",)
                    if scale != 1
                    else ()
                )
                return self._output(answers[-1], notes)
        if draft is None:
            return self._output(answers[0], ("the model repeated itself at other sizes of the page too",))
        note = "the model repeated itself at every size of the page: this is the page's own text layer"
        return ModelOutput(draft, StopReason.END, size, engine="layout", notes=(note,))

    def _draft_of_page(self, page: EnginePage, image: Image.Image) -> tuple[str | None, tuple[int, int]]:
        """What the text layer has, boxes in pixels of ``image`` as the model sees it; and the size of that."""
        width, height = smart_resize(image.width, image.height, self._image_settings)
        if page.text_layer is None:
            return None, (width, height)
        across, down = width / page.width, height / page.height
        whole = Box(0, 0, page.width, page.height)
        return drafted(page.text_layer, whole, lambda box: box.scaled(across, down)), (width, height)

    def _view(self, page: EnginePage, piece: Piece) -> _View:
        if page.text_layer is None or page.image is None:
            return _View(piece.image, None)
        across, down = page.image.image.width / page.width, page.image.image.height / page.height
        shown = piece.to_page(piece.shown).scaled(1 / across, 1 / down)
        draft = drafted(page.text_layer, shown, lambda box: piece.from_page(box.scaled(across, down)))
        return _View(piece.image, draft)

    def _read_pieces(
        self, page: EnginePage, pieces: list[Piece], clock: "Clock", *, may_halve: bool = True
    ) -> Iterator[tuple[Piece, Answer]]:
        """The pieces, each as it was read, with their answers.

        One that the model is not sure of is read again in variations, and one that it did not come to an end with, or
        wrote nothing valid to in any of them, in halves.
        """
        assert self._info.pieces is not None
        read = self._surest(page, pieces, clock, (_VARIATIONS,) if may_halve else (_VARIATIONS, _FURTHER))
        for piece, (seen, answer) in zip(pieces, read, strict=True):
            parts = [piece]
            if may_halve and not answer.is_valid and answer.stop_reason is not StopReason.TIMEOUT:
                parts = halves(piece, self._info.pieces, self._image_settings.factor)
            if len(parts) > 1:
                yield from self._read_pieces(page, parts, clock, may_halve=False)
            else:
                yield seen, answer

    def _surest(
        self, page: EnginePage, pieces: list[Piece], clock: "Clock", rounds: Sequence[_Variations]
    ) -> list[tuple[Piece, Answer]]:
        """The pieces with their answers; where the model was not sure, with what several readings agree on."""
        written = iter(self._answers([self._view(page, piece) for piece in pieces if not piece.is_picture], clock))
        read = [(piece, picture(piece) if piece.is_picture else next(written)) for piece in pieces]
        # One that has lost its place altogether is not led back by a shift.
        readings = {
            index: [(piece, answer)]
            for index, (piece, answer) in enumerate(read)
            if answer.stop_reason is StopReason.END and not (answer.is_valid and answer.probability >= _SURE)
        }
        for variations in rounds:
            self._read_again(page, readings, variations, clock)
            for index, of_piece in readings.items():
                chosen, agreed = agree([answer for _, answer in of_piece])
                read[index] = of_piece[chosen][0], agreed
            readings = {index: of_piece for index, of_piece in readings.items() if not read[index][1].is_valid}
        return read

    def _read_again(
        self,
        page: EnginePage,
        readings: dict[int, list[tuple[Piece, Answer]]],
        variations: _Variations,
        clock: "Clock",
    ) -> None:
        """Each piece in these variations, behind what was read of it before, which began with itself."""
        factor = self._image_settings.factor
        groups = [
            [varied(of_piece[0][0], scale, shift, factor) for scale, shift in variations]
            for of_piece in readings.values()
        ]
        again = iter(self._answers([self._view(page, piece) for group in groups for piece in group], clock))
        for of_piece, group in zip(readings.values(), groups, strict=True):
            of_piece += [(piece, next(again)) for piece in group]

    def _answers(self, views: list[_View], clock: "Clock") -> list[Answer]:
        """What the model writes to each image, several of them side by side."""
        loaded = self.load()
        jobs = [self._job(loaded, view, clock) for view in views]
        loaded.decoder.write(jobs)
        return [_answer(loaded.model, job) for job in jobs]

    def _job(self, loaded: Loaded, view: _View, clock: "Clock") -> "Job":
        from ..runtime.live_draft import LiveDraft
        from ..runtime.prompt import prompt_tokens
        from ..runtime.proposals import Proposals
        from ..runtime.sequence import Job, Sequence

        model = loaded.model
        patches = to_patches(view.image, self._image_settings)
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
        proposals = None
        if view.draft is not None:
            tokenizer = model.tokenizer

            def encode(text: str) -> list[int]:
                return list(tokenizer.encode(text, add_special_tokens=False))

            proposals = Proposals(LiveDraft(view.draft, loaded.manner), encode, lambda tokens: _text(model, tokens))

        def is_looping(tokens: list[int]) -> bool:
            return find_loop(_text(model, tokens), patches.size) is not None

        sequence = Sequence(prompt=prompt, limit=limit, clock=clock, proposals=proposals, is_looping=is_looping)
        return Job(sequence, patches)


def _answer(model: "LoadedModel", job: "Job") -> Answer:
    sequence = job.sequence
    if sequence.error is not None:
        raise _told(sequence.error) from sequence.error
    assert sequence.stop_reason is not None
    text = _text(model, sequence.tokens)
    ends = [min(end, len(text)) for end in _token_ends(model, sequence.tokens)]
    return Answer(text, sequence.stop_reason, job.patches.size, sequence.logprobs, ends)


def _told(error: Exception) -> Exception:
    """What went wrong with a page in the user's words; what is no error of the model's is one of ours."""
    from ..runtime.decode import is_out_of_memory

    if is_out_of_memory(error):
        return PageError("the model ran out of memory on it: give a smaller --max-pixels")
    if isinstance(error, RuntimeError):
        return PageError(f"the model failed on it: {first_line(error)}")
    return error


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
