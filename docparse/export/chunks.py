"""A document in pieces for retrieval: JSON lines, each with its headings, its pages and its boxes.

A chunk is a section, or as much of one as ``--chunk-tokens`` allows; short sections stay chunks of their own. What is
cut is cut between paragraphs, else between sentences, else between words, and never inside a formula or a row of a
table. A formula or row that is longer than a chunk may be is one by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from ..content.formula import strip_delimiters
from ..content.text import printable
from ..document import (
    SCHEMA_VERSION,
    AnyElement,
    Caption,
    Chart,
    Chemical,
    Document,
    Formula,
    Heading,
    ListItem,
    Model,
    Music,
    Page,
    PageFooter,
    PageHeader,
    Part,
    Picture,
    Table,
)
from ..geometry import Box
from ..options import CHUNK_TOKENS
from .atoms import Atom, estimate, lines_of, tokens_of, words_of
from .tables import believable_rows, header_row_count, slots


class Place(Model):
    """Where something of a chunk is printed."""

    element: str
    """The id of the element."""
    kind: str
    page: int
    box: Box | None
    """In that page's units; of the whole element, or of the part of it that is on the page."""


class Chunk(Model):
    """One line of ``-f chunks``."""

    schema_version: str = SCHEMA_VERSION
    source: str
    """The name of the document's file."""
    number: int
    """From 1."""
    headings: list[str]
    """The headings that it stands under, the outermost first."""
    text: str
    """Blocks are parted by a blank line; a table is a line a row, its cells parted by ``|``. A heading stands in the
    first chunk of its section."""
    repeated_lines: int
    """How many lines at the top repeat the head of a table that begins in an earlier chunk."""
    tokens: int
    """Estimated (see ``estimate``)."""
    pages: list[int]
    places: list[Place]


def chunks(document: Document, max_tokens: int = CHUNK_TOKENS, *, furniture: bool = False) -> Iterator[Chunk]:
    """The document in reading order, every word of it once but for the heads of tables that are cut.

    Running headers and footers are left out unless ``furniture``.
    """
    packer = _Packer(document.source.name, max_tokens)
    for page in document.pages:
        elements = [one for one in page.elements if furniture or not isinstance(one, PageHeader | PageFooter)]
        for element, following in zip_longest(elements, elements[1:]):
            if isinstance(element, Heading):
                yield from packer.begin_section(element)
            # A caption above something says what it is.
            leads = isinstance(element, Caption) and following is not None and element.target == following.id != ""
            yield from packer.add(_block(element, page), leads=leads or isinstance(element, Heading))
    yield from packer.end()


@dataclass
class _Block:
    """An element in atoms."""

    atoms: list[Atom]
    places: list[tuple[int, Place]]
    """Each with the atom that is its first; all with 0 where that is not known."""
    head: int = 0
    """How many atoms at the top are said again where the block is cut."""
    is_line: bool = False
    """Follows another such block without a blank line between."""

    def places_of(self, start: int, end: int) -> list[Place]:
        ends = [first for first, _ in self.places[1:]] + [len(self.atoms)]
        return [
            place
            for (first, place), last in zip(self.places, ends, strict=True)
            if first < end and start < (last if last > first else len(self.atoms))
        ]


@dataclass
class _Piece:
    """Some of a block, in a chunk."""

    text: str
    tokens: int
    places: list[Place]
    leads: bool
    is_line: bool
    repeated_lines: int


