"""The document: what every engine's answer becomes, and all that an exporter ever sees.

Boxes are in *page units*: PDF points (1/72 inch) of the page as it is shown, pixels for an image; origin at
the top left. ``schemas/document.schema.json`` is generated from these classes (``docparse schema``).
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .geometry import Box
from .options import CHUNK_TOKENS

SCHEMA_VERSION = "1.2"


class Model(BaseModel):
    """Base of all parts: unknown keys are refused, so that a typo is never silently lost."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Severity(StrEnum):
    INFO = "info"
    """Worth knowing; nothing is lost."""
    WARNING = "warning"
    """Something was repaired, left out or is in doubt."""
    ERROR = "error"
    """Something could not be read."""


class Problem(Model):
    """Something that went wrong or was repaired, and where."""

    kind: str
    """A stable name in lower-case words, e.g. ``box-outside-page``."""
    severity: Severity
    message: str
    """One sentence for people."""
    page: int | None = None
    """Page number from 1; null for the document as a whole."""
    element: str | None = None
    """The id of the element."""


class Asset(Model):
    """A picture cut from the page."""

    media_type: str
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    path: str | None = None
    """Relative to the output file (``--images files``)."""
    data: str | None = None
    """Base64 (``--images embed``)."""


class Grounding(Model):
    """How far the page itself bears an element out."""

    support: float = Field(ge=0, le=1)
    """Share of the element's words that the page's text layer has inside the element's box."""


class Part(Model):
    """A place where a piece of an element is printed."""

    page: int
    """Page number from 1."""
    box: Box | None = None
    """In that page's units, as are the boxes of the cells that are printed there."""
    first_row: int | None = Field(default=None, ge=0)
    """Of a table, the first of its rows that stand there; null for other kinds."""


class Doubt(Model):
    """Words in a row that the model was not sure of."""

    text: str
    """As in the element's text, single blanks between words."""
    confidence: float = Field(ge=0, le=1)
    """Of the least sure of these words: the product of its tokens' probabilities."""


class _Element(Model):
    kind: str = ""
    id: str = ""
    """Unique in the document: ``p<page>-e<index>``; given when the document is assembled."""
    box: Box | None = None
    """Page units. Null where the engine gave none or one that cannot be. That of the first part, if there are
    ``parts``."""
    parts: list[Part] = []
    """Where an element was cut by the end of a column or page and joined again: all its places, in order, on the
    page that holds it and after. Empty for an element in one piece. A head that a table repeats is left out."""
    text: str = ""
    """Plain text; inline mathematics stays LaTeX between ``$``; line breaks are ``\\n``."""
    confidence: float | None = Field(default=None, ge=0, le=1)
    """Geometric mean of the token probabilities; null where the engine has none."""
    doubts: list[Doubt] = []
    """In the order of the text: the words that are more likely wrong than right by the model's own account. Empty
    where the engine has no probabilities."""
    grounding: Grounding | None = None


class _Notation(_Element):
    valid: bool | None = None
    """Whether it is what its notation allows; null where nothing has told."""
    reason: str | None = None
    """Why it is not valid, or why it was not checked."""


class Heading(_Element):
    kind: Literal["heading"] = "heading"
    level: int = Field(default=2, ge=1, le=6)
    """1 is the outermost; the same over the whole document once all its pages are known."""
    font_size: float | None = None
    """Points; null where the page has no text layer to tell."""


class Paragraph(_Element):
    kind: Literal["paragraph"] = "paragraph"


class ListItem(_Element):
    kind: Literal["list_item"] = "list_item"
    level: int = Field(default=1, ge=1)
    """1 is the outermost."""
    ordered: bool = False
    marker: str = ""
    """As printed: ``•``, ``3.``, ``(a)``; empty where unknown. Not part of ``text``."""


class Cell(Model):
    """One cell; ``row`` and ``column`` count from 0 and name its top left slot."""

    row: int = Field(ge=0)
    column: int = Field(ge=0)
    row_span: int = Field(default=1, ge=1)
    column_span: int = Field(default=1, ge=1)
    header: bool = False
    text: str = ""
    box: Box | None = None


class _Grid(_Element):
    row_count: int = 0
    column_count: int = 0
    cells: list[Cell] = []
    """Row by row. Each slot of the grid belongs to one cell; slots that a span covers have none of their own."""
    header_inferred: bool = False
    """Whether its header cells are docparse's guess: what was read marks none."""


class Table(_Grid):
    kind: Literal["table"] = "table"


class Formula(_Notation):
    kind: Literal["formula"] = "formula"
    latex: str = ""
    """Without delimiters. Empty where only the page's own characters are known (see ``text``)."""
    handwritten: bool = False
    asset: Asset | None = None


class DataPoint(Model):
    """A number of a chart, with what it is the number of."""

    row: int = Field(ge=0)
    column: int = Field(ge=0)
    category: str = ""
    """The text of the row's first cell."""
    series: str = ""
    """The text of the column's head."""
    number: float
    unit: str = ""
    """As it stands beside the number, or in brackets at the end of the column's head; prefixes such as ``million``
    included: the number is the printed one."""


class Chart(_Grid):
    """Its cells are its data as a table; there are none where only the picture is known."""

    kind: Literal["chart"] = "chart"
    data: list[DataPoint] = []
    """The numbers of the table, typed."""
    asset: Asset | None = None


