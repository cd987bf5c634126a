r"""Tables in LaTeX (``tabular``), as Qwen3-VL has them in its Markdown, to rows of cells.

Rules, colours and fonts go; spans stay. In LaTeX empty cells stand below a ``\multirow``, in HTML none.
"""

import re
from dataclasses import dataclass

from ..content.text import split_math

_NAME = r"\{(?:tabular[xy*]?|longtable)\}"
BEGIN = re.compile(r"\\begin" + _NAME)
END = re.compile(r"\\end" + _NAME)

_TOKEN = re.compile(r"\\\\(?:\[[\w.\- ]*\])?|\\(?:begin|end)\b|\\.|[{}&]", re.DOTALL)
_SPAN = re.compile(r"\\multi(column|row)\s*(?:\[\w*\])?\s*\{\s*(\d\d?)\s*\}\s*")
_MOST_SPANS = 3
_RULE = re.compile(
    r"\\(?:hline|(?:top|mid|bottom)rule|addlinespace|end(?:first)?head|end(?:last)?foot)(?![A-Za-z])\s*"
    r"|\\(?:cline|cmidrule|rowcolor|cellcolor)(?:\([^()]*\)|\[[^\[\]]*\])?\{[^{}]*\}\s*"
)
_SWITCH = re.compile(
    r"\\(?:bf(?:series)?|it(?:shape)?|centering|raggedright|tiny|scriptsize|footnotesize|small|normalsize|large)"
    r"(?![A-Za-z])\s*"
)
_FONT = re.compile(
    r"\\(?:text(?:bf|it|rm|sf|tt|sc|up|md|normal)?|emph|underline|mbox|makecell|shortstack|thead"
    r"|(?:textcolor|colorbox|rotatebox|parbox)\s*(?:\[[^\[\]]*\])?\{[^{}]*\})\s*(?:\[\w?\])?\s*\{([^{}]*)\}"
)
_NESTED = re.compile(rf"{BEGIN.pattern}(?:\[\w?\])?\{{[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*\}}|{END.pattern}")
_LINE_END = re.compile(r"\s*(?:\\\\(?:\[[\w.\- ]*\])?|\\newline(?![A-Za-z]))\s*")
_ESCAPED = re.compile(r"\\([&%#_${} ])")


@dataclass(slots=True)
class LatexCell:
    """What stands in a cell, with ``<br>`` between its lines; how many columns and rows it takes."""

    text: str
    columns: int = 1
    rows: int = 1


def read(source: str) -> tuple[list[list[LatexCell]], str]:
    r"""The rows of what begins with ``\begin{tabular}``, and what stands after its end."""
    written, after = _split(source[_start_of_body(source) :])
    rows: list[list[LatexCell]] = []
    reaching: dict[int, tuple[LatexCell, int]] = {}
    """Column -> the last cell there of several rows, and its first row."""
    for number, texts in enumerate(written):
        rows.append([])
        column = 0
        for text in texts:
            cell = _cell(text)
            above, first = reaching.get(column, (cell, number))
            is_covered = first < number < first + above.rows
            if is_covered and cell.text:  # in truth the one above ends here
                above.rows = number - first
            if cell.text or not is_covered:
                rows[-1].append(cell)
            if cell.rows > 1:
                reaching.update(dict.fromkeys(range(column, column + cell.columns), (cell, number)))
            column += cell.columns
    return rows, after


def _start_of_body(source: str) -> int:
    r"""After ``\begin{tabularx}{width}[t]{columns}``."""
    begin = BEGIN.match(source)
    position = begin.end() if begin else 0
    with_width = begin is not None and begin[0].endswith(("*}", "x}", "y}"))
    for opening in ("{", "[", "{") if with_width else ("[", "{"):
        if source.startswith(opening, position):
            position = _end_of_group(source, position)
    return position


def _end_of_group(text: str, start: int) -> int:
    """After the bracket that closes the one at ``start``; ``start`` where there is none or where none does."""
    if text.startswith("[", start):
        return text.find("]", start) + 1 or start
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += (token[0] == "{") - (token[0] == "}")
        if depth == 0:
            return token.end() if token[0] == "}" else start
    return start


def _split(body: str) -> tuple[list[list[str]], str]:
    r"""The rows' cells as they are written, and what stands after the table's end. Cells are parted by an ``&``, rows
    by ``\\``, outside of groups and of tables in cells."""
    rows: list[list[str]] = [[]]
    start = depth = 0
    end = len(body)
    for token in _TOKEN.finditer(body):
        if token[0] == "\\end" and depth == 0:
            end = token.start()
            break
        if token[0] in ("{", "\\begin"):
            depth += 1
        elif token[0] in ("}", "\\end"):
            depth = max(0, depth - 1)
        elif depth == 0 and (token[0] == "&" or token[0].startswith("\\\\")):
            rows[-1].append(body[start : token.start()])
            start = token.end()
            if token[0] != "&":
                rows.append([])
    rows[-1].append(body[start:end])
    if len(rows[-1]) == 1 and not _RULE.sub("", rows[-1][0]).strip():
        rows.pop()  # the rule below the last row
    return rows, END.sub("", body[end:], count=1)


def _cell(source: str) -> LatexCell:
    text = _RULE.sub("", source).strip()
    cell = LatexCell("")
    for _ in range(_MOST_SPANS):
        match = _SPAN.match(text)
        if match is None:
            break
        # The alignment of the column or the width of the row, and then the content.
        start = match.end()
        start = start + 1 if text.startswith(("*", "="), start) else _end_of_group(text, start)
        end = _end_of_group(text, start)
        if end == start or text[end:].strip():
            break
        setattr(cell, f"{match[1]}s", max(1, int(match[2])))
        text = text[start + 1 : end - 1].strip()
    text = _LINE_END.sub("<br>", _NESTED.sub("", text))
    cell.text = "".join(
        _words(piece.source) if piece.latex is None else piece.source for piece in split_math(text)
    ).strip()
    return cell


def _words(text: str) -> str:
    """Words outside of formulas without their fonts and escapes."""
    text = _SWITCH.sub("", text)
    for _ in range(3):  # \textbf{\textit{…}}
        text = _FONT.sub(r"\1", text)
    return _ESCAPED.sub(r"\1", text.replace("~", " "))
