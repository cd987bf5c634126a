"""One page as it is drawn: where each glyph, rule and picture stands, and the PDF operators that put it there.

Lengths and places are pixels of the page's image before any look is laid over it; origin top left, y downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ..geometry import Box
from .fonts import Face, Shape

if TYPE_CHECKING:
    from PIL import Image

Color = tuple[float, float, float]
BLACK: Color = (0.0, 0.0, 0.0)
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class Run(NamedTuple):
    """A word or a part of one, drawn in one piece."""

    face: Face
    size: float
    x: float
    baseline: float
    shape: Shape
    tracking: float
    """Added to each advance."""
    line: int
    first: int
    """Index of its first character in the text of its ``Print``; -1 where that text does not have it."""


@dataclass(slots=True)
class Print:
    """A text and the runs of the sheet that print it: ``runs[start:stop]``."""

    text: str
    start: int
    stop: int


@dataclass(slots=True)
class Glyphs:
    """All characters that were drawn, in the order of the runs; an entry or a row for each."""

    boxes: Floats
    """x from origin to advance; y around the middle of the x-height, as high as the ascenders."""
    inks: Floats
    lines: Ints
    indices: Ints
    """Index of the character in the text of its ``Print``; -1 for the hyphen at the end of a line."""
    run_starts: Ints
    """Row of the first character of each run, and one entry more for the end."""


@dataclass(slots=True)
class Sheet:
    width: int
    height: int
    runs: list[Run] = field(default_factory=list)
    content: list[str] = field(default_factory=list)
    """PDF operators; their space has been turned to have the page's origin at the top left."""
    ornaments: list[Box] = field(default_factory=list)
    """Ink that belongs to no element: rules between columns, frames, ..."""
    pictures: list[tuple[Box, "Image.Image"]] = field(default_factory=list)
    faces: dict[Face, int] = field(default_factory=dict)
    """The fonts and their numbers on this page."""
    lines: int = 0

    def new_line(self) -> int:
        self.lines += 1
        return self.lines - 1

    def word(
        self,
        face: Face,
        size: float,
        x: float,
        baseline: float,
        word: str,
        *,
        line: int,
        index: int,
        tracking: float = 0.0,
        color: Color = BLACK,
    ) -> None:
        """Draw a word that has no blank, its origin at ``x``."""
        shape = face.shape(word)
        self.runs.append(Run(face, size, x, baseline, shape, tracking, line, index))
        number = self.faces.setdefault(face, len(self.faces))
        self.content.append(
            f"BT /F{number} {size:.3f} Tf {_color(color)} rg {tracking:.3f} Tc "
            f"1 0 0 -1 {x:.3f} {baseline:.3f} Tm <{shape.codes}> Tj ET"
        )

    def fill(self, box: Box, color: Color = BLACK) -> Box:
        """A filled rectangle; rules are drawn as such, so that their ink is where the box says."""
        self.content.append(f"{_color(color)} rg {box.x0:.2f} {box.y0:.2f} {box.width:.2f} {box.height:.2f} re f")
        return box

    def ornament(self, box: Box, color: Color = BLACK) -> None:
        self.ornaments.append(self.fill(box, color))

    def polyline(self, points: Sequence[tuple[float, float]], weight: float, color: Color) -> Box:
        """A stroked line with round corners; the box around its ink."""
        path = " ".join(f"{x:.2f} {y:.2f} {'l' if n else 'm'}" for n, (x, y) in enumerate(points))
        self.content.append(f"q {_color(color)} RG {weight:.2f} w 1 J 1 j {path} S Q")
        return Box.around(Box(x, y, x, y) for x, y in points).grown(weight / 2)

    def polygon(self, points: Sequence[tuple[float, float]], color: Color) -> None:
        path = " ".join(f"{x:.2f} {y:.2f} {'l' if n else 'm'}" for n, (x, y) in enumerate(points))
        self.content.append(f"{_color(color)} rg {path} h f")

    def picture(self, box: Box, image: "Image.Image") -> Box:
        """An image, stretched to the box."""
        self.content.append(
            f"q {box.width:.3f} 0 0 {-box.height:.3f} {box.x0:.3f} {box.y1:.3f} cm /I{len(self.pictures)} Do Q"
        )
        self.pictures.append((box, image))
        return box

    def glyphs(self) -> Glyphs:
        runs = self.runs
        counts = np.array([len(run.shape.starts) for run in runs], dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum(counts)))
        ordinal = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)

        def spread(values: Sequence[float]) -> Floats:
            return np.repeat(np.array(values, dtype=np.float64), counts)

        size, origin = spread([run.size for run in runs]), spread([run.x for run in runs])
        baseline, tracking = spread([run.baseline for run in runs]), spread([run.tracking for run in runs])
        # Only faces without ligatures are tracked, so a character is a glyph here.
        origin = origin + tracking * ordinal
        ascent = spread([run.face.ascent for run in runs]) * size
        x_height = spread([run.face.x_height for run in runs]) * size
        left = _all([run.shape.starts for run in runs]) * size + origin
        right = _all([run.shape.ends for run in runs]) * size + origin
        inks = _all([run.shape.inks for run in runs]).reshape(-1, 4) * size[:, None]
        inks[:, 0::2] += origin[:, None]
        inks[:, 1::2] += baseline[:, None]
        first = np.repeat(np.array([run.first for run in runs], dtype=np.int64), counts)
        return Glyphs(
            boxes=np.stack([left, baseline - ascent, right, baseline + ascent - x_height], axis=1),
            inks=inks,
            lines=np.repeat(np.array([run.line for run in runs], dtype=np.int64), counts),
            indices=np.where(first < 0, -1, first + ordinal),
            run_starts=starts,
        )


def _all(parts: list[tuple[float, ...]]) -> Floats:
    return np.array(list(chain.from_iterable(parts)), dtype=np.float64)


def _color(color: Color) -> str:
    return f"{color[0]:.3g} {color[1]:.3g} {color[2]:.3g}"
