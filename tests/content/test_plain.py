import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.content.plain import plain, readable


@pytest.mark.parametrize(
    ("latex", "typed"),
    [
        (r"48 \mathrm{~GB}", "48 GB"),
        (r"12.5 \%", "12.5 %"),
        (r"1{,}234", "1,234"),
        (r"10^{-3}", "10⁻³"),
        (r"x_{1}", "x₁"),
        (r"\mathrm{CO}_2", "CO₂"),
        (r"25^{\circ} \mathrm{C}", "25 °C"),
        (r"3 \times 10^{8} \mathrm{~m} / \mathrm{s}", "3 × 10⁸ m / s"),
        (r"\pm 0.5", "± 0.5"),
        (r"\textbf{\mathrm{A}}", "A"),
        (r"5 \mu \mathrm{m}", "5 μm"),
        (r"\frac{1}{2}", "1/2"),
        (r"\{a\}", "{a}"),
    ],
)
def test_simple_mathematics_as_one_types_it(latex: str, typed: str) -> None:
    assert plain(latex) == typed


@pytest.mark.parametrize(
    "latex", [r"\sum_{i}^{n} x_i", r"\frac{a+b}{c}", r"\sqrt{x}", "x^{y+z}", "x" * 300, r"a \\ b"]
)
def test_what_is_not_simple_stays_latex(latex: str) -> None:
    assert plain(latex) is None
    assert readable(f"so ${latex}$.") == f"so ${latex}$."


def test_readable_leaves_money_alone() -> None:
    assert readable(r"It costs $5, has $48 \mathrm{~GB}$ and 3 m.") == "It costs $5, has 48 GB and 3 m."
    assert readable("between $5 and $6") == "between $5 and $6"


LATEX = st.lists(
    st.sampled_from([*r"\ { } ^ _ $ % ~ 1 2 a x".split(), r"\mathrm{", r"\frac", r"\times", r"\%", " "]), max_size=16
)


@given(st.one_of(st.text(max_size=40), LATEX.map("".join)))
def test_nothing_raises(text: str) -> None:
    shown = readable(text)
    if "$" not in text:
        assert shown == text
    typed = plain(text)
    assert typed is None or not set(typed) & set("^") or "\\" in text
