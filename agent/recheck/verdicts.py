"""Take the steps of the verifier again, and say which verdicts come out as they are on record.

Exact rules and the entailment model need nothing but the brief. A judge's word cannot be had again
offline; what can be seen is that no rule speaks against the claim and that its passage is there.
"""

from collections.abc import Iterator, Mapping, Sequence

from agent.analysis.indicators import find_form_fault
from agent.clean import one_line
from agent.prompts import PromptSet
from agent.recheck.ledger import overrides
from agent.review.redaction import REJECTED
from agent.sections.catalogue import TECHNIQUES
from agent.sections.fallback import METHOD as SOURCE_SENTENCE
from agent.sections.indicators import METHOD as INDICATOR_FORM
from agent.verify.cascade import check_claims
from agent.verify.duplicates import check_duplicates
from agent.verify.grounding import load_fusion
from agent.verify.judge import LABELS, SCORES
from agent.verify.verdicts import against
from agent.views.lines import body
from schemas.brief import Brief
from schemas.claims import CheckedClaim, Claim, Verdict
from schemas.recheck import Check, Fault, Means, Reproduction
from schemas.review import METHOD as REVIEWED
from schemas.sources import Sources

# The model computes in 8 bits, scaled to the batch: what a pair is read beside moves its score.
# Measured on 24 pairs, read alone and together: 0.030 at most.
TOLERANCE = 0.05
EXACT = 1e-6
WORDING = (0.93, 0.99)  # in the words of a sentence, and word for word
DUPLICATES = "duplicates"
JUDGE = "judge"
ENTAILMENT = "entailment"
UNCHECKED = "unchecked"
LEFT_OUT = "technique"  # stands, and is not shown since its technique has no full result
MEANS: Mapping[str, Means] = {
    SOURCE_SENTENCE: "the source itself",
    ENTAILMENT: "the entailment model",
    JUDGE: "a judge",
    REVIEWED: "a person",
    UNCHECKED: "nothing",
}
OFFLINE: frozenset[Means] = frozenset(
    {"the source itself", "exact rules", "the entailment model", "nothing"}
)


async def check_verdicts(
    brief: Brief, prompts: PromptSet
) -> tuple[Check, tuple[Reproduction, ...]]:
    """Return whether every kept claim still passes, and how each kind of verdict comes out.

    A kept claim fails when a step now speaks against it, when the step on record no longer decides
    it, or when its score differs; that of the entailment model by more than 0.05. A withheld claim
    fails where the steps support what they are on record as having refused.

    Args:
        brief: One whose sentences hold.
        prompts: Any version; nothing is asked.
    """
    sources, printed = Sources(items=brief.sources), {claim.id for claim in body(brief)}
    repeats, spared = _repeats(brief.ledger), overrides(brief)
    # What was rejected has no words left to check.
    worded = [c for c in brief.ledger if c.method != REVIEWED and c.text != REJECTED]
    faults, same = [], set()
    for claim in worded:
        found = repeats.get(claim.id) or await _again(claim, sources, prompts)
        problem = _problem(claim, found, kept=claim.id in printed)
        if problem is None:
            same.add(claim.id)
        elif claim.id not in spared and (claim.id in printed or found.label == "supported"):
            faults.append(Fault(where=one_line(claim.id), problem=problem))
    notes = (
        f"{one_line(id)} stands by the reviewer's own word, against the verifier"
        for id in sorted(spared & printed)
    )
    check = Check(
        name="verdicts",
        subject="conclusions",
        asked="taken again, no step fails a kept claim, and each decides as on record",
        count=len(worded),
        unit="claims",
        faults=tuple(faults),
        notes=tuple(notes),
    )
    return check, tuple(_reproductions(brief.ledger, same))


async def _again(claim: CheckedClaim, sources: Sources, prompts: PromptSet) -> Verdict:
    """Return the verdict on one claim by all that is deterministic."""
    fault = find_form_fault(claim.text) if _prompt(claim) == "indicators" else None
    # One by one: whether a claim repeats another depends on what is on record as standing.
    found = (await check_claims([claim.as_claim()], sources, None, prompts))[claim.id]
    if fault and found.label in {"supported", "not checkable"}:
        return against(claim.as_claim(), method=INDICATOR_FORM, reason=fault)
    return found


