import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docparse.content.formula import MATHML_ATTRIBUTES, MATHML_TAGS, strip_delimiters, to_mathml


def shown(latex: str) -> str:
    """The characters that the MathML draws."""
    conversion = to_mathml(latex)
    assert conversion.mathml, conversion.problem
    root = etree.fromstring(conversion.mathml)
    assert root.findtext(".//annotation") == latex
    return "".join(root[0][0].itertext())


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{a}{b}", "ab"),
        (r"a<b>c \& d", "a<b>c&d"),
        (r"\mathbf{xy}_{\mathrm{bp}}", "𝐱𝐲bp"),
        (r"\mathbb{RN}", "ℝℕ"),
        (r"\mathfrak{Cab}", "ℭ𝔞𝔟"),
        (r"\boldsymbol{x\alpha}", "𝒙𝜶"),
        (r"x \tag{1}", "x(1)"),
        (r"x \tag*{A}", "xA"),
        # A percent sign, not a comment.
        ("99 % of x", "99%ofx"),
        (r"99 \% x", "99%x"),
        # latex2mathml would number these lines.
        (r"\begin{align}a&=b\\c&=d\end{align}", "a=bc=d"),
        (r"\text{<script>}", "<script>"),
        (r"\label{eq:1} x", "x"),
        ("{ }^{9}", "9"),
    ],
)
def test_converted(latex: str, text: str) -> None:
    assert shown(latex) == text


def test_units_and_elements_are_upright() -> None:
    mathml = to_mathml(r"25^{\circ}\mathrm{C} \mathrm{H}_2\mathrm{O} \mathrm{kg}").mathml
    assert mathml
    letters = list(etree.fromstring(mathml).iter("mi"))
    assert [part.text for part in letters] == [*"CHOkg"]
    assert {part.get("mathvariant") for part in letters} == {"normal"}


@pytest.mark.parametrize(
    "latex",
    [
        "",
        "  ",
        r"\frac{a",
        r"\frac{a}",
        "a}",
        r"\left( a",
        r"a \right)",
        r"\begin{cases} a \end{matrix}",
        r"\begin{cases} a",
        r"\unknown x",
        r"\ce{H2O}",
        "a & b",
        r"\text{a{b}c}",
        r"\def\a{\a\a}\a",
        r"\newcommand{\x}{\x\x}\x",
        "x^",
        "{" * 5000 + "x" + "}" * 5000,
        r"\sqrt{" * 39 + "x" + "}" * 39 + "{",
        "x" * 10_001,
        "a\x00b{",
    ],
)
def test_refused_with_a_reason(latex: str) -> None:
    conversion = to_mathml(latex)
    assert conversion.mathml is None
    assert conversion.problem


LATEX_PARTS = st.sampled_from(
    r"\frac \sqrt [ ] { } ^ _ & \\ \left \right ( ) \{ \} | \begin{matrix} \end{matrix} \begin{align} \end{align} "
    r"\sum \limits \int \text{a} \mathrm \mathbf \hspace{1em} \color{red} \href{javascript:x} \style{a} \class{b} "
    r"\verb|x| \over \overset \xrightarrow \binom \genfrac \not \tag{1} \substack \prime ' x 1 % # ~ é 中".split()
)


@given(st.lists(LATEX_PARTS, max_size=14).map(" ".join), st.booleans())
def test_nothing_raises_and_only_known_mathml_comes_out(latex: str, display: bool) -> None:
    conversion = to_mathml(latex, display=display)
    assert (conversion.mathml is None) != (conversion.problem is None)
    if conversion.mathml:
        for part in etree.fromstring(conversion.mathml).iter():
            assert part.tag in MATHML_TAGS
            assert set(part.attrib) <= MATHML_ATTRIBUTES | {"display", "encoding", "mathvariant"}


@pytest.mark.parametrize(
    ("latex", "stripped"),
    [
        ("$$ x $$", "x"),
        (r"\[ x \]", "x"),
        (r"\(x\)", "x"),
        ("$x$", "x"),
        (" x ", "x"),
        ("$a$ and $b$", "$a$ and $b$"),
        ("$$a$$ and $$b$$", "$$a$$ and $$b$$"),
        (r"\[2pt] x", r"\[2pt] x"),
    ],
)
def test_strip_delimiters(latex: str, stripped: str) -> None:
    assert strip_delimiters(latex) == stripped
