"""From an answer's raw text to something that an HTML parser reads without losing text."""

import json
import re
from typing import Any

from .answer import Dialect, Findings

TAGS = frozenset(
    "html head body title meta link h1 h2 h3 h4 h5 h6 p div span table caption colgroup col thead tbody tfoot tr "
    "td th ul ol li dl dt dd img a br hr address figure figcaption section article header footer main aside nav "
    "b i u s strong em sub sup small mark code pre blockquote center font label form input button select option "
    "textarea script style svg math iframe object embed noscript template video audio canvas".split()
)
_FENCE = re.compile(r"```[a-zA-Z]*[ \t]*\n?")
_TAG_LIKE = re.compile(r"<(?!/?(?:%s)(?=[\s/>]|$)|!--|!DOCTYPE)" % "|".join(sorted(TAGS)), re.IGNORECASE)  # noqa: UP031
_UNFINISHED_TAG = re.compile(r"<[^<>]*\Z")
_UNFINISHED_COMMENT = re.compile(r"<!--(?!.*-->)", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_KNOWN_TAG = re.compile(r"</?(?:h[1-6]|p|div|table|tr|td|ul|ol|li|html|body|img)\b[^<>]*>", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*+] |\d+\. |\|.*\||\$\$)|\*\*\S", re.MULTILINE)


def readable(text: str) -> str:
    """Without characters that XML has no place for."""
    return _UNREADABLE.sub("", text)


def unfence(text: str, findings: Findings) -> str:
    """The answer proper: what stands in its code fence, else all of it. Words around the fence are told."""
    opening = _FENCE.search(text)
    if opening is None:
        return text
    closing = text.find("```", opening.end())
    if closing < 0:
        findings.info("fence-open", "the answer's code fence is not closed")
        closing = len(text)
    around = (text[: opening.start()] + " " + text[closing + 3 :]).strip()
    if around:
        findings.info("prose-around", f"the model wrote beside its answer: {' '.join(around.split())[:120]}")
    return text[opening.end() : closing]


def dialect_of(text: str) -> Dialect:
    """What the answer is written in."""
    if _KNOWN_TAG.search(text):
        if "data-bbox" not in text and "bbox=" not in text:
            return "html"
        return "qwen3vl" if 'class="text"' in text else "qwenvl"
    if '"bbox_2d"' in text or '"text_content"' in text:
        return "spotting-json"
    return "markdown" if _MARKDOWN.search(text) else "text"


def parsable(text: str, findings: Findings) -> str:
    """HTML in which every ``<`` and ``&`` that is text is written as such, and no tag is cut off."""
    if match := _UNFINISHED_TAG.search(text):
        tail = match[0]
        if _TAG_LIKE.match(tail) is None:
            text = text[: match.start()]
            findings.warn("cut-in-tag", "the answer ends in the middle of a tag")
    if _TAG_LIKE.search(text):
        findings.info("unescaped", "a < or & that is text was not escaped")
        text = _TAG_LIKE.sub("&lt;", text)
    if _UNFINISHED_COMMENT.search(text):
        text = text.replace("<!--", "&lt;!--")
    return _BARE_AMPERSAND.sub("&amp;", text)


def spotted_lines(text: str) -> list[tuple[str, Any]] | None:
    """Text and box of each entry of a line-spotting answer; None where it is no JSON, however repaired."""
    start = min((i for i in (text.find("["), text.find("{")) if i >= 0), default=-1)
    if start < 0:
        return None
    source = re.sub(r",\s*([\]}])", r"\1", text[start:])
    source = source.replace("{{", "{").replace("}}", "}")
    entries: list[Any] = []
    decoder = json.JSONDecoder()
    position = 0
    while position < len(source):
        position = min((i for i in (source.find("[", position), source.find("{", position)) if i >= 0), default=-1)
        if position < 0:
            break
        try:
            value, position = decoder.raw_decode(source, position)
        except (ValueError, RecursionError):
            # Cut off or broken: go on with the entries inside.
            position += 1
            continue
        entries.extend(value if isinstance(value, list) else [value])
    lines = []
    for entry in entries:
        if isinstance(entry, dict):
            words = entry.get("text_content") or entry.get("text") or entry.get("label")
            if isinstance(words, str):
                lines.append((words, entry.get("bbox_2d") or entry.get("bbox")))
    return lines or None
