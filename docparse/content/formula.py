"""LaTeX to MathML, which browsers draw on their own.

latex2mathml is lenient (it accepts ``\\frac{a`` and passes unknown commands through), so the source is
checked before and the result after. What does not convert is shown as its source.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

from lxml import etree

from ..document import AnyElement, Formula, Problem, Severity
from .checker import invalid
from .text import find_math, latex_of, printable

MAX_LENGTH = 10_000
"""Characters; longer "formulas" are loops of a model."""
MAX_DEPTH = 40
"""Nested groups. latex2mathml recurses several frames a group."""

_TAGS = """
math semantics annotation mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle merror mpadded mphantom
msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd menclose
"""
_ATTRIBUTES = """
accent accentunder columnalign columnspan columnlines columnspacing depth displaystyle fence form height
largeop linethickness lspace maxsize minsize movablelimits notation rowlines rowspan rowspacing rspace
scriptlevel separator stretchy symmetric voffset width
"""
MATHML_TAGS = frozenset(_TAGS.split())
MATHML_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
"""What latex2mathml writes, without ``href``, ``class``, ``style`` and colours (which dark pages lose)."""

_TOKEN = re.compile(r"\\(?P<edge>begin|end)\s*\{(?P<name>[^{}]*)\}|\\[a-zA-Z]+|\\.|[{}&]", re.DOTALL)
_DELIMITED = re.compile(
    r"\s*(?:\$\$(?P<a>.*)\$\$|\$(?P<b>[^$]*)\$|\\\[(?P<c>.*)\\\]|\\\((?P<d>.*)\\\))\s*", re.DOTALL
)
_TAG = re.compile(r"\\tag(\*?)\s*\{([^{}]*)\}")
# latex2mathml would number the lines of ``align`` itself: numbers that the page does not have.
_NUMBERED = re.compile(r"(\\(?:begin|end)\s*\{align)\}")
# latex2mathml 3.81 takes \mathrm{C}, a single letter, for an italic one; with a blank before it, it does not.
_ROMAN = re.compile(r"\\mathrm\s*\{([A-Za-z])\}")
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}")
# A formula read from a page has no comments; an unescaped % is a percent sign.
_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")
# Macros could grow without bound, and no page prints a definition.
_REFUSED = frozenset({"\\def", "\\newcommand", "\\renewcommand", "\\newenvironment", "\\DeclareMathOperator"})
_VARIANTS = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "monospace": "MONOSPACE",
}
_ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}


class Conversion(NamedTuple):
    """One of the two is None."""

    mathml: str | None
    """A ``<math>`` element without namespace, its annotation the LaTeX."""
    problem: str | None
    """Why there is none, in words."""


def strip_delimiters(latex: str) -> str:
    r"""``latex`` without the ``$``, ``$$``, ``\[ \]`` or ``\( \)`` around the whole of it."""
    match = _DELIMITED.fullmatch(latex)
    if not match:
        return latex.strip()
    body = next(group for group in match.groups() if group is not None)
    return latex.strip() if "$$" in body else body.strip()


def examine(element: Formula) -> list[Problem]:
    """Normalise the element's LaTeX and tell whether it converts."""
    latex = printable(strip_delimiters(element.latex))
    if element.text == element.latex:
        element.text = latex
    element.latex = latex
    if not latex:
        return []
    element.reason = to_mathml(latex, display=True).problem
    element.valid = element.reason is None
    return [invalid("latex-invalid", "LaTeX", element.reason, element.id)] if element.reason else []


def examine_text(element: AnyElement) -> list[Problem]:
    """Tell which of the formulas between dollars in a text (a table's cells included) do not convert."""
    if "$" not in element.text:
        return []
    # Two dollars in two cells are no formula.
    texts = [cell.text for cell in getattr(element, "cells", [])] or [element.text]
    problems = []
    for match in (match for text in texts for match in find_math(printable(text))):
        latex, display = latex_of(match)
        if reason := to_mathml(latex, display=display).problem:
            message = f"{match[0][:60]} in the text is shown as its source: {reason}"
            problems.append(
                Problem(kind="latex-invalid", severity=Severity.INFO, message=message, element=element.id)
            )
    return problems


