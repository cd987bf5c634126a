"""What is evaluated: each document with its truth, and what that truth can tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .content import Content

WHOLE_TEXT = frozenset({"edit", "recall", "precision", "order"})
"""What a truth tells that has all the text in its order: ``edit`` stands for edit distance, CER and WER."""
ELEMENTS = frozenset({"elements"})
"""Boxes, kinds and the order of elements."""


@dataclass(frozen=True)
class Case:
    """A page, or a document where the truth does not tell its pages apart."""

    name: str
    """Unique in the run, with ``/`` between folders."""
    input: Path
    truth: Content
    told: frozenset[str]
    """Of ``WHOLE_TEXT`` and ``ELEMENTS``; tables and notations are measured where the truth has some."""
    look: str = "-"
    """``clean``, ``scan``, ``photo``, or what else the truth calls it."""
    language: str = ""
    pages: int = 1
    fold_case: bool = False
    """The truth is in capitals whatever is printed."""
    same_kinds: Mapping[str, str] = field(default_factory=dict)
    """Kinds that the truth does not tell apart, and what it calls them."""
