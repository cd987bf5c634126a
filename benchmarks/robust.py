"""Every file that breaks parsers, through the command line: a result or a documented exit code, and no hang.

Exits with 1 if any run breaks a rule.
"""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import truth
from processes import Finished, run
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from systems import HERE, docparse_command

DEFAULT_CORPUS = HERE.parent / ".." / "shared" / "corpus"

# From docparse's table of exit codes: read, unreadable input, encrypted, some pages failed.
ALLOWED_EXITS = frozenset({0, 3, 4, 5, 7})
WITH_DOCUMENT = frozenset({0, 7})
MEMORY_LIMIT = 2 * 10**9
START_SECONDS = 15.0


@dataclass(frozen=True)
class Case:
    """One call: a file, perhaps with its password. `bound` is the most seconds that it may take."""

    name: str
    path: Path
    password: str | None
    bound: float


@dataclass(frozen=True)
class Outcome:
    """What came of a case, and the rules that it broke."""

    case: Case
    finished: Finished
    pages: int | None
    violations: list[str] = field(default_factory=list)


def main() -> int:
    arguments = parse_arguments()
    console = Console(width=None if sys.stdout.isatty() else 150)
    cases = [
        case
        for case in make_cases(arguments.corpus / "robust", arguments.page_timeout, arguments.engine)
        if (arguments.only or "") in case.name
    ]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(lambda case: try_case(case, arguments.page_timeout, arguments.engine), cases))
    report(console, outcomes, verbose=not arguments.quiet)
    if arguments.json:
        arguments.json.write_text(json.dumps([as_facts(outcome) for outcome in outcomes], indent=1) + "\n")
    return 1 if any(outcome.violations for outcome in outcomes) else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, help="folder that holds robust/")
    parser.add_argument("--only", metavar="SUBSTR", help="files whose path contains this")
    parser.add_argument("--page-timeout", type=float, default=20, help="seconds, handed to docparse")
    parser.add_argument("--engine", choices=("layout", "auto"), default="layout", help="auto: scans are read by nano")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quiet", action="store_true", help="show the violations only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every outcome here")
    return parser.parse_args()


def make_cases(folder: Path, page_timeout: float, engine: str) -> list[Case]:
    """Each file once without a password, and once more with it where it is known."""
    cases = []
    for entry in truth.manifest(folder):
        path = folder / entry["path"]
        bound = time_bound(entry, page_timeout, engine)
        cases.append(Case(entry["path"], path, None, bound))
        if entry.get("password"):
            cases.append(Case(entry["path"], path, entry["password"], bound))
    return cases


def time_bound(entry: dict[str, Any], page_timeout: float, engine: str) -> float:
    """Start, and for each page its time limit with a second to kill and start a worker: at most half an hour.

    A model has that time once more, and has to be loaded.
    """
    pages = entry["pymupdf"].get("page_count") or entry.get("page_count_after_auth") or 1
    bound = START_SECONDS + pages * (page_timeout + 1)
    return min(2 * bound if engine == "auto" else bound, 1800.0)


def try_case(case: Case, page_timeout: float, engine: str) -> Outcome:
    command = [*docparse_command(), str(case.path), "-f", "json", "--engine", engine]
    command += ["--page-timeout", f"{page_timeout:g}"]
    command += ["--password", case.password] if case.password else []
    finished = run(command, timeout=case.bound)
    return Outcome(case, finished, count_pages(finished.stdout), violations(finished, case))


def violations(finished: Finished, case: Case) -> list[str]:
    """The rules that a run broke, in words."""
    broken = []
    if finished.timed_out:
        broken.append(f"no end within {case.bound:.0f} s")
    elif finished.exit_code not in ALLOWED_EXITS:
        broken.append(f"exit code {finished.exit_code}")
    if case.password and finished.exit_code == 4:
        broken.append("the password was not taken")
    if "Traceback (most recent call last)" in finished.stderr:
        broken.append("traceback")
    if finished.peak_bytes >= MEMORY_LIMIT:
        broken.append(f"{finished.peak_bytes / 1e9:.1f} GB")
    if finished.exit_code in WITH_DOCUMENT and not finished.timed_out and count_pages(finished.stdout) is None:
        broken.append("stdout is not a JSON document")
    if finished.exit_code in ALLOWED_EXITS - WITH_DOCUMENT:
        if finished.stdout.strip():
            broken.append("a failure wrote to stdout")
        if (lines := len(error_lines(finished.stderr))) != 1:
            broken.append(f"{lines} error lines")
    return broken


def error_lines(stderr: str) -> list[str]:
    """The lines on stderr but the closing summary, which counts pages and seconds and names no error."""
    return [line for line in stderr.splitlines() if line.strip() and not is_summary(line)]


def is_summary(line: str) -> bool:
    return "page" in line and "element" in line and "problem" in line


def count_pages(stdout: str) -> int | None:
    """The number of pages of a JSON document; None if it is none."""
    try:
        document = json.loads(stdout)
        return len(document["pages"])
    except (ValueError, TypeError, KeyError):
        return None


def as_facts(outcome: Outcome) -> dict[str, Any]:
    return {
        "path": outcome.case.name,
        "password": outcome.case.password,
        "exit_code": outcome.finished.exit_code,
        "pages": outcome.pages,
        "seconds": outcome.finished.seconds,
        "peak_bytes": outcome.finished.peak_bytes,
        "stderr": outcome.finished.stderr[-2000:],
        "violations": outcome.violations,
    }


def report(console: Console, outcomes: list[Outcome], *, verbose: bool) -> None:
    table = Table(title="robustness", title_justify="left", title_style="bold", pad_edge=False)
    table.add_column("file", no_wrap=True, max_width=50, overflow="ellipsis")
    for heading in ("exit", "pages", "s", "MB"):
        table.add_column(heading, justify="right", no_wrap=True, min_width=5)
    table.add_column("broken rules, or the last line on stderr", no_wrap=True, overflow="ellipsis")
    for outcome in outcomes:
        if verbose or outcome.violations:
            table.add_row(*cells(outcome))
    console.print(table)
    broken = [outcome for outcome in outcomes if outcome.violations]
    peak = max((outcome.finished.peak_bytes for outcome in outcomes), default=0)
    exits = sorted({outcome.finished.exit_code for outcome in outcomes})
    counts = ", ".join(f"{code}: {sum(o.finished.exit_code == code for o in outcomes)}" for code in exits)
    console.print(f"{len(outcomes)} runs; exit codes {counts}; largest peak {peak / 1e6:.0f} MB")
    console.print(f"[bold]{len(broken)} with a broken rule[/]" if broken else "[bold green]no rule broken[/]")


def cells(outcome: Outcome) -> list[str]:
    finished = outcome.finished
    said = [line for line in finished.stderr.splitlines() if line.strip()]
    note = f"[red]{escape('; '.join(outcome.violations))}[/] " if outcome.violations else ""
    return [
        outcome.case.name + (" (password)" if outcome.case.password else ""),
        str(finished.exit_code),
        "" if outcome.pages is None else str(outcome.pages),
        f"{finished.seconds:.1f}",
        f"{finished.peak_bytes / 1e6:.0f}",
        note + escape(said[-1][:60] if said else ""),
    ]


if __name__ == "__main__":
    sys.exit(main())
