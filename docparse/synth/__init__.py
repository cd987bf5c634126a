"""Synthetic documents with exact ground truth, made from a seed: what ``docparse synth`` writes and training eats."""

from .page import Glyph, SynthPage, make_page
from .settings import SynthSettings

__all__ = ["Glyph", "SynthPage", "SynthSettings", "make_page"]
