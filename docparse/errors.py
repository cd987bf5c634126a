"""What can go wrong, and the exit code that says so.

DocparseError
├── UsageError                 2   the call itself is wrong
├── InputError                 3   missing, unreadable or not a supported document
│   └── PasswordError          4   encrypted: password missing or wrong
├── ModelError                 5   model missing or not loadable
├── OutputError                6   the result cannot be written
└── PageError                  7   one page could not be read (the others go on)

Each message is one line that says what to do. No exception of a dependency leaves the library.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of the command line, as documented in the README."""

    OK = 0
    USAGE = 2
    INPUT = 3
    PASSWORD = 4
    MODEL = 5
    OUTPUT = 6
    PARTIAL = 7
    DEFECT = 70
    INTERRUPTED = 130


class DocparseError(Exception):
    """The base of every error that docparse raises on purpose."""

    exit_code = ExitCode.DEFECT


class UsageError(DocparseError):
    """An option or a combination of options that cannot be served."""

    exit_code = ExitCode.USAGE


class InputError(DocparseError):
    """The input is missing, unreadable, damaged beyond repair, or of a kind that docparse does not read."""

    exit_code = ExitCode.INPUT


class PasswordError(InputError):
    """The document is encrypted and the password is missing or wrong."""

    exit_code = ExitCode.PASSWORD


class ModelError(DocparseError):
    """A checkpoint is missing, incomplete, or not a Qwen2.5-VL."""

    exit_code = ExitCode.MODEL


class OutputError(DocparseError):
    """A result cannot be written."""

    exit_code = ExitCode.OUTPUT


class PageError(DocparseError):
    """One page could not be read. The pipeline turns it into a problem of that page."""

    exit_code = ExitCode.PARTIAL


def defect(error: Exception) -> DocparseError:
    """An exception that nobody has foreseen, in one line."""
    first_line = (str(error).splitlines() or [""])[0][:300]
    return DocparseError(
        f"a defect in docparse: {type(error).__name__}: {first_line} (run it again with --debug and report it)"
    )
