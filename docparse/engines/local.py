"""A Qwen2.5-VL checkpoint on this machine: the one that was named, or nano, which comes with docparse."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from PIL import Image

from ..document import StopReason
from ..errors import PageError, UsageError
from ..geometry import Box
from ..options import Options
from ..pieces import Piece, cut, halves, part_of, straighten, varied
from ..pieces.unread import Lines
from ..runtime.checkpoint import NANO, check, locate, name_of
from ..runtime.images import smart_resize
from ..runtime.quantise import require
from .amend import Part, amended
from .answer import Answer
from .asker import QUESTION, Asker, Reading, View, image_settings, longest
from .base import EnginePage, ModelOutput
from .consensus import agree
from .doubted import Round, read_again
from .drafted import drafted
from .mended import mended
from .once import read_once
from .other_ways import other_ways
from .paragraphs import parted
from .pieced import join, picture, placed
from .stacked import stacked
from .tabled import tabled

if TYPE_CHECKING:
    from ..runtime.sequence import Clock, Job

_MOST_PIXELS_CUT = 4_000_000
"""An A4 page at 200 dpi, to be cut in pieces once its text has the right size."""
_PAGES_AT_ONCE, _PAGES_IN_PIECES_AT_ONCE = 8, 16
_PIECES_AT_ONCE = 32
_TOKENS_A_PASS, _TOKENS_A_PASS_CPU, _TOKENS_A_PASS_SMALL = 128, 16, 32
"""Up to how many a pass costs little more than one with a token for each page: a CPU is as busy with 16 tokens of a
3B as with reading its weights."""
_BELIEVED = 0.7
"""Geometric mean of the tokens' probabilities from which an answer is believed that a page was made to have in
another way than by asking: a model that is led out of a loop may write what comes to its mind."""
_BELIEVED_PART = 0.8
"""The same, from which it is believed that there is text in what an answer to a piece left out."""
_SURE = 0.95
"""The same, of an answer to a piece that is not read again."""
_Variations = tuple[tuple[float, int], ...]
"""Scale and shift in pixels."""
_ROUNDS: tuple[_Variations, ...] = (((1.05, 0), (1.0, 8)), ((0.96, 4), (1.02, 12)))
"""In which a piece is read again; the second time what is broken still, which goes on in halves if it remains so."""
_LINE_ROUNDS: tuple[Round, ...] = ((0.95, (1.0, 1.1)), (0.93, (1.05, 0.95)), (0.90, (1.15, 0.9)))
"""In which lines of the page are read again thereafter. On 24 clean pages (``docparse synth --seed 2027``) CER is
0.062 without and 0.054 with them. As many more readings of whole pieces gain about as much, in a fifth more time."""


class LocalEngine:
    """Reads pages with a checkpoint; the weights are loaded for the first of them. Thread-safe: pages that are
    read at the same time share the model's passes."""

    name = "local"
    needs_image = True

    def __init__(self, options: Options) -> None:
        """
        Raises:
            ModelError: the checkpoint cannot be found or is not a complete Qwen2.5-VL.
            UsageError: its weights cannot be quantised.
        """
        self._options = options
        self._info = check(locate(options.model or NANO))
        if options.quantize is not None:
            require(options.quantize)
            if self._info.quantised:
                raise UsageError(f"{self._info.path} is quantised ({self._info.quantised}): leave --quantize out")
        self._image_settings = image_settings(self._info, options)
        self._loaded: Asker | None = None
        self._loading = threading.Lock()

    @property
    def pages_at_once(self) -> int:
        return _PAGES_AT_ONCE if self._info.pieces is None else _PAGES_IN_PIECES_AT_ONCE

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
        from ..runtime.memory import give_back
        from ..runtime.sequence import Clock

        clock = Clock(self._options.decode_timeout)
        try:
            return self._read_whole(page, clock) if self._info.pieces is None else self._read_cut(page, clock)
        finally:
            give_back()

    def _read_cut(self, page: EnginePage, clock: "Clock") -> ModelOutput:
        """The page in pieces, and what is in doubt in them again."""
        assert page.image is not None
        assert self._info.pieces is not None
        image = page.image.image
        sheet = straighten(image, self._info.pieces.text_height)
        pieces = cut(sheet, self._info.pieces, self._image_settings.factor)
        # Each on its own: no piece waits until another, of which the model is not sure, has been read again.
        readings = [self._read_pieces(page, [piece]) for piece in pieces]
        told = self.load().converse(readings, clock, page.watch)
        read = [answered for of_piece in told for answered in of_piece]
        rounds = [of for number, of in enumerate(_LINE_ROUNDS) if self._wants(1 + number)]
        again = read_again(read, rounds, self._info.pieces, self._image_settings.factor)
        # Nobody watches single lines: what the page is told to be stays what was written of it.
        (read,) = self.load().converse([again], clock, lambda _: None)
        elements = [element for piece, answer in read for element in placed(piece, answer)]
        whole = tabled(mended(stacked(elements, image.size), sheet), sheet)
        return self._output(join(whole, image.size))

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
            unread=answer.unread,
            notes=notes,
        )

    def load(self) -> Asker:
        """The model; its weights are loaded by whoever asks first.

        Raises:
            ModelError: they cannot be loaded.
        """
        with self._loading:
            if self._loaded is None:
                import torch

                from ..runtime.decoder import Decoder
                from ..runtime.model import load
                from ..runtime.placement import is_small, place

                placement = place(self._options.device, self._options.dtype, self._info.parameters)
                model = load(self._info, placement, self._options.max_memory, self._options.quantize)
                slots, threads, tokens = _PAGES_AT_ONCE, 1, _TOKENS_A_PASS
                if self._info.pieces is not None:
                    slots = _PIECES_AT_ONCE
                if model.device.type == "cpu":
                    tokens = _TOKENS_A_PASS_CPU
                    if is_small(self._info.parameters):
                        threads, tokens = torch.get_num_threads(), _TOKENS_A_PASS_SMALL
                length = QUESTION + longest(self._info, self._options)
                decoder = Decoder(model, slots, length, threads, tokens)
                self._loaded = Asker(model, decoder, self._image_settings, self._options, self._info.pieces)
            return self._loaded

    def jobs(self, page: EnginePage) -> list["Job"]:
        """What the model is asked of a page at first, each time anew; in pieces it may be asked more."""
        from ..runtime.sequence import Clock

        assert page.image is not None
        if self._info.pieces is None:
            views = [View(page.image.image, self._draft_of_page(page, page.image.image)[0])]
        else:
            sheet = straighten(page.image.image, self._info.pieces.text_height)
            pieces = cut(sheet, self._info.pieces, self._image_settings.factor)
            views = [self._view(page, piece) for piece in pieces if not piece.is_picture]
        clock = Clock(self._options.decode_timeout)
        return [self.load().job(view, clock) for view in views]

    def _read_whole(self, page: EnginePage, clock: "Clock") -> ModelOutput:
        """The page in one answer. Where the model repeats itself without end other ways are tried, and at last the
        page's own text layer is taken, if it has one."""
        assert page.image is not None
        image = page.image.image

        def view(of: Image.Image) -> View:
            return View(of, self._draft_of_page(page, of)[0])

        def ask(views: list[View]) -> list[Answer]:
            return self.load().ask(views, clock, page.watch)

        first = last = ask([view(image)])[0]
        if first.stop_reason is not StopReason.LOOP:
            return self._output(first)
        for other, how in other_ways(first, image, view, ask, self._image_settings.factor):
            if other.stop_reason is StopReason.TIMEOUT:
                break
            if other.probability < _BELIEVED:
                continue
            last = other
            if last.stop_reason is StopReason.END:
                return self._output(last, (f"the model repeated itself, and {how}",))
        draft, size = self._draft_of_page(page, image)
        if draft is None:
            return self._output(last, ("the model repeated itself, in other ways of asking it too",))
        note = "the model repeated itself, in other ways of asking it too: this is the page's own text layer"
        return ModelOutput(draft, StopReason.END, size, engine="layout", notes=(note,))

    def _draft_of_page(self, page: EnginePage, image: Image.Image) -> tuple[str | None, tuple[int, int]]:
        """What the text layer has, boxes in pixels of ``image`` as the model sees it; and the size of that."""
        width, height = smart_resize(image.width, image.height, self._image_settings)
        if page.text_layer is None:
            return None, (width, height)
        across, down = width / page.width, height / page.height
        whole = Box(0, 0, page.width, page.height)
        return drafted(page.text_layer, whole, lambda box: box.scaled(across, down)), (width, height)

    def _view(
        self, page: EnginePage, piece: Piece, *, well_formed: bool = False, earlier: Sequence[int] = ()
    ) -> View:
        if page.text_layer is None or page.image is None or well_formed or earlier:
            return View(piece.image, None, well_formed=well_formed, earlier=earlier)
        across, down = page.image.image.width / page.width, page.image.image.height / page.height
        shown = piece.to_page(piece.shown).scaled(1 / across, 1 / down)
        draft = drafted(page.text_layer, shown, lambda box: piece.from_page(box.scaled(across, down)))
        return View(piece.image, draft)

    def _read_pieces(
        self, page: EnginePage, pieces: list[Piece], *, may_halve: bool = True
    ) -> Reading[list[tuple[Piece, Answer]]]:
        """The pieces, each as it was read, with their answers.

        One that the model is not sure of is read again in variations, and one that it did not come to an end with, or
        wrote nothing valid to in any of them, in halves.
        """
        told = []
        read = yield from self._surest(page, pieces, may_halve=may_halve)
        for piece, (seen, answer) in zip(pieces, read, strict=True):
            parts = [piece]
            if may_halve and not answer.is_valid and answer.stop_reason is not StopReason.TIMEOUT:
                parts = self._halves(piece)
            told += (
                (yield from self._read_pieces(page, parts, may_halve=False)) if len(parts) > 1 else [(seen, answer)]
            )
        return (yield from self._completed(page, told)) if may_halve else told

    def _completed(self, page: EnginePage, read: list[tuple[Piece, Answer]]) -> Reading[list[tuple[Piece, Answer]]]:
        """With what the answers left out, as their words' places tell, read by itself and put where it belongs."""
        assert self._info.pieces is not None
        settings, factor = self._info.pieces, self._image_settings.factor
        missed: list[tuple[int, Box, Piece]] = []
        lines: dict[int, Lines] = {}
        for index, (piece, answer) in enumerate(read):
            if answer.words and answer.is_valid:
                lines[index] = Lines(piece)
                places = lines[index].unread(answer.words, answer.drawn)
                missed += [(index, place, part_of(lines[index].sheet, place, settings, factor)) for place in places]
        told = list(read)
        answers = (yield from self._surest(page, [part for _, _, part in missed], may_halve=False)) if missed else []
        for index, of_piece in groupby(zip(missed, answers, strict=True), key=lambda part: part[0][0]):
            piece, answer = read[index]
            believed: list[Part] = []
            unread: list[Box] = []
            for (_, place, _), (part, of_part) in of_piece:
                if of_part.is_valid and of_part.probability >= _BELIEVED_PART:
                    believed.append(Part(place, part, of_part))
                else:
                    unread.append(place)
            told[index] = piece, replace(amended(answer, piece, lines[index], believed), unread=tuple(unread))
        for index, of_index in lines.items():
            piece, answer = told[index]
            told[index] = piece, parted(answer, of_index)
        return told

    def _halves(self, piece: Piece) -> list[Piece]:
        assert self._info.pieces is not None
        return halves(piece, self._info.pieces, self._image_settings.factor)

    def _surest(
        self, page: EnginePage, pieces: list[Piece], *, may_halve: bool
    ) -> Reading[list[tuple[Piece, Answer]]]:
        """The pieces with their answers; where the model was not sure, with what several readings agree on.

        A broken answer tells that it has lost its place, so it is free to write one until it is asked for the
        last time, the second in which all are broken: of a half, or of what has none.
        """
        written = iter((yield [self._view(page, piece) for piece in pieces if not piece.is_picture]))
        read = [(piece, picture(piece) if piece.is_picture else read_once(next(written), piece)) for piece in pieces]
        # One that has lost its place altogether is not led back by a shift.
        readings = {index: [of] for index, of in enumerate(read) if of[1].stop_reason is StopReason.END}
        for number, variations in enumerate(_ROUNDS):
            readings = {
                index: of_piece for index, of_piece in readings.items() if self._asks_again(read[index][1], number)
            }
            if not readings:
                break
            held = set()
            if number > 0:
                broken = [index for index in readings if not read[index][1].is_valid]
                held = {index for index in broken if not may_halve or len(self._halves(pieces[index])) == 1}
            yield from self._read_again(page, readings, variations, held)
            for index, of_piece in readings.items():
                chosen, agreed = agree([answer for _, answer in of_piece])
                read[index] = of_piece[chosen][0], agreed
        return read

    def _asks_again(self, answer: Answer, number: int) -> bool:
        """Whether what was read so is read again in the round of this number: it is broken, or not sure and the user
        wants as many readings."""
        return not answer.is_valid or (number == 0 and answer.probability < _SURE and self._wants(number))

    def _wants(self, number: int) -> bool:
        """Whether the user wants as many readings as there are with the round of this number, of two each."""
        return 2 * number + 3 <= self._options.readings

    def _read_again(
        self,
        page: EnginePage,
        readings: dict[int, list[tuple[Piece, Answer]]],
        variations: _Variations,
        held: set[int],
    ) -> Reading[None]:
        """Each piece in these variations, behind what was read of it before, which began with itself; the answers to
        ``held`` are held to the format."""
        factor = self._image_settings.factor
        groups = {
            index: [varied(of_piece[0][0], scale, shift, factor) for scale, shift in variations]
            for index, of_piece in readings.items()
        }
        views = [
            self._view(page, piece, well_formed=index in held, earlier=readings[index][0][1].tokens)
            for index, group in groups.items()
            for piece in group
        ]
        again = iter((yield views))
        for index, group in groups.items():
            readings[index] += [(piece, read_once(next(again), piece)) for piece in group]
