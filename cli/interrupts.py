"""Ctrl-C, ``kill`` and a terminal that is closed: each raises KeyboardInterrupt in the main thread, so that what was
finished can be written.

Some send it twice: timeout(1), for one, once to us and once to our process group.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ECHO = 1.0
"""Seconds in which a further signal counts as the same one."""
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

_heard_at: float | None = None
_is_held = _is_due = False


def listen() -> None:
    """From now on. A signal that whoever started us has us ignore (nohup, a shell's ``&``) stays ignored."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)


def stop_listening(*, heard: bool) -> None:
    """All is done. From now on a signal ends the process at once and nothing is said; where one was ``heard`` it is
    nearly at its end anyway."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_IGN if heard else signal.SIG_DFL)


@contextmanager
def held() -> Iterator[None]:
    """What is begun in here comes to its end before the first interrupt is heard: ``heed`` raises it. A second one is
    raised at once."""
    global _is_held
    _is_held = True
    try:
        yield
    finally:
        _is_held = False


def heed() -> None:
    """
    Raises:
        KeyboardInterrupt: there was an interrupt while others were held.
    """
    global _is_due
    if _is_due:
        _is_due = False
        raise KeyboardInterrupt


def _hear(number: int, frame: FrameType | None) -> None:
    global _heard_at, _is_due
    now = time.monotonic()
    is_first = _heard_at is None
    if _heard_at is not None and now - _heard_at < _ECHO:
        return
    _heard_at = now
    if _is_held and is_first:
        _is_due = True
    else:
        raise KeyboardInterrupt
