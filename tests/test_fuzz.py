"""The first of ``make fuzz``'s cases."""

import pytest

from docparse.content.checker import Checker

from .fuzz import check
from .fuzz_cases import make_case


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_lost_of_arbitrary_answers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Checker, "is_installed", Checker.is_installed)  # each case sets it: here that ends
    for number in range(1, 26):
        check(make_case(seed, number), number)
