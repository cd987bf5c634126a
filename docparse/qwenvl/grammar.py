"""What ``schemas/qwenvl-html.rng`` (RELAX NG) says of each element by its name, whatever it stands in."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from lxml import etree

_NAMESPACE = "{http://relaxng.org/ns/structure/1.0}"


@dataclass(frozen=True)
class Content:
    """What an element may hold."""

    children: frozenset[str]
    attributes: frozenset[str]
    has_text: bool

    @property
    def is_void(self) -> bool:
        """Whether it holds nothing."""
        return not self.children and not self.has_text


def schema(rule: str = "") -> etree._Element:
    """The grammar, or only what it says of one of its definitions."""
    grammar = etree.fromstring(resources.files("docparse.schemas").joinpath("qwenvl-html.rng").read_bytes())
    start = grammar.find(f"{_NAMESPACE}start")
    if rule and start is not None:
        start.clear()
        etree.SubElement(start, f"{_NAMESPACE}ref", name=rule)
    return grammar


@cache
def contents() -> dict[str, Content]:
    """Of each element; of one that is defined several times, as ``div`` is, what any of these may hold. ``""`` is
    what stands around them all."""
    grammar = schema()
    defined = {str(define.get("name")): define for define in grammar.iter(f"{_NAMESPACE}define")}
    found: dict[str, list[Content]] = {}
    for element in grammar.iter(f"{_NAMESPACE}start", f"{_NAMESPACE}element"):
        for name in [""] if element.tag.endswith("start") else _names(element):
            found.setdefault(name, []).append(_content(element, defined))
    return {
        name: Content(
            frozenset().union(*(one.children for one in of_name)),
            frozenset().union(*(one.attributes for one in of_name)),
            any(one.has_text for one in of_name),
        )
        for name, of_name in found.items()
    }


def _names(element: etree._Element) -> list[str]:
    name = element.get("name")
    return [name] if name else [str(one.text) for one in element.iterfind(f"{_NAMESPACE}choice/{_NAMESPACE}name")]


def _content(element: etree._Element, defined: dict[str, etree._Element]) -> Content:
    children: set[str] = set()
    attributes: set[str] = set()
    has_text = False
    waiting = list(element)
    while waiting:
        part = waiting.pop()
        match part.tag.removeprefix(_NAMESPACE):
            case "element":
                children.update(_names(part))
            case "attribute":
                attributes.add(str(part.get("name")))
            case "ref":
                waiting += defined[str(part.get("name"))]
            case "text":
                has_text = True
            case _:
                waiting += part
    return Content(frozenset(children), frozenset(attributes), has_text)
