"""One synthetic page: drawn, rendered, and written down as QwenVL HTML with the place of each of its letters."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..errors import UsageError
from ..geometry import Box
from .article import article, fragment
from .desk import Desk
from .fonts import Family, families_for
from .item import Item
from .languages import LANGUAGES, Language
from .look import apply, place
from .office import form, letter, receipt, tables
from .press import render
from .prose import Prose
from .settings import KINDS, SynthSettings, check
from .sheet import Bools, Color, Floats, Glyphs, Ints, Sheet
from .truth import write_truth
from .warp import is_affine, warp, warped

_PAGES: dict[str, Callable[[Desk], list[Item]]] = {
    "article": article,
    "table": tables,
    "receipt": receipt,
    "form": form,
    "letter": letter,
}
_WEIGHTS = {"article": 6.0, "table": 1.5, "receipt": 1.2, "form": 1.2, "letter": 1.2}
# Pixels at 128 dpi.
_PAPERS = {"a4": (1056, 1488), "letter": (1088, 1408), "a5": (744, 1056)}
_FRAGMENT = 640 * 640
"""Pixels below which an image is a fragment."""
_FEWEST_FAMILIES = 2
_PAPER = 252
"""Level from which a pixel counts as paper."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character of the page that was printed letter by letter."""

    offset: int
    """Its index in ``SynthPage.html``; of an entity such as ``&amp;``, that of the ``&``."""
    box: tuple[float, float, float, float]
    """Pixels of the image: x from the glyph's origin to its advance, y around the middle of the lower-case letters,
    as high as the ascenders."""
    line: int
    """Number of the printed line, counted over the page."""


@dataclass
class SynthPage:
    """``offsets``, ``boxes`` and ``lines`` have an entry or a row for each glyph, in the order of ``html``."""

    image: Image.Image
    html: str
    """Canonical QwenVL HTML, boxes in whole pixels of ``image``."""
    offsets: Ints
    boxes: Floats
    lines: Ints
    language: str
    look: str
    kind: str
    seed: int
    sheet: Sheet = field(repr=False)
    """The page as it was drawn, before its look."""
    ornaments: list[Box] = field(default_factory=list, repr=False)
    """Ink that belongs to no element; pixels of the image."""

    @cached_property
    def glyphs(self) -> list[Glyph]:
        rows = zip(self.offsets.tolist(), self.boxes.tolist(), self.lines.tolist(), strict=True)
        return [Glyph(offset, (box[0], box[1], box[2], box[3]), line) for offset, box, line in rows]


def make_page(seed: int, settings: SynthSettings = SynthSettings()) -> SynthPage:  # noqa: B008 (immutable)
    """The page of this seed: always the same one, in every process.

    Raises:
        UsageError: the settings name a kind or a language that there is not, or packages or fonts are missing.
    """
    check(settings)
    rng = Random(f"docparse synth {seed}")
    language = _language(rng, settings)
    desk, kind = _desk(rng, settings, language)
    items = [item for item in (_PAGES.get(kind) or fragment)(desk) if item.prints() or item.ink]
    look = rng.choice(settings.looks)
    generator = np.random.default_rng(rng.getrandbits(64))
    glyphs = desk.sheet.glyphs()
    extents = [np.array(item.ink, dtype=np.float64).reshape(-1, 4) for item in items]
    size = (desk.sheet.width, desk.sheet.height)
    content = _content(glyphs, extents)
    matrix, around = place(look, generator, size, content)
    if look == "clean":
        pixels = render(desk.sheet, color=desk.color)
    else:
        extents = [warped(extent, matrix) for extent in extents]
        glyphs = replace(glyphs, boxes=warped(glyphs.boxes, matrix), inks=warped(glyphs.inks, matrix))
        if is_affine(matrix):
            pixels = render(desk.sheet, color=desk.color, matrix=matrix, around=around)
        else:
            pixels = warp(render(desk.sheet, color=desk.color), matrix, around)
        pixels = apply(pixels, look, generator, _content(glyphs, extents))
    inked = _inked(pixels) if look == "clean" else None
    html, offsets = write_truth(items, glyphs, extents, size, inked=inked, cells=settings.cell_boxes)
    kept = np.flatnonzero(offsets >= 0)
    kept = kept[np.argsort(offsets[kept], kind="stable")]
    return SynthPage(
        image=Image.fromarray(pixels),
        html=html,
        offsets=offsets[kept],
        boxes=glyphs.boxes[kept],
        lines=glyphs.lines[kept],
        language=language.code,
        look=look,
        kind=kind,
        seed=seed,
        sheet=desk.sheet,
        ornaments=[Box(*row) for row in warped(np.array(desk.sheet.ornaments).reshape(-1, 4), matrix)],
    )


