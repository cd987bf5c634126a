"""Reading in processes of its own, which can be killed: some pages never finish, some crash MuPDF.

What a worker is and how we talk to it: ``child``.
"""

import atexit
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from .child import GRACE, Child, limit_memory
from .errors import DocparseError, InputError, PageError
from .geometry import Box
from .source import SourceFile
from .wire import Crop, Overview, PageRead, PageWish

_START_TIMEOUT = 60.0
"""Seconds for starting and opening. Opening repairs a damaged file, which can take a while."""


class WorkerDiedError(PageError):
    """The worker crashed or ran out of time; the next request starts a new one."""


class WorkerTimeoutError(WorkerDiedError):
    """The worker ran out of time."""


@dataclass
class _Process(Child):
    """A worker process and our end of the line to it."""

    documents: int = 0
    """How many it has opened."""


_spares: list[_Process] = []
"""Processes without a document: starting one takes longer than reading a page."""
_MOST_SPARES = 4
_MOST_DOCUMENTS = 100
"""After so many a process is ended, and what the libraries have not given back goes with it."""


@atexit.register
def _end_spares() -> None:
    while _spares:
        _spares.pop().end()


def prepare() -> None:
    """Start a process for the next ``Worker``: it loads the PDF library while the caller has other things to do."""
    _spares.append(_Process.spawn("docparse.worker"))


def _take_spare() -> _Process | None:
    while _spares:
        spare = _spares.pop()
        if spare.popen.poll() is None:
            return spare
        spare.end()
    return None


class Worker:
    """A process that holds one document open.

    Not thread-safe: one request at a time. ``close`` it, or use it as a context manager.
    """

    def __init__(self, source: SourceFile, password: str | None) -> None:
        self._source = source
        self._password = password
        self._process: _Process | None = None
        self._is_asked = False
        self._is_closed = False

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Have the document opened, without waiting for it."""
        if self._is_closed:
            raise WorkerDiedError("the document was closed")
        if self._process is not None:
            return
        self._process = _take_spare() or _Process.spawn("docparse.worker")
        self._process.documents += 1
        source = self._source
        # A process that is gone already shows when it is asked.
        with suppress(OSError):
            self._process.connection.send(
                ("open", (source.path.absolute(), source.name, source.media_type, self._password), _START_TIMEOUT)
            )

    def overview(self) -> Overview:
        """What is known of the document once it is open.

        Raises:
            InputError, PasswordError: the document cannot be opened.
            WorkerDiedError: opening crashed or took too long.
        """
        return cast(Overview, self._ask("overview", (), _START_TIMEOUT))

    def read(self, wish: PageWish, timeout: float) -> PageRead:
        """The page, with as much of it as the wish asks for.

        Raises:
            PageError: the page cannot be read.
            WorkerDiedError: reading crashed or took more than ``timeout`` seconds.
        """
        return cast(PageRead, self._ask("read", (wish,), timeout))

    def crops(self, number: int, boxes: list[Box], timeout: float) -> list[Crop | None]:
        """A ``Crop`` for each box of page ``number`` (None for empty ones). Raises as ``read`` does."""
        return cast(list[Crop | None], self._ask("crops", (number, boxes), timeout))

    def _ask(self, method: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        try:
            return self._ask_once(method, arguments, timeout)
        except WorkerTimeoutError:
            raise
        except WorkerDiedError:
            # Somebody may have ended it, such as a machine that is short of memory: that says nothing of the page.
            return self._ask_once(method, arguments, timeout)

    def _ask_once(self, method: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        is_new = self._process is None
        self.start()
        assert self._process is not None
        connection = self._process.connection
        self._is_asked = True
        try:
            if is_new and method != "overview":
                connection.send(("overview", (), _START_TIMEOUT))
                self._receive(connection, _START_TIMEOUT)
            connection.send((method, arguments, timeout))
            answer = self._receive(connection, timeout)
        except (EOFError, OSError, ValueError) as error:
            self._end()
            raise WorkerDiedError("the PDF library crashed on it or ran out of memory") from error
        finally:
            self._is_asked = False
        if isinstance(answer, DocparseError):
            raise answer
        return answer

    def _receive(self, connection: Connection, timeout: float) -> Any:
        if not connection.poll(timeout):
            self._end()
            raise WorkerTimeoutError(f"it took more than {timeout:g} seconds")
        return connection.recv()

    def close(self) -> None:
        """Let the document go. A process that is still at work on it is ended; may be called from another thread."""
        self._is_closed = True
        process = self._process
        if process is None:
            return
        if self._is_asked or process.documents >= _MOST_DOCUMENTS or len(_spares) >= _MOST_SPARES:
            self._end()
        else:
            self._process = None
            _spares.append(process)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()


def _serve(connection: Connection) -> None:
    """Answer requests until the other side is gone."""
    limit_memory()
    _use_one_thread()
    from .reader import Reader, open_reader

    reader: Reader | DocparseError | None = None
    while True:
        signal.alarm(0)
        method, arguments, timeout = connection.recv()
        # Deep in a page we do not notice that nobody waits for us any more: then the kernel ends us.
        signal.alarm(int(timeout) + GRACE)
        if method == "open":
            path, name, media_type, password = arguments
            reader = None  # the document before is let go first
            try:
                reader = open_reader(cast(Path, path), name, media_type, password)
            except Exception as error:
                reader = _told(error, InputError, f"{name} is damaged")
            continue
        if isinstance(reader, DocparseError):
            connection.send(reader)
            continue
        request: Callable[..., Any] = getattr(reader, method)
        try:
            answer = request(*arguments)
        except Exception as error:
            answer = _told(error, PageError, "it is damaged")
        connection.send(answer)


def _told(error: Exception, kind: type[DocparseError], what: str) -> DocparseError:
    """The error as one of ours: MuPDF and Pillow raise errors of all kinds on damaged files."""
    if os.environ.get("DOCPARSE_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, DocparseError):
        return kind(str(error)) if kind is PageError else error
    if isinstance(error, MemoryError):
        return kind("it needs more memory than a page may take")
    first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return kind(f"{what}: {first_line[:200]}")


def _use_one_thread() -> None:
    """Have PyMuPDF's layout models run on one thread each.

    A worker a core, a thread each, reads two fifths more pages a second than onnxruntime's own threads do, which wait
    by spinning. PyMuPDF makes its sessions when it is imported and has no setting for it.
    """
    import onnxruntime

    class OneThreadSession(onnxruntime.InferenceSession):  # type: ignore[misc]
        def __init__(self, model: str, sess_options: Any = None, **settings: Any) -> None:
            sess_options = sess_options or onnxruntime.SessionOptions()
            sess_options.intra_op_num_threads = 1
            super().__init__(model, sess_options=sess_options, **settings)

    onnxruntime.InferenceSession = OneThreadSession


if __name__ == "__main__":
    try:
        _serve(Connection(int(sys.argv[1])))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # Our reader has gone: nothing is left to do.
        sys.exit(0)
