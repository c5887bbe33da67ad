"""Send failing claims, and nothing else, back to the writer with what is wrong with them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from agent.clean import one_line
from agent.desk import Desk
from agent.errors import RefusalError, SchemaError
from agent.material import LONGEST_CLAIM, cite, fold
from agent.verify.cascade import check_claims, stands
from agent.verify.grounding import reclassify
from schemas.claims import Claim, Verdict
from schemas.sections import Rewrites


@dataclass(frozen=True)
class Settled:
    """Claims in their last wording, each with its last verdict, in print order."""

    claims: tuple[Claim, ...]
    verdicts: dict[str, Verdict]

    def kept(self) -> tuple[Claim, ...]:
        """Return the claims that may be printed."""
        return tuple(claim for claim in self.claims if stands(self.verdicts[claim.id]))


async def settle(claims: Sequence[Claim], desk: Desk) -> Settled:
    """Return the claims checked and, where they failed, rewritten and checked again.

    An assumption that its source states is no assumption: it is checked and printed as reported.
    A claim that nothing could check is not rewritten: there is no finding to answer.

    Raises:
        EndpointError: An endpoint failed for good.
    """
    claims = await asyncio.to_thread(reclassify, claims, desk.sources)
    current = {claim.id: claim for claim in claims}
    verdicts = await check_claims(claims, desk.sources, desk.judge, desk.prompts)
    for _ in range(desk.repair_rounds):
        failing = [c for c in current.values() if _worth_rewriting(c, verdicts[c.id], desk)]
        rewritten = await _rewrite(failing, verdicts, desk) if failing else ()
        if not rewritten:
            break
        current |= {claim.id: claim for claim in rewritten}
        beside = [c for c in current.values() if stands(verdicts[c.id])]
        verdicts |= await check_claims(
            rewritten, desk.sources, desk.judge, desk.prompts, beside=beside
        )
    return Settled(tuple(current.values()), verdicts)


def _worth_rewriting(claim: Claim, verdict: Verdict, desk: Desk) -> bool:
    checkable = claim.basis == "reported" or desk.judge is not None
    failed = verdict.label in {"partial", "contradicted", "unsupported"}
    return failed and checkable and claim.form == "sentence"


async def _rewrite(
    failing: Sequence[Claim], verdicts: dict[str, Verdict], desk: Desk
) -> tuple[Claim, ...]:
    listed = "\n".join(
        f"{number}. {fold(claim.text)} {cite(claim.evidence)} "
        f"({claim.basis}) Finding: {verdicts[claim.id].reason}"
        for number, claim in enumerate(failing, start=1)
    )
    try:
        answer = await desk.ask("repair", claims=listed)
    except (SchemaError, RefusalError) as error:
        desk.progress.note(f"{error}; the claims are withheld")
        return ()
    if not isinstance(answer, Rewrites):
        raise TypeError(f"the repair prompt names {type(answer).__name__}, not Rewrites")
    if len(answer.claims) != len(failing):
        # Paired by place: a missing one would put every later text under another claim's name.
        desk.progress.note(
            f"repair: {len(answer.claims)} texts for {len(failing)} claims; withheld"
        )
        return ()
    return tuple(
        claim.model_copy(
            update={
                "text": one_line(new.text, limit=LONGEST_CLAIM),
                "evidence": tuple(dict.fromkeys(new.evidence)),
                "repairs": claim.repairs + 1,
            }
        )
        for claim, new in zip(failing, answer.claims, strict=True)
        if fold(new.text) != fold(claim.text) or tuple(new.evidence) != claim.evidence
    )
