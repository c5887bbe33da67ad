"""Analysis of competing hypotheses: only inconsistency counts, and order never does."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analysis.ach import diagnosticity, inconsistency, least_refuted, work_matrix

RATING = st.sampled_from(["CC", "C", "N", "I", "II", "NA"])
ROWS = st.lists(st.lists(RATING, min_size=3, max_size=3), min_size=1, max_size=8)
SIGNALS = [("1.1", "a"), ("1.2", "b"), ("1.3", "c")]


def test_very_inconsistent_counts_two_inconsistent_one_and_all_else_nothing():
    assert inconsistency([["II", "I", "C"], ["N", "I", "CC"], ["NA", "II", "C"]]) == (2, 4, 0)


def test_the_least_refuted_hypothesis_wins_and_a_tie_names_both():
    assert least_refuted((2, 4, 1)) == ("C",)
    assert least_refuted((2, 4, 2)) == ("A", "C")


def test_a_signal_that_fits_all_hypotheses_alike_tells_nothing_apart():
    assert diagnosticity(["I", "I", "I"]) == 0
    assert diagnosticity(["II", "C", "C"]) == pytest.approx(0.9428, abs=1e-4)


@given(ROWS)
def test_the_order_of_signals_never_changes_a_score(rows):
    assert inconsistency(rows) == inconsistency(rows[::-1])


@given(ROWS)
def test_the_order_of_hypotheses_never_changes_a_score(rows):
    for order in itertools.permutations(range(3)):
        permuted = [[row[i] for i in order] for row in rows]
        assert inconsistency(permuted) == tuple(inconsistency(rows)[i] for i in order)


@given(ROWS, RATING)
def test_consistent_evidence_never_changes_a_score(rows, _):
    assert inconsistency([*rows, ["CC", "C", "N"]]) == inconsistency(rows)


def test_a_winner_that_holds_in_the_opposite_order_is_stable():
    ratings = {"1.1": ["II", "C"], "1.2": ["I", "N"], "1.3": ["C", "C"]}
    ach = work_matrix(SIGNALS, ratings, ratings, hypotheses=2, signal_count=3)
    assert ach is not None
    assert (ach.scores, ach.least_refuted, ach.stable) == ((3, 0), ("B",), True)


def test_a_winner_that_changes_with_the_order_is_not_stable():
    ratings = {"1.1": ["II", "C"], "1.2": ["I", "N"], "1.3": ["C", "C"]}
    other = {id: row[::-1] for id, row in ratings.items()}
    ach = work_matrix(SIGNALS, ratings, other, hypotheses=2, signal_count=3)
    assert ach is not None
    assert ach.stable is False


def test_an_opposite_order_that_gave_nothing_is_neither_stable_nor_not():
    ratings = {"1.1": ["II", "C"], "1.2": ["I", "N"], "1.3": ["C", "C"]}
    ach = work_matrix(SIGNALS, ratings, {}, hypotheses=2, signal_count=3)
    assert ach is not None
    assert ach.stable is None


def test_rows_with_missing_ratings_are_left_out_and_two_rows_are_no_matrix():
    ratings = {"1.1": ["II", "C"], "1.2": ["I"], "1.3": ["C", "C"]}
    assert work_matrix(SIGNALS, ratings, ratings, hypotheses=2, signal_count=3) is None
