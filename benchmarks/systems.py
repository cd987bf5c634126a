"""The systems that are compared: how each is called, and the cache of those that do not change."""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from processes import run

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"


@dataclass(frozen=True)
class System:
    """A command that writes Markdown: to stdout, or to the file that stands for `{output}`."""

    command: list[str]
    package: str
    cached: bool


@dataclass(frozen=True)
class Reading:
    """What a system made of a file. `failure` is None where it ended well."""

    markdown: str
    seconds: float
    peak_bytes: int
    failure: str | None


def docparse_command() -> list[str]:
    """The console script beside this Python, else on the PATH, else the module."""
    beside = Path(sys.executable).with_name("docparse")
    script = str(beside) if beside.exists() else shutil.which("docparse")
    return [script] if script else [sys.executable, "-m", "docparse.cli"]


PEER = [sys.executable, str(HERE / "peer.py"), "{input}", "{output}"]
DOCPARSE = [*docparse_command(), "{input}", "-f", "md", "--engine", "layout"]

SYSTEMS: dict[str, System] = {
    "docparse": System(DOCPARSE, "docparse", cached=False),
    "docparse-furniture": System([*DOCPARSE, "--furniture", "keep"], "docparse", cached=False),
    "pymupdf4llm": System([*PEER, 'table_output="html"'], "pymupdf4llm", cached=True),
    "pymupdf4llm-plain": System(PEER, "pymupdf4llm", cached=True),
    "pymupdf4llm-nofurniture": System(
        [*PEER, 'table_output="html"', "header=false", "footer=false"], "pymupdf4llm", cached=True
    ),
}


def read(name: str, path: Path, *, timeout: float, fresh: bool = False) -> Reading:
    """Run a system on a file, or recall what the same version of its package said of it."""
    system = SYSTEMS[name]
    key = f"{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}-{package_version(system.package)}.json"
    cached = RESULTS / "cache" / name / key
    if system.cached and not fresh and cached.exists():
        return Reading(**json.loads(cached.read_text(encoding="utf-8")))
    reading = call(system, path, timeout)
    if system.cached:
        write_atomically(cached, json.dumps(asdict(reading), ensure_ascii=False))
    return reading


def call(system: System, path: Path, timeout: float) -> Reading:
    with tempfile.TemporaryDirectory(prefix="docparse-bench-") as folder:
        output = Path(folder, "output.md")
        values = {"{input}": str(path), "{output}": str(output)}
        finished = run([values.get(part, part) for part in system.command], timeout=timeout)
        markdown = output.read_text(encoding="utf-8") if output.exists() else ""
    if "{output}" not in system.command:
        markdown = finished.stdout
    failure = None
    if finished.timed_out:
        failure = f"no end within {timeout:.0f} s"
    elif finished.exit_code:
        failure = f"exit {finished.exit_code}: {last_line(finished.stderr)}"
    return Reading(markdown, finished.seconds, finished.peak_bytes, failure)


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def package_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def write_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
