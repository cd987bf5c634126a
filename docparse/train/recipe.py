"""nano's recipe: three stages, each with what it learns from, how fast, and for how long.

Found on two CPU cores (see issue 3): end to end from random weights a network this small learns the language and not
to see, so the vision tower is taught alone first; then it reads at once. Fragments are read before pages, since their
answers are short and full of letters.
"""

from dataclasses import dataclass
from typing import Any

from .batches import Canvas, Crops, Pages

_CROP_LANGUAGES = (
    ("en", 0.5), ("de", 0.1), ("fr", 0.1), ("es", 0.1), ("it", 0.05), ("pt", 0.05), ("nl", 0.05), ("pl", 0.03),
    ("sv", 0.02),
)  # fmt: skip
_LATIN = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "cs")


@dataclass(frozen=True)
class Pace:
    """How fast is learnt. The rate rises over ``warm_up`` steps, stays, and falls to ``floor`` of itself over the
    last ``decay`` of the run."""

    rate: float
    warm_up: int
    decay: float = 0.25
    floor: float = 0.03

    def at(self, step: int, share: float) -> float:
        """The rate of the ``step`` (from 0) at which ``share`` of the run is done."""
        falls = max(self.floor, (1 - share) / self.decay) if share > 1 - self.decay else 1.0
        return self.rate * min(1.0, (step + 1) / self.warm_up) * falls


@dataclass(frozen=True)
class Stage:
    """One of the three."""

    number: int
    name: str
    batches: Any
    """``Crops`` (the vision tower alone learns) or ``Pages`` (everything does)."""
    pace: Pace
    minutes: float
    """On two CPU cores, where nothing else is said."""
    frozen_steps: int = 0
    """Steps at the start in which the vision tower learns nothing, and the decoder to look at what it gives."""


STAGES = (
    Stage(1, "seeing", Crops(_CROP_LANGUAGES), Pace(rate=2e-3, warm_up=100), minutes=60),
    Stage(
        2,
        "reading",
        Pages((Canvas(448, 256, count=8, tokens=512),), ("clean", "clean", "scan"), _LATIN),
        Pace(rate=1.8e-3, warm_up=50),
        minutes=180,
    ),
    Stage(
        3,
        "pages",
        Pages(
            (
                Canvas(448, 256, count=8, tokens=512, weight=0.5),
                Canvas(640, 448, count=4, tokens=1024),
                Canvas(1056, 1488, count=1, tokens=3584, fragments=0.3),
            ),
            ("clean", "scan", "photo"),
        ),
        Pace(rate=1.2e-3, warm_up=50),
        minutes=360,
    ),
)
