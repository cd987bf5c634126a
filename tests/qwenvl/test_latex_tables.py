r"""Tables in LaTeX: rows, spans, and what of LaTeX is no text."""

import pytest

from docparse.qwenvl.latex_tables import read

Row = list[tuple[str, int, int]]


def rows(body: str) -> list[Row]:
    read_rows, _ = read("\\begin{tabular}{|l|>{\\bf}c@{}|}" + body + "\\end{tabular}")
    return [[(cell.text, cell.columns, cell.rows) for cell in row] for row in read_rows]


def words(body: str) -> list[list[str]]:
    return [[text for text, _, _ in row] for row in rows(body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a & b \\\\ c & d", [["a", "b"], ["c", "d"]]),
        ("\\hline a & b \\\\ \\hline\n\\cline{2-3} c & \\\\[2pt] \\bottomrule\n", [["a", "b"], ["c", ""]]),
        (
            "R\\&D & 5\\% \\& 3 & \\$4 & \\#1 & a\\_b & {x} & c~d",
            [["R&D", "5% & 3", "$4", "#1", "a_b", "{x}", "c d"]],
        ),
        ("\\textbf{a \\textit{b}} & \\textcolor{red}{c} & \\bfseries d", [["a b", "c", "d"]]),
        ("\\makecell{a \\\\ b} & \\shortstack[l]{c\\\\d} & e \\newline f", [["a<br>b", "c<br>d", "e<br>f"]]),
        ("\\begin{tabular}[c]{@{}l@{}}a\\\\ b & c\\end{tabular} & d", [["a<br>b & c", "d"]]),
        ("$\\textbf{x}_{1} \\& y$ & z", [["$\\textbf{x}_{1} \\& y$", "z"]]),
        ("\\textbf{a & b", [["\\textbf{a & b"]]),
        ("", []),
    ],
)
def test_what_stands_in_the_cells(body: str, expected: list[list[str]]) -> None:
    assert words(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\\multicolumn{2}{|c|}{a} & b", [[("a", 2, 1), ("b", 1, 1)]]),
        ("\\multirow{2}{*}{a} & b \\\\ & c", [[("a", 1, 2), ("b", 1, 1)], [("c", 1, 1)]]),
        ("\\multirow[c]{2}*{a} & b \\\\ & c", [[("a", 1, 2), ("b", 1, 1)], [("c", 1, 1)]]),
        (
            "\\multicolumn{2}{c}{\\multirow{2}{2cm}{a}} & b \\\\ & & c \\\\ d & e & f",
            [[("a", 2, 2), ("b", 1, 1)], [("c", 1, 1)], [("d", 1, 1), ("e", 1, 1), ("f", 1, 1)]],
        ),
        # It claims three rows, and the third says something else.
        (
            "\\multirow{3}{*}{a} & 1 \\\\ & 2 \\\\ b & 3",
            [[("a", 1, 2), ("1", 1, 1)], [("2", 1, 1)], [("b", 1, 1), ("3", 1, 1)]],
        ),
        ("\\multirow{2}{*}{a", [[("\\multirow{2}{*}{a", 1, 1)]]),
        ("\\multicolumn{2}{c}{a} b", [[("\\multicolumn{2}{c}{a} b", 1, 1)]]),
    ],
)
def test_spans(body: str, expected: list[Row]) -> None:
    assert rows(body) == expected


@pytest.mark.parametrize(
    "begin",
    [
        "\\begin{tabular}",
        "\\begin{tabular}[t]{ll}",
        "\\begin{tabularx}{\\textwidth}{|X|p{3cm}|}",
        "\\begin{longtable}{ll}",
    ],
)
def test_where_a_table_begins_and_ends(begin: str) -> None:
    name = begin[6 : begin.index("}") + 1]
    (row,), after = read(f"{begin} a & b \\end{name} Source: c")
    assert ([cell.text for cell in row], after) == (["a", "b"], " Source: c")
