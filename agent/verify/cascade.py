"""Check every claim, cheapest step first: exact rules, the entailment model, then a judge."""

import asyncio
from collections.abc import Mapping, Sequence

from agent.llm.client import Model
from agent.prompts import PromptSet
from agent.verify.additions import words_put_in
from agent.verify.addressing import for_judge, premise_for_judge, quotable
from agent.verify.duplicates import check_duplicates
from agent.verify.grounding import Grounding, ground, weigh
from agent.verify.judge import judge_claims, unchecked
from agent.verify.names import strange_names
from agent.verify.steps import check_by_rule
from schemas.claims import Claim, Verdict
from schemas.sources import Sources

NO_JUDGE = "no independent judge at hand, and an unchecked {basis} is not printed"


async def check_claims(
    claims: Sequence[Claim],
    sources: Sources,
    judge: Model | None,
    prompts: PromptSet,
    *,
    beside: Sequence[Claim] = (),
) -> dict[str, Verdict]:
    """Return a verdict for every claim, by its id.

    Rules alone can fail a claim, and can support a report whose words are the source's. The
    entailment model settles the reports they leave open, where it is sure enough. The rest goes to
    the judge, and without one it is not checkable; so do inferences, which need not be entailed.

    Args:
        claims: The claims, in print order; a later one may not repeat one that stands.
        sources: All sources of the brief.
        judge: A model that may be asked, or None.
        prompts: Holds the judge's prompts.
        beside: Claims already settled, which these may not repeat either.

    Raises:
        EndpointError: The judge's endpoint failed for good.
    """
    verdicts: dict[str, Verdict] = {}
    still_open: list[Claim] = []
    for claim in claims:
        verdict = check_by_rule(claim, sources)
        if verdict is None or _needs_a_reader(claim, verdict):
            still_open.append(claim if verdict is None else _citing_all(claim, verdict))
        else:
            verdicts[claim.id] = verdict
    reports = [claim for claim in still_open if claim.basis == "reported"]
    # In a thread: while it computes, calls to the writer go on.
    grounded = await asyncio.to_thread(ground, reports, quotable(sources))
    unsure = [claim for claim in still_open if claim.basis != "reported"]
    for claim, grounding in zip(reports, grounded, strict=True):
        verdict = _ruled_elsewhere(claim, weigh(claim, grounding), sources)
        new = _new_words(claim, sources) if verdict and stands(verdict) else ()
        if verdict and not new:
            verdicts[claim.id] = verdict
        elif judge is not None:
            # A claim without citations is judged by what the model found closest to it.
            found = claim.evidence or grounding.evidence
            unsure.append(claim.model_copy(update={"evidence": found}))
        else:
            verdicts[claim.id] = _too_close(claim, grounding, new)
    if judge is None:
        judged = tuple(unchecked(c, NO_JUDGE.format(basis=c.basis)) for c in unsure)
    else:
        judged = await judge_claims(*_as_shown(unsure, sources), judge, prompts)
    verdicts |= {verdict.claim: verdict for verdict in judged}
    return _without_repeats(claims, verdicts, beside)


def _ruled_elsewhere(claim: Claim, verdict: Verdict | None, sources: Sources) -> Verdict | None:
    """Return the verdict, unless the rules fail the claim on a sentence that it did not cite."""
    if verdict is None or not stands(verdict) or set(verdict.evidence) <= set(claim.evidence):
        return verdict
    moved = claim.model_copy(update={"evidence": verdict.evidence})
    ruled = check_by_rule(moved, sources)
    return ruled if ruled and not stands(ruled) else verdict


def _as_shown(claims: Sequence[Claim], sources: Sources) -> tuple[Sequence[Claim], Sources]:
    """Return claims and sources in the words that a judge may read."""
    cited = {id for claim in claims for id in claim.evidence}
    items = (
        source.model_copy(
            update={
                "sentences": tuple(
                    s.model_copy(update={"text": premise_for_judge(s.text)})
                    for s in source.sentences
                    if s.id in cited
                )
            }
        )
        for source in sources.items
    )
    shown = [claim.model_copy(update={"text": for_judge(claim.text)}) for claim in claims]
    return shown, Sources(items=tuple(items))


def _new_words(claim: Claim, sources: Sources) -> tuple[str, ...]:
    """Return what no source has and the model overlooks: names, words put into a copy."""
    known = quotable(sources)
    return words_put_in(claim.text, known) + strange_names(claim.text, known)


def _too_close(claim: Claim, grounding: Grounding, new: tuple[str, ...]) -> Verdict:
    problem = (
        f"adds {new[0]}, which no source mentions"
        if new
        else f"too close for the entailment model alone ({grounding.support:.2f})"
    )
    return Verdict(
        claim=claim.id,
        label="not checkable",
        method="entailment",
        score=grounding.support,
        evidence=grounding.evidence,
        reason=f"{problem}, and no judge",
    )


def stands(verdict: Verdict) -> bool:
    """Return whether a claim with this verdict may be printed: only support counts."""
    return verdict.label == "supported"


def _without_repeats(
    claims: Sequence[Claim], verdicts: Mapping[str, Verdict], beside: Sequence[Claim]
) -> dict[str, Verdict]:
    """Fail each claim that says again what a claim that stands has said."""
    standing = list(beside)
    checked = dict(verdicts)
    for claim in claims:
        if not stands(checked[claim.id]):
            continue
        repeat = check_duplicates(claim, standing)
        if repeat is None:
            standing.append(claim)
        else:
            checked[claim.id] = repeat
    return checked


def _needs_a_reader(claim: Claim, verdict: Verdict) -> bool:
    return claim.basis != "reported" and stands(verdict)


def _citing_all(claim: Claim, verdict: Verdict) -> Claim:
    # A rule may have found a name or figure in a sentence that the claim did not cite.
    return claim.model_copy(update={"evidence": verdict.evidence})
