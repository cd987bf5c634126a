"""Boxes. Every coordinate in docparse has its origin at the top left, x to the right, y downwards.

Two spaces exist: *page units* (PDF points for a PDF as it is shown, its rotation applied; pixels for an
image) and *model pixels* (the image as a model saw it, after resizing). A box carries no origin and no
unit: the type that holds it says which.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self


class Box(NamedTuple):
    """A rectangle ``x0 <= x1``, ``y0 <= y1``."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        width, height = self.x1 - self.x0, self.y1 - self.y0
        return width * height if width > 0 and height > 0 else 0.0

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds_point(self, point: tuple[float, float]) -> bool:
        return self.x0 <= point[0] <= self.x1 and self.y0 <= point[1] <= self.y1

    def holds_center_of(self, other: "Box") -> bool:
        return self.holds_point(other.center)

    def overlap(self, other: "Box") -> float:
        """The area that both cover."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0

    def union(self, other: "Box") -> "Box":
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def grown(self, margin: float) -> "Box":
        return Box(self.x0 - margin, self.y0 - margin, self.x1 + margin, self.y1 + margin)

    def scaled(self, x_factor: float, y_factor: float) -> "Box":
        return Box(self.x0 * x_factor, self.y0 * y_factor, self.x1 * x_factor, self.y1 * y_factor)

    def clipped(self, width: float, height: float) -> "Box":
        """The part inside a page of this size; may be empty (zero area)."""
        return Box(
            min(max(self.x0, 0.0), width),
            min(max(self.y0, 0.0), height),
            min(max(self.x1, 0.0), width),
            min(max(self.y1, 0.0), height),
        )

    def rounded(self, digits: int = 2) -> "Box":
        return Box(*[round(value, digits) for value in self])

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> Self:
        """The smallest box that holds all of them.

        Raises:
            ValueError: there are none.
        """
        x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
        return cls(min(x0s), min(y0s), max(x1s), max(y1s))
