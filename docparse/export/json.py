"""A document as JSON, and the schema that says what it holds.

``schemas/document.schema.json`` is written from here (``python tests/regenerate.py --schema``).
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import PydanticSerializationError

from ..document import SCHEMA_VERSION, Chart, Document, Model, Page, Source, Table
from ..errors import InputError
from .chunks import Chunk

SCHEMA_ID = f"urn:docparse:schema:document:{SCHEMA_VERSION}"
LARGEST = 1e9
"""Points or pixels: beyond any page."""
_MOST_ROWS = 3_000_000
"""Of a table; an answer of 10 MB has fewer."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class PageLine(Model):
    """One line of ``-f jsonl``."""

    schema_version: str = SCHEMA_VERSION
    source: Source
    page: Page


def to_json(document: Document, *, indent: int | None = 2) -> str:
    """JSON with keys in the order of the classes; characters stand for themselves."""
    return f"{_dumped(document, indent=indent)}\n"


def from_json(data: bytes, name: str) -> Document:
    """The document that ``to_json`` wrote, the same in every field; ``name`` is for messages.

    Raises:
        InputError: it is no JSON, JSON of something else or of a later version of the schema, or holds what no page
            has.
    """
    try:
        document = Document.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise InputError(f"{name} {_objection(data, error)}") from error
    if _major(document.schema_version) != _major(SCHEMA_VERSION):
        raise InputError(f"{name} has the schema {document.schema_version}; this docparse reads {SCHEMA_VERSION}")
    if impossible := next(_impossible(document), None):
        raise InputError(f"{name}: {impossible}")
    return document


def _impossible(document: Document) -> Iterator[str]:
    """Numbers with which no exporter could do anything."""
    for page in document.pages:
        if not (0 <= page.width <= LARGEST and 0 <= page.height <= LARGEST):
            yield f"page {page.number} cannot be {page.width:g} × {page.height:g} {page.unit} large"
        for element in page.elements:
            cells = element.cells if isinstance(element, Table | Chart) else []
            for part in (element, *element.parts, *cells):
                if part.box is not None and not all(abs(side) <= LARGEST for side in part.box):
                    shown = " ".join(f"{side:g}" for side in part.box)
                    yield f"page {page.number}, {element.id}: {shown} cannot be a box"
            last = max((max(cell.row, cell.column) for cell in cells), default=0)
            if isinstance(element, Table | Chart) and max(last, element.row_count) > _MOST_ROWS:
                yield f"page {page.number}, {element.id}: no table has so many rows or columns"


def _objection(data: bytes, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        begun = data.partition(b"\n")[0]
        if begun.startswith(b'{"schema_version"') and begun.rstrip().endswith(b"}"):
            return "is made of lines (-f jsonl or chunks): only the whole document (-f json) can be converted"
        return f"is no JSON that docparse wrote: {first['msg'].removeprefix('Invalid JSON: ')}"
    place = ".".join(map(str, first["loc"]))
    return f"is no JSON that docparse wrote: {f'{place}: ' if place else ''}{first['msg']}"


def _major(version: str) -> str:
    return version.partition(".")[0]


def page_line(source: Source, page: Page) -> str:
    """One page as one line, its end included."""
    return _line(PageLine(source=source, page=page))


def chunk_line(chunk: Chunk) -> str:
    """One chunk as one line, its end included."""
    return _line(chunk)


def _line(model: BaseModel) -> str:
    line = _dumped(model, indent=None)
    # Line ends to some programs, characters to JSON. They can only stand in strings.
    for separator in ("\x85", "\u2028", "\u2029"):
        line = line.replace(separator, f"\\u{ord(separator):04x}")
    return f"{line}\n"


def document_schema() -> dict[str, Any]:
    """The JSON Schema of what ``to_json`` writes, with those of lines under
    ``$defs``: ``PageLine`` and ``Chunk``."""
    _, definitions = models_json_schema(
        [(Document, "serialization"), (PageLine, "serialization"), (Chunk, "serialization")],
        schema_generator=_WrittenSchema,
        ref_template="#/$defs/{model}",
    )
    parts = definitions["$defs"]
    document = parts.pop("Document")
    return {
        "$schema": _DIALECT,
        "$id": SCHEMA_ID,
        "title": f"docparse document {SCHEMA_VERSION}",
        "description": document.pop("description"),
        **{key: value for key, value in document.items() if key != "title"},
        "$defs": {name: parts[name] for name in sorted(parts)},
    }


def schema_text() -> str:
    """The schema as ``docparse schema`` prints it and as it is checked in."""
    return json.dumps(document_schema(), indent=2, ensure_ascii=False) + "\n"


class _WrittenSchema(GenerateJsonSchema):
    """Every field is required: what has a default is written all the same."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return True


def _dumped(model: BaseModel, *, indent: int | None) -> str:
    try:
        return model.model_dump_json(indent=indent)
    except PydanticSerializationError:  # lone surrogates, which UTF-8 cannot carry
        return json.dumps(_encodable(model.model_dump(mode="python")), indent=indent, ensure_ascii=False)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _encodable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
