"""Drawings of other libraries as plain SVG: shapes and letters, in the colour of the text around them.

No style sheet, no reference, no name that could clash in a page of many drawings, nothing that could be active.
"""

import re

from lxml import etree

from .text import printable

SVG_TAGS = frozenset("svg g path rect polygon polyline ellipse circle line text tspan".split())
_ATTRIBUTES = """
viewBox width height d points transform x y x1 y1 x2 y2 dx dy cx cy r rx ry fill fill-rule fill-opacity
stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-opacity
font-family font-size font-style font-weight text-anchor
"""
SVG_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
_SHAPES = frozenset("path rect polygon polyline ellipse circle line".split())
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_MOVES = re.compile(r"\b(?:translate|scale|rotate)\(")
_BLACK = ("black", "#000000", "#000")
_MUSIC_FONT, _OF_ITS_SIZE = "Leipzig", 0.6
"""Verovio's; its signs are smaller than letters of the same size."""
# Signs of music fonts that stand in texts (SMuFL), as every font has them.
_SIGNS = {
    0xE1D3: "\U0001d15e",
    0xE1D5: "♩",
    0xE1D7: "♪",
    0xE1D9: "\U0001d161",
    0xE1E7: ".",
    0xE260: "♭",
    0xE261: "♮",
    0xE262: "♯",
    0xEA64: "♭",
    0xEA65: "♮",
    0xEA66: "♯",
    0xECA2: "\U0001d15d",
    0xECA3: "\U0001d15e",
    0xECA5: "♩",
    0xECA7: "♪",
    0xECA9: "\U0001d161",
    0xECB7: ".",
}


def plain_drawing(svg: str) -> str:
    """``svg`` as RDKit and verovio write it, as an ``<svg>`` without namespace, for HTML.

    Raises:
        ValueError: it is no SVG or has no size.
    """
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    symbols = {part.get("id", ""): part for defined in root.iter(f"{_NAMESPACE}defs") for part in defined}
    inner = next(root.iterchildren(f"{_NAMESPACE}svg"), root)
    viewed, shown = inner.get("viewBox"), root.get("viewBox", "").split()
    if root.tag != f"{_NAMESPACE}svg" or not viewed or len(shown) != 4:
        raise ValueError("no drawing")
    drawing = etree.Element("svg", viewBox=viewed, width=shown[2], height=shown[3], fill="currentColor")
    if family := inner.get("font-family"):
        drawing.set("font-family", family)
    for part in inner:
        _copy(part, drawing, symbols)
    return etree.tostring(drawing, encoding="unicode")


def standalone(drawing: str) -> str:
    """A plain drawing as a file of its own."""
    return drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1) + "\n"


def refers_to_nothing(value: str) -> bool:
    """Whether an attribute's value is without ``url(…)`` and any other function that does not just move or scale."""
    return "(" not in _MOVES.sub("", value)


def _copy(part: etree._Element, parent: etree._Element, symbols: dict[str, etree._Element]) -> None:
    tag = str(part.tag).removeprefix(_NAMESPACE)  # a comment's tag is a function
    if tag == "use":
        symbol = symbols.get(part.get(_LINK, "")[1:])
        group = etree.SubElement(parent, "g", _allowed(part))
        for child in () if symbol is None else symbol:
            _copy(child, group, {})
        return
    if tag not in SVG_TAGS or "placeholder" in part.get("class", "").split():
        return
    attributes = _allowed(part)
    if tag == "g" and not attributes:
        copied = parent
    else:
        copied = etree.SubElement(parent, tag, attributes)
        if tag in _SHAPES and "stroke-width" in attributes and "stroke" not in attributes:
            copied.set("stroke", "currentColor")
        if tag in ("text", "tspan"):
            if copied.get("font-family") == _MUSIC_FONT:
                del copied.attrib["font-family"]
                copied.set(
                    "font-size", f"{_OF_ITS_SIZE * float(copied.get('font-size', '0').removesuffix('px')):g}px"
                )
            # Blanks at the ends are those of the source's indentation.
            copied.text = printable((part.text or "").strip(" \t\n").translate(_SIGNS))
    for child in part:
        _copy(child, copied, symbols)
    if tag == "g" and copied is not parent and not len(copied):
        parent.remove(copied)


def _allowed(part: etree._Element) -> dict[str, str]:
    """The presentation of a part, whether by attributes or by ``style``."""
    styles = (declaration.split(":", 1) for declaration in part.get("style", "").split(";") if ":" in declaration)
    given = {str(name): str(value) for name, value in part.attrib.items()}
    given |= {name.strip(): value.strip() for name, value in styles}
    return {
        name: "currentColor" if value.lower() in _BLACK else value
        for name, value in given.items()
        if name in SVG_ATTRIBUTES and refers_to_nothing(value)
    }
