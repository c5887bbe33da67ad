"""Analysis of competing hypotheses: only inconsistency counts, and order never does."""

from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analysis.ach import (
    POINTS,
    diagnosticity,
    inconsistency,
    least_refuted,
    sensitivity,
    work_matrix,
)
from schemas.brief import Ach, MatrixRow

RATING = st.sampled_from(sorted(POINTS))
FITTING = st.sampled_from(["CC", "C", "N", "NA"])
# Three decimals that no float holds exactly, which is where ties would break.
WEIGHT = st.integers(0, 3000).map(lambda thousandths: thousandths / 1000)
SIGNALS = [("1.1", "a"), ("1.2", "b"), ("1.3", "c")]
RATINGS = {"1.1": ["II", "C"], "1.2": ["I", "N"], "1.3": ["C", "C"]}


@st.composite
def weighted_rows(draw, least=1):
    width = draw(st.integers(2, 5))
    row = st.lists(RATING, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=least, max_size=8))
    weights = draw(st.lists(WEIGHT, min_size=len(rows), max_size=len(rows)))
    return rows, weights


def worked(ratings, reversed_ratings=None, *, width=2, credibility=None):
    again = ratings if reversed_ratings is None else reversed_ratings
    signals = [(id, f"signal {id}") for id in ratings]
    count = len(signals)
    return work_matrix(
        signals, ratings, again, hypotheses=width, signal_count=count, credibility=credibility
    )


# Points and ties


def test_very_inconsistent_counts_two_inconsistent_one_and_all_else_nothing():
    assert inconsistency([["II", "I", "C"], ["N", "I", "CC"], ["NA", "II", "C"]]) == (2, 4, 0)


def test_the_least_refuted_hypothesis_wins_and_a_tie_names_both():
    assert least_refuted((2, 4, 1)) == ("C",)
    assert least_refuted((2, 4, 2)) == ("A", "C")


def test_a_signal_that_fits_all_hypotheses_alike_tells_nothing_apart():
    alike, apart = diagnosticity([["I", "I", "I"], ["II", "C", "C"]])
    assert alike == 0
    assert apart == pytest.approx(0.9428, abs=1e-4)


# Properties


@given(weighted_rows(), st.randoms())
def test_the_order_of_signals_never_changes_a_score(matrix, random):
    rows, weights = matrix
    places = random.sample(range(len(rows)), len(rows))
    shuffled = inconsistency([rows[i] for i in places], [weights[i] for i in places])
    assert shuffled == inconsistency(rows, weights)


@given(weighted_rows(), st.randoms())
def test_the_order_of_hypotheses_only_permutes_the_scores(matrix, random):
    rows, weights = matrix
    order = random.sample(range(len(rows[0])), len(rows[0]))
    permuted = [[row[i] for i in order] for row in rows]
    scores = inconsistency(rows, weights)
    assert inconsistency(permuted, weights) == tuple(scores[i] for i in order)
    assert diagnosticity(permuted) == diagnosticity(rows)


@given(weighted_rows(), WEIGHT, st.data())
def test_evidence_that_fits_never_changes_a_score(matrix, weight, data):
    rows, weights = matrix
    width = len(rows[0])
    fitting = data.draw(st.lists(FITTING, min_size=width, max_size=width))
    assert inconsistency([*rows, fitting], [*weights, weight]) == inconsistency(rows, weights)


@given(weighted_rows(least=3))
def test_removing_a_signal_that_tells_nothing_apart_never_changes_the_ranking(matrix):
    rows, weights = matrix
    removed, _ = sensitivity(rows, weights)
    winners = least_refuted(inconsistency(rows, weights))
    for spread, without in zip(diagnosticity(rows), removed, strict=True):
        if spread == 0:
            assert without == winners


