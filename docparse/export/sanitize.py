"""The last step of the HTML export: whatever the tree became, nothing active leaves.

The exporter only ever builds what is allowed here. This is the second lock.
"""

import nh3

from ..content.formula import MATHML_ATTRIBUTES, MATHML_TAGS
from ..content.svg import SVG_ATTRIBUTES, SVG_TAGS, refers_to_nothing
from .pictures import is_inert_picture

_TAGS = """
a address aside br caption code details div figcaption figure h1 h2 h3 h4 h5 h6 header img li main nav ol
p pre section span strong summary sup table tbody td th thead tr ul
"""
_HTML_TAGS = frozenset(_TAGS.split())
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"id", "class", "dir", "lang", "style", "aria-label", "aria-hidden"},
    "a": {"href"},
    "annotation": {"encoding"},
    "details": {"open"},
    "div": {"role", "tabindex"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "math": {"display"},
    "mi": {"mathvariant"},
    "ol": {"start", "type"},
    "section": {"role"},
    "svg": {"role"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
for _tag in MATHML_TAGS:
    _ATTRIBUTES[_tag] = _ATTRIBUTES.get(_tag, set()) | MATHML_ATTRIBUTES
for _tag in SVG_TAGS:
    _ATTRIBUTES[_tag] = _ATTRIBUTES.get(_tag, set()) | SVG_ATTRIBUTES


def _inert(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if is_inert_picture(value) else None
    if attribute == "href":
        return value if value.startswith("#") else None
    if tag in SVG_TAGS and attribute in SVG_ATTRIBUTES:
        return value if refers_to_nothing(value) else None
    return value


_cleaner = nh3.Cleaner(
    tags=set(_HTML_TAGS | MATHML_TAGS | SVG_TAGS),
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_inert,
    generic_attribute_prefixes={"data-"},
    filter_style_properties={"width", "min-width", "aspect-ratio"},
    url_schemes={"data"},
    link_rel=None,
)


def sanitized(body: str) -> str:
    """``body`` with allowed elements and attributes only."""
    return _cleaner.clean(body)
