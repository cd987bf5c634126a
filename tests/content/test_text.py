import pytest
from hypothesis import given
from hypothesis import strategies as st

from docparse.content.text import printable, split_math


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$5 and $6",
        "US$5/US$6",
        "from $5 (then A$) to nine",
        "price: 5 $",
        "$ x $",
        "echo $HOME or $PATH",
        "价格为$5，原价$ 九",
        r"\$x$",
        "$$",
        "$$$$",
        r"see \[1\] and \[a\]",
        r"\\(x\\) \(x",
    ],
)
def test_no_mathematics(text: str) -> None:
    assert all(piece.latex is None for piece in split_math(text))


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("where $x$ is", ["x"]),
        (r"$48 \mathrm{~GB}$ of $99\%$", [r"48 \mathrm{~GB}", r"99\%"]),
        ("pay $5 or $n$", ["n"]),
        ("from $5 (then A$) to $x_1$", ["x_1"]),
        (r"$\$5$", [r"\$5"]),
        ("$a\n+b$", ["a\n+b"]),
        ("so $$ x^2 $$ holds", ["x^2"]),
        ("${ }^{9}$", ["{ }^{9}"]),
        (
            r"so \(x\) is \( x^2 \), and \[y \\[2pt] z\] not \(words that mean something\)",
            ["x", "x^2", r"y \\[2pt] z"],
        ),
    ],
)
def test_mathematics(text: str, latex: list[str]) -> None:
    assert [piece.latex for piece in split_math(text) if piece.latex is not None] == latex


@given(st.text(alphabet="a5 $\\\n{}()[]é中"))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(piece.source for piece in split_math(text)) == text


def test_time_grows_with_length_only() -> None:
    assert split_math("$5 or " * 200_000)
    assert split_math("$a" * 200_000)
    assert split_math("\\(a\\[" * 200_000)


def test_printable() -> None:
    assert printable("a\r\nb\rc\u2028d\x0be") == "a\nb\nc\nd\ne"
    assert printable("a\x00b\ud800c\ufffed\x1be") == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert printable("tab\tstays, so does 𝐱 and ") == "tab\tstays, so does 𝐱 and "
