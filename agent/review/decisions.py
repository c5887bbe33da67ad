"""What the reviewer has decided, kept in the brief itself until the review is ended.

The sections stay as they were drafted, so that every decision can be changed until then; what
follows from the decisions is worked out in `outcome.py` each time that it is asked for.
"""

from collections.abc import Mapping
from datetime import datetime

from agent.briefs import digest
from agent.errors import EvidenceError, UsageError
from agent.review.outcome import settle
from agent.views.lines import body, plain
from schemas.brief import Brief
from schemas.claims import CheckedClaim
from schemas.review import Decision, Review

LONGEST_NAME = 80  # code points; it stands on one line of every view


def begin(brief: Brief, reviewer: str, at: datetime, *, take_over: bool = False) -> Brief:
    """Return the brief with a review begun, or as it is when the same person goes on with one.

    Args:
        brief: A draft.
        reviewer: Who stands behind the brief in the end.
        at: When, with a time zone.
        take_over: Whether to begin anew where somebody else began, or where the draft is no longer
            the one that was begun on. No decision is taken over: nobody signs for another.

    Raises:
        UsageError: There is no name or a long one, the review was ended, or somebody else began it.
        EvidenceError: The draft was changed after its review began, or a decision is damaged.
    """
    name = _name(reviewer)
    review = brief.review
    if brief.status == "reviewed" or (review and review.ended_at):
        raise UsageError(f"{_whose(review)} is ended; a reviewed brief is not reviewed again")
    if review is None:
        return _begun(brief, name, at)
    if _same(review.reviewer, name):
        fault = _damage(brief, review)
        if fault is None:
            return brief
        if not take_over:
            raise EvidenceError(f"{_whose(review)} cannot go on: {fault}; --take-over begins anew")
    elif not take_over:
        raise UsageError(
            f"{_whose(review)} is not ended; --take-over begins anew, without its "
            f"{_count(len(review.decisions), 'decision')}"
        )
    return _begun(draft_of(brief), name, at)


def reviewable(brief: Brief) -> tuple[CheckedClaim, ...]:
    """Return every claim to decide on, as drafted: those of the body, in brief order."""
    return tuple({claim.id: claim for claim in body(brief)}.values())


def undecided(brief: Brief) -> tuple[CheckedClaim, ...]:
    """Return the claims of the body on which nothing was decided, in brief order."""
    decided = _decisions(brief)
    return tuple(claim for claim in reviewable(brief) if claim.id not in decided)


def decide(brief: Brief, decision: Decision) -> Brief:
    """Return the brief with the decision in its review, instead of an earlier one on that claim.

    What a ruling has no use for is left out of the record: a rejected claim leaves no text.

    Raises:
        UsageError: No review is open, the body has no such claim, or the decision cannot stand: a
            quotation is not edited, an edit cites sentences that exist and was checked, and
            one that the verifier does not support has a reason why it is kept.
    """
    review = _open_review(brief)
    claims = {claim.id: claim for claim in reviewable(brief)}
    claim = claims.get(decision.claim)
    if claim is None:
        raise UsageError(f"{plain(decision.claim)}: the body of the brief has no such claim")
    kept = _pared(decision, claim)
    fault = find_fault(kept, claim, brief)
    if fault:
        raise UsageError(f"{claim.id}: {fault}")
    decided = {**_decisions(brief), claim.id: kept}
    in_order = tuple(decided[id] for id in claims if id in decided)
    return _with(brief, review.model_copy(update={"decisions": in_order}))


def end(brief: Brief, at: datetime) -> Brief:
    """Return the reviewed brief: what was decided is done to it, and its text says who did so.

    Raises:
        UsageError: No review is open, a claim is not decided, or a decision cannot stand.
    """
    review = _open_review(brief)
    left = len(undecided(brief))
    if left:
        raise UsageError(f"the review cannot be ended: {_count(left, 'claim')} not decided")
    fault = _faulty(brief)
    if fault:
        raise UsageError(f"the review cannot be ended: {fault}")
    settled = settle(_with(brief, review.model_copy(update={"ended_at": at})))
    return settled.model_copy(update={"status": "reviewed"})