@given(weighted_rows(least=2))
def test_sensitivity_is_what_working_the_matrix_again_would_give(matrix):
    rows, weights = matrix
    turn = {"C": "I", "I": "C", "CC": "II", "II": "CC"}
    removed, flipped = sensitivity(rows, weights)
    for at in range(len(rows)):
        without = inconsistency(rows[:at] + rows[at + 1 :], weights[:at] + weights[at + 1 :])
        turned = [turn.get(rating, rating) for rating in rows[at]]
        again = inconsistency([*rows[:at], turned, *rows[at + 1 :]], weights)
        assert (removed[at], flipped[at]) == (least_refuted(without), least_refuted(again))


@given(weighted_rows())
def test_diagnosticity_is_the_population_standard_deviation_of_the_points(matrix):
    rows, _ = matrix
    expected = [pstdev(POINTS[rating] for rating in row) for row in rows]
    assert diagnosticity(rows) == pytest.approx(expected)


@given(weighted_rows(), st.integers(2, 5))
def test_a_score_is_a_count_that_grows_with_the_evidence_and_never_a_probability(matrix, times):
    rows, weights = matrix
    once = inconsistency(rows, weights)
    assert inconsistency(rows * times, weights * times) == pytest.approx([s * times for s in once])
    names = " ".join([*Ach.model_fields, *MatrixRow.model_fields])
    assert "prob" not in names
    assert "likel" not in names


# Weights


def test_points_count_as_often_as_the_signal_is_credible():
    rows = [["II", "C"], ["C", "I"], ["C", "I"]]
    assert inconsistency(rows) == (2, 2)
    assert inconsistency(rows, [0.5, 1, 1]) == (1, 2)


def test_weights_that_no_float_holds_exactly_still_tie():
    rows = [["I", "C"], ["I", "C"], ["C", "I"]]
    assert least_refuted(inconsistency(rows, [0.1, 0.2, 0.3])) == ("A", "B")


def test_a_doubtful_signal_can_lose_the_ranking_and_the_row_says_its_weight():
    ratings = {"1.1": ["II", "C"], "1.2": ["C", "I"], "1.3": ["C", "C"]}
    plain = worked(ratings)
    doubted = worked(ratings, credibility={"1.1": 0.25})
    assert (plain.scores, plain.least_refuted) == ((2, 1), ("B",))
    assert (doubted.scores, doubted.least_refuted) == ((0.5, 1), ("A",))
    assert [row.weight for row in doubted.rows] == [0.25, 1, 1]
    assert [row.diagnosticity for row in doubted.rows] == [1, 0.5, 0]


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf")])
def test_a_weight_that_is_no_weight_is_refused(weight):
    with pytest.raises(ValueError, match="weights"):
        inconsistency([["I", "C"]], [weight])


# Sensitivity


def test_the_one_signal_that_decides_is_named_and_says_what_would_follow():
    ach = worked({"1.1": ["II", "C"], "1.2": ["C", "I"], "1.3": ["N", "N"]})
    assert ach.least_refuted == ("B",)
    assert [row.least_refuted_if_removed for row in ach.rows] == [("A",), ("B",), ("B",)]
    assert [row.least_refuted_if_flipped for row in ach.rows] == [("A",), ("B",), ("B",)]
    assert ach.linchpins == ("1.1",)


def test_a_signal_whose_loss_makes_a_tie_decides_too():
    ach = worked({"1.1": ["I", "C"], "1.2": ["N", "N"], "1.3": ["NA", "N"]})
    assert ach.rows[0].least_refuted_if_removed == ("A", "B")
    assert ach.linchpins == ("1.1",)


def test_a_result_that_no_single_signal_carries_has_no_linchpin():
    assert worked({f"1.{n}": ["II", "CC"] for n in range(1, 6)}).linchpins == ()


# The opposite order


def test_a_winner_that_holds_in_the_opposite_order_is_stable():
    ach = worked(RATINGS)
    assert (ach.scores, ach.least_refuted, ach.stable) == ((3, 0), ("B",), True)
    assert ach.least_refuted_reversed == ("B",)


