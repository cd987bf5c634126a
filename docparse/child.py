"""Processes of our own that may die: libraries that crash, hang or grow cost the one thing they were asked about.

A child is ``python -m MODULE FD``, not a fork and not ``multiprocessing``: a fork of a process with threads may
hang, and ``multiprocessing`` would run the caller's main module again. Requests and answers are pickled over a
socket pair that only the two of us hold.
"""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, Self, TypeVar

MEMORY_LIMIT = 1_400_000_000
"""Bytes of data that one child may hold; more is a failed request, not a machine that swaps."""
GRACE = 5
"""Seconds after its time that a child which nobody has ended ends of itself."""
_START_TIMEOUT = 60.0
"""Seconds in which a child must be up; its libraries are loaded by the first request."""

P = ParamSpec("P")
T = TypeVar("T")


class ChildDiedError(Exception):
    """The function crashed, ran out of time or raised; the message says which."""


@dataclass
class Child:
    """A process and our end of the line to it."""

    popen: subprocess.Popen[bytes]
    connection: Connection

    @classmethod
    def spawn(cls, module: str) -> Self:
        """Start ``python -m module FD``."""
        ours, theirs = socket.socketpair()
        with theirs:
            popen = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # What C libraries print is no message of ours, and stdout carries the document alone.
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("DOCPARSE_DEBUG") else subprocess.DEVNULL,
                # Ctrl-C is for us to handle; the child ends when its connection does.
                start_new_session=True,
            )
        return cls(popen, Connection(ours.detach()))

    def end(self) -> None:
        self.connection.close()
        self.popen.kill()
        self.popen.wait()


def limit_memory() -> None:
    """Have this process be refused more memory than ``MEMORY_LIMIT``."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))


_child: Child | None = None
_lock = threading.Lock()


def call(function: Callable[P, T], timeout: float, *arguments: P.args, **named: P.kwargs) -> T:
    """``function(*arguments)`` in a process of its own, which lives on for the next call if it survives this one.

    The function is found there by its name in its module; what it takes and gives must be picklable.

    Raises:
        ChildDiedError: it took more than ``timeout`` seconds, crashed or raised.
    """
    global _child
    with _lock:
        is_new = _child is None
        child = _child = _child or Child.spawn("docparse.child")
        try:
            if is_new and not child.connection.poll(_START_TIMEOUT):
                raise EOFError
            if is_new:
                child.connection.recv()
            child.connection.send((timeout, function, arguments, named))
            if not child.connection.poll(timeout):
                _end_child()
                raise ChildDiedError(f"it took more than {timeout:g} seconds")
            is_answer, answer = child.connection.recv()
        except (EOFError, OSError) as error:
            _end_child()
            raise ChildDiedError("the library crashed on it") from error
        except BaseException:
            # An answer that nobody took would be taken for the next one's.
            _end_child()
            raise
    if not is_answer:
        raise ChildDiedError(answer)
    result: T = answer
    return result


@atexit.register
def _end_child() -> None:
    global _child
    child, _child = _child, None
    if child is not None:
        child.end()


def _serve(connection: Connection) -> None:
    """Answer calls until the other side is gone."""
    limit_memory()
    connection.send("up")
    while True:
        signal.alarm(0)
        timeout, function, arguments, named = connection.recv()
        # Deep in a library we do not notice that nobody waits for us any more: then the kernel ends us.
        signal.alarm(int(timeout) + GRACE)
        answer: tuple[bool, Any]
        try:
            answer = True, function(*arguments, **named)
        except Exception as error:
            first_line = (str(error).strip().splitlines() or [""])[0][:200]
            answer = False, f"{type(error).__name__}: {first_line}".rstrip(": ")
        connection.send(answer)


if __name__ == "__main__":
    try:
        _serve(Connection(int(sys.argv[1])))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # Our caller has gone: nothing is left to do.
        sys.exit(0)
