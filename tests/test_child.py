"""Whatever happens in the child costs the one call, never the parent, never the next call."""

import os
import time

import pytest

from docparse.child import ChildDiedError, call


def double(number: int) -> int:
    return 2 * number


def crash() -> None:
    os.abort()


def fail(message: str) -> None:
    raise ValueError(message)


def hang() -> None:
    time.sleep(600)


def grow() -> int:
    return len(bytearray(8_000_000_000))


def chatter() -> str:
    os.write(1, b"to stdout")
    os.write(2, b"to stderr")
    return "said"


def test_an_answer() -> None:
    assert call(double, 60, 21) == 42
    assert call(double, 60, number=4) == 8


@pytest.mark.parametrize(
    ("deadly", "arguments", "reason"),
    [
        (crash, (), "crashed"),
        (hang, (), "more than 0.5 seconds"),
        (fail, ("line one\nline two",), "ValueError: line one$"),
        (fail, ("",), "ValueError$"),
        (grow, (), "MemoryError"),
    ],
)
def test_what_goes_wrong_costs_one_call(deadly, arguments, reason) -> None:  # type: ignore[no-untyped-def]
    call(double, 60, 1)
    with pytest.raises(ChildDiedError, match=reason):
        call(deadly, 0.5 if deadly is hang else 60, *arguments)
    assert call(double, 60, 3) == 6


def test_what_libraries_print_is_not_seen(capfd: pytest.CaptureFixture[str]) -> None:
    assert call(chatter, 60) == "said"
    assert capfd.readouterr() == ("", "")
