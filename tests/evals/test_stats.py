from math import log, nan, sqrt

import numpy as np
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from evals.benchmarks.false_alarms import even, false_alarms
from evals.stats.agreement import kappa, sensitivity, specificity
from evals.stats.clustered import (
    attainable,
    expanded_tail,
    resampled_interval,
    sign_flip,
    smallest_p,
    standard_error,
)
from evals.stats.paired import paired
from evals.stats.power import articles_needed, detectable, repeats_needed, standard_errors
from evals.stats.ratio import paired_ratio
from evals.stats.verdict import holm, verdict

# Student (1908), Biometrika 6:20: hours of sleep that ten patients gained by each of two drugs.
SLEEP_1 = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SLEEP_2 = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
# Darwin's maize, height of crossed less that of self-fertilised plants, eighths of an inch, in
# Fisher (1935), The Design of Experiments, sec. 21.
MAIZE = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)


def once(values):
    """One run of each article."""
    return {f"art-{n:03}": [float(value)] for n, value in enumerate(values)}


def alone(scores):
    """Each article is a story of its own."""
    return {article: article for article in scores}


def of_changes(changes, **options):
    """The comparison of a version that scores 0 throughout with one that scores the changes."""
    a, b = once([0.0] * len(changes)), once(changes)
    return paired(a, b, options.pop("clusters", alone(a)), **options)


def drawn(seed, stories, *, repeats=3, change=0.0, story=0.1, article=0.07, run=0.12):
    """Scores of both versions, and the story of each article."""
    rng = np.random.default_rng(seed)
    a, b, clusters = {}, {}, {}
    for n in range(stories):
        moved = change + rng.normal(0, story)
        for _ in range(rng.integers(1, 6)):
            name, base = f"art-{len(a):03}", rng.normal(0.6, 0.2)
            effect = moved + rng.normal(0, article)
            a[name] = (base + rng.normal(0, run, repeats)).tolist()
            b[name] = (base + effect + rng.normal(0, run, repeats)).tolist()
            clusters[name] = f"story-{n}"
    return a, b, clusters


# --- the change, its error and its interval ---------------------------------------------------


def test_the_interval_of_students_sleep_data_is_the_published_one():
    found = paired(once(SLEEP_1), once(SLEEP_2), alone(once(SLEEP_1)))
    # R 4: t.test(extra[group == 1], extra[group == 2], paired = TRUE), data set `sleep`.
    assert found.change == pytest.approx(1.58)
    assert found.change / found.uncertainty.se == pytest.approx(4.0621, abs=5e-5)
    assert found.uncertainty.interval == pytest.approx((0.7001142, 2.4598858), abs=5e-8)
    assert (found.wins, found.ties, found.losses, found.worst) == (9, 1, 0, ())


@pytest.mark.parametrize("stories", [2, 3, 7, 20, 41])
def test_error_and_interval_equal_a_regression_on_a_constant_with_clustered_errors(stories):
    a, b, clusters = drawn(stories, stories)
    found = paired(a, b, clusters)
    changes = np.array([np.mean(b[x]) - np.mean(a[x]) for x in a])
    numbers = [int(clusters[x].removeprefix("story-")) for x in a]
    theirs = OLS(changes, np.ones(len(changes))).fit(
        cov_type="cluster", cov_kwds={"groups": numbers}, use_t=True
    )
    assert found.change == pytest.approx(theirs.params[0], rel=1e-9)
    assert found.uncertainty.se == pytest.approx(theirs.bse[0], rel=1e-9)
    assert found.uncertainty.interval == pytest.approx(tuple(theirs.conf_int()[0]), rel=1e-9)
    assert (found.articles, found.clusters) == (len(a), stories)


def test_stories_of_one_article_give_the_textbook_error():
    changes = np.array(MAIZE, dtype=float)
    error = standard_error(changes, np.arange(len(changes)))
    assert error == pytest.approx(changes.std(ddof=1) / sqrt(len(changes)), rel=1e-12)


def test_repeats_are_averaged_before_anything_else():
    several = paired(
        {"x": [0.0, 1.0], "y": [0.5, 0.5]}, {"x": [1.0, 1.0], "y": [0.4, 0.8]}, alone("xy")
    )
    assert several.change == pytest.approx((0.5 + 0.1) / 2)
    assert several.repeats == (2, 2)
    # Ten identical repeats are no more evidence than one.
    more = of_changes([0.1, 0.3, -0.1, 0.2])
    a, b = ({x: own * 10 for x, own in once(v).items()} for v in ([0.0] * 4, [0.1, 0.3, -0.1, 0.2]))
    assert paired(a, b, alone(a)).uncertainty.se == pytest.approx(more.uncertainty.se)


