"""The command line. It imports docparse, never the other way round; docparse's heavy parts only when needed."""

import signal
from typing import NoReturn


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Nothing is begun as long as we are being loaded: an interrupt needs no traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from .app import main as run

    run(arguments)


__all__ = ["main"]
