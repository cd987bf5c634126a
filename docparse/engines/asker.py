"""What a model is asked of an image, and what it answers."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PIL import Image

from ..errors import PageError
from ..options import Options
from ..pieces import PieceSettings
from ..qwenvl.grammar import contents
from ..qwenvl.loops import find_loop
from ..runtime.checkpoint import CheckpointInfo, first_line
from ..runtime.images import ImageSettings, to_patches
from .answer import Answer
from .places import Places

if TYPE_CHECKING:
    from ..runtime.decoder import Decoder
    from ..runtime.model import LoadedModel
    from ..runtime.proposals import Proposer
    from ..runtime.sequence import Clock, Job

_MOST_PIXELS = 2_408_448
"""3,072 tokens of 28×28 pixels: an A4 page at 150 dpi. Checkpoints allow 12.8 million pixels, which is 16,384
tokens and minutes a page; more is had with ``--max-pixels``."""
QUESTION = 128
"""Tokens of a prompt's words, about."""
_MOST_WRITTEN, _MARKUP = 2, 64
"""Tokens that may be written to a piece: for each token of its image, and for the tags around."""


_T = TypeVar("_T")
Reading = Generator[list["View"], list[Answer], _T]
"""What is made of some images: yields what is to be asked next, is sent the answers, and returns what it comes to."""
Watch = Callable[[Callable[[], str]], None]


@dataclass(frozen=True)
class Start:
    """How an answer begins."""

    tokens: list[int]
    logprobs: list[float]


@dataclass(frozen=True)
class View:
    """An image to be read, and how."""

    image: Image.Image
    draft: str | None
    """What is known to be in it: QwenVL HTML, boxes in pixels of the image as the model sees it."""
    start: Start | None = None
    """What the answer goes on from."""
    refused: int | None = None
    """The token that it may not go on with."""
    temperature: float = 0.0
    well_formed: bool = False
    """Whether it is to be well-formed, with what the format lets elements hold; for a model to whose vocabulary tags
    belong."""
    earlier: Sequence[int] = ()
    """The tokens of the answer to nearly the same image."""


def image_settings(info: CheckpointInfo, options: Options) -> ImageSettings:
    """The checkpoint's own, and as many pixels as the user lets it see."""
    stated = info.image_settings
    most = options.max_pixels or max(min(stated.max_pixels, _MOST_PIXELS), options.min_pixels or 0)
    return stated.limited(options.min_pixels, most)


