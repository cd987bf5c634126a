"""Running a command as a user would, with its time, its peak memory and an end that always comes."""

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Finished:
    """How a command ended. `peak_bytes` is the largest sum of resident sizes over the process tree."""

    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    peak_bytes: int
    timed_out: bool


def tree_rss(root: psutil.Process) -> int:
    """The resident bytes of a process and all its descendants (pages that they share count in each)."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def kill_tree(root: psutil.Process) -> None:
    """End a process and all its descendants, also those that moved to another session."""
    with contextlib.suppress(psutil.Error):
        for process in root.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()
    with contextlib.suppress(psutil.Error):
        root.kill()


def run(command: list[str], *, timeout: float, poll: float = POLL_SECONDS) -> Finished:
    """Run `command` to its end or for `timeout` seconds; its streams go through files, so none can block."""
    with tempfile.TemporaryDirectory(prefix="docparse-bench-") as folder:
        out_path, err_path = Path(folder, "out"), Path(folder, "err")
        with out_path.open("wb") as out, err_path.open("wb") as err:
            started = time.perf_counter()
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )
            root = psutil.Process(child.pid)
            done = threading.Event()
            peak = 0

            def watch() -> None:
                nonlocal peak
                while not done.wait(poll):
                    peak = max(peak, tree_rss(root))

            watcher = threading.Thread(target=watch, daemon=True)
            watcher.start()
            timed_out = False
            try:
                child.wait(timeout)
            except subprocess.TimeoutExpired:
                timed_out = True
                kill_tree(root)
                child.wait()
            seconds = time.perf_counter() - started
            done.set()
            watcher.join()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)  # workers that outlived their parent
        return Finished(
            child.returncode,
            out_path.read_text(encoding="utf-8", errors="replace"),
            err_path.read_text(encoding="utf-8", errors="replace"),
            seconds,
            peak,
            timed_out,
        )
