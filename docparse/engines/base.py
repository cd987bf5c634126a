"""What an engine is given and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

from ..document import StopReason
from ..geometry import Box
from ..textlayer import TextLayer


@dataclass(frozen=True)
class PageImage:
    """A rendered page.

    ``image`` is RGB, at most the pixels that were asked for; the page's own size is ``width`` × ``height``
    in page units, so a pixel is ``width / image.width`` page units wide.
    """

    number: int
    width: float
    height: float
    image: Image.Image


@dataclass(frozen=True)
class ModelOutput:
    """An engine's answer to one page, before anything has been believed of it.

    Boxes in ``text`` are pixels of an image of ``image_size`` (width, height): the image as the model saw it.
    """

    text: str
    stop_reason: StopReason
    image_size: tuple[int, int]
    engine: str
    model: str | None = None
    token_logprobs: list[float] = field(default_factory=list)
    """Natural logarithms, one a generated token, with ``token_ends``: where each token ends in ``text``."""
    token_ends: list[int] = field(default_factory=list)
    closed: int = 0
    """Of a page that was read in pieces: how many answers ended inside an element, which was closed for them."""
    unread: tuple[Box, ...] = ()
    """Where there seems to be text that it says nothing of; boxes as in ``text``."""
    notes: tuple[str, ...] = ()
    """What was done because the first answer was of no use."""


class Engine(Protocol):
    """Reads pages. ``read`` may be called from as many threads at the same time as ``pages_at_once`` says."""

    name: str
    needs_image: bool
    """Whether ``read`` wants the rendered page. Rendering is skipped where it does not."""

    @property
    def pages_at_once(self) -> int: ...

    @property
    def max_pixels(self) -> int:
        """Most pixels of that image that it can use."""
        ...

    def read(self, page: "EnginePage") -> ModelOutput:
        """Read the page.

        Raises:
            PageError: this page cannot be read; others may.
            ModelError: the model cannot be used at all.
        """
        ...


@dataclass(frozen=True)
class EnginePage:
    """One page as the worker delivered it."""

    source_name: str
    source_sha256: str
    number: int
    width: float
    height: float
    image: PageImage | None
    text_layer: TextLayer | None
    """None where the page has none that can be trusted."""
    watch: Callable[[Callable[[], str]], None] = field(default=lambda text: None, compare=False)
    """An engine that writes bit by bit hands over what tells its text so far; that is asked by other threads."""