def _repeats(ledger: Sequence[CheckedClaim]) -> dict[str, Verdict]:
    """Return a verdict for each claim that says again what one before it says that stands."""
    standing: list[Claim] = []
    repeats = {}
    may_repeat = {plan.prompt for plan in TECHNIQUES}
    for entry in ledger:
        claim = entry.as_claim()
        stands = entry.verdict == "supported"
        repeat = None if _prompt(entry) in may_repeat else check_duplicates(claim, standing)
        if repeat and (stands or entry.method == DUPLICATES):
            repeats[entry.id] = repeat
        if stands:
            standing.append(claim)
    return repeats


def _prompt(claim: CheckedClaim) -> str:
    return claim.id.partition(".")[0]


def _problem(claim: CheckedClaim, found: Verdict, *, kept: bool) -> str | None:
    """Return how a verdict that was reached again differs from the one on record, or None."""
    if claim.method in {SOURCE_SENTENCE, LEFT_OUT}:
        # The two texts of a copied sentence are compared by `check_copies`.
        copied = claim.method == SOURCE_SENTENCE and claim.form == "sentence"
        return None if copied or _passes(claim, found) else _said("stood", found)
    if claim.method == JUDGE:
        return _judged(claim, found)
    if claim.method == ENTAILMENT:
        return _read_again(claim, found)
    return _ruled(claim, found, kept=kept)


def _ruled(claim: CheckedClaim, found: Verdict, *, kept: bool) -> str | None:
    if (found.label, found.method) != (claim.verdict, claim.method):
        return _said(f"was {claim.verdict}, by {claim.method}", found)
    # Where a claim failed, the sentences on record are those that decided, not all that it cited.
    if kept and not any(abs(claim.score - s) <= EXACT for s in (found.score, *_also(found))):
        return f"has the score {claim.score:g} on record, and {found.score:g} now"
    return None


def _also(found: Verdict) -> tuple[float, ...]:
    """Return which other scores the step may have given the claim at first.

    A sentence that was located, and not cited, is on record as if it had been cited; a claim that
    is that sentence word for word then scores higher than it did.
    """
    return WORDING if found.method == "wording" else ()


def _judged(claim: CheckedClaim, found: Verdict) -> str | None:
    scores = {SCORES[word] for word, label in LABELS.items() if label == claim.verdict}
    if not any(abs(claim.score - score) <= EXACT for score in scores):
        return f"has the score {claim.score:g} on record, which no judge gives {claim.verdict}"
    return None if _passes(claim, found) else _said(f"was {claim.verdict}, by a judge", found)


def _passes(claim: CheckedClaim, found: Verdict) -> bool:
    """Whether no step speaks against a claim; what the model alone is unsure of may go either way.

    A claim that the judge refused need not pass: the sentences on record may be others.
    """
    unsure = found.method == ENTAILMENT and found.score >= load_fusion().refuse - TOLERANCE
    refused = claim.verdict != "supported"
    return refused or unsure or found.label in {"supported", "not checkable"}


def _read_again(claim: CheckedClaim, found: Verdict) -> str | None:
    if found.method != ENTAILMENT:
        # On a sentence that only the model had found a rule may be enough.
        settled = claim.verdict == found.label == "supported"
        return None if settled else _said(f"was {claim.verdict}, by the entailment model", found)
    if abs(found.score - claim.score) > TOLERANCE:
        return (
            f"has the score {claim.score:.2f} on record, and {found.score:.2f} now, by the "
            "entailment model"
        )
    bars = (load_fusion().accept, load_fusion().refuse)
    if claim.verdict == "supported" and claim.score < bars[0]:
        return f"is supported on record with the score {claim.score:.2f}, under {bars[0]}"
    crossed = any((claim.score >= bar) != (found.score >= bar) for bar in bars)
    if found.label != claim.verdict and not crossed:
        return _said(f"was {claim.verdict}, by the entailment model", found)
    return None


def _said(before: str, found: Verdict) -> str:
    now = f"{found.label}, by {found.method}"
    return one_line(f"{before}; now {now}: {found.reason}", 300)


def _reproductions(ledger: Sequence[CheckedClaim], same: set[str]) -> Iterator[Reproduction]:
    """Yield the verdicts by what they rest on, in one order for every brief."""
    by_means: dict[Means, list[str]] = {}
    for claim in ledger:
        by_means.setdefault(MEANS.get(claim.method, "exact rules"), []).append(claim.id)
    order = ("the source itself", "exact rules", *MEANS.values())
    for means in dict.fromkeys(order):
        if ids := by_means.get(means):
            again = sum(id in same for id in ids) if means in OFFLINE else None
            yield Reproduction(means=means, claims=tuple(ids), same=again)