@dataclass
class _Packer:
    """Fills one chunk after the other."""

    source: str
    limit: int
    number: int = 0
    path: list[tuple[int, str]] = field(default_factory=list)
    """Level and text of the headings that the next piece stands under."""
    pieces: list[_Piece] = field(default_factory=list)
    """Of the chunk that is being filled."""
    used: int = 0
    """Their tokens."""

    def begin_section(self, heading: Heading) -> Iterator[Chunk]:
        yield from self._close()
        while self.path and self.path[-1][0] >= heading.level:
            self.path.pop()
        self.path.append((heading.level, " ".join(printable(heading.text).split())))

    def add(self, block: _Block, *, leads: bool) -> Iterator[Chunk]:
        """``leads``: it is not to be parted from what follows, if that can be."""
        atoms = block.atoms
        total = tokens_of(atoms)
        if self.used + total > self.limit and (total <= self.limit or self.used * 2 > self.limit):
            yield from self._close()
        start = 0
        while start < len(atoms):
            repeated = atoms[: block.head] if start >= block.head else []
            if tokens_of(repeated) * 2 > self.limit:
                repeated = []
            end = _fitting(atoms, start, self.limit - self.used - tokens_of(repeated))
            if end == start and self.pieces:
                yield from self._close(whole=True)
                continue
            if end == start:
                repeated, end = [], max(_fitting(atoms, start, self.limit), start + 1)
            self._put(block, start, end, repeated, leads=leads and total * 2 <= self.limit)
            start = end
            if start < len(atoms):
                yield from self._close(whole=True)

    def end(self) -> Iterator[Chunk]:
        yield from self._close(whole=True)

    def _put(self, block: _Block, start: int, end: int, repeated: Sequence[Atom], *, leads: bool) -> None:
        atoms = [*repeated, *block.atoms[start:end]]
        text = "".join(atom.text for atom in atoms).rstrip()
        if text:
            piece = _Piece(text, tokens_of(atoms), block.places_of(start, end), leads, block.is_line, len(repeated))
            self.pieces.append(piece)
            self.used += piece.tokens

    def _close(self, *, whole: bool = False) -> Iterator[Chunk]:
        """The chunk that is filled, if any; what leads stays for the next unless ``whole`` or there is much of it."""
        kept = len(self.pieces)
        while kept and self.pieces[kept - 1].leads:
            kept -= 1
        if whole or sum(piece.tokens for piece in self.pieces[kept:]) * 2 > self.limit:
            kept = len(self.pieces)
        done, self.pieces = self.pieces[:kept], self.pieces[kept:]
        if not done:
            return
        self.number += 1
        tokens = sum(piece.tokens for piece in done)
        self.used -= tokens
        text = done[0].text
        for before, piece in pairwise(done):
            text += ("\n" if before.is_line and piece.is_line else "\n\n") + piece.text
        places = [place for piece in done for place in piece.places]
        yield Chunk(
            source=self.source,
            number=self.number,
            headings=[heading for _, heading in self.path if heading],
            text=text,
            repeated_lines=done[0].repeated_lines,
            tokens=tokens,
            pages=sorted({place.page for place in places}),
            places=places,
        )


def _fitting(atoms: Sequence[Atom], start: int, room: int) -> int:
    """The end of those from ``start`` that fit: behind a sentence, if that leaves no more than half of the room."""
    end, used, best = start, 0, start
    while end < len(atoms) and used + atoms[end].tokens <= room:
        used += atoms[end].tokens
        end += 1
        if atoms[end - 1].is_end and used * 2 >= room:
            best = end
    return best if start < best and end < len(atoms) else end


# Elements in atoms


def _block(element: AnyElement, page: Page) -> _Block:
    parts = element.parts or [Part(page=page.number, box=element.box)]
    places = [
        (part.first_row or 0, Place(element=element.id, kind=element.kind, page=part.page, box=part.box))
        for part in parts
    ]
    match element:
        case Table() | Chart() if element.cells:
            rows = believable_rows(element.cells, element.row_count)
            lines = [" | ".join(" ".join((text or "").split()) for text in row).rstrip() for row in slots(rows)]
            head = header_row_count(rows)
            # Nothing is skipped: ``first_row`` counts.
            atoms = [Atom(f"{line}\n", estimate(line)) for line in lines]
            return _Block(atoms, places, head if any(atom.tokens for atom in atoms[:head]) else 0)
        case ListItem():
            return _Block(words_of(f"{element.marker} {element.text}".strip()), places, is_line=True)
        case Formula() if element.latex:
            return _Block(lines_of(f"$${strip_delimiters(element.latex)}$$"), places)
        case Picture():
            return _Block(words_of("\n".join(filter(None, (element.description, element.text)))), places)
        case Chemical() if element.smiles:
            return _Block(
                lines_of(element.smiles) + words_of(element.text if element.text != element.smiles else ""), places
            )
        case Music() if element.abc:
            lines = element.abc.splitlines()
            return _Block(lines_of(*lines) + words_of(element.text if element.text != element.abc else ""), places)
    return _Block(words_of(element.text), places)
