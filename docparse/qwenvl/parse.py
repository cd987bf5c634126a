"""A model's answer, whatever it is, to elements. Nothing raises, and no text is lost."""

from lxml import etree
from lxml import html as lxml_html

from ..document import AnyElement, Paragraph
from .answer import Answer, Findings
from .boxes import read_box
from .clean import dialect_of, parsable, readable, spotted_lines, unfence
from .read import read_body

_DEEPEST = 200
"""Nested tags. libxml2 gives up at 256; no page has a tenth of this."""


def parse(text: str, *, truncated: bool = False) -> Answer:
    """Understand an answer.

    Args:
        text: as the model wrote it.
        truncated: the model was stopped before its end; its last element may be incomplete.

    Returns:
        Elements with boxes in the space of the answer, and problems without page and element.
    """
    findings = Findings()
    content = unfence(readable(text), findings)
    dialect = dialect_of(content)
    elements: list[AnyElement]
    match dialect:
        case "qwenvl" | "qwen3vl" | "html":
            elements = _read_html(content, findings)
        case "markdown":
            from markdown_it import MarkdownIt

            rendered = MarkdownIt("commonmark", {"html": False}).enable("table").render(content)
            elements = _read_html(rendered, findings)
        case "spotting-json":
            elements = _read_spotting(content, findings)
        case "text":
            elements = _paragraphs(content)
    if dialect not in ("qwenvl", "qwen3vl") and elements:
        findings.info("dialect", f"the model answered in {dialect}, not in QwenVL HTML")
    if truncated and elements:
        findings.warn("last-element-cut", f"the last element ({elements[-1].kind}) may be incomplete")
    return Answer(elements, findings.problems(), dialect)


def _read_html(text: str, findings: Findings) -> list[AnyElement]:
    source = _shallow(parsable(text, findings), findings)
    if not source.strip():
        return []
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return _paragraphs(text)
    return read_body(root, findings)


def _shallow(text: str, findings: Findings) -> str:
    """The text without tags that are nested deeper than any page needs; their words stay."""
    if text.count("<") < _DEEPEST:
        return text
    depth = 0
    parts: list[str] = []
    position = 0
    while (start := text.find("<", position)) >= 0:
        end = text.find(">", start)
        if end < 0:
            break
        parts.append(text[position:start])
        tag = text[start : end + 1]
        position = end + 1
        is_void = tag.endswith("/>") or tag[1:4].lower() in ("img", "br>", "br ", "hr>", "hr ")
        if tag.startswith("</"):
            if depth <= _DEEPEST:
                parts.append(tag)
            depth = max(0, depth - 1)
        else:
            depth += not is_void
            if depth <= _DEEPEST:
                parts.append(tag)
            else:
                findings.warn("too-deep", f"tags nested more than {_DEEPEST} deep were dropped")
                parts.append(" ")
    parts.append(text[position:])
    return "".join(parts)


def _read_spotting(text: str, findings: Findings) -> list[AnyElement]:
    lines = spotted_lines(text)
    if lines is None:
        findings.warn("broken-json", "the answer looks like JSON but cannot be read as such")
        return _paragraphs(text)
    elements: list[AnyElement] = []
    for words, numbers in lines:
        box = None
        if isinstance(numbers, list):
            node = etree.Element("p", {"data-bbox": " ".join(str(number)[:20] for number in numbers[:9])})
            box = read_box(node, findings)
        elements.append(Paragraph(text=" ".join(words.split()), box=box))
    return elements


def _paragraphs(text: str) -> list[AnyElement]:
    return [Paragraph(text=" ".join(part.split())) for part in text.split("\n\n") if part.strip()]
