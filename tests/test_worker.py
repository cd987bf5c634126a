"""A process that may die at any moment."""

import os
import signal
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
        os.kill(worker._process.pid, signal.SIGKILL)
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
        process = worker._process
        assert process is not None
        worker.close()
        assert process.poll() is not None
        with pytest.raises(WorkerDiedError):
            worker.read(WISH, 5)
