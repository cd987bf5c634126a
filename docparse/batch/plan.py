"""Which files are read and where each result goes."""

import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, OutputError, UsageError
from ..options import Format
from ..source import SUFFIXES


@dataclass(frozen=True)
class Job:
    """One document and what is to be made of it."""

    given: str
    """As the user named it; ``-`` for standard input."""
    formats: tuple[Format, ...]
    target: Path | None
    """Where the result goes, without suffix where ``is_stem``; None is standard output."""
    is_stem: bool = False

    @property
    def assets(self) -> Path:
        """The folder for the pictures."""
        assert self.target is not None
        name = self.target.name if self.is_stem else self.target.stem
        return self.target.with_name(name + ".assets")

    def path(self, form: Format) -> Path:
        """The file for one format."""
        assert self.target is not None
        return self.target.with_name(self.target.name + form.suffix) if self.is_stem else self.target


LINES = ((Format.JSONL,), (Format.CHUNKS,))
"""Formats of which one follows another on standard output."""


def plan(
    inputs: Sequence[str],
    formats: Sequence[Format],
    output: str | None,
    suffixes: Collection[str] = SUFFIXES,
) -> list[Job]:
    """One job a document, in the order given; folders in the order of their paths.

    ``suffixes`` are those of the files that a folder is searched for. An ``output`` of ``-`` is standard output.

    Raises:
        UsageError: the combination cannot be served.
        InputError: a folder holds nothing that can be read.
        OutputError: the output folder cannot be made.
    """
    if output in (None, "-"):
        return _to_stdout(inputs, formats)
    target = Path(output)
    several = len(inputs) > 1 or len(formats) > 1 or any(Path(given).is_dir() for given in inputs)
    if not (several or target.is_dir() or output.endswith(os.sep)):
        return [Job(inputs[0], tuple(formats) or (_format_of(target),), target)]
    if target.exists() and not target.is_dir():
        raise OutputError(f"{output} is a file; with several inputs or formats -o must name a folder")
    chosen = tuple(dict.fromkeys(formats)) or (Format.MARKDOWN,)
    found = [pair for given in inputs for pair in _documents(given, suffixes)]
    names = Counter(relative.with_suffix("") for _, relative in found)
    # Two documents that differ in their suffix alone keep it, so that neither overwrites the other.
    stems = [relative if names[relative.with_suffix("")] > 1 else relative.with_suffix("") for _, relative in found]
    if clash := next((stem for stem, count in Counter(stems).items() if count > 1), None):
        raise UsageError(f"two inputs would both be written to {target / clash}: give them in separate calls")
    return [Job(given, chosen, target / stem, is_stem=True) for (given, _), stem in zip(found, stems, strict=True)]


def _to_stdout(inputs: Sequence[str], formats: Sequence[Format]) -> list[Job]:
    chosen = tuple(dict.fromkeys(formats)) or (Format.MARKDOWN,)
    if len(chosen) > 1:
        raise UsageError("several formats need -o DIR: standard output takes one")
    if folder := next((given for given in inputs if Path(given).is_dir()), None):
        raise InputError(f"{folder} is a folder: give -o DIR to parse every document in it")
    if len(inputs) > 1 and chosen not in LINES:
        raise UsageError("several inputs need -o DIR, or -f jsonl or chunks: standard output takes one document")
    return [Job(given, chosen, None) for given in inputs]


def _format_of(target: Path) -> Format:
    name = target.name.lower()
    # The longest suffix first: .qwenvl.html is no .html.
    for form in sorted(Format, key=lambda form: -len(form.suffix)):
        if name.endswith(form.suffix):
            return form
    return Format.HTML if name.endswith(".htm") else Format.MARKDOWN


def _documents(given: str, suffixes: Collection[str]) -> Iterator[tuple[str, Path]]:
    """Path and, relative to the output folder, name of every document that ``given`` stands for."""
    folder = Path(given)
    if given == "-":
        yield given, Path("stdin")
    elif not folder.is_dir():
        yield given, Path(folder.name)
    else:
        files = sorted(
            Path(root, name)
            for root, folders, names in os.walk(folder)
            for name in names
            if Path(name).suffix.lower() in suffixes
        )
        if not files:
            raise InputError(f"{given} holds no file that docparse reads")
        for file in files:
            yield str(file), file.relative_to(folder)