@lru_cache(maxsize=4096)
def to_mathml(latex: str, *, display: bool = False) -> Conversion:
    """Convert LaTeX without delimiters. Nothing that ``latex`` holds makes it raise."""
    latex = printable(latex)
    problem = check(latex)
    if problem:
        return Conversion(None, problem)
    try:
        math = _convert(latex, display=display)
    except Exception as error:  # the converter raises whatever comes: KeyError, StopIteration, RecursionError …
        return Conversion(None, f"not convertible ({type(error).__name__})")
    for token in math.iter("mi", "mo", "mtext"):
        # Unknown commands and stray braces come out as identifiers.
        if token.text and (re.match(r"\\[a-zA-Z]", token.text) or (token.tag == "mi" and token.text in "{}")):
            return Conversion(None, f"unknown command or stray sign {token.text}")
    return Conversion(etree.tostring(math, encoding="unicode"), None)


def check(latex: str) -> str | None:
    """What is unbalanced or refused in ``latex``, in words; None if nothing is."""
    if not latex.strip():
        return "empty"
    if len(latex) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters"
    closers: list[str] = []
    for match in _TOKEN.finditer(latex):
        token = match[0]
        if token in _REFUSED:
            return f"{token} is refused"
        if token == "{":
            closers.append("}")
        elif token == "\\left":
            closers.append("\\right")
        elif match["edge"] == "begin":
            closers.append(f"\\end{{{match['name']}}}")
        elif token in ("}", "\\right") or match["edge"]:
            closer = f"\\end{{{match['name']}}}" if match["edge"] else token
            if not closers or closers.pop() != closer:
                return f"{closer} closes nothing"
        elif token == "&" and not any(closer.startswith("\\end") for closer in closers):
            return "& outside a table"
        if len(closers) > MAX_DEPTH:
            return f"more than {MAX_DEPTH} nested groups"
    return f"{closers[-1]} is missing" if closers else None


def _convert(latex: str, *, display: bool) -> etree._Element:
    from latex2mathml.converter import Converter

    source = _PERCENT.sub(r"\1\\%", _LABEL.sub("", _NUMBERED.sub(r"\1*}", latex)))
    source = _ROMAN.sub(r"\\mathrm{ \1}", source)
    tag = _TAG.search(source)
    if tag:
        source = source[: tag.start()] + source[tag.end() :]
    converter = Converter(display="block" if display else "inline")
    body = _rebuilt(converter.convert_to_element(source)[0])
    if tag:
        etree.SubElement(body, "mspace", width="2em")
        etree.SubElement(body, "mtext").text = tag[2] if tag[1] else f"({tag[2]})"
    math = etree.Element("math", display="block" if display else "inline")
    semantics = etree.SubElement(math, "semantics")
    semantics.append(body)
    etree.SubElement(semantics, "annotation", encoding="application/x-tex").text = latex
    return math


def _rebuilt(part: ElementTree.Element) -> etree._Element:
    """As lxml, with known attributes only, characters instead of references, and letters styled by Unicode
    (browsers ignore ``mathvariant`` except ``normal``)."""
    if part.tag not in MATHML_TAGS:
        raise ValueError(f"unknown MathML element {part.tag}")
    built = etree.Element(part.tag, {name: value for name, value in part.attrib.items() if name in MATHML_ATTRIBUTES})
    if part.text:
        text = html.unescape(part.text) if "&" in part.text else part.text
        variant = part.get("mathvariant")
        if variant == "normal" and part.tag == "mi":
            built.set("mathvariant", "normal")
        elif variant:
            text = "".join(_styled(char, variant) for char in text)
        built.text = printable(text)
    built.extend(_rebuilt(child) for child in part)
    if len(built) != _ARITY.get(part.tag, len(built)):
        raise ValueError(f"{part.tag} with {len(built)} parts")
    return built


@lru_cache(maxsize=1024)
def _styled(char: str, variant: str) -> str:
    style = _VARIANTS.get(variant)
    name = unicodedata.name(char, "")
    if not style or not name:
        return char
    letter = re.sub(r"^(?:LATIN|GREEK) (CAPITAL|SMALL) LETTER (\w+)$", r"\1 \2", name)
    # A few letters stood in Unicode before the mathematical alphabets came: ℕ, ℋ, ℭ.
    for candidate in (f"MATHEMATICAL {style} {letter}", f"{style} {letter}", f"BLACK-LETTER {letter}"):
        if candidate.startswith("BLACK-LETTER") and style != "FRAKTUR":
            continue
        try:
            return unicodedata.lookup(candidate)
        except KeyError:
            continue
    return char
