"""What may be asked for of a synthetic page."""

from dataclasses import dataclass
from typing import Literal

from ..errors import UsageError
from .languages import LANGUAGES

Look = Literal["clean", "scan", "photo"]
LOOKS: tuple[Look, ...] = ("clean", "scan", "photo")
KINDS = ("article", "table", "receipt", "form", "letter")
"""What a whole page may be."""
FIGURES = ("formula", "formula", "formula", "chart", "chart", "picture", "molecule", "music")
"""What may stand between paragraphs, the common ones more than once."""


def check(settings: "SynthSettings") -> None:
    """
    Raises:
        UsageError: there is no such kind, language or look.
    """
    for what, named, known in (
        ("kind", settings.kinds, KINDS),
        ("language", settings.languages, tuple(LANGUAGES)),
        ("look", settings.looks, LOOKS),
    ):
        if unknown := [name for name in named if name not in known]:
            raise UsageError(f"no pages can be made of {what} {', '.join(unknown)}; there are {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class SynthSettings:
    """The same seed and the same settings give the same page, given the same fonts and packages."""

    size: tuple[int, int] | None = None
    """Width and height of the image in pixels; None for a paper format chosen by chance."""
    fragment: bool | None = None
    """One to four elements with narrow margins, as if cut from a page; None where ``size`` is small."""
    em: tuple[float, float] = (12.0, 22.0)
    """Smallest and largest size of the body text, in pixels of the image."""
    kinds: tuple[str, ...] = ()
    """Some of ``KINDS``; empty for all."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; empty for all that ``languages.py`` lists, by their weights there."""
    looks: tuple[Look, ...] = ("clean",)
    color: float = 0.3
    """Share of pages that are rendered in colour."""
    figures: float = 0.2
    """How often an element of an article or a fragment is a formula, chart, picture, molecule or music."""
    cell_boxes: bool = False
    """Whether the cells of tables have boxes of their own in the truth, as docparse's own drafts do."""