def as_reviewed(brief: Brief) -> Brief:
    """Return the brief as every view prints it: with what has been decided so far done to it.

    A brief without a review, or with one that is ended, comes back as it is.
    """
    if brief.review is None or brief.review.ended_at or brief.status == "reviewed":
        return brief
    return settle(brief)


def draft_of(brief: Brief) -> Brief:
    """Return the draft that is under review, without the review; its digest is on record."""
    return brief.model_copy(update={"review": None})


def find_fault(decision: Decision, claim: CheckedClaim, brief: Brief) -> str | None:
    """Return why a decision cannot stand, in one line, or None."""
    if decision.ruling != "edited":
        return None
    known = {sentence.id for source in brief.sources for sentence in source.sentences}
    missing = [id for id in decision.evidence if id not in known]
    faults = (
        (claim.author != "model", "a quotation of the source is accepted or rejected, not edited"),
        (not decision.text, "the edited text is empty"),
        (not decision.evidence, "the edited text cites no sentence"),
        (missing, f"no source has {plain(', '.join(missing))}"),
        (decision.verdict is None, "the edited text was not checked"),
        (
            decision.verdict and decision.verdict.label != "supported" and not decision.override,
            "the verifier does not support the edited text: a reason is needed to keep it",
        ),
    )
    return next((fault for found, fault in faults if found), None)


def _pared(decision: Decision, claim: CheckedClaim) -> Decision:
    """Return the decision with what its ruling is about, cleaned, and nothing else."""
    bare = Decision(claim=claim.id, ruling=decision.ruling, at=decision.at)
    if decision.ruling == "rejected":
        return bare
    changes: dict[str, object] = {"dissent": plain(decision.dissent or "") or None}
    if decision.ruling == "edited":
        stands = decision.verdict is not None and decision.verdict.label == "supported"
        changes |= {
            "before": claim.text,
            "text": plain(decision.text or ""),
            "evidence": tuple(dict.fromkeys(decision.evidence)),
            "verdict": decision.verdict,
            "override": None if stands else plain(decision.override or "") or None,
        }
    return bare.model_copy(update=changes)


def _open_review(brief: Brief) -> Review:
    review = brief.review
    if review is None or review.ended_at or brief.status == "reviewed":
        raise UsageError("no review is open")
    return review


def _decisions(brief: Brief) -> Mapping[str, Decision]:
    return {d.claim: d for d in brief.review.decisions} if brief.review else {}


def _damage(brief: Brief, review: Review) -> str | None:
    if digest(draft_of(brief)) != review.draft_sha256:
        return "the brief is not the draft on which it was begun"
    return _faulty(brief)


def _faulty(brief: Brief) -> str | None:
    """Return what is wrong with the decisions on record, or None."""
    claims = {claim.id: claim for claim in reviewable(brief)}
    for id, decision in _decisions(brief).items():
        fault = find_fault(decision, claims[id], brief) if id in claims else "no such claim"
        if fault:
            return f"{plain(id)}: {fault}"
    return None


def _begun(draft: Brief, reviewer: str, at: datetime) -> Brief:
    return _with(
        draft,
        Review(
            reviewer=reviewer,
            draft_sha256=digest(draft),
            began_at=at,
            ended_at=None,
            decisions=(),
        ),
    )


def _with(brief: Brief, review: Review) -> Brief:
    return brief.model_copy(update={"review": review})


def _name(reviewer: str) -> str:
    name = plain(reviewer)
    if not any(character.isalpha() for character in name):
        raise UsageError("a review needs the name of the person who stands behind it")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"the reviewer's name has more than {LONGEST_NAME} characters")
    return name


def _same(one: str, other: str) -> bool:
    return plain(one).casefold() == plain(other).casefold()


def _whose(review: Review | None) -> str:
    return f"the review by {plain(review.reviewer)}" if review else "the review"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
