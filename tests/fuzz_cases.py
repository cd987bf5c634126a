"""What ``fuzz`` tries: answers as checkpoints write them in every dialect, and what becomes of them when mutated."""

import json
from collections.abc import Callable
from functools import cache
from random import Random

from .conftest import SAMPLES, SHARED
from .export.documents import GOLDEN, full_document
from .export.payloads import PAYLOADS

_WORDS = (
    "ice 3,4 a<b R&D *x* _y_ Ω 港口 הנמל $x^2$ $48~\\mathrm{GB}$ 5$ # 1. - ¹ e\u0301 \u00ad http://x.y `c` "
    "[1](u) <b>k</b> H<sub>2</sub> &lt;i&gt; <br> | ``` === --- &amp;#60; <a href='javascript:x'>l</a>"
).split(" ")
_LATEX = (
    "\\frac{a}{b}",
    "x_{i}^{2}",
    "\\sum_{i=1}^n",
    "\\begin{matrix}a&b\\\\c\\end{matrix}",
    "\\text{ä $}",
    "{",
    "\\x",
    "}",
)
_SMILES = ("CCO", "c1ccccc1", "C1CC", "[Fe+2]", "C(=O)(", "é", "N#N>>N", "C/C=C\\C")
_ABC = (
    "X:1\n",
    "K:G\n",
    "M:3/4\n",
    "L:1/8\n",
    "T:<i>\n",
    "(3ABC ",
    "|: a2 :|",
    "[CEG] ",
    "{g}A ",
    '"Am"e>f ',
    "w: la-la\n",
    "V:2\n",
)
_STYLES = (
    "",
    ' style="border: 1px solid"',
    " style='x' align=left",
    ' onclick="x()"',
    ' class="_empty"',
    ' data-polygon="1 2"',
)
_BREAKERS = [
    "\x00",
    "\ud800",
    "\udfff",
    "\u2028",
    "\ufeff",
    "\u202e",
    "<",
    ">",
    "&",
    '"',
    "'",
    "$",
    "|",
    "`",
    "\\",
    "]",
]
_BREAKERS += ["</", "<!--", "-->", "]]>", "&#0;", "&#xD800;", "\r", "\x85", "\U0010ffff", "<p", "</table>", "```\n"]
_BREAKERS += ['<div class="formula">', "<td colspan=99999 rowspan=99999>", ' data-bbox="nan inf -1 1e400"', "{", "["]


@cache
def seeds() -> list[str]:
    """Answers of our own, what our exporters write, scripts, and recorded answers where they are."""
    own = [json.loads(path.read_text())["text"] for path in sorted((SAMPLES / "answers").rglob("*.json"))]
    own += [path.read_text(encoding="utf-8") for path in sorted(GOLDEN.iterdir())]
    own += [full_document().to_qwenvl(), *PAYLOADS]
    recorded = sorted((SHARED / "model-outputs").glob("qwen*.*"))
    return own + [path.read_text(encoding="utf-8") for path in recorded]


def make_case(seed: int, number: int) -> str:
    rng = Random(f"{seed} {number}")
    match rng.randrange(10):
        case 0:
            return "".join(
                chr(rng.choice((rng.randrange(128), rng.randrange(0x11000)))) for _ in range(rng.randrange(99))
            )
        case 1 | 2 | 3:
            text = answer(rng)
        case 4 | 5 | 6:
            text = "".join(mutated(rng, answer(rng)) for _ in range(rng.choice((1, 1, 2))))
        case _:
            text = rng.choice(seeds())
            start = rng.randrange(max(1, len(text) - 4000))
            text = mutated(rng, text[start : start + 4000] if rng.random() < 0.9 else text)
    return text


