"""Whether a page's text layer says what the page shows. Runs in the worker process.

Text can be in a PDF without being on the page: glyphs without a Unicode mapping come out as garbage, an OCR layer
may lie over another picture, and text can be hidden on purpose. Nothing of that may be told as the page's words.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymupdf

from .geometry import Box
from .textlines import UNMAPPED, Run

_MOST_GARBAGE = 0.3
"""Share of characters without a mapping from which the layer is not believed."""
_FEWEST_LETTERS = 0.35
"""Share of letters and digits below which a layer is taken for wrongly mapped glyphs."""
_MOST_HIDDEN = 0.5
"""Share of words without ink from which the layer is taken to belong to something else."""
LEAST_CONTRAST = 24
"""Grey levels (of 255) between the lightest and darkest pixel of anything that can be seen."""
_COVERING = 0.5
"""Share of the page that an image covers when it may be a scan, or hide text that was drawn before it."""
_SCAN = "most of the page is a scan that its text layer does not account for"
_LEADERS = frozenset(".·…-–—_=*•|/\\()[]:;,'\"")
_LEAST_ACCOUNTED = 0.3
"""Share of a scan's ink that stands where the text layer has words, if that is the scan's own."""
_LEAST_PAPER, _LEAST_INK, _MOST_INK = 0.7, 0.003, 0.25
"""Shares of the pixels of a page of print, measured on scans and photographs of the corpus."""
_INK_DPI = 72
_MOST_INK_PIXELS = 2_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """``runs`` are those that can be believed; ``distrust`` says why there are none."""

    runs: tuple[Run, ...]
    distrust: str | None = None
    notes: tuple[str, ...] = ()
    unread: str | None = None
    """What the page shows beside its text layer and only a vision model can read."""


def judge(page: pymupdf.Page, runs: Sequence[Run], images: Sequence[Box], *, by_ink: bool = True) -> Verdict:
    """Which of the page's text may be taken for what is printed on it.

    ``images`` are the places of its raster images. ``by_ink`` False leaves out the comparison with the rendered page.
    """
    text = "".join(run.line.text for run in runs)
    characters = [character for character in text if not character.isspace()]
    if not characters:
        return Verdict((), "the page has no text layer")
    garbage = sum(_is_garbage(character) for character in characters)
    if garbage > _MOST_GARBAGE * len(characters):
        return Verdict((), "the text layer has no Unicode mapping")
    # Leaders and rules of dots and dashes, as in a table of contents, are no sign of a wrong mapping.
    said = [character for character in characters if character not in _LEADERS]
    letters = sum(unicodedata.category(character)[0] in "LNM" for character in said)
    if letters < _FEWEST_LETTERS * len(said):
        return Verdict((), "the text layer is mostly symbols, so its characters are wrongly mapped")
    if not by_ink:
        return Verdict(tuple(run for run in runs if run.painted))
    covered = _is_covered(Box(*page.rect), images)
    doubtful = [run for run in runs if covered or not run.painted or run.pale]
    if not doubtful:
        return Verdict(tuple(runs))
    ink = _Ink.render(page)
    hidden = {id(run) for run in doubtful if not ink.shows(run)}
    words = sum(len(run.words) for run in runs)
    hidden_words = [word for run in runs if id(run) in hidden for word, _ in run.words]
    if len(hidden_words) > _MOST_HIDDEN * words:
        return Verdict((), "the text layer does not fit what is printed")
    believed = tuple(run for run in runs if id(run) not in hidden)
    unread = _SCAN if covered and ink.is_print and ink.share_in(believed) < _LEAST_ACCOUNTED else None
    if not hidden_words:
        return Verdict(believed, unread=unread)
    note = f"{len(hidden_words)} words are in the file but not visible, and are left out: "
    note += " ".join(hidden_words[:8]) + (" …" if len(hidden_words) > 8 else "")
    return Verdict(believed, notes=(note,), unread=unread)


def is_blank(page: pymupdf.Page) -> bool:
    """Whether the page shows nothing at all."""
    return _Ink.render(page).is_blank


def _is_garbage(character: str) -> bool:
    return character == UNMAPPED or unicodedata.category(character) in ("Co", "Cn", "Cc")


def _is_covered(page: Box, images: Sequence[Box]) -> bool:
    return any(image.overlap(page) >= _COVERING * page.area for image in images)


@dataclass(frozen=True, slots=True)
class _Ink:
    """The page in grey, and how many of its pixels make one point."""

    grey: npt.NDArray[np.uint8]
    scale: float

    @classmethod
    def render(cls, page: pymupdf.Page) -> "_Ink":
        width, height = max(page.rect.width, 1.0), max(page.rect.height, 1.0)
        scale = min(_INK_DPI / 72, (_MOST_INK_PIXELS / (width * height)) ** 0.5)
        pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csGRAY, alpha=False)
        grey = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
        return cls(grey[:, : pixmap.width], scale)

    @property
    def is_blank(self) -> bool:
        return self.grey.size == 0 or int(self.grey.max()) - int(self.grey.min()) < LEAST_CONTRAST

    @property
    def _paper(self) -> float:
        """The grey level of the paper, if this is print: three quarters of the pixels are no lighter."""
        return float(np.percentile(self.grey, 75))

    @property
    def is_print(self) -> bool:
        """Whether it looks like print on paper and not like a photograph: mostly one light level, and some ink."""
        paper = (self.grey > self._paper - 40).mean()
        ink = (self.grey < self._paper - 90).mean()
        return bool(paper > _LEAST_PAPER and _LEAST_INK < ink < _MOST_INK)

    def share_in(self, runs: Sequence[Run]) -> float:
        """Share of the page's ink that stands within the boxes of words."""
        ink = self.grey < self._paper - 90
        inside = np.zeros_like(ink)
        for run in runs:
            for _, box in run.words:
                inside[self._patch(box, 2.0)] = True
        return float((ink & inside).sum() / max(ink.sum(), 1))

    def shows(self, run: Run) -> bool:
        """Whether there is any contrast where most of the run's words should be."""
        shown = sum(self._has_contrast(box) for _, box in run.words)
        return shown >= 0.5 * len(run.words)

    def _has_contrast(self, box: Box) -> bool:
        patch = self.grey[self._patch(box, 0.5)]
        return patch.size > 0 and int(patch.max()) - int(patch.min()) >= LEAST_CONTRAST

    def _patch(self, box: Box, margin: float) -> tuple[slice, slice]:
        x0, y0, x1, y1 = (int(value) for value in box.grown(margin).scaled(self.scale, self.scale))
        return slice(max(y0, 0), max(y1, 0) + 1), slice(max(x0, 0), max(x1, 0) + 1)
