"""The text, order and tables that docparse reads from PDFs with a text layer, beside pymupdf4llm's."""

import argparse
import difflib
import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import systems
import truth
from rich.console import Console
from rich.table import Table as RichTable

from docparse import evaluate as evaluation
from docparse.evaluate.plaintext import html_to_text, markdown_tables, markdown_to_html, normalise, words
from docparse.evaluate.tables import TableScore, score_tables
from docparse.evaluate.textual import TextScore, score_text

REPOSITORY = Path(__file__).resolve().parent.parent
DEFAULT_CORPUS = REPOSITORY / ".." / "shared" / "corpus"
DEFAULT_SYSTEMS = "docparse,pymupdf4llm"
MEASURED_BY = [
    Path(evaluation.__path__[0], name)
    for name in ("plaintext.py", "textual.py", "ordering.py", "tables.py", "matching.py")
]


@dataclass(frozen=True)
class Result:
    """One system on one document. A failure scores as an empty output."""

    system: str
    document: str
    set_name: str
    pages: int
    text: TextScore
    told: tuple[str, ...]
    tables: TableScore | None
    seconds: float
    peak_bytes: int
    failure: str | None


Measure = Callable[[Result], float | None]

# Column heading, how to read it from a result, the format, and whether a greater value is the better one.
MEASURES: list[tuple[str, Measure, str, bool | None]] = [
    ("recall", lambda result: result.text.recall, ".4f", True),
    ("precision", lambda result: result.text.precision if "precision" in result.told else None, ".4f", True),
    ("edit", lambda result: result.text.edit_distance if "edit" in result.told else None, ".4f", False),
    ("order", lambda result: result.text.order if "order" in result.told else None, ".4f", True),
    ("TEDS", lambda result: result.tables.teds if result.tables else None, ".4f", True),
    ("TEDS-S", lambda result: result.tables.structure if result.tables else None, ".4f", True),
    ("s", lambda result: result.seconds, ".2f", False),
    ("MB", lambda result: result.peak_bytes / 1e6, ".0f", False),
]


def main() -> int:
    arguments = parse_arguments()
    console = Console(width=None if sys.stdout.isatty() else 150)
    if arguments.excluded:
        for what, reason in truth.EXCLUDED.items():
            console.print(f"[bold]{what}[/]: {reason}", highlight=False)
        return 0
    documents = [
        document
        for document in truth.documents(arguments.corpus)
        if (arguments.only or arguments.diff or "") in document.name
        and arguments.set_name in {None, document.set_name}
    ]
    if not documents:
        console.print("no document matches")
        return 2
    names = arguments.systems.split(",")
    if arguments.diff:
        for document in documents[:1]:
            show_difference(console, document, names[0], arguments)
        return 0
    jobs = [(document, name) for document in documents for name in names]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda job: evaluate(job[0], job[1], arguments), jobs))
    report(console, results, names, worst=arguments.worst)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n")
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, help="folder that holds quality/")
    parser.add_argument("--only", metavar="SUBSTR", help="documents whose path contains this")
    parser.add_argument("--set", dest="set_name", metavar="NAME", help="documents of this set")
    parser.add_argument("--systems", default=DEFAULT_SYSTEMS, help=f"of {', '.join(systems.SYSTEMS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every result here")
    parser.add_argument("--diff", metavar="SUBSTR", help="show one document's truth and output (first system)")
    parser.add_argument("--worst", type=int, default=8, help="how many of the worst documents to list")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one document")
    parser.add_argument("--fresh", action="store_true", help="run the cached systems again")
    parser.add_argument("--excluded", action="store_true", help="list the truth that is not used, and why")
    return parser.parse_args()


def evaluate(document: truth.Document, system: str, arguments: argparse.Namespace) -> Result:
    reading = systems.read(system, document.path, timeout=arguments.timeout, fresh=arguments.fresh)
    text, tables = scores(document, reading.markdown)
    return new_result(document, system, reading, text, tables)


def new_result(
    document: truth.Document,
    system: str,
    reading: systems.Reading,
    text: TextScore,
    tables: TableScore | None,
) -> Result:
    return Result(
        system=system,
        document=document.name,
        set_name=document.set_name,
        pages=document.pages,
        text=text,
        told=tuple(sorted(document.told)),
        tables=tables,
        seconds=reading.seconds,
        peak_bytes=reading.peak_bytes,
        failure=reading.failure,
    )


def scores(document: truth.Document, markdown: str) -> tuple[TextScore, TableScore | None]:
    """The scores, remembered by truth, output and measuring code: TEDS of a big table takes seconds."""
    code = "".join(path.read_text(encoding="utf-8") for path in MEASURED_BY)
    facts = "\0".join([code, document.text, repr(document.tables), markdown])
    memory = systems.RESULTS / "scores" / f"{hashlib.sha256(facts.encode()).hexdigest()[:24]}.json"
    if memory.exists():
        known = json.loads(memory.read_text(encoding="utf-8"))
        return TextScore(**known["text"]), TableScore(**known["tables"]) if known["tables"] else None
    source = markdown_to_html(markdown)
    text = score_text(document.text, html_to_text(source))
    tables = score_tables(document.tables, markdown_tables(markdown)) if document.tables else None
    value = {"text": asdict(text), "tables": asdict(tables) if tables else None}
    systems.write_atomically(memory, json.dumps(value))
    return text, tables