class Picture(_Element):
    kind: Literal["picture"] = "picture"
    description: str = ""
    """What a model says is to be seen. Not words of the page."""
    asset: Asset | None = None
    # ``text`` holds words that are printed inside the picture.


class Caption(_Element):
    kind: Literal["caption"] = "caption"
    target: str | None = None
    """The id of the table, picture, chart or formula that it belongs to."""


class Chemical(_Notation):
    kind: Literal["chemical"] = "chemical"
    smiles: str = ""
    """As the page has it."""
    canonical: str = ""
    """RDKit's canonical SMILES: the same for every way to write the same molecule."""
    formula: str = ""
    """The molecular formula: ``C8H10N4O2``."""
    asset: Asset | None = None


class Music(_Notation):
    kind: Literal["music"] = "music"
    abc: str = ""
    """A tune in ABC notation."""
    asset: Asset | None = None


class Author(_Element):
    kind: Literal["author"] = "author"


class Footnote(_Element):
    kind: Literal["footnote"] = "footnote"


class PageHeader(_Element):
    kind: Literal["page_header"] = "page_header"


class PageFooter(_Element):
    kind: Literal["page_footer"] = "page_footer"


AnyElement = (
    Heading
    | Paragraph
    | ListItem
    | Table
    | Formula
    | Chart
    | Picture
    | Caption
    | Chemical
    | Music
    | Author
    | Footnote
    | PageHeader
    | PageFooter
)
PICTURED = (Picture, Chart, Formula, Chemical, Music)
"""Kinds that are cut from the page as a picture: each has an ``asset``."""
CAPTIONED = (*PICTURED, Table)
"""Kinds that a caption may belong to."""
Element = Annotated[AnyElement, Field(discriminator="kind")]


class StopReason(StrEnum):
    """Why an engine's answer ended."""

    END = "end"
    LENGTH = "length"
    """``--max-new-tokens`` was reached: the rest of the page is missing."""
    LOOP = "loop"
    """The model repeated itself without end: the rest of the page is missing."""
    TIMEOUT = "timeout"
    """``--page-timeout`` was reached: the rest of the page is missing."""


class PageStatus(StrEnum):
    OK = "ok"
    PARTIAL = "partial"
    """Some of the page is known to be missing."""
    FAILED = "failed"
    """Nothing of the page could be read; its problems say why."""


class Timings(Model):
    """Seconds."""

    read: float = 0.0
    """Rendering and text extraction, in the worker process."""
    engine: float = 0.0
    """The engine's own work."""


class Page(Model):
    number: int = Field(ge=1)
    width: float
    height: float
    unit: Literal["pt", "px"]
    rotation: int = 0
    """Degrees clockwise by which the file asks the page to be turned; boxes are already turned."""
    status: PageStatus = PageStatus.OK
    engine: str | None = None
    model: str | None = None
    stop_reason: StopReason | None = None
    elements: list[Element] = []
    """In reading order."""
    problems: list[Problem] = []
    timings: Timings = Timings()


class Source(Model):
    """The file that was read."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    page_count: int
    """All pages of the file, also those that were not asked for."""


class Document(Model):
    """A parsed document. ``docparse.parse`` makes it, ``to_*`` write it."""

    schema_version: str = SCHEMA_VERSION
    generator: str
    source: Source
    title: str | None = None
    """From the file's own metadata."""
    language: str | None = None
    """BCP 47, such as ``de`` or ``pt-BR``: of most of the text, else as the file says; null where neither tells."""
    pages: list[Page] = []
    problems: list[Problem] = []

    @property
    def is_complete(self) -> bool:
        """Whether all pages that were asked for are here, each read to its end."""
        lost = any(problem.severity is Severity.ERROR for problem in self.problems)
        return not lost and all(page.status is PageStatus.OK for page in self.pages)

    def to_html(self) -> str:
        """One self-contained, sanitised HTML page."""
        from .export.html import to_html

        return to_html(self)

    def to_markdown(self, *, furniture: bool = False) -> str:
        """GitHub-flavoured Markdown; running headers and footers only with ``furniture``."""
        from .export.markdown import to_markdown

        return to_markdown(self, furniture=furniture)

    def to_json(self, *, indent: int | None = 2) -> str:
        """JSON as described by ``schemas/document.schema.json``, keys always in the same order."""
        from .export.json import to_json

        return to_json(self, indent=indent)

    def to_jsonl(self) -> str:
        """One line a page."""
        from .export.json import page_line

        return "".join(page_line(self.source, page) for page in self.pages)

    def to_chunks(self, max_tokens: int = CHUNK_TOKENS, *, furniture: bool = False) -> str:
        """One line a chunk for retrieval (``docparse.export.chunks.Chunk``); running headers and footers only with
        ``furniture``."""
        from .export.chunks import chunks
        from .export.json import chunk_line

        return "".join(chunk_line(chunk) for chunk in chunks(self, max_tokens, furniture=furniture))

    def to_qwenvl(self) -> str:
        """Canonical QwenVL HTML, one ``body`` a page, boxes in page units."""
        from .export.qwenvl import to_qwenvl

        return to_qwenvl(self)

    @classmethod
    def load(cls, path: str | Path) -> "Document":
        """Read a document that ``to_json`` wrote.

        Raises:
            InputError: the file is missing or is no such document.
        """
        from .errors import InputError
        from .export.json import from_json

        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from error
        return from_json(data, str(path))
