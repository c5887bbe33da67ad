"""What holds for all scores: swaps, orders, names and gaps change what they should and no more."""

from dataclasses import asdict, replace
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats.agreement import kappa
from evals.stats.clustered import sign_flip, smallest_p
from evals.stats.paired import paired
from evals.stats.ratio import paired_ratio
from evals.stats.verdict import holm, verdict

SCORE = st.one_of(
    st.integers(0, 8).map(lambda n: n / 8),  # shares, with ties
    st.floats(0, 1, width=32),
)
GAP = st.sampled_from((None, float("nan")))
OPTIONS = {"resamples": 200, "seed": 7}
LABELS = {"better", "worse", "inside margin", "no difference shown", "inconclusive"}


@st.composite
def comparisons(draw, *, gaps=True, score=SCORE):
    """Scores of both versions and the story of each article; at least one pair is whole."""
    count = draw(st.integers(1, 24))
    repeats = st.lists(st.one_of(score, score, GAP) if gaps else score, min_size=1, max_size=4)
    a, b = ({f"art-{n}": draw(repeats) for n in range(count)} for _ in "ab")
    a["art-0"], b["art-0"] = [draw(score)], [draw(score)]
    stories = draw(st.lists(st.integers(0, 15), min_size=count, max_size=count))
    return a, b, {f"art-{n}": f"story-{story}" for n, story in enumerate(stories)}


@settings(max_examples=30)
@given(comparisons())
def test_swapping_the_versions_turns_every_sign_and_nothing_else(compared):
    a, b, clusters = compared
    there, back = paired(a, b, clusters, **OPTIONS), paired(b, a, clusters, **OPTIONS)
    assert back.change == -there.change
    assert (back.mean_a, back.mean_b) == (there.mean_b, there.mean_a)
    assert (back.wins, back.ties, back.losses) == (there.losses, there.ties, there.wins)
    low, high = there.missing.bounds
    assert back.missing.bounds == pytest.approx((-high, -low), abs=1e-12)
    if there.uncertainty is None:
        assert back.uncertainty is None
        return
    assert back.uncertainty.p == there.uncertainty.p
    assert back.uncertainty.se == pytest.approx(there.uncertainty.se, rel=1e-9)
    for field in ("interval", "resampled"):
        low, high = getattr(there.uncertainty, field)
        assert getattr(back.uncertainty, field) == pytest.approx((-high, -low), abs=1e-9)


@settings(max_examples=30)
@given(comparisons(), st.randoms(use_true_random=False))
def test_the_order_in_which_articles_come_changes_nothing(compared, random):
    def shuffled(items):
        order = list(items)
        random.shuffle(order)
        return {article: items[article] for article in order}

    one = paired(*compared, **OPTIONS)
    assert paired(*map(shuffled, compared), **OPTIONS) == one


@settings(max_examples=30)
@given(comparisons())
def test_the_names_of_stories_change_nothing(compared):
    a, b, clusters = compared
    renamed = {x: f"{1000 - int(story[6:])} {story[::-1]}" for x, story in clusters.items()}
    assert paired(a, b, renamed, **OPTIONS) == paired(a, b, clusters, **OPTIONS)


@settings(max_examples=30)
@given(comparisons(), st.sampled_from((0.0, 0.1, 1 / 3, -0.7)))
def test_a_change_that_is_the_same_everywhere_is_safe(compared, shift):
    a, _, clusters = compared
    b = {x: [None if s is None else s + shift for s in own] for x, own in a.items()}
    found = paired(a, b, clusters, **OPTIONS)
    assert found.change == pytest.approx(shift, abs=1e-12)
    if found.uncertainty:
        assert found.uncertainty.se == pytest.approx(0, abs=1e-12)
        assert found.uncertainty.interval == pytest.approx((shift, shift), abs=1e-11)
        assert found.uncertainty.resampled == pytest.approx((shift, shift), abs=1e-11)
        assert found.uncertainty.p == (found.smallest_p if shift else 1.0)
    assert verdict(found, margin=0.05).label in LABELS


@settings(max_examples=30)
@given(comparisons(), st.sampled_from((0.001, 10.0, 1000.0)))
def test_in_another_unit_every_figure_is_the_same_in_that_unit(compared, unit):
    a, b, clusters = compared
    wide = [
        {x: [None if s is None else s * unit for s in own] for x, own in side.items()}
        for side in (a, b)
    ]
    one, other = paired(a, b, clusters, **OPTIONS), paired(*wide, clusters, **OPTIONS)
    assert other.change == pytest.approx(one.change * unit, abs=1e-9 * unit)
    if one.uncertainty and one.uncertainty.se > 1e-9:
        assert other.uncertainty.p == one.uncertainty.p
        assert other.uncertainty.se == pytest.approx(one.uncertainty.se * unit)
        assert other.articles_for(0.1 * unit) == pytest.approx(one.articles_for(0.1), abs=1)


