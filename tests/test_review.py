"""A review as values: who may decide what, and what is left of a brief once it is decided."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.briefs import digest, parse_brief
from agent.errors import EvidenceError, ModelError, SchemaError, UsageError
from agent.prompts import load_prompts
from agent.review import (
    as_reviewed,
    begin,
    decide,
    draft_of,
    end,
    passage,
    recheck,
    reviewable,
    undecided,
)
from agent.review.redaction import REJECTED
from agent.review.techniques import without_hypotheses, work_again
from agent.views import lines
from agent.views.json import as_json
from agent.views.markdown import markdown
from agent.views.terminal import terminal
from schemas.brief import Brief, Technique
from schemas.claims import Verdict
from schemas.review import Decision
from schemas.sources import Sources
from schemas.update import JudgementFate, Update
from tests.builders import LETTER, Scripted, judgement, make_source, supported
from tests.test_pipeline import printed, write

AT = datetime(2026, 1, 3, 9, 30, tzinfo=UTC)
ANNA = "Anna Berg"


@pytest.fixture(scope="module")
def draft() -> Brief:
    """A brief of an able model, with every technique worked."""
    brief, _ = write(Sources(items=(make_source(LETTER),)))
    return brief


@pytest.fixture(scope="module")
def begun(draft) -> Brief:
    return begin(draft, ANNA, AT)


def ruled(id, ruling="accepted", **said) -> Decision:
    return Decision(claim=id, ruling=ruling, at=AT, **said)


def verdict(label="supported", reason="follows from 1.2", evidence=("1.2",)) -> Verdict:
    return Verdict(
        claim="x", label=label, method="entailment", score=0.9, evidence=evidence, reason=reason
    )


def edit(id, text="About 2,000 of the troops have been killed.", **said) -> Decision:
    given = {"text": text, "evidence": ("1.2",), "verdict": verdict(), **said}
    return ruled(id, "edited", **given)


def ended(begun, *decisions, rejected=()) -> Brief:
    """Return the outcome once all other claims are accepted."""
    special = {d.claim: d for d in decisions} | {id: ruled(id, "rejected") for id in rejected}
    brief = begun
    for claim in reviewable(begun):
        brief = decide(brief, special.get(claim.id, ruled(claim.id)))
    return end(brief, AT + timedelta(hours=1))


def entry(brief, id):
    return next(claim for claim in brief.ledger if claim.id == id)


def technique(brief, name) -> Technique:
    return next(t for t in brief.techniques if t.name == name)


def names(brief) -> list[str]:
    return [t.name for t in brief.techniques]


def without_sources(brief) -> str:
    """Return what a brief says beyond its sources, as one text."""
    bare = brief.model_copy(
        update={"sources": (), "sourcing": brief.sourcing.model_copy(update={"facts": ()})}
    )
    return as_json(bare).replace('\\"', '"')


def on_page(view, brief) -> str:
    return " ".join(view(brief).replace("\\", "").split())


def in_terminal(brief) -> str:
    return terminal(brief, width=100, colour=False, detail=True)


# Begin and go on


def test_a_review_begins_with_no_decision_and_the_digest_of_the_draft(draft, begun):
    assert (begun.review.reviewer, begun.review.began_at) == (ANNA, AT)
    assert begun.review.draft_sha256 == digest(draft)
    assert draft_of(begun) == draft
    assert begun.status == "draft"
    assert undecided(begun) == reviewable(draft)


def test_every_claim_of_the_body_is_to_be_decided_in_brief_order(draft):
    assert [claim.id for claim in reviewable(draft)] == printed(draft)


@pytest.mark.parametrize("name", ["", "  ", "\x1b\u202e", "42", "x" * 81])
def test_a_review_needs_the_name_of_a_person(draft, name):
    with pytest.raises(UsageError, match="name"):
        begin(draft, name, AT)


def test_a_name_is_cleaned_before_it_is_kept(draft):
    name = begin(draft, " Anna\x1b[31m\u202e\n Berg ", AT).review.reviewer
    assert name == "Anna[31m Berg"


def test_the_same_person_goes_on_where_the_review_stands(begun):
    further = decide(begun, ruled("bluf.what.1"))
    later = AT + timedelta(days=2)
    assert begin(parse_brief(as_json(further), "b"), "anna  berg", later) == further


def test_another_person_is_refused_and_takes_over_without_the_decisions(begun):
    further = decide(begun, ruled("bluf.what.1"))
    with pytest.raises(UsageError, match=r"by Anna Berg is not ended; .* without its 1 decision$"):
        begin(further, "Ben", AT)
    taken = begin(further, "Ben", AT, take_over=True)
    assert (taken.review.reviewer, taken.review.decisions) == ("Ben", ())
    assert taken.review.draft_sha256 == begun.review.draft_sha256


def test_a_review_of_a_draft_that_was_changed_meanwhile_does_not_go_on(begun):
    changed = begun.model_copy(update={"title": "Another title"})
    with pytest.raises(EvidenceError, match="not the draft on which it was begun"):
        begin(changed, ANNA, AT)
    anew = begin(changed, ANNA, AT, take_over=True)
    assert anew.review.draft_sha256 == digest(draft_of(changed))


def test_a_decision_that_was_tampered_with_is_found_when_the_review_goes_on(begun):
    kept = decide(begun, edit("bluf.what.1", verdict=verdict("contradicted"), override="I know"))
    (decision,) = kept.review.decisions
    forged = kept.review.model_copy(
        update={"decisions": (decision.model_copy(update={"override": None}),)}
    )
    with pytest.raises(EvidenceError, match="a reason is needed"):
        begin(kept.model_copy(update={"review": forged}), ANNA, AT)


def test_a_reviewed_brief_is_not_reviewed_again(begun):
    done = ended(begun)
    with pytest.raises(UsageError, match="is ended"):
        begin(done, ANNA, AT)
    with pytest.raises(UsageError, match="no review is open"):
        decide(done, ruled("bluf.what.1"))


# Decide


def test_decisions_stand_in_brief_order_whatever_order_they_were_made_in(begun):
    ids = printed(begun)
    brief = begun
    for id in reversed(ids):
        brief = decide(brief, ruled(id))
    assert [d.claim for d in brief.review.decisions] == ids
    assert undecided(brief) == ()


def test_a_later_decision_on_a_claim_replaces_the_earlier(begun):
    brief = decide(decide(begun, edit("bluf.what.1")), ruled("bluf.what.1", "rejected"))
    assert [d.ruling for d in brief.review.decisions] == ["rejected"]
    back = decide(brief, ruled("bluf.what.1"))
    assert entry(as_reviewed(back), "bluf.what.1") == entry(begun, "bluf.what.1")


def test_deciding_leaves_the_draft_as_it_was(begun):
    brief = decide(decide(begun, edit("bluf.what.1")), ruled("outlook.best.1", "rejected"))
    assert draft_of(brief) == draft_of(begun)


def test_a_rejection_keeps_no_words_on_record(begun):
    said = {"dissent": "wrong", "text": "secret words", "override": "because"}
    brief = decide(begun, ruled("bluf.what.1", "rejected", **said))
    assert brief.review.decisions == (ruled("bluf.what.1", "rejected"),)


@pytest.mark.parametrize(
    ("decision", "fault"),
    [
        (ruled("nowhere.1"), "has no such claim"),
        (edit("bluf.what.1", text=" \n"), "is empty"),
        (edit("bluf.what.1", evidence=()), "cites no sentence"),
        (edit("bluf.what.1", evidence=("1.2", "7.7")), "no source has 7.7"),
        (edit("bluf.what.1", verdict=None), "was not checked"),
        (edit("bluf.what.1", verdict=verdict("partial")), "a reason is needed"),
        (edit("bluf.what.1", verdict=verdict("partial"), override=" "), "a reason is needed"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused(begun, decision, fault):
    with pytest.raises(UsageError, match=fault):
        decide(begun, decision)


def test_a_withheld_claim_is_not_there_to_be_decided(sources):
    brief, _ = write(sources, judge=False)
    withheld = brief.withheld[0].id
    with pytest.raises(UsageError, match="no such claim"):
        decide(begin(brief, ANNA, AT), ruled(withheld))


def test_a_quotation_is_accepted_or_rejected_and_never_edited(sources):
    brief, _ = write(sources, judge=False)
    begun = begin(brief, ANNA, AT)
    quotation = next(c for c in reviewable(brief) if c.author == "program")
    with pytest.raises(UsageError, match="quotation"):
        decide(begun, edit(quotation.id))
    outcome = ended(begun, rejected=[quotation.id])
    assert quotation.id not in printed(outcome)
    assert entry(outcome, quotation.id).text == REJECTED


def test_a_review_ends_only_when_every_claim_is_decided(begun):
    with pytest.raises(UsageError, match="38 claims not decided"):
        end(begun, AT)


# What an accepted and an edited claim become


def test_accepting_everything_changes_nothing_but_the_status(draft, begun):
    done = ended(begun)
    assert done.status == "reviewed"
    assert done.review.ended_at == AT + timedelta(hours=1)
    assert done.model_copy(update={"review": None, "status": "draft"}) == draft
    assert lines.status(done) == (
        "Reviewed by Anna Berg, 2026-01-03 10:30 UTC: 38 claims, 38 accepted, 0 edited "
        "(0 of them against the verifier), 0 rejected; 0 dissents"
    )


def test_an_edited_claim_has_its_new_words_and_verdict_in_body_and_ledger(begun):
    done = ended(begun, edit("implications.political.1", evidence=("1.2", "1.3")))
    for claim in (entry(done, "implications.political.1"), done.implications.parts[1].claims[0]):
        assert claim.text == "About 2,000 of the troops have been killed."
        assert (claim.verdict, claim.method, claim.evidence) == (
            "supported",
            "entailment",
            ("1.2",),
        )
        assert claim.reviewed == "edited by Anna Berg"
    (decision,) = (d for d in done.review.decisions if d.ruling == "edited")
    assert decision.before == "Putin owes Kim a visible favour after the war."


def test_an_edit_against_the_verifier_says_so_and_why_it_was_kept(begun):
    doubtful = verdict("unsupported", "says 9,000, which no sentence has", ())
    done = ended(begun, edit("bluf.what.1", verdict=doubtful, override="seen by myself"))
    claim = entry(done, "bluf.what.1")
    assert (claim.verdict, claim.evidence) == ("unsupported", ("1.2",))
    assert claim.reviewed == (
        "edited by Anna Berg; the verifier does not support it: says 9,000, which no sentence "
        "has; kept because: seen by myself"
    )
    assert "1 edited (1 of them against the verifier)" in lines.status(done)
    assert "kept because: seen by myself" in on_page(in_terminal, done)


def test_a_reason_is_not_kept_where_none_was_needed(begun):
    done = ended(begun, edit("bluf.what.1", override="just in case"))
    assert next(d for d in done.review.decisions if d.ruling == "edited").override is None


def test_a_dissent_is_printed_with_the_claim_that_stays(begun):
    done = ended(begun, ruled("bluf.meaning.1", dissent="I hold the opposite.\x1b[0m"))
    said = "dissent by Anna Berg: I hold the opposite.[0m"
    assert entry(done, "bluf.meaning.1").reviewed == said
    assert said in on_page(markdown, done)
    assert lines.status(done).endswith("; 1 dissent")


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("hypotheses.hypotheses.2", "Analysis of Competing Hypotheses"),
        ("indicators.indicators.1", "Indicators"),
        ("assumptions.assumptions.1", "Key Assumptions Check"),
        ("drivers.events.1", "Cross-Impact Simulation"),
    ],
)
def test_a_technique_says_when_a_claim_it_was_worked_from_was_edited_since(begun, id, name):
    done = ended(begun, edit(id))
    caution = f"Caution: edited in review, after this was worked: {id}."
    assert technique(done, name).result.endswith(caution)
    assert sum(caution in t.result for t in done.techniques) == 1


# What a rejected claim takes with it


def test_a_rejected_claim_stays_in_the_ledger_by_its_id_alone(begun):
    done = ended(begun, rejected=["implications.security.1"])
    left = entry(done, "implications.security.1")
    assert (left.text, left.method, left.reason) == (REJECTED, "review", "rejected by Anna Berg")
    assert left in done.withheld
    assert [c.id for c in done.ledger] == [c.id for c in begun.ledger]
    part = next(p for p in done.implications.parts if p.name == "security")
    assert (part.claims, part.note) == ((), "Every claim here was rejected in review.")


def test_nothing_rejected_leaves_every_technique_to_the_letter(draft):
    kept = {section.name: section for section in lines.sections(draft)}
    entries = {claim.id: claim for claim in draft.ledger}
    again = work_again(draft, kept, entries, rejected={"none of these"}, edited=())
    assert again == draft.techniques


def test_a_rejected_hypothesis_takes_its_column_and_the_ranking_is_computed_again(begun):
    before = technique(begun, "Analysis of Competing Hypotheses").ach
    done = ended(begun, rejected=["hypotheses.hypotheses.1"])
    ach = technique(done, "Analysis of Competing Hypotheses").ach
    assert (before.scores, ach.scores) == ((0, 3, 1), (3, 1))
    assert (ach.hypotheses, ach.least_refuted) == (("B", "C"), ("C",))
    assert [row.ratings for row in ach.rows] == [row.ratings[1:] for row in before.rows]
    assert ach.rows[1].least_refuted_if_flipped == ("B", "C")
    assert ach.linchpins == ("1.2",)
    # The opposite order had A in front, and its ratings are not on record.
    assert (ach.least_refuted_reversed, ach.stable) == (None, None)
    note = next(p.note for p in done.hypotheses.parts if p.name == "assessment")
    assert note.startswith("Hypothesis C is least refuted (inconsistency points over 4 of 6")
    assert [p.title for p in done.hypotheses.parts][:2] == ["Hypothesis B", "Hypothesis C"]
    assert technique(done, "Indicators").indicators.outcomes[:2] == ("B", "C")


def test_the_opposite_order_stays_known_while_one_of_its_least_refuted_is_left(begun):
    ach = technique(begun, "Analysis of Competing Hypotheses").ach
    left = without_hypotheses(ach, {"B"})
    assert (left.hypotheses, left.least_refuted_reversed, left.stable) == (("A", "C"), ("A",), True)


def test_with_one_hypothesis_left_there_is_no_matrix(begun):
    done = ended(begun, rejected=["hypotheses.hypotheses.1", "hypotheses.hypotheses.3"])
    assert "Analysis of Competing Hypotheses" not in names(done)
    note = next(p.note for p in done.hypotheses.parts if p.name == "assessment")
    assert note.startswith("Not assessed")


def test_a_rejected_assumption_takes_its_check_and_marks_what_rested_on_it(begun):
    before = entry(begun, "implications.political.1")
    assert before.note == "rests on an assumption classed as unsupported"
    done = ended(begun, rejected=["assumptions.assumptions.1"])
    after = entry(done, "implications.political.1")
    assert after.note is None
    assert after.reviewed == ("rested on a claim rejected in review ([assumptions.assumptions.1])")
    check = technique(done, "Key Assumptions Check")
    assert [c.assumption for c in check.assumptions] == ["assumptions.assumptions.2"]
    assert check.result == "1 assumption of section 3 challenged: 1 with caveats."
    lost = entry(done, "key_assumptions.breaks.1")
    assert lost in done.withheld
    assert (lost.method, lost.text) == ("technique", entry(begun, lost.id).text)


def test_a_rejected_event_takes_the_simulation_and_what_it_had_moved_goes_back(begun):
    moved = entry(begun, "implications.overall.1")
    assert moved.note == "roughly even chance before the cross-impact simulation"
    assert moved.likelihood != "roughly even chance"
    done = ended(begun, rejected=["drivers.events.1"])
    back = entry(done, "implications.overall.1")
    assert (back.likelihood, back.note) == ("roughly even chance", None)
    assert back.reviewed == "rested on a claim rejected in review ([drivers.events.1])"
    assert "Cross-Impact Simulation" not in names(done)


def test_a_rejected_indicator_takes_its_row(begun):
    done = ended(begun, rejected=["indicators.indicators.1"])
    table = technique(done, "Indicators").indicators
    assert [row.claim for row in table.rows] == ["indicators.indicators.2"]


def test_an_indicator_that_tells_nothing_apart_any_more_has_no_row(begun):
    rows = technique(begun, "Indicators").indicators.rows
    assert rows[0].effects[:3] == ("no change", "less likely", "less likely")
    assert set(rows[0].effects[3:]) == {"no change"}
    done = ended(begun, rejected=["hypotheses.hypotheses.1"])
    left = technique(done, "Indicators").indicators.rows
    assert [row.claim for row in left] == ["indicators.indicators.2"]
    assert left[0].effects == rows[1].effects[1:]
    assert "indicators.indicators.1" in printed(done)


def test_a_rejected_motive_takes_its_card_and_a_rejected_ground_only_itself(begun):
    card = ended(begun, rejected=["deception.means.1"])
    found = technique(card, "Deception Detection")
    assert [c.means for c in found.deception] == [None, "deception.means.2"]
    assert found.parts[0].note == "no means stood the check"
    motive = ended(begun, rejected=["deception.motive.1"])
    (left,) = technique(motive, "Deception Detection").deception
    assert left.motive == "deception.motive.2"
    withheld = {claim.id for claim in motive.withheld}
    assert {"deception.opportunity.1", "deception.means.1"} <= withheld


def test_a_rejected_scenario_or_layer_takes_its_technique(begun):
    done = ended(begun, rejected=["outlook.worst.1", "causal_layers.myth.1"])
    assert not {"Scenario Generation", "Causal Layered Analysis"} & set(names(done))
    assert "outlook.best.1" in printed(done)
    assert entry(done, "causal_layers.litany.1") in done.withheld


def test_a_judgement_that_cites_a_sentence_of_a_rejected_report_is_marked(begun):
    done = ended(begun, rejected=["bluf.what.1"])
    marked = {c.id for c in lines.body(done) if c.reviewed}
    cited = set(entry(begun, "bluf.what.1").evidence)
    wanted = {c.id for c in lines.body(done) if c.basis == "judgement" and cited & set(c.evidence)}
    assert marked == wanted
    assert "implications.security.1" in marked


def test_a_judgement_that_was_edited_away_from_the_sentence_is_not_marked(begun):
    other = edit("implications.security.1", evidence=("1.7",), verdict=verdict(evidence=("1.7",)))
    done = ended(begun, other, rejected=["bluf.what.1"])
    assert entry(done, "implications.security.1").reviewed == "edited by Anna Berg"


def test_a_rejected_tag_marks_nothing_and_leaves_the_word_to_others(begun):
    done = ended(begun, rejected=["tags.tags.1"])
    assert entry(begun, "tags.tags.1").text == "alliance"
    assert not any(claim.reviewed for claim in done.ledger)
    assert [c.text for c in done.tags.parts[0].claims] == ["troops", "casualty figures"]
    assert "alliance" in entry(done, "bluf.meaning.1").text


def test_a_rejected_judgement_lowers_the_share_that_stood_at_first_try(begun):
    done = ended(begun, edit("bluf.what.1"), rejected=["outlook.best.1"])
    said = "36 of 38 drafted claims were supported at first try"
    assert said in done.confidence.reasons


def test_a_review_never_raises_the_confidence(draft):
    low = draft.confidence.model_copy(update={"level": "low"})
    begun = begin(draft.model_copy(update={"confidence": low}), ANNA, AT)
    done = ended(begun, rejected=["tags.tags.1"])
    assert done.confidence.level == "low"
    assert done.confidence.factors[-1].name == "draft before the review"


def test_a_section_that_lost_every_claim_does_not_say_where_they_came_from(sources):
    brief, _ = write(sources, judge=False)
    begun = begin(brief, ANNA, AT)
    outlook = [c.id for part in brief.outlook.parts for c in part.claims]
    assert brief.outlook.note
    assert ended(begun, rejected=outlook).outlook.note is None


# Where the words of a rejected claim could be left over


def test_what_quotes_a_rejected_claim_loses_the_quotation(draft):
    text = entry(draft, "outlook.best.1").text
    quoting = entry(draft, "tags.tags.2").model_copy(
        update={"reason": f"unlike “{text.upper()}”", "note": f"see {text[:-1]}  again"}
    )
    (part,) = draft.tags.parts
    claims = tuple(quoting if c.id == quoting.id else c for c in part.claims)
    tags = part.model_copy(update={"note": text, "claims": claims})
    changed = draft.model_copy(
        update={
            "ledger": tuple(quoting if c.id == quoting.id else c for c in draft.ledger),
            "tags": draft.tags.model_copy(update={"parts": (tags,)}),
        }
    )
    done = ended(begin(changed, ANNA, AT), rejected=["outlook.best.1"])
    assert text.lower()[:-1] not in without_sources(done).lower()
    assert entry(done, quoting.id).reason == f"unlike “{REJECTED}.”"
    assert done.tags.parts[0].note == f"{REJECTED}."


def test_an_update_that_lists_a_rejected_judgement_loses_its_words(draft):
    id = "implications.political.1"
    text = entry(draft, id).text
    fate = JudgementFate(
        fate="unchanged", before=id, after=id, text_before=text, text_after=text, why="the same"
    )
    update = Update(
        earlier_sha256="0" * 64,
        earlier_title="earlier",
        earlier_generated_at=AT,
        earlier_run="run-0",
        new_sources=(),
        judgements=(fate,),
        indicators=(),
    )
    begun = begin(draft.model_copy(update={"update": update}), ANNA, AT)
    (left,) = ended(begun, rejected=[id]).update.judgements
    assert left.text_after == REJECTED
    assert text not in without_sources(ended(begun, rejected=[id]))
    (edited,) = ended(begun, edit(id, text="Putin owes Kim a favour.")).update.judgements
    assert (edited.text_before, edited.text_after) == (text, "Putin owes Kim a favour.")


def test_a_withheld_repeat_of_a_rejected_claim_loses_its_words_too(sources):
    twice = [
        judgement("1.6", text="Engineers carry more of the alliance than soldiers do."),
        judgement("1.6", text="Engineers carry more of the alliance than the soldiers do."),
    ]
    brief, _ = write(sources, bluf={**good_bluf(), "meaning": twice})
    (repeat,) = brief.withheld
    assert repeat.method == "duplicates"
    done = ended(begin(brief, ANNA, AT), rejected=["bluf.meaning.1"])
    assert [c.text for c in done.withheld] == [REJECTED, REJECTED]
    assert entry(done, repeat.id).reason == (
        "says again what claim bluf.meaning.1 says, which was rejected in review"
    )


def good_bluf():
    said = "About 2,000 of the troops have been killed, officials estimate."
    return {"what": [{"evidence": ["1.2"], "text": said}]}


def test_the_words_of_a_claim_that_was_kept_are_the_reviewers_choice(begun):
    text = entry(begun, "outlook.best.1").text
    same = edit("outlook.worst.1", text=text, override=None)
    done = ended(begun, same, rejected=["outlook.best.1"])
    assert entry(done, "outlook.worst.1").text == text


RULINGS = ("accepted", "accepted", "rejected", "edited", None)


@settings(max_examples=30)
@given(rulings=st.lists(st.sampled_from(RULINGS), min_size=38, max_size=38))
def test_whatever_is_decided_what_was_rejected_is_nowhere(begun, rulings):
    brief = begun
    rejected = []
    for claim, ruling in zip(reviewable(begun), rulings, strict=True):
        if ruling == "edited":
            text = f"Somebody edited {claim.id}."
            brief = decide(brief, edit(claim.id, text, evidence=claim.evidence))
        elif ruling:
            brief = decide(brief, ruled(claim.id, ruling))
            rejected += [claim] if ruling == "rejected" else []
    shown = as_reviewed(brief)
    assert [c.id for c in shown.ledger] == [c.id for c in begun.ledger]
    kept = printed(shown)
    assert sorted([*kept, *(c.id for c in shown.withheld)]) == sorted(c.id for c in shown.ledger)
    assert not {claim.id for claim in rejected} & ({*kept} | set(referred_to(shown)))
    pages = [without_sources(shown), on_page(in_terminal, shown), on_page(markdown, shown)]
    for claim in rejected:
        assert entry(shown, claim.id).text == REJECTED
        if claim.form == "sentence":
            assert not any(claim.text in page for page in pages)
    assert {c.id: c for c in lines.body(shown)}.items() <= {c.id: c for c in shown.ledger}.items()
    assert draft_of(brief) == draft_of(begun)


def referred_to(brief) -> list[str]:
    """Return every id of a claim that a technique's result refers to."""
    found = []
    for t in brief.techniques:
        found += [change.claim for change in t.changed]
        for check in t.assumptions:
            found += [check.assumption, check.breaks, *check.resting]
        for card in t.deception:
            found += [id for id in (card.motive, card.opportunity, card.means) if id]
        found += [row.claim for row in t.indicators.rows] if t.indicators else []
        found += [o.event for o in t.cross_impact.outcomes] if t.cross_impact else []
    return found


