"""The measures on cases small enough to work out by hand."""

import pytest

from docparse.evaluate.ordering import kendall_tau, reading_order
from docparse.evaluate.plaintext import Cell, table_from_rows
from docparse.evaluate.tables import match_tables, score_tables, teds
from docparse.evaluate.textual import edit_distance, score_text

ROWS = [["Year", "Ducks"], ["2019", "120"], ["2020", "135"]]
TABLE = table_from_rows(ROWS)


def test_equal_text_is_perfect() -> None:
    score = score_text("one two three", "one  two\nthree")
    assert (score.recall, score.precision, score.edit_distance, score.order) == (1.0, 1.0, 0.0, 1.0)


def test_silence_is_not_exactness() -> None:
    score = score_text("one two", "")
    assert (score.recall, score.precision, score.edit_distance, score.order) == (0.0, 0.0, 1.0, 0.0)


def test_words_count_as_often_as_they_occur() -> None:
    score = score_text("a a b", "a b b b")
    assert score.recall == pytest.approx(2 / 3)
    assert score.precision == pytest.approx(2 / 4)


def test_case_is_kept() -> None:
    assert score_text("Word", "word").recall == 0.0


def test_swapped_blocks_lower_the_order_alone() -> None:
    score = score_text("a b c d", "c d a b")
    assert (score.recall, score.precision) == (1.0, 1.0)
    assert score.order == pytest.approx(1 - 2 * 4 / 6)  # four of six pairs are swapped


def test_order_looks_only_at_words_that_occur_once_on_both_sides() -> None:
    assert reading_order(["x", "a", "x", "b"], ["b", "new", "a", "x"]) == -1.0


@pytest.mark.parametrize(("order", "tau"), [([0, 1, 2], 1.0), ([2, 1, 0], -1.0), ([1, 0, 2], 1 / 3), ([5], None)])
def test_kendall_tau(order: list[int], tau: float | None) -> None:
    assert kendall_tau(order) == (None if tau is None else pytest.approx(tau))


def test_edit_distance_is_over_the_longer_text() -> None:
    assert edit_distance("abcd", "abed") == 0.25
    assert edit_distance("abcd", "ab") == 0.5


def test_teds_of_equal_tables() -> None:
    assert teds(TABLE, TABLE) == 1.0
    assert teds([], []) == 1.0


def test_teds_of_a_missing_cell() -> None:
    output = [TABLE[0], TABLE[1][:1], TABLE[2]]
    assert teds(TABLE, output) == pytest.approx(1 - 1 / 9)  # three rows and six cells, one to insert


def test_teds_of_another_text_costs_its_distance() -> None:
    output = table_from_rows([["Year", "Ducks"], ["2019", "130"], ["2020", "135"]])
    assert teds(TABLE, output) == pytest.approx(1 - (1 / 3) / 9)
    assert teds(TABLE, output, structure_only=True) == 1.0


def test_teds_of_another_span() -> None:
    truth = [[Cell("head", colspan=2)], [Cell("a"), Cell("b")]]
    output = [[Cell("head")], [Cell("a"), Cell("b")]]
    assert teds(truth, output) == pytest.approx(1 - 1 / 5)
    assert teds(truth, output, structure_only=True) == pytest.approx(1 - 1 / 5)


def test_teds_of_no_table_is_zero() -> None:
    assert teds(TABLE, []) == 0.0


def test_tables_are_matched_by_their_words_and_used_once() -> None:
    other = table_from_rows([["Name", "Town"], ["Ann", "Rome"]])
    assert match_tables([TABLE, other], [other, TABLE]) == [TABLE, other]
    assert match_tables([TABLE, TABLE], [TABLE]) == [TABLE, None]


def test_a_table_that_was_not_found_counts_as_zero() -> None:
    score = score_tables([TABLE, TABLE], [TABLE])
    assert (score.teds, score.structure, score.expected, score.found) == (0.5, 0.5, 2, 1)