@settings(max_examples=30)
@given(comparisons())
def test_an_article_that_neither_version_answered_moves_only_the_count_of_the_missing(compared):
    a, b, clusters = compared
    one = paired(a, b, clusters, **OPTIONS)
    more = paired({**a, "zzz": []}, b, {**clusters, "zzz": "story-0"}, **OPTIONS)
    assert more.missing.pairs == one.missing.pairs + 1
    assert more.missing.planned_pairs == one.missing.planned_pairs + 1
    assert asdict(replace(more, missing=one.missing)) == asdict(one)


@settings(max_examples=30)
@given(comparisons())
def test_the_bounds_hold_whatever_the_missing_scores_would_have_been(compared):
    a, b, clusters = compared
    found = paired(a, b, clusters, limits=(0.0, 1.0), **OPTIONS)
    low, high = found.missing.bounds
    for filling in ((0.0, 1.0), (1.0, 0.0), (0.5, 0.5)):
        sides = []
        for side, value in zip((a, b), filling, strict=True):
            width = max(len(own) for own in side.values())
            sides.append(
                {
                    x: [value if s is None or isnan(s) else s for s in own]
                    + [value] * (width - len(own))
                    for x, own in side.items()
                }
            )
        whole = paired(*sides, clusters, **OPTIONS)
        assert whole.missing.scores == 0
        assert low - 1e-9 <= whole.change <= high + 1e-9


@settings(max_examples=40)
@given(
    comparisons(),
    st.one_of(st.none(), st.sampled_from((0.0, 0.02, 0.05, 0.5))),
    st.one_of(st.none(), st.floats(1e-4, 1)),
)
def test_every_comparison_gets_one_careful_line(compared, margin, holm_p):
    found = paired(*compared, **OPTIONS)
    said = verdict(found, margin=margin, holm_p=holm_p)
    assert said.label in LABELS
    assert said.sentence.startswith(f"{said.label} (")
    for never in ("significant", "no effect", "no change", "equal", "nan", "inf", "None", "\n"):
        assert never not in said.sentence
    if "%" in said.sentence and found.uncertainty:
        assert "p 0)" not in said.sentence
    if said.label in ("better", "worse"):
        assert found.uncertainty is not None
        assert found.missing.share <= 0.05
        assert 0 not in found.uncertainty.interval
        assert (found.change > 0) == (said.label == "better")


@settings(max_examples=30)
@given(st.lists(st.floats(-1, 1, width=16), min_size=1, max_size=20))
def test_a_p_value_is_at_most_one_and_never_under_what_the_stories_can_give(sums):
    p = sign_flip(np.array(sums), flips=300)
    assert smallest_p(len(sums), 300) <= p <= 1


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1)))
def test_correction_raises_p_values_and_keeps_their_order(p_values):
    found = holm(p_values)
    assert found.keys() == p_values.keys()
    assert all(p_values[name] <= p <= 1 for name, p in found.items())
    ranked = sorted(p_values, key=p_values.__getitem__)
    assert [found[name] for name in ranked] == sorted(found.values())
    if ranked:
        least = min(1.0, len(ranked) * p_values[ranked[0]])
        assert found[ranked[0]] == pytest.approx(least)


@settings(max_examples=40)
@given(comparisons(gaps=False, score=st.floats(0.001, 1e6)))
def test_a_ratio_and_its_inverse_multiply_to_one(compared):
    a, b, clusters = compared
    there = paired_ratio(a, b, clusters, **OPTIONS)
    back = paired_ratio(b, a, clusters, **OPTIONS)
    assert there.ratio * back.ratio == pytest.approx(1)
    assert there.p50 == back.p50[::-1]


CALLS = st.dictionaries(
    st.sampled_from([f"i{n}" for n in range(12)]), st.sampled_from((True, False, None)), min_size=1
)


@settings(max_examples=40)
@given(CALLS, CALLS)
def test_kappa_is_symmetric_and_at_most_one(first, second):
    shared = [x for x in first if first[x] is not None and second.get(x) is not None]
    if len({side[x] for x in shared for side in (first, second)}) < 2:
        with pytest.raises(ValueError, match=r"kappa has no meaning|no item has a label"):
            kappa(first, second)
        return
    found = kappa(first, second)
    assert found.kappa == pytest.approx(kappa(second, first).kappa)
    assert found.items == len(shared)
    assert -1 <= found.kappa <= 1
    assert (found.kappa == pytest.approx(1)) == all(first[x] == second[x] for x in shared)