def test_an_unfinished_review_is_shown_as_it_would_end(begun):
    brief = begun
    for claim in reviewable(begun):
        ruling = "rejected" if claim.id in ("bluf.what.1", "drivers.events.1") else "accepted"
        brief = decide(brief, ruled(claim.id, ruling))
    done = end(brief, AT)
    shown = as_reviewed(brief)
    assert shown.status == "draft"
    assert shown.model_copy(update={"status": "reviewed", "review": done.review}) == done
    assert as_reviewed(done) == done


def test_where_a_file_says_two_things_the_one_that_the_reviewer_saw_holds(draft):
    forged = entry(draft, "bluf.what.1").model_copy(update={"text": "Nobody has seen this."})
    ledger = tuple(
        forged if c.id == forged.id else c for c in draft.ledger if c.id != "tags.tags.1"
    )
    done = ended(begin(draft.model_copy(update={"ledger": ledger}), ANNA, AT))
    assert done.bluf == draft.bluf
    assert entry(done, "bluf.what.1") == entry(draft, "bluf.what.1")
    assert entry(done, "tags.tags.1") == entry(draft, "tags.tags.1")


def test_a_brief_that_nobody_reviews_is_shown_as_it_is(draft):
    assert as_reviewed(draft) is draft


# The passage


def test_a_passage_has_a_sentence_on_either_side_and_says_where_some_are_left_out(draft):
    found = passage(("1.1", "1.6"), draft.sources)
    assert [(line.id, line.cited, line.gap) for line in found] == [
        ("1.1", True, True), ("1.2", False, False),
        ("1.5", False, True), ("1.6", True, False), ("1.7", False, False),
    ]  # fmt: skip
    assert found[0].text == draft.sources[0].sentences[0].text
    assert passage(("9.9",), draft.sources) == ()