def _content(glyphs: Glyphs, extents: list[Floats]) -> Box:
    """Around all ink of the elements, pixels of the sheet."""
    rows = np.concatenate([glyphs.inks, *extents])
    if not len(rows):
        return Box(0.0, 0.0, 0.0, 0.0)
    return Box(*rows[:, :2].min(axis=0).tolist(), *rows[:, 2:].max(axis=0).tolist())


def _inked(pixels: npt.NDArray[np.uint8]) -> Bools:
    """Which pixels of a clean page are darker than the paper in any colour."""
    if pixels.ndim == 3:
        # Several times faster than ``min(axis=2)``.
        pixels = np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    dark: Bools = pixels < _PAPER
    return dark


def _language(rng: Random, settings: SynthSettings) -> Language:
    codes = settings.languages or tuple(LANGUAGES)
    languages = [LANGUAGES[code] for code in codes]
    return rng.choices(languages, [language.weight for language in languages])[0]


def _desk(rng: Random, settings: SynthSettings, language: Language) -> tuple[Desk, str]:
    kinds = settings.kinds or KINDS
    kind = rng.choices(kinds, [_WEIGHTS[name] for name in kinds])[0]
    low, high = settings.em
    em = rng.triangular(low, high, low + 0.35 * (high - low))
    width, height = settings.size or _paper(rng, kind, em)
    is_fragment = settings.fragment
    if is_fragment is None:
        is_fragment = settings.size is not None and width * height < _FRAGMENT
    if is_fragment:
        kind = "fragment"
    family, headings = _families(rng, language, kind)
    margins = _margins(rng, width, height, em, kind)
    color = rng.random() < settings.color
    tracking = rng.uniform(-0.02, 0.06) if rng.random() < 0.15 else 0.0
    desk = Desk(
        rng=rng,
        settings=settings,
        sheet=Sheet(width, height),
        prose=Prose(language.code, rng),
        family=family,
        heading_family=headings,
        em=em,
        color=color,
        left=margins[0],
        top=margins[1],
        right=width - margins[2],
        bottom=height - margins[3],
        tracking=tracking,
        ligatures=family.kind != "mono" and rng.random() < 0.3,
        leading=rng.choice((1.12, 1.2, 1.25, 1.3, 1.4, 1.5, 1.8)),
        ink=_ink(rng, color),
    )
    return desk, kind


def _paper(rng: Random, kind: str, em: float) -> tuple[int, int]:
    if kind == "receipt":
        width = int(em * rng.uniform(20, 32))
        return width, int(width * rng.uniform(1.5, 3.2))
    width, height = rng.choice((_PAPERS["a4"],) * 4 + (_PAPERS["letter"],) * 2 + (_PAPERS["a5"],))
    factor = rng.uniform(0.85, 1.05)
    width, height = int(width * factor), int(height * factor)
    return (height, width) if kind == "table" and rng.random() < 0.2 else (width, height)


def _families(rng: Random, language: Language, kind: str) -> tuple[Family, Family]:
    families = families_for(language.letters)
    if len(families) < _FEWEST_FAMILIES:
        raise UsageError(
            f"too few fonts for {language.code}: apt install fonts-dejavu fonts-liberation fonts-freefont-ttf"
        )
    weights = [family.weight * (6 if kind == "receipt" and family.kind == "mono" else 1) for family in families]
    family = rng.choices(families, weights)[0]
    other = rng.choices(families, weights)[0] if rng.random() < 0.35 else family
    return family, other


def _margins(rng: Random, width: int, height: int, em: float, kind: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom; pixels."""
    if kind == "fragment":
        return tuple(rng.uniform(0.2, 1.6) * em for _ in range(4))  # type: ignore[return-value]
    if kind == "receipt":
        return rng.uniform(1, 2) * em, rng.uniform(1, 3) * em, rng.uniform(1, 2) * em, em
    side = width * rng.uniform(0.06, 0.14)
    across = max(3.5 * em, height * rng.uniform(0.06, 0.12))
    return side, across, side * rng.uniform(0.8, 1.2), across * rng.uniform(0.9, 1.2)


def _ink(rng: Random, color: bool) -> Color:
    tone = rng.choice((0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.35))
    if color and rng.random() < 0.2:
        return (tone, tone, min(1.0, tone + rng.uniform(0, 0.5)))
    return (tone, tone, tone)
