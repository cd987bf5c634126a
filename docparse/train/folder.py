"""A folder of page images with their truth, as batches for fine-tuning: one page each.

Beside ``X.png`` (or another image) stands ``X.html``: QwenVL HTML with boxes in pixels of that image, as
``docparse synth`` writes it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..errors import InputError, PageError
from ..options import SYSTEM_PROMPT, USER_PROMPT
from ..qwenvl import validate
from ..runtime.images import ImageSettings, smart_resize, to_patches
from ..runtime.prompt import prompt_tokens

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp")
_BOX = re.compile(r'(?<= data-bbox=")[^"]*')
Array = TypeVar("Array")


class Page(NamedTuple):
    """``size`` is (width, height) of the image in pixels."""

    image: Path
    truth: Path
    size: tuple[int, int]


@dataclass(frozen=True)
class Model:
    """What of a checkpoint is needed to put its question."""

    path: Path
    image_settings: ImageSettings
    context_length: int
    end_token: str = "<|im_end|>"

    def tokens(self, page: Page) -> tuple[list[int], list[int]]:
        """The question about a page, and the answer with its end token.

        Raises:
            PageError: the image is too long and thin.
            ModelError: the checkpoint cannot be asked about images.
        """
        tokenizer = _tokenizer(self.path)
        width, height = smart_resize(*page.size, self.image_settings)
        scale = width / page.size[0], height / page.size[1]
        answer = rescaled(page.truth.read_text("utf-8").strip(), *scale)
        question = prompt_tokens(
            tokenizer, SYSTEM_PROMPT, USER_PROMPT, width * height // self.image_settings.factor**2
        )
        end = tokenizer.convert_tokens_to_ids(self.end_token)
        return question, [*tokenizer(answer, add_special_tokens=False)["input_ids"], end]


@dataclass
class PageQuestion(Generic[Array]):
    """One page as a Qwen2.5-VL takes it. Numpy's arrays, or torch's tensors once they are on their device."""

    tokens: Array
    """``int64 [1, length]``: question and answer."""
    answer: Array
    """``int64 [1, answer's length]``: the last of them."""
    values: Array
    """``float32 [patches, values]``."""
    grid: Array
    """``int64 [1, 3]``: frames, patches down, patches across."""


@dataclass(frozen=True)
class FolderPages:
    """Makes the batches: all pages in an order by chance, then all again in another one."""

    pages: tuple[Page, ...]
    model: Model

    def __call__(self, seed: int, index: int) -> PageQuestion[Any]:
        """
        Raises:
            InputError: the image cannot be read any more.
        """
        epoch, place = divmod(index, len(self.pages))
        page = self.pages[_order(len(self.pages), seed, epoch)[place]]
        question, answer = self.model.tokens(page)
        try:
            with Image.open(page.image) as image:
                patches = to_patches(image, self.model.image_settings)
        except OSError as error:
            raise InputError(f"{page.image} cannot be read: {error}") from error
        return PageQuestion(
            np.array([[*question, *answer]], np.int64),
            np.array([answer], np.int64),
            patches.values,
            np.array([patches.grid], np.int64),
        )


@dataclass
class Found:
    """The pages of a folder that can be learnt from, and why others cannot."""

    pages: list[Page] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    example: str = ""
    """The first of those that are left out, with what is wrong with it."""

    def leave_out(self, path: Path, reason: str, detail: str = "") -> None:
        self.left_out[reason] += 1
        self.example = self.example or f"{path.name}: {detail or reason}"


def find_pages(folder: Path, model: Model) -> Found:
    """What is malformed, or longer than the model's context, is left out, as in the report (arXiv:2502.13923).

    Raises:
        InputError: there is no such folder, or no page in it that can be learnt from.
        ModelError: the checkpoint cannot be asked about images.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    found = Found()
    for image in sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGES):
        truth = image.with_suffix(".html")
        if not truth.is_file():
            found.leave_out(image, "without truth", f"there is no {truth.name}")
            continue
        try:
            with Image.open(image) as opened:
                page = Page(image, truth, opened.size)
            if faults := validate(truth.read_text("utf-8")):
                found.leave_out(truth, "malformed", f"line {faults[0].line}: {faults[0].message}")
            elif sum(map(len, model.tokens(page))) > model.context_length:
                found.leave_out(truth, "too long")
            else:
                found.pages.append(page)
        except (OSError, UnidentifiedImageError, UnicodeDecodeError, PageError) as error:
            found.leave_out(image, "unreadable", str(error))
    if not found.pages:
        why = f" ({found.example})" if found.example else f": X.html must stand beside X{IMAGES[0]}"
        raise InputError(f"{folder} has no page that can be learnt from{why}")
    return found


def rescaled(html: str, across: float, down: float) -> str:
    """With boxes in pixels of the image that the model sees, in whole pixels; all else as it is."""

    def box(found: re.Match[str]) -> str:
        numbers = [float(number) for number in found.group().replace(",", " ").split()]
        return " ".join(str(round(number * (down if index % 2 else across))) for index, number in enumerate(numbers))

    return _BOX.sub(box, html)


@cache
def _tokenizer(path: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(path, local_files_only=True)


@lru_cache(2)
def _order(count: int, seed: int, epoch: int) -> Sequence[int]:
    return Random(f"docparse pages {seed} {epoch}").sample(range(count), count)
