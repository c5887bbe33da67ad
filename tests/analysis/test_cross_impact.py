"""Cross-impact: seeded, coherent, and equal to what enumerating every course of events gives.

No figures of a published run could be compared with their source, so none is used here. The
worked examples are cases that can be solved exactly: two events in closed form, and up to four by
enumerating all orders and outcomes.
"""

import itertools
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analysis.cross_impact import coherent_bounds, reworded, simulate
from agent.analysis.estimative import middle

CHANCE = st.integers(5, 95).map(lambda percent: percent / 100)
SHARE = st.floats(0, 1)
VARIANTS = ["no effect", "total probability"]
VARIANT = st.sampled_from(VARIANTS)

NAMES = ["blockade", "mobilisation", "treaty"]
INITIAL = [0.3, 0.4, 0.5]
CONDITIONAL = [[None, 0.7, 0.2], [0.5, None, None], [None, 0.3, None]]


@st.composite
def coherent_cases(draw, most=4):
    count = draw(st.integers(2, most))
    initial = draw(st.lists(CHANCE, min_size=count, max_size=count))
    matrix = [[None] * count for _ in range(count)]
    for i, j in itertools.permutations(range(count), 2):
        if draw(st.booleans()):
            low, high = coherent_bounds(initial[i], initial[j])
            matrix[i][j] = low + draw(SHARE) * (high - low)
    return [f"event {n}" for n in range(count)], initial, matrix


def odds(chance):
    inside = min(max(chance, 1e-6), 1 - 1e-6)
    return inside / (1 - inside)


def enumerated(initial, matrix, variant):
    """Return the exact final probabilities: every order, and in it every outcome, by its weight."""
    orders = list(itertools.permutations(range(len(initial))))
    final = [0.0] * len(initial)
    for order in orders:
        for outcome in itertools.product([True, False], repeat=len(order)):
            weight = 1 / len(orders)
            now = [chance / (1 - chance) for chance in initial]
            for i, happens in zip(order, outcome, strict=True):
                chance = now[i] / (1 + now[i])
                weight *= chance if happens else 1 - chance
                moved = conditional_if(initial, matrix[i], i, happens, variant)
                now = [
                    now[j] if then is None else now[j] * odds(then) / odds(initial[j])
                    for j, then in enumerate(moved)
                ]
            for i, happens in zip(order, outcome, strict=True):
                final[i] += weight * happens
    return final


def conditional_if(initial, row, i, happens, variant):
    """Return the others' conditional probabilities given event i's outcome; None: not moved."""
    if happens:
        return row
    if variant == "no effect":
        return [None] * len(row)
    a = initial[i]
    return [
        None if then is None else (b - a * then) / (1 - a)
        for b, then in zip(initial, row, strict=True)
    ]


def within(result, expected, errors=5):
    """Say whether every final probability is as expected, but for so many standard errors."""
    return all(
        abs(outcome.after - final) <= errors * (final * (1 - final) / result.runs) ** 0.5 + 1e-9
        for outcome, final in zip(result.outcomes, expected, strict=True)
    )


# Against exact results


@settings(max_examples=60)
@given(coherent_cases(), VARIANT)
def test_the_simulation_agrees_with_enumerating_every_course_of_events(case, variant):
    names, initial, matrix = case
    result = simulate(names, initial, matrix, seed=1, nonoccurrence=variant)
    assert within(result, enumerated(initial, matrix, variant))


@settings(max_examples=40)
@given(CHANCE, CHANCE, SHARE, SHARE)
def test_two_events_come_out_as_the_closed_form_says(a, b, forward, back):
    """Half the runs decide A first: P(B) becomes b + a/2 (P(B|A) - b), and A likewise."""
    given_a, given_b = (
        low + share * (high - low)
        for share, (low, high) in ((forward, coherent_bounds(a, b)), (back, coherent_bounds(b, a)))
    )
    matrix = [[None, given_a], [given_b, None]]
    result = simulate(["A", "B"], [a, b], matrix, seed=2)
    assert within(result, [a + b / 2 * (given_b - a), b + a / 2 * (given_a - b)])


@settings(max_examples=40)
@given(coherent_cases(most=2))
def test_two_events_keep_their_probabilities_when_both_outcomes_count(case):
    names, initial, matrix = case
    result = simulate(names, initial, matrix, seed=3, nonoccurrence="total probability")
    assert within(result, initial)


def test_the_worked_example_of_the_documentation():
    result = simulate(["talks", "truce"], [0.4, 0.3], [[None, 0.6], [None, None]], seed=7)
    talks, truce = result.outcomes
    assert truce.after == pytest.approx(0.36, abs=4 * truce.standard_error)
    assert talks.after == pytest.approx(0.4, abs=4 * talks.standard_error)
    assert truce.standard_error == pytest.approx(0.0048, abs=1e-4)
    assert [influence.event for influence in result.influences] == ["talks"]


