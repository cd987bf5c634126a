"""Pages a second of `docparse --engine layout` beside pymupdf4llm's, time to the first page, peak memory.

The two read the same files in turn, N times; every figure is the median of its repeats.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
import pymupdf
import truth
from processes import kill_tree, run
from rich.console import Console
from rich.table import Table
from systems import HERE, PEER, docparse_command

REPOSITORY = HERE.parent
DEFAULT_CORPUS = REPOSITORY / ".." / "shared" / "corpus"
REPORT = REPOSITORY / "samples" / "report.pdf"

# A peer that has been imported: reads paths from stdin, answers each with its seconds.
IMPORTED_PEER = """
import sys, time, pymupdf4llm
print("ready", flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    pymupdf4llm.to_markdown(line.rstrip("\\n"), table_output="html")
    print(time.perf_counter() - started, file=sys.stderr, flush=True)
"""


@dataclass
class Times:
    """Seconds of each repeat on one file, and the largest memory seen."""

    docparse: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    peer_imported: list[float] = field(default_factory=list)
    docparse_peak: int = 0
    peer_peak: int = 0
    failure: str | None = None


class ImportedPeer:
    """pymupdf4llm in one process that stays, so that its start is paid once and not measured."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", IMPORTED_PEER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        while self.process.stdout.readline().strip() not in {"ready", ""}:
            pass

    def seconds(self, path: Path) -> float:
        assert self.process.stdin
        assert self.process.stderr
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        while line := self.process.stderr.readline():
            with contextlib.suppress(ValueError):
                return float(line)
        raise RuntimeError(f"pymupdf4llm ended while it read {path}")

    def close(self) -> None:
        kill_tree(psutil.Process(self.process.pid))
        self.process.wait()


def main() -> int:
    arguments = parse_arguments()
    console = Console(width=None if sys.stdout.isatty() else 130)
    files = arguments.files or default_files(arguments.corpus)
    pages = {path: page_count(path) for path in files}
    times = measure(files, arguments.repeats, arguments.timeout)
    report(console, times, pages)
    first = first_line_seconds(arguments.report, arguments.repeats) if arguments.report.exists() else None
    if first is not None:
        console.print(f"first jsonl line of {arguments.report.name} from a cold start: [bold]{first:.2f} s[/]")
    if arguments.json:
        facts = {str(path): {"pages": pages[path], **vars(value)} for path, value in times.items()}
        arguments.json.write_text(json.dumps({"files": facts, "first_line_seconds": first}, indent=1) + "\n")
    return 1 if any(value.failure for value in times.values()) else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="PDFs (default: the corpus' longer ones)")
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, help="folder that holds quality/ and robust/")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one call")
    parser.add_argument("--report", type=Path, default=REPORT, help="the PDF for the time to the first page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    return parser.parse_args()


def default_files(corpus: Path) -> list[Path]:
    """Three one-page documents and the longest documents with a text layer."""
    quality = sorted((d for d in truth.documents(corpus)), key=lambda document: document.pages)
    short = [document.path for document in quality if document.pages == 1][:3]
    long = [corpus / "quality/pdfua_tagged/PDFUA-Ref-2-05_BookChapter-german.pdf"]
    long += sorted((corpus / "robust/many_pages").glob("*.pdf"))
    return short + [quality[-1].path] + [path for path in long if path.exists()]


def page_count(path: Path) -> int:
    with pymupdf.open(path) as document:
        return int(document.page_count)


def measure(files: list[Path], repeats: int, timeout: float) -> dict[Path, Times]:
    times = {path: Times() for path in files}
    imported = ImportedPeer()
    try:
        for _ in range(repeats):
            for path, value in times.items():
                add_repeat(value, path, imported, timeout)
    finally:
        imported.close()
    return times


def add_repeat(times: Times, path: Path, imported: ImportedPeer, timeout: float) -> None:
    docparse = run([*docparse_command(), str(path), "-f", "md", "--engine", "layout"], timeout=timeout)
    times.docparse.append(docparse.seconds)
    times.docparse_peak = max(times.docparse_peak, docparse.peak_bytes)
    if docparse.exit_code or docparse.timed_out:
        times.failure = f"docparse: exit {docparse.exit_code}"
    with tempfile.TemporaryDirectory(prefix="docparse-bench-") as folder:
        values = {"{input}": str(path), "{output}": str(Path(folder, "peer.md"))}
        command = [values.get(part, part) for part in PEER]
        peer = run([*command, 'table_output="html"'], timeout=timeout)
    times.peer.append(peer.seconds)
    times.peer_peak = max(times.peer_peak, peer.peak_bytes)
    if peer.exit_code or peer.timed_out:
        times.failure = f"pymupdf4llm: exit {peer.exit_code}"
    times.peer_imported.append(imported.seconds(path))


def first_line_seconds(path: Path, repeats: int) -> float:
    """Median seconds from the start of the process to the end of the first line on stdout."""
    command = [*docparse_command(), str(path), "-f", "jsonl", "--engine", "layout"]
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert child.stdout
        line = child.stdout.readline()
        seconds.append(time.perf_counter() - started if line.endswith(b"\n") else float("nan"))
        kill_tree(psutil.Process(child.pid))
        child.stdout.close()
        child.wait()
    return median(seconds)


def report(console: Console, times: dict[Path, Times], pages: dict[Path, int]) -> None:
    cores = len(os.sched_getaffinity(0))
    table = Table(title=f"pages a second, {cores} cores", title_justify="left", title_style="bold")
    headings = ["pages", "docparse", "pymupdf4llm", "... imported", "ratio", "ratio imported", "MB", "MB peer"]
    table.add_column("file", no_wrap=True, max_width=34, overflow="ellipsis")
    for heading in headings:
        table.add_column(heading, justify="right")
    for path, value in times.items():
        table.add_row(path.name, *row([value], [pages[path]]))
        if value.failure:
            console.print(f"[red]FAILED[/] {path.name}: {value.failure}")
    table.add_section()
    table.add_row("[bold]all files[/]", *row(list(times.values()), list(pages.values())))
    console.print(table)


def row(times: list[Times], pages: list[int]) -> list[str]:
    """Speeds over several files are their pages over their seconds; a ratio above 1 means docparse is faster."""
    total = sum(pages)
    ours = sum(median(value.docparse) for value in times)
    theirs = sum(median(value.peer) for value in times)
    imported = sum(median(value.peer_imported) for value in times)
    speeds = [f"{total / seconds:.2f}" for seconds in (ours, theirs, imported)]
    memory = [max(value.docparse_peak for value in times), max(value.peer_peak for value in times)]
    return [
        str(total),
        *speeds,
        f"{theirs / ours:.2f}",
        f"{imported / ours:.2f}",
        *(f"{value / 1e6:.0f}" for value in memory),
    ]


if __name__ == "__main__":
    sys.exit(main())
