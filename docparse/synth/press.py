"""From a sheet to an image or a PDF.

One document a process is used over and over, so that a font is read once and MuPDF's cache of glyphs stays warm:
a page in a new document costs several times as much.
"""

import io
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pymupdf
from PIL import Image
from pymupdf import mupdf

from .fonts import Face
from .sheet import Floats, Sheet

_FEWEST_OBJECTS = 20_000


class _Press:
    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._document = pymupdf.open()
        self._page = self._document.new_page().xref
        self._content = self._document.get_new_xref()
        self._document.update_object(self._content, "<<>>")
        self._fonts: dict[Face, int] = {}

    def _font(self, face: Face) -> int:
        if face not in self._fonts:
            pdf = mupdf.pdf_document_from_fz_document(self._document.this)
            self._fonts[face] = mupdf.pdf_to_num(mupdf.pdf_add_cid_font(pdf, face.font))
        return self._fonts[face]

    def lay(self, sheet: Sheet, scale: float, before: str = "") -> None:
        """Make the sheet the content of the one page, ``scale`` points to a pixel, behind other operators."""
        document = self._document
        width, height = sheet.width * scale, sheet.height * scale
        fonts = " ".join(f"/F{number} {self._font(face)} 0 R" for face, number in sheet.faces.items())
        images = [self._image(image) for _, image in sheet.pictures]
        named = " ".join(f"/I{number} {xref} 0 R" for number, xref in enumerate(images))
        document.xref_set_key(self._page, "MediaBox", f"[0 0 {width:.6g} {height:.6g}]")
        document.xref_set_key(self._page, "Contents", f"{self._content} 0 R")
        document.xref_set_key(self._page, "Resources", f"<</Font<<{fonts}>>/XObject<<{named}>>>>")
        operators = [f"{scale:.6g} 0 0 {-scale:.6g} 0 {height:.6g} cm", before, *sheet.content]
        document.update_stream(self._content, "\n".join(operators).encode("ascii"), compress=False)

    def _image(self, image: Any) -> int:
        image = image if image.mode in ("L", "RGB") else image.convert("RGB")
        space = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
        xref: int = self._document.get_new_xref()
        self._document.update_object(
            xref,
            f"<</Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}"
            f"/BitsPerComponent 8/ColorSpace{space}/Interpolate true>>",
        )
        self._document.update_stream(xref, image.tobytes(), compress=False)
        return xref

    def render(self, sheet: Sheet, *, color: bool, before: str) -> npt.NDArray[np.uint8]:
        if self._document.xref_length() > _FEWEST_OBJECTS:
            self._begin()
        self.lay(sheet, 1.0, before)
        space = pymupdf.csRGB if color else pymupdf.csGRAY
        pixmap = self._document.load_page(0).get_pixmap(colorspace=space, alpha=False)
        samples = np.frombuffer(pixmap.samples_mv, dtype=np.uint8)
        rows = samples.reshape(pixmap.height, pixmap.stride)[:, : pixmap.width * pixmap.n]
        shape = (pixmap.height, pixmap.width, 3) if color else (pixmap.height, pixmap.width)
        return rows.reshape(shape).copy()

    def save(self) -> bytes:
        data: bytes = self._document.tobytes(garbage=3, deflate=True, no_new_id=True)
        return data


@cache
def _press() -> _Press:
    return _Press()


def render(sheet: Sheet, *, color: bool, matrix: Floats | None = None, around: int = 255) -> npt.NDArray[np.uint8]:
    """The sheet's pixels on white, height × width, × 3 in colour.

    An affine ``matrix`` turns the sheet in the image before it is drawn, which takes no time, as turning the image
    would; beside the sheet there is then the level ``around``.
    """
    before = ""
    if matrix is not None:
        (a, c, e), (b, d, f) = matrix[:2]
        page = f"0 0 {sheet.width} {sheet.height} re f"
        before = f"{around / 255:.3f} g {page} {a:.8f} {b:.8f} {c:.8f} {d:.8f} {e:.4f} {f:.4f} cm 1 g {page}"
    return _press().render(sheet, color=color, before=before)


def to_pdf(sheet: Sheet, *, width: float) -> bytes:
    """A PDF of one page that is ``width`` points wide, its fonts reduced to the glyphs that it uses."""
    press = _Press()
    press.lay(sheet, width / sheet.width)
    press._document.subset_fonts()
    return press.save()


def image_pdf(image: Image.Image, *, width: float) -> bytes:
    """A PDF of one page, ``width`` points wide, that shows an image and has no text, as a scanner makes it."""
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    document = pymupdf.open()
    page = document.new_page(width=width, height=width * image.height / image.width)
    page.insert_image(page.rect, stream=stream.getvalue())
    data: bytes = document.tobytes(no_new_id=True)
    document.close()
    return data
