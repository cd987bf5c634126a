"""Formulas against the truth: edit distance over LaTeX tokens."""

import re

from rapidfuzz.distance import Levenshtein

from ..content.formula import strip_delimiters

_LABEL = re.compile(r"\\(?:label|tag\*?)\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![A-Za-z])")
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\S", re.DOTALL)
# What changes the space between symbols or the size of brackets, and no symbol.
_SPACING = frozenset(
    r"\, \; \: \! \> \quad \qquad \enspace \thinspace \displaystyle \textstyle \limits \nolimits ~".split()
    + r"\left \right \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr".split()
    + ["\\ ", "\\\n"]
)


def latex_tokens(latex: str) -> list[str]:
    """The tokens of a formula: control words, control symbols and single characters.

    Delimiters around it, white space, labels and numbers, spacing commands and sizes of brackets are left out,
    and braces around a single token (``x^{2}`` is ``x^2``). Synonyms (``\\le``, ``\\leq``) stay apart.
    """
    found = _TOKEN.findall(_LABEL.sub(" ", strip_delimiters(latex)))
    tokens = [token for token in found if token not in _SPACING and not token[1:].isspace()]
    simple: list[str] = []
    for token in tokens:
        simple.append(token)
        if token == "}" and len(simple) >= 3 and simple[-3] == "{" and simple[-2] not in "{}":
            simple[-3:] = [simple[-2]]
    return simple


def formula_distance(truth: str, output: str) -> float:
    """Levenshtein distance of the tokens over the longer number: 0 is equal, 1 shares nothing."""
    return float(Levenshtein.normalized_distance(latex_tokens(truth), latex_tokens(output)))
