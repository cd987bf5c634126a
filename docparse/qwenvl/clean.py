"""What stands around an answer and is no part of it: fences, special tokens, words about the answer."""

import re

from .answer import Dialect, Findings

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPECIAL_TOKEN = re.compile(r"<\|[a-z_]{1,40}\|>")
_FENCE = re.compile(r"^[ \t]*+```[ \t]*+([A-Za-z]{0,12})[ \t]*+$\n?", re.MULTILINE)
_INLINE_FENCE = re.compile(r"```(html|json|xml|markdown|md)\b[ \t]*\n?")
_LANGUAGES = frozenset("html json xml markdown md".split())
_LONGEST_REMARK = 300
"""Characters of what a model says about its answer; more is taken for a part of the answer."""

_TAG = re.compile(r"</?(?:h[1-6]|p|div|table|t[rdh]|[uo]l|li|html|body|img|br|address)\b[^<>]*>", re.IGNORECASE)
_PAGE_TAG = re.compile(r"<(?:html|body|p|div|h[1-6]|[uo]l|section|article|header|main)\b[^<>]*>", re.IGNORECASE)
_CLASSES = re.compile(
    r"""\bdata-(?:bbox|polygon)\b|<div\s[^<>]*\bclass\s*=\s*["'](?:table|chart|formula|image|music|chemical)\b"""
)
_TEXT_CLASS = re.compile(r"""<div\s[^<>]*\bclass\s*=\s*["']text["']""")
_MARKDOWN = re.compile(
    r"^(?:#{1,6}[ \t]+\S|[-*+][ \t]+\S|\d{1,3}[.)][ \t]+\S|\|.*\|[ \t]*$|\$\$|>[ \t]|\\begin\{tab)|\*\*\S",
    re.MULTILINE,
)
_PLACE = re.compile(r"<!--\s{0,9}(?:Image|Table)\s{0,9}\(\s{0,9}\d")
_JSON = re.compile(r"\s*(?:\[\s*[\[{\"]|\{\s*[{\"])")
_START_OF_PAGE = re.compile(r"<!doctype\b|<html\b|<body\b", re.IGNORECASE)


def readable(text: str, findings: Findings | None = None) -> str:
    """Without the characters that XML has no place for. Half a surrogate pair leaves a mark, since it stood for
    a character; a control character stands for none."""
    clean = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    if findings is not None and clean != text:
        findings.warn("unreadable-characters", "control characters or half surrogates in the answer were removed")
    return clean


def content_of(text: str, findings: Findings) -> str:
    """The answer proper, without special tokens, its code fence, and what the model says about it."""
    text = readable(text.replace("\r\n", "\n").replace("\r", "\n"), findings)
    stripped = _SPECIAL_TOKEN.sub("", text)
    if stripped != text:
        findings.info("special-token", "the model's own marks (<|…|>) in the answer were removed")
    return _without_remarks(_without_fence(_without_thoughts(stripped, findings), findings), findings)


def dialect_of(text: str) -> Dialect:
    """What the answer is written in."""
    if _JSON.match(text) and '"' in text:
        return "spotting-json"
    if _CLASSES.search(text) and _TAG.search(text):
        return "qwen3vl" if _TEXT_CLASS.search(text) else "qwenvl"
    if _PLACE.search(text):
        return "qwenvl-markdown"
    if _PAGE_TAG.search(text):
        return "html"
    if _MARKDOWN.search(text):
        return "markdown"
    return "html" if _TAG.search(text) else "text"


def without_fences(text: str) -> str:
    """Without lines that are fences: between the tags of a page they are no words of it."""
    return _FENCE.sub("", text) if "```" in text else text


def _without_thoughts(text: str, findings: Findings) -> str:
    """Without what a model that reasons writes first; the chat template may have opened the tag."""
    thoughts, end, answer = text.partition("</think>")
    if end and answer.strip() and (thoughts.lstrip().startswith("<think>") or not _TAG.search(thoughts)):
        _remark(thoughts.lstrip().removeprefix("<think>"), findings)
        return answer
    return text


def _without_fence(text: str, findings: Findings) -> str:
    """What stands in the fence around the answer. A fence inside the answer, as Markdown has it, stays."""
    opening = _FENCE.search(text) or _INLINE_FENCE.search(text)
    if opening is None:
        return text
    before = text[: opening.start()]
    if _TAG.search(before) or len(before) > _LONGEST_REMARK:
        return _without_last_fence(text, findings)
    closing = text.rfind("```", opening.end())
    if closing < 0:
        if not before.strip() and not text[opening.end() :].strip():
            return ""
        findings.info("fence-unclosed", "the answer's code fence is not closed")
        _remark(before, findings)
        return text[opening.end() :]
    after = text[closing + 3 :]
    around = before + after
    if opening[1] or not around.strip():
        is_whole = text[opening.end() : closing].rstrip().lower().endswith("</html>")
        is_remark = opening[1].lower() in _LANGUAGES and (is_whole or len(after) <= _LONGEST_REMARK)
        if not around.strip() or (is_remark and not _TAG.search(after) and not _MARKDOWN.search(around)):
            _remark(before, findings)
            _remark(after, findings)
            return text[opening.end() : closing]
    return text


def _without_last_fence(text: str, findings: Findings) -> str:
    """Of a page whose fence was never opened, without the closing one."""
    end = text.lower().rfind("</html>") + len("</html>")
    if end >= len("</html>") and text[end:].strip().startswith("```"):
        findings.info("fence-unopened", "the answer's code fence was closed but not opened")
        return text[:end] + text[end:].lstrip()[3:]
    return text


def _without_remarks(text: str, findings: Findings) -> str:
    """Without short words before the page begins and after it ends."""
    start = _START_OF_PAGE.search(text)
    if start is not None and start.start() <= _LONGEST_REMARK and not _TAG.search(text[: start.start()]):
        _remark(text[: start.start()], findings)
        text = text[start.start() :]
    position = text.lower().rfind("</html>")
    if position >= 0:
        end = position + len("</html>")
        if len(text) - end <= _LONGEST_REMARK and not _TAG.search(text[end:]):
            _remark(text[end:], findings)
            text = text[:end]
    return text


def _remark(text: str, findings: Findings) -> None:
    if words := " ".join(text.replace("```", " ").split()):
        findings.info("remark", f"the model wrote beside its answer: {words}")