def test_a_difference_made_by_rounding_alone_is_a_tie():
    a = {"x": [0.1, 0.2, 0.3], "y": [0.3, 0.3, 0.3]}
    b = {"x": [0.3, 0.2, 0.1], "y": [0.1, 0.3, 0.5]}
    assert np.mean(a["x"]) != np.mean(b["x"]) or np.mean(a["y"]) != np.mean(b["y"])
    found = paired(a, b, alone(a))
    assert (found.wins, found.ties, found.losses) == (0, 2, 0)
    assert found.uncertainty.p == 1.0


def test_the_articles_that_lost_most_are_named_worst_first():
    found = of_changes([-0.1, 0.2, -0.5, -0.3, -0.2])
    assert found.worst == (("art-002", -0.5), ("art-003", -0.3), ("art-004", -0.2))


# --- the sign flip ----------------------------------------------------------------------------


def test_the_sign_flip_counts_what_fisher_counted_on_darwins_maize():
    # 863 of the 32,768 patterns of signs give a total of 314 or more, and as many -314 or less.
    assert sign_flip(np.array(MAIZE, dtype=float), exact_to=15) == 2 * 863 / 2**15


def test_random_flips_come_close_to_all_of_them():
    found = [sign_flip(np.array(MAIZE, dtype=float), seed=seed) for seed in range(20)]
    error = sqrt(0.0527 * 0.9473 / 10_000)
    assert np.mean(found) == pytest.approx(2 * 863 / 2**15, abs=3 * error / sqrt(20))
    assert 0.3 * error < np.std(found) < 2 * error


@pytest.mark.parametrize("stories", [2, 4, 6, 9, 13])
def test_exact_flips_equal_those_of_scipy_on_cluster_sums(stories):
    a, b, clusters = drawn(stories, stories, change=0.08)
    found = paired(a, b, clusters)
    sums = dict.fromkeys(clusters.values(), 0.0)
    for x, story in clusters.items():
        sums[story] += np.mean(b[x]) - np.mean(a[x])
    theirs = stats.permutation_test(
        (np.array(list(sums.values())),),
        np.sum,
        permutation_type="samples",
        n_resamples=10_000,
        alternative="two-sided",
    )
    assert found.uncertainty.p == pytest.approx(theirs.pvalue, rel=1e-12)


def test_ties_between_patterns_count_as_extreme_however_they_are_rounded():
    sums = np.array([0.1, 0.2, 0.3, -0.3, 0.3])  # 0.6, as 0.1 + 0.2 + 0.3 is in another order
    whole = np.array([1.0, 2.0, 3.0, -3.0, 3.0])
    assert sign_flip(sums) == sign_flip(whole)


def test_five_stories_cannot_reach_a_p_value_of_five_percent_and_six_can():
    assert of_changes([0.3] * 5).uncertainty.p == smallest_p(5) == 0.0625
    assert of_changes([0.3] * 6).uncertainty.p == smallest_p(6) == 0.03125


def test_a_p_value_is_never_zero():
    found = of_changes([5.0] * 200)
    assert found.uncertainty.p == found.smallest_p == 1 / 10_001
    assert of_changes([5.0] * 200, resamples=499).uncertainty.p == 1 / 500


def test_a_large_set_gives_the_same_p_value_as_one_block_would():
    # 3,000 stories are drawn in 31 blocks; the normal approximation is exact enough there.
    changes = np.random.default_rng(3).normal(0.01, 0.3, 3000)
    z = changes.sum() / np.sqrt((changes**2).sum())
    assert sign_flip(changes) == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.012)


# --- the bootstrap ----------------------------------------------------------------------------


def test_the_bootstrap_agrees_with_scipy_at_the_expanded_level():
    changes = np.random.default_rng(5).normal(0.1, 0.3, 24)
    tail = expanded_tail(24, 0.95)
    theirs = stats.bootstrap(
        (changes,),
        np.mean,
        method="percentile",
        n_resamples=40_000,
        confidence_level=1 - 2 * tail,
        rng=np.random.default_rng(6),
    ).confidence_interval
    ours = resampled_interval(changes, np.ones(24, dtype=int), resamples=40_000)
    assert ours == pytest.approx(tuple(theirs), abs=0.006)


