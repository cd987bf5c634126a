"""Markdown, as checkpoints write it that ignore the prompt, to the tags that it stands for.

Not CommonMark: what models write for a page is headings, lists, pipe tables, rules, code and ``$$``. A parser of
CommonMark takes backslashes and underscores out of formulas, which are most of what is hard about a page.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from . import latex_tables
from .plain import with_breaks
from .tree import Node

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)$")
_ITEM = re.compile(r"([ \t]*)([-*+•]|\d{1,4}[.)])[ \t]+(.*)$")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)$")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)[ \t]*+[A-Za-z+#-]{0,20}[ \t]*+$")
_TABLE_RULE = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*\|?[ \t]*+$")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*|(?<!\w)__(?=\S)([^_\n]+)(?<=\S)__(?!\w)")
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\([^()\s]*\)")

_CAPTION = re.compile(r"\\caption\*?\{((?:[^{}\n]|\{[^{}\n]*\})*+)\}")
_AROUND_TABLE = re.compile(
    rf"^[ \t]*+((?:(?:\\(?:begin|end)\{{(?:table|center)\*?\}}(?:\[[^\[\]\n]*\])?|\\centering(?![A-Za-z])"
    rf"|\\label\{{[^{{}}\n]*\}}|{_CAPTION.pattern})[ \t]*+)++)",
    re.MULTILINE,
)

_DEEPEST_LIST = 20


def blocks(text: str) -> Iterator[Node]:
    """The text's blocks in order; inline marks are taken off, their words stay."""
    if "\\begin{tab" in text:
        text = _AROUND_TABLE.sub(r"\1\n", text)
    lines = text.split("\n")
    position = 0
    while position < len(lines):
        line = lines[position]
        if not line.strip() or _RULE.match(line):
            position += 1
        elif heading := _HEADING.match(line):
            yield Node(f"h{len(heading[1])}", {}, _inline(_without_closing_marks(heading[2])))
            position += 1
        elif _FENCE.match(line):
            end = _until(lines, position + 1, lambda inner: bool(_FENCE.match(inner)))
            yield Node("pre", {}, ["\n".join(lines[position + 1 : end])])
            position = end + 1
        elif line.lstrip().startswith(("$$", "\\[")):
            end = _end_of_formula(lines, position)
            yield Node("div", {"class": "formula"}, [" ".join(lines[position:end])])
            position = end
        elif latex_tables.BEGIN.match(line.lstrip()):
            end = _end_of_latex_table(lines, position)
            yield from _latex_table("\n".join(lines[position:end]).lstrip())
            position = end
        elif _AROUND_TABLE.fullmatch(line):
            yield from (Node("p", {"class": "caption"}, _inline(words)) for words in _CAPTION.findall(line))
            position += 1
        elif position + 1 < len(lines) and "|" in line and _is_table_rule(lines[position + 1]):
            end = _until(lines, position + 2, lambda inner: "|" not in inner)
            yield _table([line, *lines[position + 2 : end]])
            position = end
        elif _ITEM.match(line):
            end = _until(lines, position + 1, lambda inner: not inner.strip() or bool(_HEADING.match(inner)))
            yield from _items(lines[position:end])
            position = end
        else:
            end = _until(lines, position + 1, _ends_paragraph)
            yield from _paragraph(lines[position:end])
            position = end


def _until(lines: Sequence[str], position: int, ends: Callable[[str], bool]) -> int:
    while position < len(lines) and not ends(lines[position]):
        position += 1
    return position


def _ends_paragraph(line: str) -> bool:
    return (
        not line.strip()
        or line.lstrip().startswith(("$$", "\\[", "|", "\\begin{tab", "\\caption{"))
        or any(pattern.match(line) for pattern in (_HEADING, _ITEM, _FENCE, _RULE))
    )


def _end_of_formula(lines: Sequence[str], start: int) -> int:
    """The line after a displayed formula's last."""
    closing = "$$" if lines[start].lstrip().startswith("$$") else "\\]"
    if closing in lines[start].lstrip()[2:]:
        return start + 1
    end = _until(lines, start + 1, lambda line: closing in line or not line.strip())
    return min(end + 1, len(lines))


def _is_table_rule(line: str) -> bool:
    return "-" in line and bool(_TABLE_RULE.match(line))


def _table(lines: Sequence[str]) -> Node:
    rows: list[Node | str] = []
    for line in lines:
        texts = _CELL_BORDER.split(line.strip().removeprefix("|").removesuffix("|"))
        tag = "td" if rows else "th"
        rows.append(Node("tr", {}, [Node(tag, {}, _inline(text.replace("\\|", "|"))) for text in texts]))
    return Node("table", {}, rows)


def _end_of_latex_table(lines: Sequence[str], start: int) -> int:
    """The line after that of its end, those of tables in its cells aside; an empty line ends one that has none."""
    depth = 0
    for position in range(start, len(lines)):
        line = lines[position]
        depth += len(latex_tables.BEGIN.findall(line)) - len(latex_tables.END.findall(line))
        if depth <= 0 or not line.strip():
            return position + 1
    return len(lines)


def _latex_table(source: str) -> Iterator[Node]:
    """The table, and what stands on the line of its end."""
    rows, after = latex_tables.read(source)
    yield Node("table", {}, [Node("tr", {}, [_latex_cell(cell) for cell in row]) for row in rows])
    if after.strip():
        yield Node("p", {}, _inline(after))


def _latex_cell(cell: latex_tables.LatexCell) -> Node:
    return Node("td", {"colspan": str(cell.columns), "rowspan": str(cell.rows)}, _inline(cell.text))


def _items(lines: Sequence[str]) -> list[Node]:
    """List items by their indent; a line without a mark goes on with the item before it."""
    items: list[Node] = []
    indents: list[int] = []
    item = Node("li")
    for line in lines:
        match = _ITEM.match(line)
        if match is None:
            item.children += [" ", *_inline(line)]
            continue
        indent = len(match[1].expandtabs(4))
        while indents and indent < indents[-1]:
            indents.pop()
        if not indents or indent > indents[-1]:
            indents.append(indent)
        is_ordered = match[2][0].isdigit()
        item = Node("li", {"data-marker": match[2]} if is_ordered else {}, _inline(match[3]))
        nested = item
        for _ in range(min(len(indents), _DEEPEST_LIST)):
            nested = Node("ol" if is_ordered else "ul", {}, [nested])
        items.append(nested)
    return items


def _paragraph(lines: Sequence[str]) -> Iterator[Node]:
    children: list[Node | str] = []
    for line in lines:
        children += [*_inline(line.lstrip().removeprefix("> ")), Node("br") if line.endswith("  ") else " "]
    yield Node("p", {}, children)


def _without_closing_marks(text: str) -> str:
    text = text.strip()
    shorter = text.rstrip("#")
    return shorter.strip() if shorter[-1:] in ("", " ", "\t") else text


def _inline(text: str) -> list[Node | str]:
    """Emphasis and links as their words, pictures and line ends as tags."""
    text = _LINK.sub(r"\1", _STRONG.sub(lambda match: match[1] or match[2], text))
    children = with_breaks(text.split("<br>"))
    return [part for child in children for part in (_with_images(child) if isinstance(child, str) else [child])]


def _with_images(text: str) -> Iterator[Node | str]:
    end = 0
    for match in _IMAGE.finditer(text):
        yield text[end : match.start()]
        yield Node("img", {"alt": match[1]})
        end = match.end()
    yield text[end:]