def mutated(rng: Random, text: str) -> str:
    """Cut, doubled, swapped, overwritten, nested; up to eight times over."""
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        first, last = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        if rng.random() < 0.5:
            last = min(last, first + rng.randrange(1, 30))
        middle = text[first:last]
        match rng.randrange(9):
            case 0:
                text = text[:first]
            case 1:
                text = text[:first] + text[last:]
            case 2:
                text = text[:last] + middle[:2000] * rng.choice((1, 1, 3, 20)) + text[last:]
            case 3:
                text = text[last:] + middle + text[:first]
            case 4 | 5:
                text = text[:first] + rng.choice(_BREAKERS) * rng.choice((1, 1, 1, 40)) + text[first:]
            case 6:
                text = text[:first] + rng.choice(_BREAKERS) + text[last:]
            case 7:
                tag = rng.choice(("div", "b", "table><tr><td", "ul><li", "p", "sup"))
                text = text[:first] + f"<{tag}>" * rng.choice((2, 30, 300)) + text[first:]
            case 8:
                text = (
                    text[:first]
                    + middle.translate({ord(str(d)): str(rng.randrange(10**6)) for d in range(10)})
                    + text[last:]
                )
        text = text[:100_000]
    return text


def answer(rng: Random) -> str:
    """One page's answer in one of the dialects, whole."""
    return rng.choice(_DIALECTS)(rng)


def _words(rng: Random, most: int = 8) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(rng.randrange(most)))


def _box(rng: Random, largest: int = 1300) -> str:
    sides = [rng.randrange(-20, largest) for _ in range(rng.choice((4, 4, 4, 4, 4, 3, 8)))]
    if rng.random() < 0.8:
        sides = [*sorted(sides[0::2]), *sorted(sides[1::2])]
        sides[1:3] = sides[2:0:-1] if len(sides) == 4 else sides[1:3]
    return rng.choice((" ", ", ")).join(map(str, sides))


def _place(rng: Random) -> str:
    return rng.choice(("", f' data-bbox="{_box(rng)}"', f' data-bbox="{_box(rng)}"', f" data-bbox='{_box(rng)}'"))