def test_the_bootstrap_draws_whole_stories():
    # Two stories with opposite changes: samples hold one of them, the other, or both.
    sums, sizes = np.array([4.0, -2.0]), np.array([4, 2])
    assert resampled_interval(sums, sizes, level=0.5) == (-1.0, 1.0)


def test_the_expanded_interval_tends_to_the_plain_one():
    assert expanded_tail(6, 0.95) < expanded_tail(20, 0.95) < 0.025
    assert expanded_tail(100_000, 0.95) == pytest.approx(0.025, abs=1e-5)


# --- what is missing --------------------------------------------------------------------------


def test_a_gap_is_left_out_and_never_a_zero():
    a = {"x": [0.8, None, 0.6], "y": [0.5], "z": [nan, nan]}
    b = {"x": [0.9], "y": [0.7, nan], "w": [0.1]}
    found = paired(a, b, alone("xyzw"))
    assert found.articles == 2
    assert found.change == pytest.approx((0.2 + 0.2) / 2)
    assert (found.mean_a, found.mean_b) == (pytest.approx(0.6), pytest.approx(0.8))
    assert (found.missing.pairs, found.missing.planned_pairs) == (2, 4)
    assert (found.missing.scores, found.missing.planned_scores) == (20 - 6, 20)


def test_the_bounds_are_what_the_missing_could_have_done_at_worst_and_at_best():
    a, b = {"x": [0.5], "y": [0.6]}, {"x": [0.7], "y": [None]}
    found = paired(a, b, alone(a), limits=(0.0, 1.0))
    assert found.change == pytest.approx(0.2)
    assert found.missing.bounds == pytest.approx(((0.2 - 0.6) / 2, (0.2 + 0.4) / 2))
    seen = paired(a, b, alone(a)).missing.bounds  # within 0.5 to 0.7, all that was seen
    assert seen == pytest.approx(((0.2 - 0.1) / 2, (0.2 + 0.1) / 2))


def test_nothing_missing_leaves_no_room_between_the_bounds():
    found = of_changes([0.1, 0.2, -0.1])
    assert (found.missing.pairs, found.missing.scores, found.missing.share) == (0, 0, 0.0)
    assert found.missing.bounds == pytest.approx((found.change, found.change))


def test_lost_repeats_count_as_missing_even_when_no_pair_is_lost():
    a, b = {"x": [0.5] * 3, "y": [0.5] * 3}, {"x": [0.5, None, None], "y": [0.5] * 3}
    found = paired(a, b, alone(a)).missing
    assert found.pairs == 0
    assert found.share == pytest.approx(2 / 12)


@pytest.mark.parametrize(
    ("a", "b", "clusters", "message"),
    [
        ({"x": [1.0]}, {"x": [1.0], "y": [1.0]}, {"x": "s"}, "no cluster is given for y"),
        ({"x": [float("inf")]}, {"x": [1.0]}, {"x": "s"}, "article x: a score is infinite"),
        ({"x": [1.0]}, {"y": [1.0]}, {"x": "s", "y": "s"}, "no article has a score from both"),
        ({"x": [nan]}, {"x": [1.0]}, {"x": "s"}, "no article has a score from both"),
        ({}, {}, {}, "no article has a score from both"),
        ({"x": [1.5]}, {"x": [1.0]}, {"x": "s"}, "outside 0 to 1"),
    ],
)
def test_what_cannot_be_compared_is_an_error_that_says_why(a, b, clusters, message):
    with pytest.raises(ValueError, match=message):
        paired(a, b, clusters, limits=(0, 1))


# --- noise, power and plans -------------------------------------------------------------------


def test_the_noise_share_is_the_runs_part_of_the_variance_between_changes():
    a = {"x": [0.1, 0.3], "y": [0.5, 0.5], "z": [0.4, 0.6]}
    b = {"x": [0.9, 0.7], "y": [0.6, 0.4], "z": [0.2, 0.4]}
    within = np.mean([np.var(np.subtract(b[x], a[x]), ddof=1) for x in a]) / 2
    between = np.var([np.mean(b[x]) - np.mean(a[x]) for x in a], ddof=1)
    found = paired(a, b, alone(a))
    assert found.noise_share == pytest.approx(within / between)
    assert found.noise_se == pytest.approx(sqrt(within / 3))