def longest(info: CheckpointInfo, options: Options) -> int:
    """How many tokens an image and the answer to it have at most, about."""
    if info.pieces is not None:
        return info.pieces.max_tokens * (1 + _MOST_WRITTEN) + _MARKUP
    settings = image_settings(info, options)
    return min(settings.max_pixels // settings.factor**2 + options.max_new_tokens, info.context_length)


class Asker:
    """A model at work. Thread-safe."""

    def __init__(
        self,
        model: "LoadedModel",
        decoder: "Decoder",
        image_settings: ImageSettings,
        options: Options,
        pieces: PieceSettings | None,
    ) -> None:
        """``pieces`` are those that it is shown, if it is not shown whole pages."""
        from ..runtime.live_draft import Manner
        from ..runtime.wellformed import Markup

        self.model, self.decoder = model, decoder
        self._image_settings, self._options, self._pieces = image_settings, options, pieces
        self._manner = Manner()
        vocabulary = {} if pieces is None else model.tokenizer.get_vocab()
        self._markup = Markup(vocabulary, model.end_tokens, contents())
        self._places = Places(vocabulary)

    def ask(self, views: Sequence[View], clock: "Clock", watch: Watch) -> list[Answer]:
        """The answers to ``views``, written side by side; ``watch`` is told what tells the text so far.

        Raises:
            PageError: a view does not fit the model or the memory.
        """
        (answers,) = self.converse([_once(views)], clock, watch)
        return answers

    def converse(self, readings: Sequence[Reading[_T]], clock: "Clock", watch: Watch) -> list[_T]:
        """Answer the questions of several readings, each of which goes on as soon as it has its answers; what each
        of them comes to.

        Raises:
            PageError: a view does not fit the model or the memory.
        """
        results: dict[int, _T] = {}
        waiting: dict[int, list[View]] = {}
        jobs: list[list[Job]] = [[] for _ in readings]
        """The last ones of each."""

        def go_on(index: int, answers: list[Answer] | None) -> None:
            try:
                views = readings[index].send(answers)  # type: ignore[arg-type]  # None is how a generator begins
            except StopIteration as end:
                results[index] = end.value
                return
            asked = [self.job(view, clock) for view in views]
            self.decoder.begin(asked)
            waiting[index], jobs[index] = views, asked

        watch(lambda: self._so_far(jobs))
        try:
            for index in range(len(readings)):
                go_on(index, None)
            while waiting:
                indices = list(waiting)
                for number in self.decoder.wait([jobs[index] for index in indices]):
                    index = indices[number]
                    views = waiting.pop(index)
                    go_on(index, [self._answer(job, view) for job, view in zip(jobs[index], views, strict=True)])
        finally:
            # Where one fails nobody wants the others' answers, but the decoder is at work on them.
            left = [job for index in waiting for job in jobs[index]]
            for job in left:
                job.sequence.limit = 0
            self.decoder.wait([left])
        return [results[index] for index in range(len(readings))]

    def job(self, view: View, clock: "Clock") -> "Job":
        """
        Raises:
            PageError: the view does not fit the model.
        """
        from ..runtime.prompt import prompt_tokens
        from ..runtime.sequence import Job, Sequence
        from ..runtime.wellformed import WellFormed

        model, options = self.model, self._options
        patches = to_patches(view.image, self._image_settings)
        image_tokens = patches.token_count(self._image_settings.merge_size)
        prompt = prompt_tokens(model.tokenizer, options.system_prompt, options.user_prompt, image_tokens)
        room = model.context_length - len(prompt)
        if room < 1:
            raise PageError(
                f"its image takes {image_tokens} tokens, more than the model's {model.context_length}: "
                "give a smaller --max-pixels"
            )
        start = [] if view.start is None else view.start.tokens
        limit = max(1, min(options.max_new_tokens, room) - len(start))
        if self._pieces is not None:
            # Print that is as dense as can be read takes little more than one token a cell.
            limit = min(limit, _MOST_WRITTEN * image_tokens + _MARKUP)

        def is_looping(tokens: list[int]) -> bool:
            return find_loop(model.text(start + tokens), patches.size) is not None

        sequence = Sequence(
            prompt=prompt + start,
            limit=limit,
            clock=clock,
            proposals=None if view.well_formed else self._proposals(view),
            is_looping=is_looping,
            refused=view.refused,
            form=WellFormed(self._markup) if view.well_formed else None,
            temperature=view.temperature,
        )
        return Job(sequence, patches)

    def _proposals(self, view: View) -> "Proposer | None":
        from ..runtime.live_draft import LiveDraft
        from ..runtime.proposals import Again, Proposals

        if view.earlier:
            return Again(view.earlier, self._places.alike)
        if view.draft is None:
            return None
        return Proposals(LiveDraft(view.draft, self._manner), self.model.tokens, self.model.text)

    def _answer(self, job: "Job", view: View) -> Answer:
        sequence = job.sequence
        if sequence.error is not None:
            raise _told(sequence.error) from sequence.error
        assert sequence.stop_reason is not None
        tokens, logprobs = sequence.tokens, sequence.logprobs
        if view.start is not None:
            tokens, logprobs = view.start.tokens + tokens, view.start.logprobs + logprobs
        text = self.model.text(tokens)
        ends = [min(end, len(text)) for end in self.model.token_ends(tokens)]
        words = self._places.words(tokens, ends)
        return Answer(text, sequence.stop_reason, job.patches.size, logprobs, ends, tokens, words)

    def _so_far(self, asked: Sequence[Sequence["Job"]]) -> str:
        """What was written last: of each reading down to its first answer that has not ended."""
        texts = []
        for jobs in asked:
            unended = next((index for index, job in enumerate(jobs) if not job.sequence.ended), len(jobs))
            texts += [self.model.text(job.sequence.tokens) for job in jobs[: unended + 1]]
        return "\n".join(texts)


def _once(views: Sequence[View]) -> Reading[list[Answer]]:
    return (yield list(views))


def _told(error: Exception) -> Exception:
    """What went wrong with a page in the user's words; what is no error of the model's is one of ours."""
    from ..runtime.decode import is_out_of_memory

    if is_out_of_memory(error):
        return PageError("the model ran out of memory on it: give a smaller --max-pixels")
    if isinstance(error, RuntimeError):
        return PageError(f"the model failed on it: {first_line(error)}")
    return error