def _table(rng: Random) -> str:
    rows = []
    for _ in range(rng.randrange(5)):
        cells = []
        for _ in range(rng.randrange(5)):
            tag, spans = rng.choice(("td", "td", "th")), ""
            if rng.random() < 0.3:
                spans = f' {rng.choice(("rowspan", "colspan"))}="{rng.choice((0, 1, 2, 3, 9, -1, 10**9))}"'
            inside = _table(rng) if rng.random() < 0.03 else _words(rng, 4)
            cells.append(f"<{tag}{spans}{rng.choice(_STYLES)}{_place(rng)}>{inside}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = f"<thead>{rows.pop(0)}</thead>" if rows and rng.random() < 0.4 else ""
    return f"<table{rng.choice(_STYLES)}>{head}{''.join(rows)}</table>"


def _items(rng: Random, depth: int = 0) -> str:
    tag = rng.choice(("ul", "ol"))
    inside = [
        f"<li{_place(rng)}>{_words(rng)}{_items(rng, depth + 1) if depth < 3 and rng.random() < 0.3 else ''}</li>"
        for _ in range(rng.randrange(4))
    ]
    return f"<{tag}{_place(rng)}>{''.join(inside)}</{tag}>"


def _element(rng: Random) -> str:
    image, place = (
        rng.choice(("", f"<img{_place(rng)}/>", f'<img src=x alt="{rng.choice(_WORDS)}"{_place(rng)}>')),
        _place(rng),
    )
    match rng.randrange(12):
        case 0:
            level = rng.randrange(1, 8)
            return f"<h{level}{place}>{_words(rng)}</h{level}>"
        case 1:
            return f'<div class="table"{place}>{_table(rng)}</div>'
        case 2:
            return f'<div class="chart"{place}>{image}{_table(rng)}</div>'
        case 3:
            latex = (
                rng.choice(("$$", "", "\\["))
                + "".join(rng.choices(_LATEX, k=rng.randrange(5)))
                + rng.choice(("$$", ""))
            )
            kind = rng.choice(("", " machine_printed", " handwritten", " x"))
            return f'<div class="formula{kind}"{place}>{image}<div>{latex}</div></div>'
        case 4:
            body = "".join(rng.choices(_SMILES, k=rng.randrange(3)))
            return f'<div class="chemical formula" format="smile"{place}>{image}<div>{body}</div></div>'
        case 5:
            body = "".join(rng.choices(_ABC, k=rng.randrange(12)))
            return f'<div class="music sheet" format="abc notation"{place}>{image}<div>{body}</div></div>'
        case 6:
            kind = rng.choice(("image", "image caption", "image ocr", "Image", "figure", "img caption ocr"))
            return f'<div class="{kind}"{place}>{image}<p>{_words(rng)}</p></div>'
        case 7:
            return _items(rng)
        case 8:
            return f'<address class="author"{place}>{_words(rng)}</address>'
        case 9:
            return rng.choice(
                ("<p></p>", "<hr/>", "<title>t</title>", "<pre> a\n  b</pre>", _table(rng), _words(rng))
            )
        case _:
            kind = rng.choice(("", "", ' class="caption"', ' class="footnote"', ' class="page-header"'))
            return f"<p{kind}{place}>{_words(rng)}</p>"


def _elements(rng: Random, element: Callable[[Random], str] = _element) -> str:
    parts = [element(rng) for _ in range(rng.randrange(8))]
    if parts and rng.random() < 0.1:  # a loop
        parts += [rng.choice(parts)] * rng.choice((3, 30, 100))
    return rng.choice(("", "\n")).join(parts)


def _qwenvl(rng: Random) -> str:
    text = f"<html><body>\n{_elements(rng)}\n</body></html>"
    return rng.choice(
        (text, f"```html\n{text}\n```", f"```html\n{text}", f"Here it is:\n\n{text}", text.replace("\n", ""))
    )


def _qwen3vl(rng: Random) -> str:
    def block(rng: Random) -> str:
        kind = rng.choice(("text", "text", "table", "image", "formula", "title"))
        inside = _table(rng) if kind == "table" else f"<p>{_words(rng)}</p>"
        return f'<div class="{kind}" data-bbox="{_box(rng, 1000)}">{inside}</div>'

    return _elements(rng, block)


def _markdown(rng: Random) -> str:
    def block(rng: Random) -> str:
        width = rng.randrange(1, 4)
        rows = "\n".join("|" + "|".join(_words(rng, 3) for _ in range(width)) + "|" for _ in range(rng.randrange(4)))
        marks = ("# ", "###### ", "- ", "  - ", "12. ", "> ", "", "", "![i](u) ", "$$", "```\n")
        marks += (
            f"<!-- {rng.choice(('Image', 'Table'))} ({_box(rng)}) -->\n",
            "\\begin{tabular}{l}\n\\multirow{2}{*}{a} & \\multicolumn{2}{c}{b} \\\\ \\hline\n& \\textbf{c} ",
        )
        return rng.choice((f"{rng.choice(marks)}{_words(rng)}", f"|a|b|\n{'|---' * width}|\n{rows}"))

    return "\n\n".join(block(rng) for _ in range(rng.randrange(8)))


def _spotting(rng: Random) -> str:
    items: list[dict[str, object]] = []
    for _ in range(rng.randrange(8)):
        box: object = [rng.randrange(1300) for _ in range(rng.choice((4, 4, 4, 2, 8)))]
        item = {rng.choice(("bbox_2d", "bbox_2d", "point_2d", "bbox")): rng.choice((box, box, "1 2 3 4", None))}
        items.append(
            item | {rng.choice(("text_content", "text", "label")): rng.choice((_words(rng), 3, None, [_words(rng)]))}
        )
    text = json.dumps(items, ensure_ascii=rng.random() < 0.3, indent=rng.choice((None, 1)))
    if rng.random() < 0.3:
        text = text.replace("}", rng.choice(("},", "}}", "")))
    return rng.choice((text, f"```json\n{text}\n```", f"Sure:\n```json\n{text}"))


_DIALECTS = (_qwenvl, _qwenvl, _qwenvl, _qwen3vl, _markdown, _spotting, _elements)
