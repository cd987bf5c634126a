"""Simple mathematics as plain text: models dress ordinary numbers as LaTeX (``$48 \\mathrm{~GB}$`` is 48 GB)."""

import re
from functools import lru_cache

from .text import split_math

MAX_LENGTH = 200
"""Characters; longer LaTeX is no ordinary number."""
_LETTERS = """
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ
sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega
Ω ell ℓ hbar ℏ infty ∞ partial ∂ AA Å degree ° circ ° prime ′ ldots … dots … cdots ⋯ euro € pounds £ yen ¥ S § P ¶
copyright © dagger † ddagger ‡ bullet • checkmark ✓ star ⋆ percent % lbrace { rbrace } backslash \\
sin sin cos cos tan tan log log ln ln exp exp min min max max
"""
_SIGNS = """
times × cdot · pm ± mp ∓ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ sim ∼ simeq ≃ equiv ≡ propto ∝ ll ≪ gg ≫
in ∈ to → rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ mapsto ↦ uparrow ↑ downarrow ↓ div ÷ ast ∗
lt < gt > mid | cup ∪ cap ∩ subset ⊂ forall ∀ exists ∃
"""


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_NAMES, _OPERATORS = _pairs(_LETTERS), _pairs(_SIGNS)
_RAISED = str.maketrans("0123456789+-−=()nio∘°", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵒ°°")
_LOWERED = str.maketrans("0123456789+-−=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓ")
_WRAPPED = re.compile(
    r"\\(?:math(?:rm|bf|it|sf|tt|up|normal)|text(?:rm|bf|it|sf|tt|up|normal)?|operatorname|mbox|boldsymbol|bm|pmb|emph)"
    r"\s*\{((?:[^{}\\$]|\{[^{}\\$]*\})*)\}"
)
_SPACE = re.compile(r"~|\\[ ,:;]|\\(?:quad|qquad|enspace|thinspace|hspace\{[^{}]*\})(?![A-Za-z])")
_NOTHING = re.compile(r"\\!|\\(?:left|right|displaystyle|textstyle|big|Big|limits|nolimits)(?![A-Za-z])\.?")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_SCRIPT = re.compile(r"([\^_])\s*(?:\{\s*([^{}]*?)\s*\}|([^\s{}]))")
_GROUPED = re.compile(r"\{([^{}\\^_]*)\}")
_DEGREES = re.compile(r"(?<=\d) ?° ?([CFK])\b")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([\w.]+)\}\s*\{([\w.]+)\}")


@lru_cache(maxsize=4096)
def plain(latex: str) -> str | None:
    """``latex`` as one would type it; None where that takes more than letters, signs and simple exponents."""
    if len(latex) > MAX_LENGTH:
        return None
    text = latex
    for _ in range(3):  # \textbf{\mathrm{…}}
        text = _WRAPPED.sub(lambda match: "{" + match[1].replace("~", " ") + "}", text)
    text = _NOTHING.sub("", _SPACE.sub(" ", _FRACTION.sub(r"\1/\2", text)))
    text = re.sub(r"\\([%$&#_{}])", lambda match: chr(0xE000 + ord(match[1])), text)
    text = re.sub(r"(?<=\d)\{,\}(?=\d)", ",", text)
    text = _COMMAND.sub(_named, text)
    text = _SCRIPT.sub(_scripted, text)
    for _ in range(3):
        text = _GROUPED.sub(r"\1", text)
    if re.search(r"[\\^_{}]", text):
        return None
    text = re.sub("[\ue000-\ue07f]", lambda match: chr(ord(match[0]) - 0xE000), text)
    return _DEGREES.sub(r" °\1", " ".join(text.split()))


def readable(text: str) -> str:
    """An element's text with its simple mathematics as plain text; what is not simple stays LaTeX."""
    if "$" not in text:
        return text
    pieces = split_math(text)
    return "".join(piece.source if piece.latex is None else (plain(piece.latex) or piece.source) for piece in pieces)


def _named(match: re.Match[str]) -> str:
    name = match[1]
    if name in _OPERATORS:
        return f" {_OPERATORS[name]} "
    # A letter after a name is a new word: \mu m is μm, \sin x is sin x.
    return _NAMES.get(name, match[0]) + (
        " " if name in ("sin", "cos", "tan", "log", "ln", "exp", "min", "max") else ""
    )


def _scripted(match: re.Match[str]) -> str:
    body = match[2] if match[2] is not None else match[3]
    table = _RAISED if match[1] == "^" else _LOWERED
    if body and all(ord(char) in table for char in body):
        return body.translate(table)
    return match[0]