def test_the_noise_share_finds_the_noise_that_was_put_in():
    a, b, _ = drawn(9, 400, story=0.1, article=0.0, run=0.12)
    found = paired(a, b, alone(a), resamples=100)
    # Variances: story 0.01, runs 2 * 0.12^2 / 3 = 0.0096.
    assert found.noise_share == pytest.approx(0.0096 / 0.0196, abs=0.05)


def test_runs_that_both_versions_share_are_no_noise():
    a, _, clusters = drawn(4, 12)
    b = {x: [score + 0.1 * n for score in own] for n, (x, own) in enumerate(a.items())}
    found = paired(a, b, clusters)
    assert found.noise_se == pytest.approx(0, abs=1e-9)
    assert found.noise_share == pytest.approx(0, abs=1e-9)


def test_without_repeats_the_noise_is_unknown_not_zero():
    found = of_changes([0.1, 0.2, -0.1])
    assert found.noise_share is None
    assert found.noise_se is None
    assert found.repeats_for(0.1) is None


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("stories", [4, 6, 9, 13, 14, 24, 400, 100_000])
def test_a_detectable_change_is_shown_in_four_cases_of_five(stories, level):
    apart, alpha = standard_errors(stories, level), attainable(1 - level, stories)
    if apart is None:
        assert smallest_p(stories) > 1 - level
        return
    beyond = stats.t.isf(alpha / 2, stories - 1)
    assert stats.nct.sf(beyond, stories - 1, apart) == pytest.approx(0.8, abs=1e-9)


@pytest.mark.parametrize("stories", [6, 12, 20, 40, 80, 150])
def test_the_detectable_change_equals_that_of_statsmodels(stories):
    alpha = attainable(0.05, stories)
    theirs = TTestPower().solve_power(nobs=stories, alpha=alpha, power=0.8) * sqrt(stories)
    assert standard_errors(stories) == pytest.approx(theirs, rel=1e-4)


def test_no_change_is_detectable_with_five_stories():
    assert standard_errors(5) is None
    assert of_changes([0.1, 0.2, 0.3, 0.2, 0.1]).uncertainty.detectable is None


def test_six_stories_are_tested_at_three_percent_since_five_is_not_to_be_had():
    assert attainable(0.05, 6) == 2 / 64
    assert attainable(0.05, 9) == 12 / 256
    assert attainable(0.05, 5) == 0.0
    assert attainable(0.05, 14) == 0.05


def test_the_number_needed_for_a_medium_effect_is_the_well_known_34():
    # Cohen (1988), d = 0.5, two-sided 5 percent, power 0.8, paired t; G*Power and R's
    # power.t.test(delta = 0.5, power = 0.8, type = "paired") give 33.37.
    assert articles_needed(0.5, se=1 / sqrt(20), articles=20, clusters=20) == 34
    assert articles_needed(0.2, se=1 / sqrt(20), articles=20, clusters=20) == 199


def test_with_the_articles_that_are_said_to_be_needed_the_change_is_detectable():
    se, articles, clusters = 0.05, 54, 18
    needed = articles_needed(0.08, se=se, articles=articles, clusters=clusters)
    stories = needed * clusters // articles
    assert detectable(se * sqrt(clusters / stories), stories) <= 0.08
    assert detectable(se * sqrt(clusters / (stories - 1)), stories - 1) > 0.08


def test_never_are_fewer_stories_asked_for_than_a_claim_can_be_made_with():
    assert articles_needed(100.0, se=0.01, articles=24, clusters=12) == 12  # six stories of two


def test_with_the_repeats_that_are_said_to_be_needed_the_change_is_detectable():
    se, noise_se, clusters = 0.05, 0.04, 18
    needed = repeats_needed(0.1, se=se, noise_se=noise_se, repeats=3, clusters=clusters)

    def with_repeats(repeats):
        rest = se**2 - noise_se**2
        return detectable(sqrt(rest + noise_se**2 * 3 / repeats), clusters)

    assert with_repeats(needed) <= 0.1 < with_repeats(needed - 1)


def test_no_number_of_repeats_makes_up_for_too_few_articles_or_stories():
    assert repeats_needed(0.05, se=0.05, noise_se=0.01, repeats=3, clusters=18) is None
    assert repeats_needed(0.5, se=0.05, noise_se=0.05, repeats=3, clusters=5) is None


