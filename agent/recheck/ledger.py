"""Check that the body of a brief and its ledger say the same, and that its review adds up."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from agent.clean import one_line
from agent.views.lines import body, sections
from schemas.brief import Brief
from schemas.claims import CheckedClaim
from schemas.recheck import Check, Fault
from schemas.review import Decision, Review

# Which fields of a claim a reader of the body takes from the ledger.
COMPARED = tuple(CheckedClaim.model_fields)


def check_ledger(brief: Brief) -> Check:
    """Return whether kept and withheld claims make up the ledger, and say what stands there.

    A claim of the body is supported; one that is not stands only by a reviewer's own word.
    """
    printed = tuple(body(brief))
    return Check(
        name="ledger",
        subject="conclusions",
        asked="kept and withheld claims are the ledger, word for word; what is kept is supported",
        count=len(brief.ledger),
        unit="claims",
        faults=(
            *_repeated(brief, printed),
            *_apart(brief.ledger, printed, brief.withheld),
            *_unlike(brief.ledger, printed, "body"),
            *_unlike(brief.ledger, brief.withheld, "withheld list"),
            *_unsupported(printed, overrides(brief)),
        ),
    )


def overrides(brief: Brief) -> frozenset[str]:
    """Return the ids of the claims that a reviewer keeps although the verifier does not."""
    decisions = brief.review.decisions if brief.review else ()
    return frozenset(d.claim for d in decisions if d.ruling == "edited" and d.override)


def _repeated(brief: Brief, printed: Sequence[CheckedClaim]) -> Iterator[Fault]:
    places = (("ledger", brief.ledger), ("body", printed), ("withheld list", brief.withheld))
    for place, claims in places:
        for id, times in Counter(claim.id for claim in claims).items():
            if times > 1:
                yield Fault(where=one_line(id), problem=f"stands {times} times in the {place}")


def _apart(
    ledger: Sequence[CheckedClaim],
    printed: Sequence[CheckedClaim],
    withheld: Sequence[CheckedClaim],
) -> Iterator[Fault]:
    """Yield a fault for each claim that does not stand in the ledger and in one place beside it."""
    entered, kept, left_out = ({c.id for c in claims} for claims in (ledger, printed, withheld))
    for id in dict.fromkeys(claim.id for claim in (*ledger, *printed, *withheld)):
        if id not in entered:
            place = "in the body" if id in kept else "withheld"
            yield Fault(where=one_line(id), problem=f"is {place}, and not in the ledger")
        elif id in kept and id in left_out:
            yield Fault(where=one_line(id), problem="is in the body and withheld at once")
        elif id not in kept and id not in left_out:
            problem = "is in the ledger, and neither in the body nor withheld"
            yield Fault(where=one_line(id), problem=problem)


def _unlike(
    ledger: Sequence[CheckedClaim], claims: Sequence[CheckedClaim], place: str
) -> Iterator[Fault]:
    entered = {claim.id: claim for claim in ledger}
    for claim in claims:
        entry = entered.get(claim.id)
        if entry is None or entry == claim:
            continue
        differing = [name for name in COMPARED if getattr(entry, name) != getattr(claim, name)]
        problem = f"has another {' and '.join(differing)} in the {place} than in the ledger"
        yield Fault(where=one_line(claim.id), problem=problem)


def _unsupported(printed: Sequence[CheckedClaim], overridden: frozenset[str]) -> Iterator[Fault]:
    for claim in printed:
        if claim.verdict != "supported" and claim.id not in overridden:
            problem = f"is in the body with the verdict {claim.verdict}"
            yield Fault(where=one_line(claim.id), problem=problem)


def check_names(brief: Brief) -> Check:
    """Return whether every claim that a technique or an update speaks of is in the ledger."""
    named = dict.fromkeys((where, id) for where, ids in _naming(brief) for id in ids)
    known = {claim.id for claim in brief.ledger}
    # A technique may also have written a line of its own into a part.
    known |= {f"{s.name}.{part.name}" for s in sections(brief) for part in s.parts}
    return Check(
        name="references",
        subject="conclusions",
        asked="every claim that a technique or an update speaks of exists",
        count=len(named),
        unit="references",
        faults=tuple(
            Fault(where=one_line(where), problem=f"speaks of {one_line(id)}, which is no claim")
            for where, id in named
            if id not in known
        ),
    )


def _naming(brief: Brief) -> Iterator[tuple[str, Sequence[str]]]:
    for t in brief.techniques:
        yield t.name, [change.claim for change in t.changed]
        yield (
            t.name,
            [outcome.event for outcome in t.cross_impact.outcomes] if t.cross_impact else (),
        )
        yield t.name, [row.claim for row in t.indicators.rows] if t.indicators else ()
        for check in t.assumptions:
            yield t.name, (check.assumption, check.breaks, *check.resting)
        for card in t.deception:
            yield t.name, [id for id in (card.motive, card.opportunity, card.means) if id]
    fates = brief.update.judgements if brief.update else ()
    yield "update", [fate.after for fate in fates if fate.after]


def check_review(brief: Brief) -> Check | None:
    """Return whether the review is what the brief shows of it, or None where nobody began one.

    Every decision is on a claim of the ledger, one on each. Where the review is ended, every claim
    of the body was decided, none of the rejected is there, and each edited one says what the
    decision says, with the verdict on it.
    """
    review = brief.review
    if review is None:
        if brief.status == "draft":
            return None
        unsigned = Fault(where="review", problem="the brief is called reviewed without a review")
        return _review_check(0, (unsigned,), ())
    return _review_check(
        len(review.decisions),
        tuple(_review_faults(brief, review)),
        (f"the draft that was reviewed has the SHA-256 {one_line(review.draft_sha256)}",),
    )


def _review_check(count: int, faults: tuple[Fault, ...], notes: tuple[str, ...]) -> Check:
    return Check(
        name="review",
        subject="conclusions",
        asked="one decision on each claim, and the brief shows what was decided",
        count=count,
        unit="decisions",
        faults=faults,
        notes=notes,
    )


def _review_faults(brief: Brief, review: Review) -> Iterator[Fault]:
    ended = review.ended_at is not None
    if ended != (brief.status == "reviewed"):
        said = "ended" if ended else "not ended"
        problem = f"it is {said}, and the brief is called {brief.status}"
        yield Fault(where="review", problem=problem)
    for id, times in Counter(decision.claim for decision in review.decisions).items():
        if times > 1:
            yield Fault(where=one_line(id), problem=f"was decided {times} times")
    entered = {claim.id: claim for claim in brief.ledger}
    printed = {claim.id for claim in body(brief)}
    decided = {decision.claim: decision for decision in review.decisions}
    for id in decided.keys() - entered.keys():
        yield Fault(where=one_line(id), problem="was decided, and is not in the ledger")
    for decision in decided.values():
        if decision.claim in entered:
            yield from _undone(decision, entered, printed, ended=ended)
    for id in sorted(printed - decided.keys()) if ended else ():
        yield Fault(where=one_line(id), problem="is in the body, and nobody decided on it")


def _undone(
    decision: Decision, entered: Mapping[str, CheckedClaim], printed: set[str], *, ended: bool
) -> Iterator[Fault]:
    """Yield what one decision asks for and the brief does not show."""
    where, claim, verdict = one_line(decision.claim), entered[decision.claim], decision.verdict
    if decision.ruling == "edited":
        stands = verdict is not None and verdict.label == "supported"
        if not stands and not decision.override:
            yield Fault(where=where, problem="was edited to what the verifier does not support")
    if not ended:
        return
    if decision.ruling == "rejected" and decision.claim in printed:
        yield Fault(where=where, problem="was rejected, and is in the body")
    if decision.ruling == "edited" and verdict is not None:
        shown = (claim.text, claim.verdict, claim.method, claim.score)
        if shown != (decision.text, verdict.label, verdict.method, verdict.score):
            yield Fault(where=where, problem="does not say what its edit says, or as it was judged")