# Properties


@settings(max_examples=40)
@given(st.lists(CHANCE, min_size=2, max_size=12), VARIANT)
def test_without_impacts_every_event_keeps_its_probability(initial, variant):
    names = [f"event {n}" for n in range(len(initial))]
    nothing = [[None] * len(initial) for _ in initial]
    result = simulate(names, initial, nothing, seed=4, nonoccurrence=variant)
    assert within(result, initial)
    assert result.influences == ()


@settings(max_examples=20)
@given(coherent_cases(), st.integers(0, 2**63), VARIANT)
def test_the_same_seed_gives_the_same_bytes(case, seed, variant):
    once, again = (
        simulate(*case, seed=seed, runs=500, nonoccurrence=variant).model_dump_json()
        for _ in range(2)
    )
    assert once == again


def test_another_seed_gives_another_sample():
    one, other = (simulate(NAMES, INITIAL, CONDITIONAL, seed=seed) for seed in (1, 2))
    assert one.outcomes != other.outcomes


@settings(max_examples=40)
@given(coherent_cases(), st.randoms(use_true_random=False), VARIANT)
def test_the_order_of_the_events_only_permutes_the_result(case, random, variant):
    names, initial, matrix = case
    order = random.sample(range(len(names)), len(names))
    result = simulate(names, initial, matrix, seed=5, runs=500, nonoccurrence=variant)
    permuted = simulate(
        [names[i] for i in order],
        [initial[i] for i in order],
        [[matrix[i][j] for j in order] for i in order],
        seed=5,
        runs=500,
        nonoccurrence=variant,
    )
    assert permuted.outcomes == tuple(result.outcomes[i] for i in order)
    assert permuted.influences == result.influences


def test_other_names_change_the_result_by_no_more_than_sampling_error():
    renamed = simulate(["z", "y", "x"], INITIAL, CONDITIONAL, seed=6)
    assert within(renamed, enumerated(INITIAL, CONDITIONAL, "no effect"))


@settings(max_examples=40)
@given(CHANCE, CHANCE, st.floats(0.2, 1))
def test_an_event_with_a_promoting_impact_raises_the_other(a, b, share):
    _, high = coherent_bounds(a, b)
    promoting = [[None, b + share * (high - b)], [None, None]]
    none = [[None, None], [None, None]]
    plain = simulate(["A", "B"], [a, b], none, seed=8)
    raised = simulate(["A", "B"], [a, b], promoting, seed=8)
    assert raised.outcomes[1].after >= plain.outcomes[1].after
    if a * (promoting[0][1] - b) > 0.01:
        assert raised.outcomes[1].after > plain.outcomes[1].after


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_event_that_promotes_another_has_a_positive_effect_and_one_that_inhibits_a_negative(
    variant,
):
    promoting = simulate(
        ["A", "B"], [0.4, 0.3], [[None, 0.6], [None, None]], seed=9, nonoccurrence=variant
    )
    inhibiting = simulate(
        ["A", "B"], [0.4, 0.3], [[None, 0.1], [None, None]], seed=9, nonoccurrence=variant
    )
    assert [i.event for i in (*promoting.influences, *inhibiting.influences)] == ["A", "A"]
    assert promoting.influences[0].effect > 0 > inhibiting.influences[0].effect


# Influence


def test_influence_of_one_on_another_is_what_the_closed_form_says():
    """From P(A) = 0.3 to 0.5 the other moves by 0.2 / 2 (P(B|A) - P(B)) = 0.03."""
    result = simulate(["A", "B"], [0.4, 0.3], [[None, 0.6], [None, None]], seed=10, runs=100_000)
    (influence,) = result.influences
    assert influence.effect == influence.movement == pytest.approx(0.03, abs=0.003)


def test_opposite_effects_do_not_hide_an_influential_event():
    matrix = [[None, 0.9, 0.1], [None, None, None], [None, None, None]]
    result = simulate(["A", "B", "C"], [0.5, 0.5, 0.5], matrix, seed=11)
    assert [influence.event for influence in result.influences] == ["A"]
    assert abs(result.influences[0].effect) < 0.01
    assert result.influences[0].movement > 0.03


def test_at_most_three_events_are_named_and_the_strongest_first():
    names = [f"event {n}" for n in range(5)]
    strong = [0.5, 0.9, 0.6, 0.8, 0.7]
    matrix = [[None if i == j else strong[i] for j in range(5)] for i in range(5)]
    influences = simulate(names, [0.5] * 5, matrix, seed=12).influences
    assert [influence.event for influence in influences] == ["event 1", "event 3", "event 4"]


