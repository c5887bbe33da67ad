import numpy as np
import pytest

from evals.metrics import (
    balanced_accuracy,
    bootstrap_interval,
    calibration_error,
    reliability,
    roc_auc,
    wilson,
)


def test_balanced_accuracy_is_the_mean_of_both_shares():
    accepted = np.array([True, True, False, True, False])
    labels = np.array([True, True, True, False, False])
    assert balanced_accuracy(accepted, labels) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_a_measure_of_one_kind_alone_is_an_error_not_a_number():
    one = np.ones(3, dtype=bool)
    with pytest.raises(ValueError, match="both labels"):
        balanced_accuracy(one, one)
    with pytest.raises(ValueError, match="both labels"):
        roc_auc(np.ones(3), one)


def test_the_roc_area_counts_pairs_and_ties_as_half():
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 5, 60) / 5.0
    labels = rng.random(60) < 0.4
    pairs = scores[labels][:, None] - scores[~labels][None]
    assert roc_auc(scores, labels) == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())


def test_a_score_that_is_right_on_average_in_each_bin_has_no_calibration_error():
    scores = np.array([0.25] * 4 + [0.75] * 4)
    labels = np.array([True, False, False, False, True, True, True, False])
    assert calibration_error(scores, labels) == pytest.approx(0)
    assert [b.count for b in reliability(scores, labels)] == [4, 4]


def test_the_calibration_error_is_the_mean_distance_of_score_and_share():
    scores, labels = np.array([0.9] * 10), np.array([True] * 6 + [False] * 4)
    assert calibration_error(scores, labels) == pytest.approx(0.3)


def test_the_wilson_interval_equals_the_published_example():
    # Newcombe (1998), Stat. Med. 17:857, table I: 81 of 263, method 3.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_resampling_whole_groups_keeps_rows_of_a_group_together():
    groups = ["a", "a", "b"]
    seen = set()

    def measure(rows):
        seen.add(tuple(sorted(rows.tolist())))
        return float(len(rows))

    bootstrap_interval(measure, groups, samples=40)
    assert seen == {(0, 0, 1, 1), (0, 1, 2), (2, 2)}