def test_a_plan_for_no_effect_at_all_is_an_error():
    found = of_changes([0.1, 0.2, -0.1])
    with pytest.raises(ValueError, match="above zero"):
        found.articles_for(0.0)


# --- ratios -----------------------------------------------------------------------------------


def test_a_cost_that_is_always_fifteen_percent_higher_has_the_ratio_1_15():
    a = {"x": [100.0, 120.0], "y": [4000.0], "z": [37.0]}
    b = {x: [1.15 * cost for cost in own] for x, own in a.items()}
    found = paired_ratio(a, b, alone(a))
    assert found.ratio == pytest.approx(1.15)
    assert found.interval == pytest.approx((1.15, 1.15))


def test_a_ratio_and_its_interval_are_those_of_the_logarithms():
    a, b = once([10, 20, 30, 40, 50, 60, 70]), once([12, 19, 33, 45, 70, 61, 80])
    found = paired_ratio(a, b, alone(a))
    logs = [log(b[x][0] / a[x][0]) for x in a]
    theirs = stats.ttest_1samp(logs, 0).confidence_interval(0.95)
    assert found.ratio == pytest.approx(np.exp(np.mean(logs)))
    assert found.interval == pytest.approx((np.exp(theirs.low), np.exp(theirs.high)))
    assert found.p50 == (40.0, 45.0)
    assert found.p95 == pytest.approx((67.0, 77.0))


def test_swapping_the_versions_turns_a_ratio_over():
    a, b = once([10, 20, 30]), once([12, 19, 33])
    there, back = paired_ratio(a, b, alone(a)), paired_ratio(b, a, alone(a))
    assert back.ratio == pytest.approx(1 / there.ratio)
    assert back.interval == pytest.approx((1 / there.interval[1], 1 / there.interval[0]))


@pytest.mark.parametrize("cost", [0.0, -3.0])
def test_a_ratio_of_a_cost_that_is_not_above_zero_is_an_error(cost):
    a, b = {"x": [10.0, nan]}, {"x": [cost, 5.0]}
    with pytest.raises(ValueError, match=f"article x: a ratio needs costs above zero, not {cost}"):
        paired_ratio(a, b, alone(a))


def test_percentiles_are_of_articles_that_both_versions_have():
    a, b = {"x": [10.0], "y": [1e6], "z": [20.0]}, {"x": [5.0], "y": [None], "z": [8.0, None]}
    found = paired_ratio(a, b, alone(a))
    assert found.p50 == (15.0, 6.5)
    assert found.logs.missing.pairs == 1


# --- several metrics --------------------------------------------------------------------------


def test_holms_procedure_rejects_what_the_textbook_example_rejects():
    # en.wikipedia.org/wiki/Holm-Bonferroni_method: of these, H1 and H4 are rejected at 0.05.
    found = holm({"H1": 0.01, "H2": 0.04, "H3": 0.03, "H4": 0.005})
    assert found == pytest.approx({"H1": 0.03, "H2": 0.06, "H3": 0.06, "H4": 0.02})
    assert [name for name, p in found.items() if p <= 0.05] == ["H1", "H4"]


def test_holm_equals_statsmodels():
    p_values = dict(enumerate(np.random.default_rng(2).random(12) ** 4))
    _, theirs, _, _ = multipletests(list(p_values.values()), method="holm")
    assert list(holm(p_values).values()) == pytest.approx(list(theirs), rel=1e-12)


def test_holm_of_none_is_none_and_of_nonsense_an_error():
    assert holm({}) == {}
    with pytest.raises(ValueError, match="coverage: nan is no p value"):
        holm({"coverage": nan})


# --- verdicts ---------------------------------------------------------------------------------


def spread_about(change, count=24, width=0.05):
    """Changes with that mean and standard deviation."""
    shape = stats.zscore(np.random.default_rng(1).normal(size=count), ddof=1)
    return of_changes((change + width * shape).tolist())


@pytest.mark.parametrize(
    ("change", "width", "label"),
    [
        (0.05, 0.05, "better"),
        (-0.08, 0.05, "worse"),
        (-0.025, 0.05, "inside margin"),
        (0.0, 0.05, "no difference shown"),
        (0.012, 0.05, "no difference shown"),
        (-0.04, 0.05, "inconclusive"),
        (0.0, 0.2, "inconclusive"),
        (-0.08, 0.4, "inconclusive"),
    ],
)
def test_each_verdict_follows_from_change_and_spread(change, width, label):
    found = verdict(spread_about(change, width=width), margin=0.05)
    assert found.label == label
    assert found.sentence.startswith(f"{label} (")