# Coherence


@given(CHANCE, CHANCE, SHARE)
def test_whatever_a_joint_distribution_gives_lies_inside_the_bounds(a, b, share):
    least, most = max(0.0, a + b - 1), min(a, b)
    both = least + share * (most - least)
    low, high = coherent_bounds(a, b)
    assert low - 1e-9 <= both / a <= high + 1e-9


def test_a_cell_outside_its_bounds_is_moved_to_the_bound_and_reported():
    result = simulate(["rare", "usual"], [0.2, 0.9], [[None, 0.1], [0.9, None]], seed=13)
    assert [(a.given, a.event, a.stated) for a in result.adjustments] == [
        ("rare", "usual", 0.1),
        ("usual", "rare", 0.9),
    ]
    assert [a.used for a in result.adjustments] == pytest.approx([0.5, 0.2 / 0.9])
    assert result.matrix == (
        (None, result.adjustments[0].used),
        (result.adjustments[1].used, None),
    )


@given(coherent_cases(), VARIANT)
@settings(max_examples=40)
def test_a_coherent_matrix_is_used_as_it_was_stated(case, variant):
    names, initial, matrix = case
    result = simulate(names, initial, matrix, seed=14, runs=1, nonoccurrence=variant)
    assert result.adjustments == ()
    assert [list(row) for row in result.matrix] == matrix


def test_the_diagonal_is_not_read():
    stated = [[1.0, 0.7, 0.2], [0.5, 0.0, None], [None, 0.3, 0.9]]
    assert simulate(NAMES, INITIAL, stated, seed=15) == simulate(
        NAMES, INITIAL, CONDITIONAL, seed=15
    )


def test_two_certainties_that_collide_cancel_each_other():
    matrix = [[None, None, 1.0], [None, None, 0.0], [None, None, None]]
    result = simulate(["for", "against", "it"], [0.5, 0.5, 0.5], matrix, seed=16)
    assert result.adjustments == ()
    assert within(result, [0.5, 0.5, 0.5])


# What is refused


@pytest.mark.parametrize(
    ("names", "initial", "matrix", "reason"),
    [
        (["A"], [0.5], [[None]], "1 events"),
        ([str(n) for n in range(25)], [0.5] * 25, [[None] * 25] * 25, "25 events"),
        (["A", "A"], [0.5, 0.5], [[None, None]] * 2, "same name"),
        (["A", "B"], [0.5], [[None, None]] * 2, "2 probabilities"),
        (["A", "B"], [0.5, 0.5], [[None, None]], "square"),
        (["A", "B"], [0.5, 0.5], [[None], [None, None]], "square"),
        (["A", "B"], [0.5, 1.0], [[None, None]] * 2, "B: initial"),
        (["A", "B"], [float("nan"), 0.5], [[None, None]] * 2, "A: initial"),
        (["A", "B"], [0.5, 0.5], [[None, 1.5], [None, None]], "B given A"),
        (["A", "B"], [0.5, 0.5], [[None, None], [float("nan"), None]], "A given B"),
    ],
)
def test_input_that_is_no_cross_impact_matrix_is_refused(names, initial, matrix, reason):
    with pytest.raises(ValueError, match=reason):
        simulate(names, initial, matrix, seed=1)


@pytest.mark.parametrize(("seed", "runs"), [(-1, 100), (1, 0)])
def test_a_negative_seed_and_no_runs_are_refused(seed, runs):
    with pytest.raises(ValueError, match="seed"):
        simulate(NAMES, INITIAL, CONDITIONAL, seed=seed, runs=runs)


def test_a_term_changes_when_the_probability_left_its_band_and_only_then():
    terms = {"sale": "roughly even chance", "truce": "roughly even chance", "strike": "likely"}
    initial = [middle(term) for term in terms.values()]
    matrix = [[None, 0.125, 0.75], [None] * 3, [None] * 3]
    moved = reworded(simulate(list(terms), initial, matrix, seed=1), terms)
    # The truce comes to 0.5 + 0.5 / 2 * (0.125 - 0.5) = 0.41; the strike stays within 55-80%.
    assert moved == {"truce": ("roughly even chance", "unlikely")}


def test_a_change_within_sampling_error_changes_no_term():
    terms = {"sale": "likely", "truce": "likely"}
    # At the edge of the band, twenty runs cannot tell 0.55 from 0.52.
    result = simulate(list(terms), [0.5, 0.55], [[None, 0.5], [None, None]], seed=3, runs=20)
    assert abs(result.outcomes[1].change) < 2 * result.outcomes[1].standard_error
    assert reworded(result, {"sale": "roughly even chance", "truce": "likely"}) == {}


def test_help_does_not_wait_for_numpy():
    code = "import sys, agent.cli.main; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
