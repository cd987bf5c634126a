"""A document as one HTML page that needs nothing else: no script, no network, no font of ours."""

import html
from collections.abc import Sequence
from itertools import groupby

from ..bidi import has_right_to_left, is_right_to_left
from ..content.language import valid_tag
from ..content.plain import readable
from ..content.text import printable
from ..document import (
    CAPTIONED,
    AnyElement,
    Caption,
    Document,
    Heading,
    ListItem,
    Page,
    PageStatus,
    Problem,
    Severity,
)
from .html_elements import PageBuilder
from .html_notes import link_notes
from .markup import Node, node, serialised, with_text
from .sanitize import sanitized
from .stylesheet import STYLESHEET

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src data: 'self' file:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
CONTENTS_FROM = 6
"""Headings that a document of several pages must have to be given a table of contents."""
_LOOKED_AT = 100_000
"""Characters that tell the document's direction."""

_HEAD = """<!DOCTYPE html>
<html{attributes}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="{generator}">
<title>{title}</title>
<style>{stylesheet}</style>
</head>
<body>
"""


def to_html(document: Document) -> str:
    """One self-contained page. Every element keeps its id and its box, every page its size and number.

    Nothing that the document holds can become active: all text is escaped as the tree is written, and the
    body goes through nh3's allow-list last.
    """
    head = _HEAD.format(
        attributes=_language(document),
        policy=CONTENT_SECURITY_POLICY,
        generator=html.escape(printable(document.generator)),
        title=html.escape(_title(document)),
        stylesheet=STYLESHEET,
    )
    goes_on = _goes_on(document.pages)
    pages = "\n".join(serialised(_page(page, goes_on.get(page.number))) for page in document.pages)
    body = f'{serialised(_header(document))}\n<main id="text">\n{pages}\n</main>'
    return f"{head}{sanitized(body)}\n</body>\n</html>\n"


def _language(document: Document) -> str:
    """The attributes of ``html``: its language, where known, and the direction of most of its letters."""
    text = " ".join(element.text for page in document.pages for element in page.elements)[:_LOOKED_AT]
    tag = valid_tag(document.language)
    lang = f' lang="{tag}"' if tag else ""
    return f'{lang} dir="{"rtl" if has_right_to_left(text) and is_right_to_left(text) else "ltr"}"'


def _title(document: Document) -> str:
    """The file's own title, else the first heading, else the file's name."""
    headings = (element.text for page in document.pages for element in page.elements if element.kind == "heading")
    title = document.title or next(headings, "") or document.source.name
    return " ".join(printable(readable(title)).split())


def _header(document: Document) -> Node:
    contents = _contents(document)
    count = document.source.page_count
    pages = f"{count} page{'s' if count != 1 else ''}"
    if len(document.pages) != count:
        pages = f"{len(document.pages)} of {pages}"
    unread = [str(page.number) for page in document.pages if page.status is PageStatus.FAILED]
    warning = f"Not read: page{'s' if len(unread) > 1 else ''} {', '.join(unread)}." if unread else ""
    return node(
        "header",
        node("a", "To the text", class_="skip", href="#text") if contents is not None else None,
        node("p", node("strong", document.source.name), f" · {pages}"),
        node("p", warning, class_="failed") if warning else None,
        _notes(document.problems, "on this document"),
        contents,
    )


def _contents(document: Document) -> Node | None:
    headings = [
        (element, page.number)
        for page in document.pages
        for element in page.elements
        if isinstance(element, Heading) and element.level <= 3 and element.id and element.text.strip()
    ]
    if len(document.pages) < 2 or len(headings) < CONTENTS_FROM:
        return None
    top = min(heading.level for heading, _ in headings)
    entries = [
        node("li", _contents_link(heading), class_=f"l{heading.level - top + 1}", dir="auto")
        for heading, _ in headings
    ]
    return node("nav", node("details", node("summary", "Contents"), node("ul", *entries)), aria_label="Contents")


def _contents_link(heading: Heading) -> Node:
    return with_text(node("a", href=f"#{heading.id}"), heading.text.replace("\n", " "))


def _goes_on(pages: Sequence[Page]) -> dict[int, str]:
    """By the numbers of later pages, the id of the element that goes on there."""
    elements = (element for page in pages for element in page.elements if element.id)
    return {part.page: element.id for element in elements for part in element.parts[1:]}


def _page(page: Page, goes_on: str | None) -> Node:
    """``goes_on`` is the id of an element that begins before the page and goes on over it."""
    section = node(
        "section",
        class_="page",
        id=f"p{page.number}",
        aria_label=f"Page {page.number}",
        data_page=page.number,
        data_width=f"{page.width:.10g}",
        data_height=f"{page.height:.10g}",
        data_unit=page.unit,
    )
    captions = _linked_captions(page.elements)
    linked = {id(caption) for group in captions.values() for _, caption in group}
    builder = PageBuilder(page, captions)
    shown = (element for element in page.elements if id(element) not in linked)
    for is_list, run in groupby(shown, key=lambda element: isinstance(element, ListItem)):
        if is_list:
            section.extend(builder.list_of([item for item in run if isinstance(item, ListItem)]))
        else:
            section.extend(builder.build(element) for element in run)
    link_notes(section)
    if not page.elements and goes_on is not None:
        link = node("a", "What stands on this page belongs to an earlier one", href=f"#{goes_on}")
        section.append(node("p", link, class_="continued"))
    if page.status is PageStatus.FAILED:
        section.append(node("p", "This page could not be read.", class_="failed"))
    elif page.status is PageStatus.PARTIAL:
        section.append(node("p", "Part of this page is missing.", class_="failed"))
    notes = _notes(page.problems, "on this page", opened=page.status is not PageStatus.OK)
    if notes is not None:
        section.append(notes)
    return section


def _linked_captions(elements: Sequence[AnyElement]) -> dict[str, list[tuple[bool, Caption]]]:
    """Captions by the element of the same page that they belong to, each with whether it precedes it."""
    places = {element.id: index for index, element in enumerate(elements) if isinstance(element, CAPTIONED)}
    found: dict[str, list[tuple[bool, Caption]]] = {}
    for index, element in enumerate(elements):
        if isinstance(element, Caption) and element.target and element.target in places:
            found.setdefault(element.target, []).append((index < places[element.target], element))
    return found


def _notes(problems: Sequence[Problem], place: str, *, opened: bool = False) -> Node | None:
    if not problems:
        return None
    lines = []
    for problem in problems:
        line = node("li", problem.message, class_="error" if problem.severity is Severity.ERROR else None)
        if problem.element:
            line.append(node("a", problem.element, href=f"#{problem.element}"))
            line[-1].tail = ")"
            line.text = f"{line.text or ''} ("
        lines.append(line)
    label = f"{len(problems)} note{'s' if len(problems) > 1 else ''} {place}"
    return node("details", node("summary", label), node("ul", *lines), class_="notes", open="" if opened else None)