def test_a_drop_is_excused_only_if_the_whole_interval_is_above_the_margin():
    found = spread_about(-0.03)
    low, high = found.uncertainty.interval
    assert high < 0
    assert verdict(found, margin=-low + 1e-9).label == "inside margin"
    assert verdict(found, margin=-low - 1e-9).label == "inconclusive"


def test_a_claim_needs_the_corrected_p_value():
    found = spread_about(0.05)
    assert verdict(found, margin=0.05, holm_p=0.05).label == "better"
    assert verdict(found, margin=0.05, holm_p=0.051).label == "no difference shown"
    worse = spread_about(-0.08)
    assert verdict(worse, margin=0.05, holm_p=0.04).label == "worse"
    assert verdict(worse, margin=0.05, holm_p=0.06).label == "inconclusive"


def test_without_a_margin_only_a_difference_is_asked_for():
    assert verdict(spread_about(-0.04), margin=None).label == "worse"
    assert verdict(spread_about(0.0, width=0.5), margin=None).label == "no difference shown"


def test_no_difference_shown_says_what_would_have_been_missed_and_what_would_show_it():
    found = verdict(spread_about(0.002, width=0.07), margin=0.03)
    assert found.sentence == (
        "no difference shown (+0.002, 95% interval -0.028 to +0.032, p 0.895); changes under 0.042 "
        "would be missed with 24 articles; about 45 articles would show 0.03"
    )


def test_numbers_of_articles_are_rounded_up_to_two_digits():
    found = spread_about(0.0, width=0.07)
    needed = found.articles_for(found.change + 0.01)
    assert 380 < needed < 390
    assert "about 390 articles would settle it" in verdict(found, margin=0.01).sentence


def test_repeats_are_advised_where_runs_make_the_noise_and_articles_where_they_do_not():
    noisy = paired(*drawn(2, 20, story=0.001, article=0.001, run=0.4))
    steady = paired(*drawn(2, 20, story=0.2, article=0.01, run=0.01))
    assert noisy.noise_share > 0.5 > steady.noise_share
    assert " repeats would " in verdict(noisy, margin=0.13).sentence
    assert " articles would " in verdict(steady, margin=0.06).sentence


def test_over_five_percent_missing_nothing_is_concluded():
    a, b = once([0.0] * 24), once([0.3] * 24)
    b["art-000"] = [None]
    kept = verdict(paired(a, b, alone(a)), margin=0.05)
    assert kept.label == "better"
    assert "missing: 1 of 24 pairs, +0.287 if all had gone against it" in kept.sentence
    b["art-001"] = []
    lost = verdict(paired(a, b, alone(a)), margin=0.05)
    assert lost.label == "inconclusive"
    assert "missing: 2 of 24 pairs (over 5%)" in lost.sentence


def test_one_story_gives_no_interval_and_no_verdict():
    found = of_changes([0.1, 0.2, 0.3], clusters=dict.fromkeys(once([0] * 3), "flood"))
    assert found.uncertainty is None
    assert (found.articles_for(0.1), found.repeats_for(0.1)) == (None, None)
    said = verdict(found, margin=0.05)
    assert said.label == "inconclusive"
    assert "all articles are of one story" in said.sentence


def test_five_stories_are_told_that_they_cannot_reach_five_percent():
    found = verdict(of_changes([0.3, 0.31, 0.29, 0.3, 0.32]), margin=0.05)
    assert found.label == "no difference shown"
    assert "5 stories can never reach p 0.05, the least they can give is 0.0625" in found.sentence
    worse = verdict(of_changes([-0.3, -0.31, -0.29, -0.3, -0.32]), margin=0.05)
    assert worse.label == "inconclusive"
    assert "5 stories can never reach p 0.05" in worse.sentence


def test_versions_that_never_differ_are_not_called_equal():
    found = verdict(of_changes([0.0] * 24), margin=0.05)
    assert found.label == "no difference shown"
    # 1 - 0.05^(1/24): the rule of three.
    assert "the same on all 24 articles, and 12% of stories could still be" in found.sentence


