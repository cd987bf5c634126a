"""What a node is meant to be: by its tag, its class, or what its class was meant to be."""

from difflib import get_close_matches
from functools import lru_cache

from .tree import HEADINGS, Node

ELEMENT_CLASSES = ("chemical", "music", "chart", "formula", "table", "image")
"""In the order in which they are tried: a ``chemical formula`` is no formula, an ``image caption`` no caption."""
PHRASE_CLASSES = ("caption", "footnote", "page-header", "page-footer", "author", "text")

_ALIASES = {
    "machine-printed": "formula",
    "equation": "formula",
    "chemistry": "chemical",
    "molecule": "chemical",
    "chemical-formula": "chemical",
    "music-sheet": "music",
    "sheet-music": "music",
    "figure": "image",
    "picture": "image",
    "img": "image",
    "header": "page-header",
    "footer": "page-footer",
    "footnotes": "footnote",
    "authors": "author",
}
_KNOWN = (*ELEMENT_CLASSES, *PHRASE_CLASSES)
_LONGEST_NAME = 24


def classes_of(node: Node) -> frozenset[str]:
    """The node's classes, in lower case and with ``-`` for ``_``. Dots join some of them in the vendor's clean-up
    code (``formula.machine_printed``)."""
    return frozenset(node.attributes.get("class", "").lower().replace("_", "-").replace(".", " ").split()[:20])


def kind_of(node: Node) -> str:
    """One of the classes above, ``heading``, ``paragraph``, ``list``, ``picture``, ``place``; else empty."""
    tag = node.tag
    if tag in HEADINGS:
        return "heading"
    if tag in ("ul", "ol"):
        return "list"
    if tag in ("table", "address", "img", "place"):
        return {"table": "table", "address": "author", "img": "picture", "place": "place"}[tag]
    classes = classes_of(node)
    if tag in ("div", "section", "figure", "span"):
        notation = node.attributes.get("format", "").lower()
        if "smile" in notation:
            return "chemical"
        if "abc" in notation:
            return "music"
        if kind := _by_class(classes, _KNOWN):
            return kind
        return "image" if tag == "figure" and not classes else ""
    if tag in ("figcaption", "caption"):
        return "caption"
    if tag in ("p", "pre"):
        kind = _by_class(classes, PHRASE_CLASSES)
        return kind if kind and kind != "text" else "paragraph"
    return ""


def is_misspelt(node: Node) -> bool:
    """Whether the node has its kind from a class that the format does not have."""
    classes = classes_of(node)
    return bool(classes) and classes.isdisjoint(_KNOWN) and any(_meant(name) for name in classes)


def _by_class(classes: frozenset[str], known: tuple[str, ...]) -> str:
    if not classes:
        return ""
    if kind := next((name for name in known if name in classes), ""):
        return kind
    meant = {_meant(name) for name in classes}
    return next((name for name in known if name in meant), "")


@lru_cache(maxsize=256)
def _meant(name: str) -> str:
    if name in _ALIASES or len(name) > _LONGEST_NAME:
        return _ALIASES.get(name, "")
    return next(iter(get_close_matches(name, _KNOWN, 1, cutoff=0.8)), "")
