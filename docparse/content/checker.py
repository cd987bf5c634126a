"""Libraries that check and draw a notation: each an extra, each in a process that it may crash."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import ParamSpec, TypeVar

from ..child import ChildDiedError, call
from ..document import Problem, Severity

P = ParamSpec("P")
T = TypeVar("T")

TIMEOUT = 30.0
"""Seconds for one element, the library's own start included."""


class UncheckedError(Exception):
    """The library said nothing: it is not installed, crashed or took too long. The message says which."""


@dataclass(frozen=True)
class Checker:
    """A library of an extra."""

    name: str
    package: str
    extra: str

    @property
    def is_installed(self) -> bool:
        return find_spec(self.package) is not None

    def ask(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """``function(*arguments)``, which may import the library, away from this process.

        Raises:
            UncheckedError: there is no answer.
        """
        if not self.is_installed:
            raise UncheckedError(f"{self.name} would check it: pip install 'docparse[{self.extra}]'")
        try:
            return call(function, TIMEOUT, *arguments, **named)
        except ChildDiedError as error:
            raise UncheckedError(f"{self.name} cannot tell: {error}") from error


def unchecked(error: UncheckedError, what: str, element: str) -> Problem:
    """That ``what`` (a noun) was not checked, and what would."""
    message = f"the {what} is not checked: {error}"
    return Problem(kind="unchecked", severity=Severity.INFO, message=message, element=element)


def invalid(kind: str, what: str, reason: str, element: str) -> Problem:
    """That ``what`` (a noun) is not what its notation allows; it is kept as it stands."""
    message = f"the {what} is not valid: {reason}"
    return Problem(kind=kind, severity=Severity.WARNING, message=message, element=element)
