"""What crosses between the worker process and ours: small, picklable, without a heavy import."""

from dataclasses import dataclass, field
from typing import Literal

from .textlayer import TextLayer

ImageWish = Literal["never", "without text", "always"]


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the outline (the bookmarks) that a PDF brings along."""

    level: int
    """From 1."""
    title: str
    page: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What is known of a document once it is open."""

    page_count: int
    title: str | None = None
    language: str | None = None
    """As the file says."""
    outline: tuple[OutlineEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class PageWish:
    """What is wanted of a page."""

    number: int
    """From 1."""
    image: ImageWish
    """Whether to render it: ``without text`` where its text layer cannot be trusted or leaves most of it out."""
    max_pixels: int
    layout: bool = True
    """False leaves the layout model out: blocks are then MuPDF's own."""
    rendering: bool = True
    """False leaves out all that renders the page, checks of the text layer included: after that has failed."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page as the worker delivers it. ``pixels`` are RGB bytes of an image of ``image_size``."""

    number: int
    width: float
    height: float
    unit: Literal["pt", "px"]
    rotation: int
    text_layer: TextLayer | None
    distrust: str | None
    """Why there is no text layer."""
    unread: str | None = None
    """What is on the page beside its text layer, for a vision model alone to read."""
    blank: bool = False
    """True where nothing is printed on the page."""
    image_size: tuple[int, int] | None = None
    pixels: bytes = b""
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Crop:
    """A piece of a page, encoded: PNG for drawings, JPEG for photographs."""

    media_type: str
    width: int
    height: int
    data: bytes