# The check of an edit


def checked(brief, id, text, *evidence, judge=None) -> Verdict:
    return asyncio.run(
        recheck(brief, entry(brief, id), text, evidence, judge=judge, prompts=load_prompts("v1"))
    )


def test_an_edited_report_is_held_against_its_sentences_at_once(begun):
    said = "None of the casualty figures could be independently verified."
    assert checked(begun, "bluf.what.1", said, "1.4").label == "supported"
    wrong = checked(begun, "bluf.what.1", "About 9,000 troops have been killed.", "1.2")
    assert (wrong.label, wrong.method) == ("unsupported", "figures")


def test_without_a_judge_an_edited_judgement_is_not_checkable_and_says_what_would_help(begun):
    found = checked(begun, "bluf.meaning.1", "Engineers carry more than soldiers do.", "1.6")
    assert found.label == "not checkable"
    assert "--judge names one" in found.reason


def test_a_judge_settles_an_edited_judgement_and_its_failure_leaves_it_unchecked(begun):
    text = "Engineers carry more than soldiers do."
    model = Scripted(judge=supported, judge_premises=supported)
    assert checked(begun, "bluf.meaning.1", text, "1.6", judge=model).label == "supported"
    failure = SchemaError(prompt="judge", shape="Findings", attempts=3, last="empty")
    broken = Scripted(judge=failure, judge_premises=failure)
    assert checked(begun, "bluf.meaning.1", text, "1.6", judge=broken).label == "not checkable"
    dead = ModelError("the endpoint is gone")
    gone = Scripted(judge=dead, judge_premises=dead)
    found = checked(begun, "bluf.meaning.1", text, "1.6", judge=gone)
    assert (found.label, found.reason) == ("not checkable", "the endpoint is gone")


def test_an_edit_may_not_repeat_another_claim_but_one_that_was_rejected(begun):
    text = "Builders rotate in while combat troops come home."
    model = Scripted(judge=supported, judge_premises=supported)
    again = checked(begun, "outlook.best.1", text, "1.6", judge=model)
    assert (again.label, again.method) == ("unsupported", "duplicates")
    without = decide(begun, ruled("outlook.most_likely.1", "rejected"))
    assert checked(without, "outlook.best.1", text, "1.6", judge=model).label == "supported"
