"""nano's recipe: three stages, each with what it learns from, how fast, and for how long.

Found on two CPU cores (see issue 3): end to end from random weights a network this small learns the language and not
to see, so the vision tower is taught alone first; then it reads at once. Fragments are read before pages, since their
answers are short and full of letters.
"""

from dataclasses import dataclass

from ..pieces import PieceSettings
from .batches import Canvas, Crops, Pages
from .rounds import Pieces

_CROP_LANGUAGES = (
    ("en", 0.5), ("de", 0.1), ("fr", 0.1), ("es", 0.1), ("it", 0.05), ("pt", 0.05), ("nl", 0.05), ("pl", 0.03),
    ("sv", 0.02),
)  # fmt: skip
_LATIN = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "cs")

PIECES = PieceSettings(text_height=7.5, max_tokens=448)
"""How nano has its pages cut. On whole pages a network this small loses its place."""


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
    pace: Pace
    minutes: float
    """On two CPU cores, where nothing else is said."""
    seeing: Crops | None = None
    """What the vision tower learns from alone."""
    looks: int = 1
    """Batches of ``seeing`` a step."""
    reading: Pages | Pieces | None = None
    """What is read."""
    disturbed: float = 0.0
    """Most of an answer's characters that are not what they should be where the next one is asked for: reading goes
    on after a mistake. In a third of the answers none."""
    joint_every: int = 1
    """In every so many steps the vision tower learns from reading too; with 0 in none."""
    frozen_steps: int = 0
    """At the start, in which it does not."""
    tower_scale: float = 1.0
    """Of the rate, for the vision tower."""


_CROPS = Crops(_CROP_LANGUAGES)
STAGES = (
    Stage(1, "seeing", Pace(rate=2e-3, warm_up=100), minutes=60, seeing=_CROPS),
    Stage(
        2,
        "reading",
        # What it reads grows fastest while the rate falls: from 61 to 75 % of the characters in 150 of 1100 steps.
        Pace(rate=1.8e-3, warm_up=100, decay=0.6),
        minutes=240,
        seeing=_CROPS,
        reading=Pages(
            # Flat and tall ones too, so that rows and columns of all numbers are learnt; all take about as long.
            (
                Canvas(448, 256, count=8, tokens=512, weight=4),
                Canvas(896, 128, count=8, tokens=512, weight=2),
                Canvas(224, 512, count=8, tokens=512, weight=2),
                Canvas(640, 448, count=4, tokens=1024),
                Canvas(1120, 256, count=4, tokens=1024),
                Canvas(224, 1280, count=4, tokens=1024),
            ),
            looks=("clean", "clean", "scan"),
            languages=_LATIN,
            figures=0.0,
        ),
        joint_every=2,
        # A decoder that cannot read yet has nothing to teach the tower, which goes on with crops.
        frozen_steps=300,
        tower_scale=0.67,
    ),
    Stage(
        3,
        "pages",
        Pace(rate=0.8e-3, warm_up=50, decay=0.6),
        minutes=360,
        seeing=_CROPS,
        reading=Pieces(PIECES, looks=("clean", "clean", "clean", "scan", "scan", "photo"), languages=_LATIN),
        joint_every=3,
        disturbed=0.1,
    ),
)
