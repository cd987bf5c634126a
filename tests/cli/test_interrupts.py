"""What is left of a run that ends in the middle: by Ctrl-C, ``kill``, a closed terminal, a full disk."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from docparse.source import open_source
from tests.checkpoints import make_checkpoint
from tests.conftest import COMMAND, SAMPLES, Run, endless_pdf

REPORT = SAMPLES / "report.pdf"
Ended = tuple[int, str]


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """Its first page never ends; the second is a line of text."""
    path = tmp_path / "endless.pdf"
    path.write_bytes(endless_pdf())
    return path


def interrupt(
    arguments: Sequence[str | Path],
    signals: Sequence[signal.Signals],
    when: Callable[[], object],
    out: Path | None = None,
    **environment: str,
) -> Ended:
    """Run the command and send it ``signals`` once there is what we wait for; its exit code and its messages."""
    with (
        (out or Path(os.devnull)).open("wb") as stdout,
        subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=os.environ | environment,
            preexec_fn=_hear_all,
        ) as process,
    ):
        while process.poll() is None and not when():
            time.sleep(0.05)
        time.sleep(1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        workers = children.read_text().split() if children.is_file() else []
        for number in signals:
            process.send_signal(number)
            time.sleep(0.05)
        assert process.stderr is not None
        messages = process.stderr.read().decode()
        code = process.wait(30)
    assert not [pid for pid in workers if _is_running(pid)]
    assert "Traceback" not in messages
    return code, messages


def _hear_all() -> None:
    """A shell starts what runs in the background deaf to SIGINT, the tests and what they start included."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _is_running(pid: str) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def read(raw: Path, page: str) -> Callable[[], object]:
    """Whether an engine has come to the end of this page."""
    return lambda: list(raw.rglob(page))


@pytest.mark.parametrize("order", ["2,1", "1,2"])
@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM] * 2, [signal.SIGHUP]], ids=str)
def test_what_is_finished_is_written(
    tmp_path: Path, endless: Path, order: str, signals: list[signal.Signals]
) -> None:
    """Also a page before which another is not finished. timeout(1) sends its signal twice."""
    output, raw = tmp_path / "out.json", tmp_path / "raw"
    arguments = [
        endless,
        "--pages",
        order,
        "--page-timeout",
        "250",
        "--workers",
        "2",
        "--save-raw",
        raw,
        "-o",
        output,
    ]
    code, messages = interrupt(arguments, signals, read(raw, "page-0002.json"))
    assert code == 130, messages
    assert messages.splitlines() == [
        "docparse: endless.pdf: interrupted: 1 of 2 pages are written, without 1",
    ]
    document = json.loads(output.read_bytes())
    assert [page["number"] for page in document["pages"]] == [2]
    (problem,) = document["problems"]
    assert (problem["kind"], problem["severity"]) == ("interrupted", "error")
    assert problem["message"] == "interrupted: pages 1 are missing, of 2 that were asked for"
    assert not list(tmp_path.glob(".out*"))


def test_a_second_interrupt_does_not_wait(tmp_path: Path) -> None:
    """The first one lets a document be written that has begun to be: here to a pipe that nobody empties."""
    pipe, raw = tmp_path / "out.html", tmp_path / "raw"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    arguments = [REPORT, "--images", "embed", "-o", pipe, "--save-raw", raw]
    with subprocess.Popen([*COMMAND, *map(str, arguments)], stderr=subprocess.PIPE, preexec_fn=_hear_all) as process:
        while process.poll() is None and not list(raw.rglob("page-0003.json")):
            time.sleep(0.1)
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        time.sleep(1.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert (process.wait(20), process.stderr.read()) == (130, b"docparse: interrupted\n")
    os.close(reader)


def test_lines_are_written_of_what_is_finished(tmp_path: Path, endless: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out.jsonl"
    arguments = [endless, "--page-timeout", "250", "--workers", "2", "--save-raw", raw, "-f", "jsonl"]
    code, _ = interrupt(arguments, [signal.SIGINT], read(raw, "page-0002.json"), out)
    assert code == 130
    assert [json.loads(line)["page"]["number"] for line in out.read_text().splitlines()] == [2]


def test_nothing_is_written_of_nothing(tmp_path: Path, endless: Path) -> None:
    started = time.monotonic()
    code, messages = interrupt(
        [endless, "--pages", "1", "--page-timeout", "250", "-o", tmp_path / "out.json"],
        [signal.SIGINT],
        lambda: time.monotonic() - started > 3,
    )
    assert (code, messages) == (130, "docparse: interrupted\n")
    assert not (tmp_path / "out.json").exists()


def test_documents_that_are_finished_out_of_turn_are_written(tmp_path: Path, endless: Path) -> None:
    folder, raw, out = tmp_path / "in", tmp_path / "raw", tmp_path / "out"
    folder.mkdir()
    endless.rename(folder / "a.pdf")
    (folder / "b.pdf").write_bytes(REPORT.read_bytes())
    arguments = [folder, "-o", out, "-f", "json", "--pages", "1", "--page-timeout", "250", "--workers", "2"]
    code, messages = interrupt([*arguments, "--save-raw", raw], [signal.SIGINT], read(raw, "page-0001.json"))
    assert code == 130
    assert [path.name for path in out.glob("*.json")] == ["b.json"]
    document = json.loads((out / "b.json").read_bytes())
    assert (len(document["pages"]), document["problems"]) == (1, [])
    assert "2 documents: 1 written, 0 with errors, 1 not read; 1 page in" in messages.splitlines()[-1]


def test_offloaded_weights_are_removed(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "tiny")
    (tmp_path / "tmp").mkdir()
    code, messages = interrupt(
        [SAMPLES / "scan.png", "--model", checkpoint, "--max-memory", "cpu=900KB", "--dtype", "float32"],
        [signal.SIGTERM],
        lambda: list((tmp_path / "tmp").glob("docparse-offload-*")),
        TMPDIR=str(tmp_path / "tmp"),
    )
    assert code == 130, messages
    assert not list((tmp_path / "tmp").glob("docparse-*"))


def test_an_error_of_one_page_keeps_the_others(docparse: Run, tmp_path: Path) -> None:
    """The disk for raw answers is full (here: what should be a file is a folder): what was read before is written."""
    with open_source(REPORT) as source:
        (tmp_path / "raw" / f"report.pdf-{source.sha256[:8]}" / "page-0003.json").mkdir(parents=True)
    ran = docparse(REPORT, "--save-raw", "raw", "-o", "out.json", "--workers", "1")
    assert ran.code == 6
    assert "report.pdf: cannot write " in ran.messages[0]
    assert ran.messages[0].endswith("2 of 3 pages are written, without 3")
    assert ran.messages[1].startswith("docparse: cannot write ")
    document: Any = json.loads((tmp_path / "out.json").read_bytes())
    assert [page["number"] for page in document["pages"]] == [1, 2]


def test_messages_that_cannot_be_written_change_nothing(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run([*COMMAND, REPORT, "-o", tmp_path / "out.md"], stderr=full, timeout=120)
        missing = subprocess.run([*COMMAND, tmp_path / "missing.pdf"], stderr=full, timeout=120)
    assert (finished.returncode, missing.returncode) == (0, 3)
    assert (tmp_path / "out.md").exists()
