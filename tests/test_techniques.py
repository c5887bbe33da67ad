"""Techniques on a scripted model: each has its result, and what it changes is changed and said."""

import pytest

from agent.analysis.estimative import BANDS
from agent.errors import SchemaError
from agent.sections.cross_impact import lay_out, seed_of
from schemas.sections import Impact
from schemas.sources import Sources
from tests.builders import good_answers, judgement, make_source, report
from tests.test_pipeline import printed, write

NAMES = [
    "Analysis of Competing Hypotheses", "Indicators", "Key Assumptions Check",
    "Deception Detection", "Cross-Impact Simulation", "Scenario Generation",
    "Causal Layered Analysis",
]  # fmt: skip


def technique(brief, name):
    return next(t for t in brief.techniques if t.name == name)


def entry(brief, id):
    return next(claim for claim in brief.ledger if claim.id == id)


def failure(prompt):
    return SchemaError(prompt=prompt, shape="Shape", attempts=3, last="empty")


def changed(name, **parts):
    return {name: good_answers()[name] | parts}


# Which techniques are named


def test_an_able_model_gets_every_technique_worked(sources):
    brief, _ = write(sources)
    assert [t.name for t in brief.techniques] == NAMES


def test_without_a_judge_no_technique_beyond_the_matrix_is_asked_for(sources):
    brief, model = write(sources, judge=False)
    beyond = {"key_assumptions", "deception", "drivers", "cross_impact", "indicators"}
    assert not beyond & {asked.prompt for asked in model.asked}
    assert not set(NAMES[1:]) & {t.name for t in brief.techniques}


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("key_assumptions", "Key Assumptions Check"),
        ("deception", "Deception Detection"),
        ("drivers", "Cross-Impact Simulation"),
        ("cross_impact", "Cross-Impact Simulation"),
        ("indicators", "Indicators"),
    ],
)
def test_a_technique_without_an_answer_is_not_named_and_the_others_are(sources, prompt, name):
    brief, _ = write(sources, **{prompt: failure(prompt)})
    named = [t.name for t in brief.techniques]
    # Three implications and no driver still are three events.
    left = [n for n in NAMES if n != name or (prompt == "drivers" and n in named)]
    assert named == left


def test_every_change_is_of_a_line_that_is_printed(sources):
    brief, _ = write(sources)
    body = {*printed(brief), "hypotheses.assessment"}
    changes = [change for t in brief.techniques for change in t.changed]
    assert changes
    assert {change.claim for change in changes} <= body


def test_every_note_on_a_claim_of_a_section_is_a_change_that_a_technique_owns_up_to(sources):
    brief, _ = write(sources)
    said = {(c.claim, c.what) for t in brief.techniques for c in t.changed}
    noted = [c for c in brief.ledger if c.note and not c.id.startswith("indicators.")]
    assert noted
    for claim in noted:
        assert all((claim.id, note) in said for note in claim.note.split("; "))


# Key assumptions


def test_each_assumption_has_its_class_what_would_break_it_and_what_rests_on_it(sources):
    brief, _ = write(sources)
    first, second = technique(brief, "Key Assumptions Check").assumptions
    assert (first.assumption, first.standing) == ("assumptions.assumptions.1", "unsupported")
    assert first.resting == ("implications.political.1",)
    assert second.resting == ("hypotheses.hypotheses.1", "implications.security.1")
    assert entry(brief, first.breaks).text == "Seoul withdraws its count of the troops in Russia."


def test_a_judgement_on_an_unsupported_assumption_says_so_and_the_bottom_line_is_told(sources):
    brief, model = write(sources)
    note = "rests on an assumption classed as unsupported"
    assert entry(brief, "implications.political.1").note == note
    (asked,) = [a for a in model.asked if a.prompt == "bluf"]
    assert f"(judgement; likely; {note}) Putin owes Kim" in asked.text


def test_what_would_break_an_assumption_is_checked_like_any_claim(sources):
    answer = good_answers()["key_assumptions"]
    answer["tests"][0]["breaks"] = "Seoul withdraws its count of 40,000 troops in Russia."
    brief, _ = write(sources, key_assumptions=answer)
    checks = technique(brief, "Key Assumptions Check").assumptions
    assert [c.assumption for c in checks] == ["assumptions.assumptions.2"]
    assert "key_assumptions.breaks.1" in {c.id for c in brief.withheld}
    assert entry(brief, "implications.political.1").note is None


# Deception


def test_a_speaker_is_named_as_the_signals_name_it_and_has_its_three_grounds(sources):
    brief, _ = write(sources)
    for card in technique(brief, "Deception Detection").deception:
        assert card.kind in {"state media", "official", "military"}
        assert [entry(brief, id).part for id in (card.motive, card.opportunity, card.means)] == [
            "motive", "opportunity", "means",
        ]  # fmt: skip


def test_a_report_that_one_able_speaker_alone_vouches_for_says_so(sources):
    words = "Kim Jong Un told Vladimir Putin that their alliance was bound in blood"
    what = [report("1.1", text=f"{words}, state media reported.")]
    brief, _ = write(sources, **changed("bluf", what=what))
    note = "rests on the word of state media alone, with motive, opportunity and means to deceive"
    assert entry(brief, "bluf.what.1").note == note


def test_a_speaker_without_a_motive_that_stood_has_no_card(sources):
    answer = good_answers()["deception"]
    for test in answer["tests"]:
        test["motive"] = report("1.1", text="Its owners bought 900 tanks.")
    brief, _ = write(sources, deception=answer)
    assert "Deception Detection" not in [t.name for t in brief.techniques]
    ids = {c.id for c in brief.withheld}
    assert {"deception.motive.2", "deception.means.2"} <= ids


