"""Pages as pixels: PDF pages through MuPDF, image files through Pillow. Runs in the worker process."""

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image, ImageFile, ImageOps, ImageSequence

from .errors import InputError
from .geometry import Box
from .wire import Crop

MAX_IMAGE_PIXELS = 150_000_000
"""An image file with more pixels than this (A0 at 300 dpi has 140 million) is refused."""
RENDER_DPI = 200
"""Finest resolution at which a PDF page is rendered; the pixel limit often asks for less."""
CROP_DPI = 200
_MOST_CROP_PIXELS = 4_000_000
_FEW_COLOURS = 4096


def render_page(page: pymupdf.Page, max_pixels: int) -> Image.Image:
    """The PDF page as RGB with at most ``max_pixels`` pixels, whatever its size in points."""
    return _rgb(page, _scale(page.rect.width, page.rect.height, RENDER_DPI, max_pixels), None)


def crop_page(page: pymupdf.Page, box: Box) -> Crop:
    """The part of the PDF page in ``box`` (points), rendered anew at ``CROP_DPI``."""
    scale = _scale(box.width, box.height, CROP_DPI, _MOST_CROP_PIXELS)
    return encode(_rgb(page, scale, pymupdf.Rect(*box)))


def _scale(width: float, height: float, dpi: float, max_pixels: int) -> float:
    """Pixels a point, so that neither the resolution nor the number of pixels is exceeded.

    MuPDF rounds both sides up: the scale solves ``(width × scale + 1) (height × scale + 1) = max_pixels``.
    """
    area, sides = max(width * height, 1.0), width + height
    return min(dpi / 72, (math.sqrt(sides**2 + 4 * area * (max_pixels - 1)) - sides) / (2 * area))


def _rgb(page: pymupdf.Page, scale: float, clip: pymupdf.Rect | None) -> Image.Image:
    matrix = pymupdf.Matrix(scale, scale)
    pixmap = page.get_pixmap(matrix=matrix, clip=clip, colorspace=pymupdf.csRGB, alpha=False)
    size = (pixmap.width, pixmap.height)
    return Image.frombuffer("RGB", size, pixmap.samples, "raw", "RGB", pixmap.stride, 1)


def encode(image: Image.Image) -> Crop:
    """RGB image to PNG or JPEG, whichever suits what it shows."""
    drawing = image.getcolors(_FEW_COLOURS) is not None
    buffer = io.BytesIO()
    if drawing:
        image.save(buffer, "PNG", optimize=True)
    else:
        image.save(buffer, "JPEG", quality=90)
    media_type = "image/png" if drawing else "image/jpeg"
    return Crop(media_type, image.width, image.height, buffer.getvalue())


_REFUSED = (Image.DecompressionBombError, MemoryError)


class ImagePages:
    """The pages of an image file: every frame of a TIFF, the first of any other kind.

    Pillow decodes; MuPDF stands in where Pillow cannot.

    Raises:
        InputError: no pixels can be had from the file, or more than ``MAX_IMAGE_PIXELS``.
    """

    def __init__(self, path: Path, media_type: str) -> None:
        self._path = path
        self.notes: list[str] = []
        self.page_count = 1
        # Pillow warns above this and refuses above twice as much; a warning would only go to stderr.
        Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS // 2
        warnings.simplefilter("ignore")
        self._image: Image.Image | None = None
        with _decoding(path):
            try:
                self._image = Image.open(path)
            except _REFUSED:
                raise
            except Exception:
                # Told apart now, so that a file that nobody can read has no pages at all.
                self._decode_with_mupdf()
                return
            if media_type == "image/tiff":
                self.page_count = self._count_frames(self._image)
            elif getattr(self._image, "is_animated", False):
                self.notes.append("the image is an animation; its first frame is read")

    @staticmethod
    def _count_frames(image: Image.Image) -> int:
        """Frames that can be reached; a TIFF's chain of directories may be broken or run in a circle."""
        count = 0
        try:
            for _ in ImageSequence.Iterator(image):
                count += 1
        except Exception:
            # Whatever Pillow's decoders raise, the chain ends here.
            pass
        return max(count, 1)

    def load(self, number: int) -> Image.Image:
        """Page ``number`` (from 1) upright, as RGB on white, in full size.

        Raises:
            InputError: the frame cannot be decoded.
        """
        with _decoding(self._path):
            if self._image is None:
                return self._decode_with_mupdf()
            try:
                self._image.seek(number - 1)
                return _upright_rgb(self._image)
            except _REFUSED:
                raise
            except Exception as error:
                return self._second_try(number, error)

    def _second_try(self, number: int, error: Exception) -> Image.Image:
        if "truncated" in str(error):
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            with Image.open(self._path) as image:
                image.seek(number - 1)
                upright = _upright_rgb(image)
            self.notes.append("the image file is cut off: a part of the picture is missing")
            return upright
        if number == 1:
            return self._decode_with_mupdf()
        raise error

    def _decode_with_mupdf(self) -> Image.Image:
        pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.Pixmap(str(self._path)))
        if pixmap.alpha:
            pixmap = pymupdf.Pixmap(pixmap, 0)
        size = (pixmap.width, pixmap.height)
        return Image.frombuffer("RGB", size, pixmap.samples, "raw", "RGB", pixmap.stride, 1)


@contextmanager
def _decoding(path: Path) -> Iterator[None]:
    # Decoders let errors of many kinds through, their own and struct's, so every kind is caught.
    try:
        yield
    except Image.DecompressionBombError:
        raise InputError(
            f"{path.name} has more than {MAX_IMAGE_PIXELS // 1_000_000} million pixels; scale it down first"
        ) from None
    except MemoryError:
        raise InputError(f"{path.name} needs more memory than a page may take; scale it down first") from None
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path.name} is damaged: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _upright_rgb(image: Image.Image) -> Image.Image:
    """Eight bits a channel, transparency on white, turned as EXIF asks."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.nan_to_num(np.asarray(image, dtype=np.float32))
        # Scanners fill 10, 12 or 16 of the bits: the range is taken from the picture itself.
        low, high = float(values.min()), float(values.max())
        bytes_of = ((values - low) * (255.0 / max(high - low, 1e-9))).clip(0, 255).astype(np.uint8)
        return Image.fromarray(bytes_of).convert("RGB")
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        layered = upright.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    return upright.convert("RGB")


def fit(image: Image.Image, max_pixels: int) -> Image.Image:
    """The image scaled down to at most ``max_pixels``; never up."""
    pixels = image.width * image.height
    if pixels <= max_pixels:
        return image
    factor = (max_pixels / pixels) ** 0.5
    size = (max(1, int(image.width * factor)), max(1, int(image.height * factor)))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
