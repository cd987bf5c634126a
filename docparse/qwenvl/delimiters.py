"""The delimiters of mathematics: ``$$…$$``, ``$…$``, ``\\[…\\]``, ``\\(…\\)``."""

import re
from collections.abc import Iterator

_PAIRS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))
_DISPLAYED = re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$))++)\$\$", re.DOTALL)


def undelimited(text: str) -> str | None:
    """What stands between one pair of delimiters around the whole text; None where there is no such pair."""
    text = text.strip()
    for opening, closing in _PAIRS:
        if len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening == "$" and "$" in inner.replace("\\$", ""):
                return None
            if opening not in inner and closing not in inner:
                return inner.strip()
            if opening == "$$":
                return None
    return None


def split_formulas(text: str, *, bare_is_latex: bool) -> Iterator[tuple[str, str]]:
    """The parts of a formula's content, each as (LaTeX, words), of which one is empty.

    Text without any delimiter is LaTeX if ``bare_is_latex``; beside displayed formulas it is words.
    """
    if not text.strip():
        return
    if (latex := undelimited(text)) is not None:
        yield latex, ""
        return
    if "$$" not in text:
        is_latex = bare_is_latex and "$" not in text.replace("\\$", "")
        yield (text, "") if is_latex else ("", text)
        return
    end = 0
    for match in _DISPLAYED.finditer(text):
        if words := text[end : match.start()].strip():
            yield "", words
        if latex := match[1].strip():
            yield latex, ""
        end = match.end()
    if words := text[end:].strip():
        yield "", words