def test_five_stories_without_any_difference_do_not_pass():
    found = verdict(of_changes([0.0] * 5), margin=0.05)
    assert found.label == "inconclusive"
    assert "the same on all 5 articles, and 45% of stories could still be" in found.sentence
    assert verdict(of_changes([0.0] * 6), margin=0.05).label == "no difference shown"


def test_no_more_articles_are_asked_for_than_there_are():
    # The change is beyond the margin and the articles would do, but the correction took the claim.
    found = spread_about(-0.08)
    assert found.articles_for(0.08) < found.articles
    assert "settle" not in verdict(found, margin=0.05, holm_p=0.2).sentence


def test_a_constant_gain_is_a_gain():
    assert verdict(of_changes([0.1] * 24), margin=0.05).label == "better"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": -0.1}, "below zero"),
        ({"margin": nan}, "below zero"),
        ({"margin": 0.1, "holm_p": nan}, "no p value"),
        ({"margin": 0.1, "holm_p": 1.5}, "no p value"),
    ],
)
def test_a_margin_or_p_value_that_is_none_is_an_error(options, message):
    with pytest.raises(ValueError, match=message):
        verdict(of_changes([0.1, 0.2]), **options)


# --- agreement of a judge with people ---------------------------------------------------------


def raters(table, names):
    pairs = [
        (x, y)
        for x, row in zip(names, table, strict=True)
        for y, n in zip(names, row, strict=True)
        for _ in range(n)
    ]
    first, second = ({f"i{n}": pair[side] for n, pair in enumerate(pairs)} for side in (0, 1))
    return first, second


def test_kappa_equals_the_published_example():
    # SAS/STAT User's Guide, PROC FREQ, agreement study of a skin condition: kappa 0.3449,
    # 95 percent limits 0.2030 and 0.4868, 88 patients.
    table = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
    found = kappa(*raters(table, ["terrible", "poor", "marginal", "clear"]))
    assert found.kappa == pytest.approx(0.3449, abs=5e-5)
    assert found.interval == pytest.approx((0.2030, 0.4868), abs=5e-5)
    assert (found.items, found.dropped) == (88, 0)


def test_kappa_and_its_interval_equal_those_of_statsmodels():
    table = np.random.default_rng(8).integers(0, 9, size=(5, 5))
    found, theirs = kappa(*raters(table, "abcde")), cohens_kappa(table)
    assert found.kappa == pytest.approx(theirs.kappa, rel=1e-12)
    assert found.interval == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=1e-5)


def test_a_gap_in_one_list_does_not_shift_the_other():
    people = {f"i{n}": n % 3 == 0 for n in range(40)}
    judge = dict(people)
    judge["i0"], people["i39"] = None, None
    del judge["i7"]
    judge["only"] = True
    found = kappa(judge, people)
    assert (found.kappa, found.items, found.dropped) == (1.0, 37, 4)
    assert found.interval is None
    assert sensitivity(judge, people).share == specificity(judge, people).share == 1.0


def test_kappa_of_one_label_alone_or_of_no_item_is_an_error():
    with pytest.raises(ValueError, match="kappa has no meaning"):
        kappa({"x": True, "y": True}, {"x": True, "y": True})
    with pytest.raises(ValueError, match="no item has a label from both"):
        kappa({"x": True}, {"y": True})


def test_sensitivity_and_specificity_come_with_their_counts():
    people = {"a": True, "b": True, "c": True, "d": False, "e": False, "f": None}
    judge = {"a": True, "b": True, "c": False, "d": False, "e": True, "f": True}
    caught, spared = sensitivity(judge, people), specificity(judge, people)
    assert (caught.hits, caught.total, spared.hits, spared.total) == (2, 3, 1, 2)
    assert caught.interval[0] < caught.share < caught.interval[1]
    with pytest.raises(ValueError, match="people called no item false"):
        specificity({"a": True}, {"a": True})


# --- how often it is wrong --------------------------------------------------------------------


def test_equal_versions_are_told_apart_in_three_to_seven_percent_of_comparisons():
    found = false_alarms(even, stories=10, comparisons=600)
    assert 0.03 <= found.p / 600 <= 0.07
    assert found.verdict <= found.p
    assert found.interval / 600 <= 0.085
    # The same test would fail if articles of one story were taken for independent ones.
    assert found.ignored / 600 > 0.12
