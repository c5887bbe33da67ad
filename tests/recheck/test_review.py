"""A reviewed brief holds like any other, and shows what its reviewer decided or is told from it."""

from datetime import UTC, datetime
from functools import cache

import pytest

from agent.review import begin, decide, end, reviewable
from schemas.brief import Brief
from schemas.claims import Verdict
from schemas.review import Decision
from tests.recheck.briefs import everywhere, recheck, tampered, written

AT = datetime(2026, 1, 3, 9, 0, tzinfo=UTC)
REJECTED = "implications.political.1"
EDITED = "implications.economic.1"
OVERRIDDEN = "outlook.worst.1"
NEW_TEXT = "Fuel and food from Russia soften the sanctions."
AGAINST = "A deployment of 40,000 troops follows the congress."


@cache
def reviewed(*, ended: bool = True) -> Brief:
    """Return a brief after a review that rejects, edits, and keeps one edit by an override."""
    brief = begin(written(), "Jo Field", AT)
    for claim in reviewable(brief):
        brief = decide(brief, _decision(claim.id, claim.evidence))
    return end(brief, AT) if ended else brief


def _decision(id: str, evidence: tuple[str, ...]) -> Decision:
    if id == REJECTED:
        return Decision(claim=id, ruling="rejected", at=AT)
    if id not in {EDITED, OVERRIDDEN}:
        return Decision(claim=id, ruling="accepted", at=AT)
    stands = id == EDITED
    return Decision(
        claim=id,
        ruling="edited",
        at=AT,
        text=NEW_TEXT if stands else AGAINST,
        evidence=evidence,
        verdict=Verdict(
            claim=id,
            label="supported" if stands else "unsupported",
            method="judge" if stands else "figures",
            score=0.77 if stands else 0.0,
            evidence=evidence,
            reason="It says so." if stands else "says 40,000, which no source gives",
        ),
        override=None if stands else "Jo Field was told so on the telephone.",
    )


def faults(found):
    return {c.name: [f.where for f in c.faults] for c in found.checks if c.faults}


@pytest.mark.parametrize("ended", [False, True], ids=["begun", "ended"])
def test_a_reviewed_brief_holds_in_full(ended):
    assert faults(recheck(reviewed(ended=ended))) == {}


def test_what_stands_by_the_reviewers_word_alone_is_noted():
    verdicts = next(c for c in recheck(reviewed()).checks if c.name == "verdicts")
    assert verdicts.notes == (
        f"{OVERRIDDEN} stands by the reviewer's own word, against the verifier",
    )


def test_a_rejected_claim_is_counted_as_decided_by_a_person():
    again = {found.means: found for found in recheck(reviewed()).verdicts}
    assert (again["a person"].claims, again["a person"].same) == ((REJECTED,), None)


def put_a_rejected_claim_back(fields):
    (claim,) = everywhere(fields, REJECTED)[:1]
    back = {**claim, "text": "Putin owes Kim a visible favour after the war."}
    fields["implications"]["parts"][1]["claims"].append(back)


def change_what_was_edited(fields):
    for claim in everywhere(fields, EDITED):
        claim["text"] = "Fuel and food from Russia end the sanctions."


def take_the_override_away(fields):
    for decision in fields["review"]["decisions"]:
        decision["override"] = None


def forget_a_decision(fields):
    fields["review"]["decisions"].pop(0)


def decide_twice(fields):
    fields["review"]["decisions"].append(fields["review"]["decisions"][0])


def take_the_signature_away(fields):
    fields["review"] = None


def call_it_a_draft(fields):
    fields["status"] = "draft"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (put_a_rejected_claim_back, "ledger"),
        (change_what_was_edited, "review"),
        (take_the_override_away, "review"),
        (forget_a_decision, "review"),
        (decide_twice, "review"),
        (take_the_signature_away, "review"),
        (call_it_a_draft, "review"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_review_that_was_changed_is_told(change, check):
    assert check in faults(recheck(tampered(reviewed(), change)))
