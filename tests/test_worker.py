"""A process that may die at any moment."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from docparse.source import open_source
from docparse.wire import PageWish
from docparse.worker import Worker, WorkerDiedError, WorkerTimeoutError
from tests.conftest import SAMPLES, endless_pdf

WISH = PageWish(1, "never", 0)


def test_a_worker_that_was_killed_is_started_again() -> None:
    with open_source(SAMPLES / "rotated.pdf") as source, Worker(source, None) as worker:
        assert worker.overview().page_count == 1
        assert worker._process is not None
        os.kill(worker._process.popen.pid, signal.SIGKILL)
        with pytest.raises(WorkerDiedError):
            worker.read(WISH, 30)
        assert worker.read(WISH, 30).text_layer is not None


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