# Cross-impact


def test_a_likelihood_leaves_its_band_by_the_simulation_and_says_which_it_had(sources):
    brief, model = write(sources)
    claim = entry(brief, "implications.overall.1")
    outcome = technique(brief, "Cross-Impact Simulation").cross_impact.outcomes[0]
    low, high = BANDS["unlikely"]
    assert (outcome.event, outcome.before) == (claim.id, 0.5)
    assert low <= 100 * outcome.after <= high
    assert claim.likelihood == "unlikely"
    assert claim.note == "roughly even chance before the cross-impact simulation"
    (asked,) = [a for a in model.asked if a.prompt == "bluf"]
    assert f"(judgement; unlikely; {claim.note}) Engineers replace" in asked.text


def test_an_incoherent_likelihood_is_moved_to_its_bound_and_listed(sources):
    brief, _ = write(sources)
    (moved,) = technique(brief, "Cross-Impact Simulation").cross_impact.adjustments
    assert (moved.given, moved.event) == ("implications.political.1", "drivers.events.1")
    assert moved.used == pytest.approx(0.5 / 0.675)


def test_the_same_sources_give_the_same_simulation_and_other_sources_another_seed(sources):
    first, again = (technique(write(sources)[0], NAMES[4]).cross_impact for _ in range(2))
    assert first == again
    other = Sources(items=(make_source("The union called a strike."),))
    assert seed_of(other) != seed_of(sources) == first.seed


def test_events_that_do_not_act_on_one_another_are_not_simulated(sources):
    brief, _ = write(sources, cross_impact={"impacts": []})
    assert NAMES[4] not in [t.name for t in brief.techniques]
    assert entry(brief, "implications.overall.1").likelihood == "roughly even chance"
    assert entry(brief, "drivers.events.1") in brief.withheld


def test_an_implication_that_repeats_a_hypothesis_is_no_event(sources):
    again = judgement("1.1", "1.7", text="Pyongyang trades troops to Moscow for money and fuel.")
    pair = {"given": "E1", "event": "E2", "reason": "It does", "likelihood": "very likely"}
    answers = changed("implications", political=[again]) | {"cross_impact": {"impacts": [pair]}}
    brief, _ = write(sources, **answers)
    outcomes = technique(brief, NAMES[4]).cross_impact.outcomes
    assert "implications.political.1" not in [o.event for o in outcomes]


def impact(given, event, likelihood):
    return Impact(given=given, event=event, reason="It does", likelihood=likelihood)


def test_pairs_that_say_nothing_are_left_out_of_the_matrix():
    impacts = [
        impact("E1", "E1", "likely"),
        impact("E1", "E6", "likely"),
        impact("E2", "E1", "likely"),
        impact("E1", "E2", "very likely"),
        impact("E1", "E2", "unlikely"),
    ]
    assert lay_out(impacts, ["likely", "unlikely"]) == [[None, 0.875], [None, None]]


# Indicators and scenarios


def test_an_indicator_has_a_threshold_a_date_and_a_direction_for_each_outcome(sources):
    brief, _ = write(sources)
    table = technique(brief, "Indicators").indicators
    assert table.outcomes == ("A", "B", "C", "Best", "Worst", "Most-Likely")
    first, second = table.rows
    assert (second.times, second.by) == (3, "2026-06-26")
    assert second.effects[:2] == ("more likely", "less likely")
    assert entry(brief, first.claim).note == "counts when seen once by 2026-03-28"
    part = next(p for p in brief.hypotheses.parts if p.name == "indicators")
    assert [c.id for c in part.claims] == [first.claim, second.claim]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": "Monitor trains with engineers for Russia."}, "order to watch"),
        ({"effects": ["more likely"] * 6}, "fits every outcome alike"),
        ({"effects": ["more likely", "less likely"]}, "rates 2 of 6 outcomes"),
    ],
)
def test_a_wish_and_what_fits_every_outcome_are_withheld_and_counted(sources, changes, reason):
    answer = good_answers()["indicators"]
    answer["events"][1] |= changes
    brief, _ = write(sources, indicators=answer)
    claim = next(c for c in brief.withheld if c.id == "indicators.indicators.2")
    assert claim.method == "indicator form"
    assert reason in claim.reason
    worked = technique(brief, "Indicators")
    assert [row.claim for row in worked.indicators.rows] == ["indicators.indicators.1"]
    assert "1 of 2 drafted did not stand" in worked.result


def test_bands_that_cannot_hold_together_are_a_caution(sources):
    brief, _ = write(sources)
    assert "Caution" not in technique(brief, "Scenario Generation").result
    alike = [judgement("1.6", text="No new combat troops leave for Russia.")]
    brief, _ = write(sources, **changed("outlook", best=alike))
    result = technique(brief, "Scenario Generation").result
    assert result.endswith("Caution: the three bands add up to 115% at the least.")


def test_a_bottom_line_that_takes_up_a_deeper_layer_is_what_the_layers_changed(sources):
    brief, _ = write(sources)
    assert technique(brief, "Causal Layered Analysis").changed == ()
    meaning = [judgement("1.7", text="Pyongyang sells soldiers out of scarcity.")]
    brief, model = write(sources, **changed("bluf", meaning=meaning))
    (change,) = technique(brief, "Causal Layered Analysis").changed
    assert (change.claim, change.what) == ("bluf.meaning.1", "takes up the layer systemic")
    (asked,) = [a for a in model.asked if a.prompt == "bluf"]
    assert "Scarcity drives Pyongyang" in asked.text
