"""The rules that `robust.py` holds a run to."""

from pathlib import Path

import pytest
from processes import Finished, run
from robust import Case, violations

CASE = Case("x.pdf", Path("x.pdf"), None, 10.0)
SUMMARY = "3 pages, 40 elements, 0 problems, layout, 0.4 s a page\n"


def finished(
    exit_code: int, stdout: str = "", stderr: str = "", *, peak_bytes: int = 0, timed_out: bool = False
) -> Finished:
    return Finished(exit_code, stdout, stderr, 1.0, peak_bytes, timed_out)


@pytest.mark.parametrize(
    ("outcome", "broken"),
    [
        (finished(0, '{"pages": []}', SUMMARY), []),
        (finished(7, '{"pages": []}', "page 2: timed out\n" + SUMMARY), []),
        (finished(3, "", "x.pdf: not a PDF or image\n"), []),
        (finished(3), ["0 error lines"]),
        (finished(3, "{", "no\n"), ["a failure wrote to stdout"]),
        (finished(4, "", "one\ntwo\n"), ["2 error lines"]),
        (finished(0, "<html>"), ["stdout is not a JSON document"]),
        (finished(70, "", "Traceback (most recent call last):\n"), ["exit code 70", "traceback"]),
        (finished(-9, timed_out=True), ["no end within 10 s"]),
        (finished(0, '{"pages": []}', peak_bytes=3 * 10**9), ["3.0 GB"]),
    ],
)
def test_violations(outcome: Finished, broken: list[str]) -> None:
    assert violations(outcome, CASE) == broken


def test_a_run_that_does_not_end_is_ended_with_its_children() -> None:
    outcome = run(["sh", "-c", "sleep 60 & sleep 60"], timeout=0.3)
    assert outcome.timed_out
    assert outcome.seconds < 5


def test_a_run_keeps_both_streams() -> None:
    outcome = run(["sh", "-c", "echo out; echo err >&2; exit 7"], timeout=5)
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (7, "out\n", "err\n")
