"""An answer's text to tags and words. Models forget to escape ``<`` and ``&``, and are cut off anywhere.

A ``<`` is markup only where a tag that exists follows it; all else is text. Every pattern looks no further than
the next ``<``, so the time is linear.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from .answer import Findings
from .clean import readable

_STRUCTURE = frozenset(
    "html head body title p h1 h2 h3 h4 h5 h6 div address ul ol li dl dt dd table caption colgroup col thead tbody "
    "tfoot tr td th img br hr wbr figure figcaption section article header footer main aside nav pre blockquote "
    "center form fieldset legend button select option input textarea details summary meta link base".split()
)
_FORMATTING = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup "
    "time tt u var".split()
)
_ACTIVE = frozenset("script style iframe object embed applet noscript template frame frameset base link meta".split())
_HEAD = frozenset("meta link base".split())
_KNOWN = _STRUCTURE | _FORMATTING | _ACTIVE
_ATTRIBUTES = frozenset(
    "data-bbox bbox data-box bbox_2d data-polygon class format colspan rowspan data-marker alt type value "
    "placeholder".split()
)

_TAG = re.compile(r"""<(/?)([A-Za-z][\w-]*+)(?=[\s/>])((?:[^<>"']|"[^"<]*+"(?=[\s/>])|'[^'<]*+'(?=[\s/>]))*+)>""")
_LOOSE_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*+)(?=[\s/>])([^<>]*+)>")
_OPEN_TAG = re.compile(r"""<([A-Za-z][\w-]*+)((?:\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))+)""")
_CUT_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*+)?([^<>]*+)\Z")
_PLACE = re.compile(r"<!--\s*+([A-Za-z]{1,20})\s*+(\(\s*+-?\d[\s\d,.-]*+\))\s*+-->")
_CUT_PLACE = re.compile(r"<!--\s{0,3}(?:(?:Image|Table)\s{0,3}(?:\([\d\s,.-]{0,60}\)?\s{0,3}-{0,2})?)?\Z")
_DECLARATION = re.compile(r"<(?:!doctype|\?xml)\b[^<>]*+>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)\s*+(?:=\s*+(?:"([^"]*)(?:"|$)|'([^']*)(?:'|$)|([^\s"'>]+)))?""")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_END_NAMES = re.compile(r"</([A-Za-z][\w-]{0,40})\s*>")
_RAW = {name: re.compile(rf"</{name}\b[^<>]*+>", re.IGNORECASE) for name in ("script", "style")}
_NOTES = frozenset("abcdefgxzuisq")
"""ABC notation has ``A<B`` and ``c>d``: in a music sheet tags of one letter are notes."""


class Start(NamedTuple):
    name: str
    attributes: dict[str, str]
    closed: bool = False
    """``<p/>``."""


class End(NamedTuple):
    name: str


Token = str | Start | End


def tokens(text: str, findings: Findings) -> Iterator[Token]:
    """Tags and the words between them, decoded, in the order of the text. Scripts and styles are left out."""
    return _Lexer(text, findings).run()


def decoded(text: str) -> str:
    """With character references resolved; an ``&`` that begins none is text."""
    return readable(_REFERENCE.sub(lambda match: unescape(match[0]), text)) if "&" in text else text


class _Lexer:
    def __init__(self, text: str, findings: Findings) -> None:
        self._text = text
        self._findings = findings
        self._ended = {name.lower() for name in _END_NAMES.findall(text)}
        self._music = 0
        """Open divs from that of a music sheet on."""
        self._standing_in: dict[str, list[str]] = {}
        """Open tags that are unknown to what follows -> the tags that stand for them."""
        self._missing: set[str] = set()
        """Ends that were looked for and do not come."""

    def run(self) -> Iterator[Token]:
        text = self._text
        written = position = 0
        while (start := text.find("<", position)) >= 0:
            found = self._markup(start)
            if found is None:
                position = start + 1
                continue
            token, end = found
            if start > written:
                yield decoded(text[written:start])
            if token is not None:
                yield token
            written = position = end
        if written < len(text):
            yield decoded(text[written:])

    def _markup(self, start: int) -> tuple[Token | None, int] | None:
        """What the ``<`` at ``start`` begins and where that ends; None where it is text."""
        text = self._text
        match = _TAG.match(text, start) or _LOOSE_TAG.match(text, start)
        if match is None:
            if match := _PLACE.match(text, start):
                # Of QwenVL Markdown: where a picture is, or what comes next.
                name = "img" if match[1].lower() == "image" else "place"
                return Start(name, {"data-bbox": match[2]}, closed=True), match.end()
            if match := _CUT_PLACE.match(text, start):
                self._findings.warn("cut-in-tag", "the answer ends in the middle of a tag")
                return None, match.end()
            if text.startswith("<!--", start):
                return None, self._end_of_comment(start)
            if match := _DECLARATION.match(text, start):
                return None, match.end()
            return self._unfinished(start)
        name = match[2].lower()
        if not self._is_tag(name, match[3]):
            self._findings.info("unescaped", "a < that is text was not escaped")
            return None
        if match[1]:
            self._music -= bool(self._music and name == "div")
            standing_in = self._standing_in.get(name)
            return End(standing_in.pop() if standing_in else name), match.end()
        if name in _RAW and (end := self._find_end(_RAW[name], name, match.end())) is not None:
            self._findings.warn("active-content", f"a <{name}> in the answer was dropped")
            return None, end
        return self._start(name, match[3]), match.end()

    def _is_tag(self, name: str, rest: str) -> bool:
        if self._music and name in _NOTES:
            return False
        if name in _STRUCTURE or name in _ACTIVE:
            return True
        # ``<T>`` and ``<b>`` alone are words and formulas as well; a tag is ended somewhere.
        if name in self._ended or "data-bbox" in rest:
            if name not in _KNOWN:
                self._findings.info("unknown-tag", "a tag that the format does not have was taken for its text")
            return True
        return name in _FORMATTING and len(name) > 1

    def _start(self, name: str, rest: str) -> Start:
        if name in _ACTIVE and name not in _HEAD:
            self._findings.warn("active-content", f"a <{name}> tag in the answer was dropped")
        attributes = self._attributes(rest) if rest else {}
        if self._music:
            self._music = 0 if "data-bbox" in attributes and name != "img" else self._music + (name == "div")
        if name == "div" and "music" in attributes.get("class", ""):
            self._music = 1
        is_closed = rest.endswith("/")
        if name not in _KNOWN or (name in _ACTIVE and name not in _HEAD):
            # With a box it is a block, without one a part of its line.
            known = "div" if "data-bbox" in attributes else "span"
            if not is_closed:
                self._standing_in.setdefault(name, []).append(known)
            name = known
        return Start(name, attributes, is_closed)

    def _attributes(self, rest: str) -> dict[str, str]:
        attributes: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(rest):
            name = match[1].lower()
            value = match[2] or match[3] or match[4] or ""
            if name in _ATTRIBUTES:
                value = decoded(value)
                if attributes.setdefault(name, value) != value:
                    self._findings.warn("attribute-doubled", "a tag has one attribute twice, with two values")
                    if name == "data-bbox":
                        attributes[name] = ""
            elif name.startswith("on") or value.lstrip().lower().startswith(("javascript:", "vbscript:")):
                self._findings.warn("active-content", "a script in an attribute was dropped")
        return attributes

    def _unfinished(self, start: int) -> tuple[Token | None, int] | None:
        """A tag without its ``>``: at the end of the answer it was cut, before it was forgotten."""
        if match := _CUT_TAG.match(self._text, start):
            if _was_cut(match[2] or "", match[3]):
                self._findings.warn("cut-in-tag", "the answer ends in the middle of a tag")
                return None, match.end()
        elif (match := _OPEN_TAG.match(self._text, start)) and match[1].lower() in _KNOWN:
            self._findings.warn("tag-without-end", "a tag has no >")
            return self._start(match[1].lower(), match[2]), match.end()
        self._findings.info("unescaped", "a < that is text was not escaped")
        return None

    def _end_of_comment(self, start: int) -> int:
        """Comments are dropped; of one that never ends only the mark is."""
        if "-->" not in self._missing:
            end = self._text.find("-->", start)
            if end >= 0:
                self._findings.info("comment", "a comment in the answer was dropped")
                return end + 3
            self._missing.add("-->")
        return start + 4

    def _find_end(self, pattern: re.Pattern[str], name: str, position: int) -> int | None:
        if name not in self._missing:
            if match := pattern.search(self._text, position):
                return match.end()
            self._missing.add(name)
        return None


def _was_cut(name: str, rest: str) -> bool:
    """Whether ``<name rest`` at the end of an answer began a tag."""
    name = name.lower()
    if not rest:
        return not name or any(known.startswith(name) for known in _KNOWN)
    if name not in _KNOWN or not rest[0].isspace():
        return False
    words = rest.split()
    return "=" in rest or not words or (len(words) == 1 and any(known.startswith(words[0]) for known in _ATTRIBUTES))
