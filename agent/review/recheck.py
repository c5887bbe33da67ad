"""Check a claim that the reviewer has edited, as a drafted one is checked."""

from collections.abc import Sequence

from agent.errors import BudgetError, ModelError
from agent.llm.client import Model
from agent.prompts import PromptSet
from agent.review.outcome import settle
from agent.sections.catalogue import TECHNIQUES
from agent.verify.cascade import check_claims
from agent.verify.judge import unchecked
from agent.views.lines import body
from schemas.brief import Brief
from schemas.claims import CheckedClaim, Claim, Verdict
from schemas.sources import Sources

NO_JUDGE = "no independent judge at hand (--judge names one), so only rules looked at it"


async def recheck(
    brief: Brief,
    claim: CheckedClaim,
    text: str,
    evidence: Sequence[str],
    *,
    judge: Model | None,
    prompts: PromptSet,
) -> Verdict:
    """Return the verdict on an edited text: by the exact steps, the local model, then the judge.

    A judge that fails leaves the text not checkable, with the failure as the reason.

    Args:
        brief: A draft under review; the text may not repeat a claim of it that stands.
        claim: The claim as it was drafted.
        text: What it is to say.
        evidence: The sentences it is to cite.
        judge: A model that is asked where the steps are unsure, or None.
        prompts: Holds the judge's prompts.
    """
    edited = claim.as_claim().model_copy(update={"text": text, "evidence": tuple(evidence)})
    sources = Sources(items=brief.sources)
    others = () if _may_repeat(claim) else _others(brief, claim)
    try:
        found = await check_claims([edited], sources, judge, prompts, beside=others)
    except (ModelError, BudgetError) as error:
        return unchecked(edited, str(error))
    verdict = found[claim.id]
    return unchecked(edited, NO_JUDGE) if verdict.method == "unchecked" and not judge else verdict


def _others(brief: Brief, claim: CheckedClaim) -> tuple[Claim, ...]:
    standing = body(settle(brief) if brief.review else brief)
    return tuple(other.as_claim() for other in standing if other.id != claim.id)


def _may_repeat(claim: CheckedClaim) -> bool:
    # A row of a technique's table may say what a section says too.
    return claim.id.partition(".")[0] in {plan.prompt for plan in TECHNIQUES}
