"""Confidence is the lowest level that any cap allows, and says why."""

from datetime import date

import pytest

from agent.analysis.ach import work_matrix
from agent.analysis.confidence import rate_confidence
from schemas.sourcing import KeyFact
from tests.builders import LETTER, make_source

STORIES = (
    LETTER,
    "Seoul said on Monday that trains with fuel had crossed the bridge at Tumangang twice a week.",
    "A satellite firm published pictures of new barracks near Vostochny on the first of December.",
)
SIGNALS = [(f"1.{n}", "text") for n in range(1, 5)]


def matrix(*row):
    rated = {id: list(row) for id, _ in SIGNALS}
    return work_matrix(SIGNALS, rated, rated, hypotheses=3, signal_count=4)


CLEAR = matrix("II", "C", "C")
LEAD = matrix("II", "I", "C")


def sources(count, **fields):
    return [
        make_source(STORIES[n - 1], number=n, publisher=f"Wire {n}", **fields)
        for n in range(1, count + 1)
    ]


def facts(count, speaker="Lim", **fields):
    known = {"kind": "independent expert", "interested": False}
    return tuple(
        KeyFact(
            evidence=f"1.{n}", text="text", speaker=speaker, chain=(speaker,), **{**known, **fields}
        )
        for n in range(1, count + 1)
    )


def rate(found, **changes):
    best = {
        "drafted": 20,
        "at_first_try": 18,
        "judgements": 5,
        "facts": facts(3),
        "ach": LEAD,
    }
    return rate_confidence(found, **{**best, **changes})


def test_several_good_sources_with_a_clear_matrix_are_high():
    assert rate(sources(3, reliability="B", credibility=2)).level == "high"


def test_one_source_is_at_most_moderate_however_good():
    rated = rate(sources(1, reliability="A", credibility=1))
    assert rated.level == "moderate"
    assert "one independent source caps at moderate" in rated.reasons


def test_the_same_story_five_times_is_rated_as_once_and_says_so():
    copies = [
        make_source(
            f"Desk {n} reports.\n\n{LETTER}\n\nMore on page {n}.", number=n, publisher=f"Post {n}"
        )
        for n in range(1, 6)
    ]
    rated = rate(copies)
    assert rated.level == rate(copies[:1]).level == "moderate"
    assert rated.reasons[0] == (
        "one independent source caps at moderate; sources 1 and 2 and 3 and 4 and 5 count once"
    )


def test_unrated_sources_are_at_most_moderate():
    assert rate(sources(3)).level == "moderate"


def test_state_media_alone_are_low():
    said = facts(3, kind="state media", interested=True)
    assert rate(sources(3, reliability="B", credibility=2), facts=said).level == "low"


@pytest.mark.parametrize(
    ("first", "level"), [(18, "high"), (14, "moderate"), (7, "low"), (0, "low")]
)
def test_the_share_supported_at_first_try_caps(first, level):
    assert rate(sources(3, reliability="B", credibility=2), at_first_try=first).level == level


def test_without_a_judgement_that_stood_it_is_low():
    assert rate(sources(3, reliability="B", credibility=2), judgements=0).level == "low"


def test_a_tie_in_the_matrix_is_at_most_moderate():
    rated = rate(sources(3, reliability="B", credibility=2), ach=CLEAR)
    assert rated.level == "moderate"
    assert any("tie" in reason for reason in rated.reasons)


def test_nothing_drafted_is_no_division_by_zero():
    assert rate(sources(1, published=date(2025, 1, 1)), drafted=0, at_first_try=0).level == "low"


def test_everything_on_one_interested_speaker_is_low_and_names_the_speaker():
    said = facts(4, speaker="Gen. Odilbek", kind="military", interested=True)
    rated = rate(sources(3, reliability="B", credibility=2), facts=said)
    assert rated.level == "low"
    assert "all rests on one interested speaker, Gen. Odilbek: caps at low" in rated.reasons


def test_everything_on_two_interested_speakers_is_at_most_moderate():
    said = facts(2, speaker="Seoul", interested=True) + facts(2, speaker="Moscow", interested=True)
    assert rate(sources(3, reliability="B", credibility=2), facts=said).level == "moderate"


@pytest.mark.parametrize(("good", "level"), [(4, "high"), (2, "high"), (1, "moderate")])
def test_half_the_key_facts_graded_b2_or_better_lift_unrated_sources(good, level):
    graded = facts(good, reliability="B", credibility=2) + facts(4 - good)
    assert rate(sources(3), facts=graded).level == level


def test_a_matrix_that_one_signal_alone_turns_is_at_most_moderate():
    rows = {"1.1": ["II", "C", "C"], "1.2": ["I", "II", "C"], "1.3": ["N", "N", "N"]}
    turning = work_matrix([(id, "text") for id in rows], rows, rows, hypotheses=3, signal_count=3)
    assert turning is not None
    assert (turning.stable, bool(turning.linchpins)) == (True, True)
    rated = rate(sources(3, reliability="B", credibility=2), ach=turning)
    assert rated.level == "moderate"
    assert any("turns on" in reason for reason in rated.reasons)


def test_every_input_stands_with_the_level_that_it_allows():
    rated = rate(sources(1))
    assert rated.rule.startswith("It starts at high")
    assert tuple(factor.value for factor in rated.factors) == rated.reasons
    assert {factor.allows for factor in rated.factors} == {"moderate", "high"}