def average(results: Iterable[Result], measure: Measure) -> float | None:
    values = [value for value in map(measure, results) if value is not None]
    return mean(values) if values else None


def shown(value: float | None, form: str, *, best: bool) -> str:
    text = "" if value is None else format(value, form)
    return f"[bold green]{text}[/]" if best and text else text


def report(console: Console, results: list[Result], names: list[str], *, worst: int) -> None:
    for set_name in dict.fromkeys(result.set_name for result in results):
        of_set = [result for result in results if result.set_name == set_name]
        table = new_table(set_name)
        for document in dict.fromkeys(result.document for result in of_set):
            rows = [result for result in of_set if result.document == document]
            add_rows(table, Path(document).name, [[row] for row in rows])
            table.add_section()
        add_rows(table, "MEAN", [[row for row in of_set if row.system == name] for name in names], bold=True)
        console.print(table)
    overall = new_table("all sets, mean over documents")
    add_rows(overall, "ALL", [[row for row in results if row.system == name] for name in names], bold=True)
    console.print(overall)
    for result in results:
        if result.failure:
            console.print(f"[red]FAILED[/] {result.system} {result.document}: {result.failure}", markup=True)
    first = [result for result in results if result.system == names[0]]
    report_worst(console, results, first, worst)


def new_table(title: str) -> RichTable:
    table = RichTable(title=title, title_justify="left", title_style="bold", pad_edge=False)
    table.add_column("document", max_width=40, overflow="ellipsis", no_wrap=True)
    table.add_column("system", no_wrap=True)
    for heading, *_ in MEASURES:
        table.add_column(heading, justify="right")
    return table


def add_rows(table: RichTable, label: str, groups: list[list[Result]], *, bold: bool = False) -> None:
    """One row a group, the best value of each column in green where the groups differ."""
    values = [[average(group, measure) for _, measure, _, _ in MEASURES] for group in groups]
    for group, row in zip(groups, values, strict=True):
        cells = []
        for index, (_, _, form, greater) in enumerate(MEASURES):
            others = [other[index] for other in values if other[index] is not None]
            pick: Any = max if greater else min
            best = len(set(others)) > 1 and row[index] == pick(others)
            cells.append(shown(row[index], form, best=best))
        name = group[0].system if group else "-"
        failed = "[red]![/]" if any(result.failure for result in group) else ""
        table.add_row(f"[bold]{label}[/]" if bold else label, name + failed, *cells)


def report_worst(console: Console, results: list[Result], first: list[Result], count: int) -> None:
    """The documents where the first system is worst, with another system's values in brackets."""

    def badness(result: Result) -> float:
        parts = [measure(result) for _, measure, _, greater in MEASURES[:6] if greater]
        return sum(1 - part for part in parts if part is not None)

    peers = {result.document: result for result in results if result.system != first[0].system}
    lines = sorted(first, key=badness, reverse=True)[:count]
    console.print(f"\n[bold]worst for {first[0].system}[/]")
    for result in lines:
        facts = [
            f"{heading} {format(value, form)}" + against(peers.get(result.document), measure, form)
            for heading, measure, form, _ in MEASURES[:6]
            if (value := measure(result)) is not None
        ]
        console.print(f"  {result.document}: " + ", ".join(facts), highlight=False, soft_wrap=True)


def against(peer: Result | None, measure: Measure, form: str) -> str:
    value = measure(peer) if peer else None
    return "" if value is None else f" ({format(value, form)})"


def show_difference(console: Console, document: truth.Document, system: str, arguments: argparse.Namespace) -> None:
    """Lines of the normalised truth and output: red is only in the truth, green only in the output."""
    reading = systems.read(system, document.path, timeout=arguments.timeout, fresh=arguments.fresh)
    text, tables = scores(document, reading.markdown)
    result = new_result(document, system, reading, text, tables)
    got_text = html_to_text(markdown_to_html(reading.markdown))
    console.print(f"[bold]{document.name}[/] by {system}; [red]- truth[/] [green]+ output[/]", highlight=False)
    if reading.failure:
        console.print(f"[red]{reading.failure}[/]")
    difference = difflib.SequenceMatcher(
        None, wanted := spaced(document.text), got := spaced(got_text), autojunk=False
    )
    for kind, start, end, got_start, got_end in difference.get_opcodes():
        same = " ".join(wanted[start:end])
        if kind == "equal":
            show(console, same if len(same) < 160 else f"{same[:70]} … {same[-70:]}", "dim")
            continue
        for sign, style, part in (("-", "red", same), ("+", "green", " ".join(got[got_start:got_end]))):
            if part:
                show(console, f"{sign} {part}", style)
    report_worst(console, [result], [result], 1)
    if not document.tables:
        return
    for label, side in (("truth", document.tables), ("output", markdown_tables(reading.markdown))):
        for number, table in enumerate(side, 1):
            console.print(f"[bold]{label}: table {number}[/]")
            for row in table:
                show(console, "  " + " | ".join(cell_sketch(cell) for cell in row))


def show(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def spaced(text: str) -> list[str]:
    return normalise(text).split() if words(text) else []


def cell_sketch(cell: Any) -> str:
    spans = f" ↔{cell.colspan}" * (cell.colspan > 1) + f" ↕{cell.rowspan}" * (cell.rowspan > 1)
    return f"{cell.text}{spans}"


if __name__ == "__main__":
    sys.exit(main())
