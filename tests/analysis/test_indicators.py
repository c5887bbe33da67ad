"""An indicator is an act that can be seen and dated, and it tells outcomes apart."""

from datetime import date

import pytest

from agent.analysis.indicators import due, find_form_fault, find_table_fault

MORE, SAME, LESS = "more likely", "no change", "less likely"


@pytest.mark.parametrize(
    "text",
    [
        "Families in Pyongyang receive a list of names.",
        "Trains with engineers leave North Korea for Russia.",
        "Kim Jong Un announces a second deployment at the party congress.",
        "The defense ministry publishes the number of the dead.",
        "Russia delivers more than 3 shipments of fuel to Rason.",
        "The union calls a strike at the port of Kallinge.",
        "The parties sign the treaty in Moscow.",
    ],
)
def test_an_act_that_can_be_seen_and_dated_passes(text):
    assert find_form_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Monitor the situation.", "order to watch"),
        ("Continue to track troop movements and casualty reports.", "order to watch"),
        ("Analysts should closely monitor shipments of fuel.", "order to watch"),
        ("Does Pyongyang publish the number of its dead?", "question"),
        ("Russia may send technology to Pyongyang.", "hedges"),
        ("Tensions on the peninsula escalate.", "mood"),
        ("The situation at the border deteriorates.", "mood"),
        ("Relations between Moscow and Pyongyang deepen.", "mood"),
        ("Kim's rhetoric hardens.", "mood"),
        ("There is a shift in North Korean domestic policy.", "change"),
        ("An increase in cooperation is reported.", "change"),
        ("There are signs of dissent in Pyongyang.", "change"),
        ("The two countries conclude significant economic agreements.", "measure"),
        ("Verified reports of sustained military collaboration appear.", "measure"),
        ("Russia makes increased military technology transfers.", "measure"),
    ],
)
def test_a_wish_is_no_indicator(text, fault):
    found = find_form_fault(text)
    assert found is not None
    assert fault in found


def test_an_indicator_that_fits_every_outcome_alike_is_not_one():
    fault = "fits every outcome alike, so it tells none apart"
    for effect in (MORE, SAME, LESS):
        assert find_table_fault([effect] * 6, hypotheses=3, scenarios=3) == fault
    # All hypotheses one way and all scenarios another: still no two outcomes are told apart.
    assert find_table_fault([MORE] * 3 + [SAME] * 3, hypotheses=3, scenarios=3) == fault


@pytest.mark.parametrize(
    "effects",
    [
        [MORE, LESS, SAME, SAME, SAME, SAME],
        [MORE, MORE, MORE, SAME, SAME, LESS],
        [SAME, SAME, LESS, MORE, LESS, SAME],
    ],
)
def test_telling_two_hypotheses_or_two_scenarios_apart_is_enough(effects):
    assert find_table_fault(effects, hypotheses=3, scenarios=3) is None


@pytest.mark.parametrize("count", [0, 5, 7])
def test_a_row_has_an_effect_for_each_outcome(count):
    fault = find_table_fault([MORE, LESS, *[SAME] * 5][:count], hypotheses=3, scenarios=3)
    assert fault == f"rates {count} of 6 outcomes"


def test_the_date_counts_from_the_day_of_the_report():
    assert due(date(2025, 12, 28), 90) == "2026-03-28"
    assert due(None, 90) == "90 days on"