def test_a_winner_that_changes_with_the_order_is_not_stable_and_both_are_named():
    ach = worked(RATINGS, {id: row[::-1] for id, row in RATINGS.items()})
    assert ach.stable is False
    assert (ach.least_refuted, ach.least_refuted_reversed) == (("B",), ("A",))


def test_an_opposite_order_that_gave_nothing_is_neither_stable_nor_not():
    ach = worked(RATINGS, {})
    assert ach.stable is None
    assert ach.least_refuted_reversed is None


def test_rows_with_missing_ratings_are_left_out_and_two_rows_are_no_matrix():
    ratings = {"1.1": ["II", "C"], "1.2": ["I"], "1.3": ["C", "C"]}
    assert work_matrix(SIGNALS, ratings, ratings, hypotheses=2, signal_count=3) is None


def test_a_matrix_kept_before_weights_and_sensitivity_can_still_be_read():
    row = {"evidence": ["1.1"], "signal": "a", "ratings": ["I", "C"], "diagnosticity": 0.5}
    kept = {
        "hypotheses": ["A", "B"],
        "rows": [row],
        "scores": [1, 0],
        "least_refuted": ["B"],
        "signal_count": 1,
        "stable": None,
    }
    ach = Ach.model_validate(kept)
    assert (ach.rows[0].weight, ach.linchpins, ach.least_refuted_reversed) == (1, (), None)


# Worked examples from the literature

# Heuer (1999), Psychology of Intelligence Analysis, ch. 8, figure 15: will Iraq retaliate for the
# bombing of its intelligence headquarters? H1 no; H2 minor terrorist action; H3 a major attack.
# "+" is C, "-" is I, "--" is II. E1, E4 and E6 are also discussed in his text, step 3; E2, E3 and
# E5 were set down from the figure as remembered and not compared with a printed copy.
IRAQ = {
    "E1": ["C", "C", "C"],  # Saddam's public statement of intent not to retaliate
    "E2": ["C", "C", "I"],  # no terrorist offensive during the Gulf War
    "E3": ["C", "C", "I"],  # Iraq would not want to provoke another attack
    "E4": ["I", "C", "C"],  # more frequent or longer agent radio broadcasts
    "E5": ["I", "C", "C"],  # embassies told to take more security precautions
    "E6": ["II", "C", "C"],  # no retaliation would be an unacceptable loss of face
}


def test_heuers_matrix_ranks_its_hypotheses_as_the_army_prints_the_result():
    """US Army TC 2-33.4 (2009), 2-55, on the same matrix: H2, followed by H3 and finally H1."""
    scores = inconsistency(list(IRAQ.values()))
    ranking = sorted(("H1", "H2", "H3"), key=dict(zip(("H1", "H2", "H3"), scores, strict=True)).get)
    assert scores == (4, 0, 2)
    assert ranking == ["H2", "H3", "H1"]


def test_heuers_matrix_finds_his_useless_item_and_his_strongest_one():
    """Ch. 8, step 3: E1 has no diagnostic value, E4 has, and E6 is the linchpin against H1."""
    spread = dict(zip(IRAQ, diagnosticity(list(IRAQ.values())), strict=True))
    assert spread["E1"] == 0
    assert spread["E4"] > 0
    assert max(spread, key=spread.get) == "E6"


def test_heuers_conclusion_against_h1_survives_the_loss_of_any_one_item():
    ach = worked(IRAQ, width=3)
    assert {row.least_refuted_if_removed for row in ach.rows} == {("B",)}


def test_points_and_weights_are_those_of_open_source_ach():
    """Burton, Analysis-of-Competing-Hypotheses, commit bd8ff88, code/functions.php,
    getHypoRatingScore, and code/class_project.php, getEandH: score times weight, 1 by default.
    """
    assert POINTS == {"II": 2, "I": 1, "N": 0, "NA": 0, "C": 0, "CC": 0}
    assert inconsistency([["II", "I", "CC"]], [1.5]) == (3, 1.5, 0)
    assert inconsistency([["II", "I", "CC"]]) == (2, 1, 0)
