"""Motive, opportunity, means: only speakers with a stake, and only what stood the check."""

import pytest

from agent.analysis.deception import (
    changed_by_deception,
    deception_cards,
    ground_id,
    interested_speakers,
)
from schemas.claims import Claim

SPOKEN = [
    ("KCNA", "state media", "1.1"),
    ("Lim", "independent expert", "1.2"),
    ("Seoul", "official", "1.3"),
    ("seoul", "official", "1.4"),
    ("a resident", "witness", "1.5"),
]
SPEAKERS = interested_speakers(SPOKEN)
ALL = {ground_id(ground, n) for ground in ("motive", "opportunity", "means") for n in (1, 2)}


def report(*evidence, **changes):
    fields = {"section": "bluf", "part": "what", "text": "It fell.", "basis": "reported"}
    return Claim(**{"id": "bluf.what.1", "evidence": evidence, **fields, **changes})


def test_only_speakers_with_a_stake_are_examined_those_who_say_most_first():
    assert [(s.name, s.says) for s in SPEAKERS] == [("Seoul", ("1.3", "1.4")), ("KCNA", ("1.1",))]


def test_no_more_speakers_are_examined_than_asked_for():
    assert [s.name for s in interested_speakers(SPOKEN, most=1)] == ["Seoul"]


def test_a_speaker_whose_motive_did_not_stand_has_no_card():
    cards = deception_cards(SPEAKERS, ALL - {ground_id("motive", 1)})
    assert [card.speaker for card in cards] == ["KCNA"]


@pytest.mark.parametrize("missing", ["opportunity", "means"])
def test_a_card_is_complete_only_with_motive_opportunity_and_means(missing):
    seoul, kcna = deception_cards(SPEAKERS, ALL - {ground_id(missing, 1)})
    assert (seoul.complete, kcna.complete) == (False, True)
    assert getattr(seoul, missing) is None


@pytest.mark.parametrize(
    ("claim", "marked"),
    [
        (report("1.3", "1.4"), True),
        (report("1.3"), True),
        (report("1.3", "1.1"), False),
        (report("1.2"), False),
        (report(), False),
        (report("1.3", basis="judgement"), False),
        (report("1.3", form="label"), False),
        (report("1.3", section="techniques"), False),
    ],
)
def test_a_report_is_marked_when_one_complete_speaker_alone_vouches_for_it(claim, marked):
    cards = deception_cards(SPEAKERS, ALL)
    assert bool(changed_by_deception(cards, [claim])) is marked


def test_a_report_of_a_speaker_who_lacks_means_is_not_marked():
    cards = deception_cards(SPEAKERS, ALL - {ground_id("means", 1)})
    assert changed_by_deception(cards, [report("1.3")]) == ()
