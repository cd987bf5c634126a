"""One open document, page by page. Runs in the worker process, which may be killed at any moment."""

from pathlib import Path
from typing import Protocol

import pymupdf
from PIL import Image, ImageStat

from .content.language import valid_tag
from .errors import InputError, PasswordError
from .geometry import Box
from .layout import plain_blocks, read_blocks
from .render import ImagePages, crop_page, encode, fit, render_page
from .source import PDF
from .textlayer import TextLayer
from .textlines import read_runs
from .trust import LEAST_CONTRAST, is_blank, judge
from .wire import Crop, OutlineEntry, Overview, PageRead, PageWish

_LARGEST_LAYOUT = 30_000_000
"""Square points (A0 has 8 million): on larger pages the layout model would need gigabytes."""


_MOST_OUTLINE_ENTRIES = 20_000


class Reader(Protocol):
    def overview(self) -> Overview: ...

    def read(self, wish: PageWish) -> PageRead: ...

    def crops(self, number: int, boxes: list[Box]) -> list[Crop | None]: ...


def open_reader(path: Path, name: str, media_type: str, password: str | None) -> Reader:
    """
    Raises:
        InputError: damaged, or without pages.
        PasswordError: the password is missing or wrong.
    """
    if media_type == PDF:
        return _PdfReader(path, name, password)
    return _ImageReader(ImagePages(path, media_type))


class _PdfReader:
    def __init__(self, path: Path, name: str, password: str | None) -> None:
        try:
            self._document = pymupdf.open(path, filetype="pdf")
        except (RuntimeError, ValueError) as error:
            raise InputError(f"{name} is damaged and cannot be opened as PDF") from error
        if not self._document.is_pdf:
            raise InputError(f"{name} is not a PDF, although it begins like one")
        if self._document.needs_pass and not self._document.authenticate(password or ""):
            what = "the password is wrong" if password else "give its password with --password"
            raise PasswordError(f"{name} is encrypted: {what}")
        if self._document.page_count < 1:
            raise InputError(f"{name} is damaged: it has no pages")
        self._page: pymupdf.Page | None = None

    def overview(self) -> Overview:
        title = ((self._document.metadata or {}).get("title") or "").strip()
        language = valid_tag(self._document.language)
        return Overview(self._document.page_count, title or None, language, _outline(self._document))

    def _load(self, number: int) -> tuple[pymupdf.Page, int]:
        """The page turned upright, and the rotation that it had."""
        if self._page is None or self._page.number != number - 1:
            self._page = self._document.load_page(number - 1)
            self._rotation = self._page.rotation
            if self._rotation:
                self._page.remove_rotation()
        return self._page, self._rotation

    def read(self, wish: PageWish) -> PageRead:
        page, rotation = self._load(wish.number)
        images = [Box(*image["bbox"]) for image in page.get_image_info()] if wish.rendering else []
        verdict = judge(page, read_runs(page), images, by_ink=wish.rendering)
        text_layer = None
        if verdict.runs:
            # The layout model renders the page at 72 dpi, however large it is.
            fits = page.rect.width * page.rect.height <= _LARGEST_LAYOUT
            blocks = read_blocks(page, verdict.runs, images) if wish.layout and fits else plain_blocks(verdict.runs)
            words = tuple(word for run in verdict.runs for word in run.words)
            text_layer = TextLayer(tuple(blocks), words, verdict.notes)
        blank = text_layer is None and wish.rendering and is_blank(page)
        render = wish.image == "always" or (
            wish.image == "without text" and (text_layer is None or verdict.unread is not None)
        )
        image = render_page(page, wish.max_pixels) if render and not blank else None
        return PageRead(
            number=wish.number,
            width=page.rect.width,
            height=page.rect.height,
            unit="pt",
            rotation=rotation,
            text_layer=text_layer,
            distrust=verdict.distrust,
            unread=verdict.unread,
            blank=blank,
            image_size=image.size if image else None,
            pixels=image.tobytes() if image else b"",
        )

    def crops(self, number: int, boxes: list[Box]) -> list[Crop | None]:
        page, _ = self._load(number)
        return [crop_page(page, box) if box.area >= 1 else None for box in boxes]


def _outline(document: pymupdf.Document) -> tuple[OutlineEntry, ...]:
    """The outline's entries that lead to a page of this file."""
    try:
        entries = document.get_toc(simple=True)
    except (RuntimeError, ValueError, KeyError, TypeError):
        return ()  # damaged, which concerns nothing else
    return tuple(
        OutlineEntry(level, title, page)
        for level, title, page in entries[:_MOST_OUTLINE_ENTRIES]
        if page > 0 and title.strip()
    )


class _ImageReader:
    def __init__(self, pages: ImagePages) -> None:
        self._pages = pages
        self._number = 0
        self._image: Image.Image | None = None

    def overview(self) -> Overview:
        return Overview(self._pages.page_count)

    def _load(self, number: int) -> Image.Image:
        if self._image is None or self._number != number:
            self._image = self._pages.load(number)
            self._number = number
        return self._image

    def read(self, wish: PageWish) -> PageRead:
        image = self._load(wish.number)
        seen = fit(image, wish.max_pixels) if wish.image != "never" else None
        darkest, lightest = ImageStat.Stat(image.convert("L")).extrema[0]
        return PageRead(
            number=wish.number,
            width=image.width,
            height=image.height,
            unit="px",
            rotation=0,
            text_layer=None,
            distrust="an image has no text layer",
            blank=lightest - darkest < LEAST_CONTRAST,
            image_size=seen.size if seen else None,
            pixels=seen.tobytes() if seen else b"",
            notes=tuple(self._pages.notes),
        )

    def crops(self, number: int, boxes: list[Box]) -> list[Crop | None]:
        image = self._load(number)
        return [encode(image.crop(box)) if box.area >= 1 else None for box in boxes]
