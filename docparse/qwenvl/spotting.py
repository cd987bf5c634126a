"""Answers in JSON: spotted lines (``bbox_2d``, ``text_content``), grounded things (``label``), keys with values."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..document import AnyElement, Paragraph, Picture
from ..geometry import Box
from .answer import Findings
from .boxes import box_from
from .clean import readable
from .inline import fold

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+|"', re.DOTALL)
_COLON = re.compile(r"\s{0,40}:")
_BOXES = ("bbox_2d", "bbox", "box_2d", "box")
_TEXTS = ("text_content", "text", "content")
_DEEPEST = 50


class _Decimal(float):
    """A number that knows how it was written: 17.50 is not 17.5 on a receipt."""

    def __new__(cls, written: str) -> "_Decimal":
        number = super().__new__(cls, written)
        number.written = written
        return number

    written: str


def read(text: str, findings: Findings) -> list[AnyElement]:
    """Lines of text as paragraphs, grounded things as pictures with their label as description, both with the
    box that they have in the answer's space; of other objects each key with its value as a paragraph."""
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_float=_Decimal)
    except (ValueError, RecursionError):
        findings.warn("broken-json", "the JSON of the answer is broken; what could be told apart was read")
        value = lenient(text)
    return list(_elements(value, "", findings, 0))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """With the values of a key that comes several times in a list."""
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: several[0] if len(several) == 1 else several for name, several in values.items()}


def _elements(value: Any, key: str, findings: Findings, depth: int) -> Iterator[AnyElement]:
    if isinstance(value, list) and depth < _DEEPEST:
        for item in value:
            yield from _elements(item, key, findings, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        if any(name in value for name in (*_BOXES, *_TEXTS, "point_2d")):
            yield from _spotted(value, findings)
        else:
            for name, inner in value.items():
                yield from _elements(inner, f"{key} {name}".strip(), findings, depth + 1)
    elif (words := _words(value)) or key:
        yield Paragraph(text=fold(readable(f"{key}: {words}" if key else words)))


def _spotted(entry: Mapping[str, Any], findings: Findings) -> Iterator[AnyElement]:
    box = None
    for name in _BOXES:
        if name in entry:
            box = _box(entry[name], findings)
            break
    if "point_2d" in entry:
        findings.info("point", "a point was given where a box belongs; it has no place in the document")
    text = next((entry[name] for name in _TEXTS if isinstance(entry.get(name), str)), "")
    others = [
        words
        for name, value in entry.items()
        if name not in (*_BOXES, "point_2d") and value is not text and (words := _words(value))
    ]
    description = fold(readable(", ".join(others)))
    if text:
        yield Paragraph(text=fold(readable(text)), box=box)
        if description:
            yield Paragraph(text=description)
    elif description or box:
        yield Picture(description=description, box=box)


def _box(value: Any, findings: Findings) -> Box | None:
    if isinstance(value, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value[:9]):
        return box_from([float(n) if abs(n) < 1e9 else 1e9 for n in value[:9]], findings)
    return box_from(None, findings)


def _words(value: Any, depth: int = 0) -> str:
    """The words in a value, whatever it is made of."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, _Decimal):
        return value.written
    if value is None or depth > _DEEPEST:
        return ""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return ", ".join(words for part in parts if (words := _words(part, depth + 1)))
    return json.dumps(value)


def lenient(text: str) -> Any:
    """What can be told apart of broken JSON: doubled braces, missing or spare commas, no end. Linear time.

    Returns:
        A list of the outermost values.
    """
    outermost: list[Any] = []
    open_values: list[Any] = [outermost]
    keys: list[str | None] = [None]
    for match in _TOKEN.finditer(text):
        token = match[0]
        parent = open_values[-1]
        if token in "{[":
            if len(open_values) < _DEEPEST:
                opened: Any = {} if token == "{" else []
                _put(parent, keys, opened)
                open_values.append(opened)
                keys.append(None)
        elif token in "}]":
            if len(open_values) > 1 and isinstance(parent, dict) == (token == "}"):
                _put_last_key(open_values.pop(), keys)
                keys.pop()
        elif token == ":" or token == ",":
            continue
        elif (
            isinstance(parent, dict) and keys[-1] is None and text[match.end() : match.end() + 40].lstrip()[:1] == ":"
        ):
            keys[-1] = str(_scalar(token))
        else:
            _put(parent, keys, _scalar(token))
    while open_values:
        _put_last_key(open_values.pop(), keys)
        keys.pop()
    return outermost


def _put_last_key(parent: Any, keys: list[str | None]) -> None:
    """A key whose value does not come has none, as in whole JSON ``null`` is none."""
    if isinstance(parent, dict) and keys[-1] is not None:
        _put(parent, keys, None)


def _put(parent: Any, keys: list[str | None], value: Any) -> None:
    if isinstance(parent, list):
        parent.append(value)
        return
    key, keys[-1] = keys[-1], None
    if key and key not in parent:  # "" is where what has no key of its own goes
        parent[key] = value
    elif isinstance(value, str) and parent and isinstance(parent[last := next(reversed(parent))], str):
        # An unescaped quotation mark inside a string: the string went on.
        parent[last] += f" {value}"
    else:
        parent.setdefault("", []).append(value)


def _scalar(token: str) -> Any:
    try:
        return json.loads(token, strict=False, parse_float=_Decimal)
    except (ValueError, RecursionError):
        return token.strip('"')
