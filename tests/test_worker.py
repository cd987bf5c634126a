"""A process that may die at any moment."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from docparse.source import open_source
from docparse.wire import PageWish
from docparse.worker import Worker, WorkerDiedError, WorkerTimeoutError
from tests.conftest import SAMPLES, endless_pdf

WISH = PageWish(1, "never", 0)


def test_a_worker_that_was_killed_is_started_again_and_the_page_is_read() -> None:
    with open_source(SAMPLES / "rotated.pdf") as source, Worker(source, None) as worker:
        assert worker.overview().page_count == 1
        assert worker._process is not None
        os.kill(worker._process.popen.pid, signal.SIGKILL)
        assert worker.read(WISH, 30).text_layer is not None


def test_a_page_that_kills_its_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_source(SAMPLES / "rotated.pdf") as source, Worker(source, None) as worker:
        worker.overview()
        killed: list[int] = []

        def kill(self: Worker, connection: object, timeout: float) -> None:
            assert worker._process is not None
            killed.append(worker._process.popen.pid)
            os.kill(killed[-1], signal.SIGKILL)
            raise EOFError

        monkeypatch.setattr(Worker, "_receive", kill)
        with pytest.raises(WorkerDiedError, match="crashed on it"):
            worker.read(WISH, 30)
        assert len(set(killed)) == 2


def test_a_page_that_does_not_end_ends(tmp_path: Path) -> None:
    (tmp_path / "endless.pdf").write_bytes(endless_pdf())
    with open_source(tmp_path / "endless.pdf") as source, Worker(source, None) as worker:
        worker.overview()
        started = time.monotonic()
        with pytest.raises(WorkerTimeoutError, match="more than 2 seconds"):
            worker.read(WISH, 2)
        assert time.monotonic() - started < 20
        assert worker.read(PageWish(2, "never", 0), 60).text_layer is not None


def test_a_closed_worker_stays_closed() -> None:
    with open_source(SAMPLES / "rotated.pdf") as source:
        worker = Worker(source, None)
        worker.overview()
        worker.close()
        with pytest.raises(WorkerDiedError):
            worker.read(WISH, 5)


def test_the_next_document_takes_the_same_process() -> None:
    pids, words = [], []
    for name in ("rotated.pdf", "report.pdf", "scan.png"):
        with open_source(SAMPLES / name) as source, Worker(source, None) as worker:
            layer = worker.read(WISH, 60).text_layer
            assert worker._process is not None
            pids.append(worker._process.popen.pid)
            words.append(len(layer.words) if layer else 0)
    assert len(set(pids)) == 1
    assert words[0] != words[1] > 0 == words[2]


def test_a_spare_that_has_died_is_not_taken() -> None:
    with open_source(SAMPLES / "rotated.pdf") as source:
        with Worker(source, None) as worker:
            worker.overview()
            assert worker._process is not None
            popen = worker._process.popen
        popen.kill()
        popen.wait()
        with Worker(source, None) as worker:
            assert worker.overview().page_count == 1


def test_a_worker_that_is_closed_at_work_is_ended(tmp_path: Path) -> None:
    (tmp_path / "endless.pdf").write_bytes(endless_pdf())
    with open_source(tmp_path / "endless.pdf") as source:
        worker = Worker(source, None)
        worker.overview()
        assert worker._process is not None
        popen = worker._process.popen
        failures: list[Exception] = []

        def read() -> None:
            try:
                worker.read(WISH, 100)
            except WorkerDiedError as error:
                failures.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        time.sleep(2)
        worker.close()
        thread.join(20)
        assert popen.poll() is not None
        assert failures


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_a_worker_whose_reader_is_gone_ends_of_itself(tmp_path: Path) -> None:
    """The parent is killed while the worker is deep in a page that does not end."""
    (tmp_path / "endless.pdf").write_bytes(endless_pdf())
    program = (
        "import sys, threading, time\n"
        "from docparse.source import open_source\n"
        "from docparse.wire import PageWish\n"
        "from docparse.worker import Worker\n"
        "with open_source(sys.argv[1]) as source:\n"
        "    worker = Worker(source, None)\n"
        "    worker.overview()\n"
        "    print(worker._process.popen.pid, flush=True)\n"
        "    worker.read(PageWish(1, 'never', 0), 3)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "endless.pdf")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(1)
        parent.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _is_running(pid):
        time.sleep(0.3)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
