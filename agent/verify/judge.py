"""Ask a model about the claims that rules cannot settle, each with its passage alone."""

from collections.abc import Sequence

from agent.clean import one_line
from agent.errors import RefusalError, SchemaError
from agent.llm.client import Model
from agent.material import fold
from agent.prompts import PromptSet
from agent.together import side_by_side
from schemas.claims import Claim, Verdict, VerdictLabel
from schemas.sections import Finding, Findings
from schemas.sources import Sources

# So that one answer is neither long nor lets one hostile passage reach many verdicts.
PER_CALL = 6
# A judge's word is worth less than an exact step's: published 7B judges agree with people in about
# 77 of 100 cases (LLM-AggreFact leaderboard, 2025).
SCORES: dict[str, float] = {
    "supported": 0.77,
    "partial": 0.4,
    "contradicted": 0.1,
    "not found": 0.2,
}
LABELS: dict[str, VerdictLabel] = {
    "supported": "supported",
    "partial": "partial",
    "contradicted": "contradicted",
    "not found": "unsupported",
}


async def judge_claims(
    claims: Sequence[Claim], sources: Sources, judge: Model, prompts: PromptSet
) -> tuple[Verdict, ...]:
    """Return one verdict for each claim, in order; a claim that got no finding is not checkable.

    Reported claims are held to entailment, all others to whether they rest on their passage.

    Raises:
        EndpointError: The judge's endpoint failed for good.
    """
    reported = [claim for claim in claims if claim.basis == "reported"]
    inferred = [claim for claim in claims if claim.basis != "reported"]
    batches = [("judge", batch) for batch in _batches(reported)]
    batches += [("judge_premises", batch) for batch in _batches(inferred)]
    async with side_by_side() as group:
        tasks = [
            group.create_task(_judge_batch(prompt, batch, sources, judge, prompts))
            for prompt, batch in batches
        ]
    verdicts = {verdict.claim: verdict for task in tasks for verdict in task.result()}
    return tuple(verdicts[claim.id] for claim in claims)


def _batches(claims: Sequence[Claim]) -> list[Sequence[Claim]]:
    return [claims[start : start + PER_CALL] for start in range(0, len(claims), PER_CALL)]


async def _judge_batch(
    prompt: str, claims: Sequence[Claim], sources: Sources, judge: Model, prompts: PromptSet
) -> list[Verdict]:
    items = "\n\n".join(
        f"Claim {number}: {fold(claim.text)}\nPassage {number}: {passage_text(claim, sources)}"
        for number, claim in enumerate(claims, start=1)
    )
    try:
        answer = await judge.ask(Findings, prompts.fill(prompt, items=items))
    except (SchemaError, RefusalError) as error:
        return [unchecked(claim, f"the judge gave no usable answer: {error}") for claim in claims]
    if len(answer.findings) != len(claims):
        got = f"the judge gave {len(answer.findings)} findings for {len(claims)} claims"
        return [unchecked(claim, got) for claim in claims]
    return [_verdict(*pair) for pair in zip(claims, answer.findings, strict=True)]


def passage_text(claim: Claim, sources: Sources) -> str:
    """Return the sentences a claim cites, as one line."""
    return " ".join(fold(sources.sentences[id].text) for id in claim.evidence)


def unchecked(claim: Claim, reason: str) -> Verdict:
    """Return the verdict on a claim that nothing could settle: it is never supported."""
    return Verdict(
        claim=claim.id,
        label="not checkable",
        method="unchecked",
        score=0.0,
        evidence=claim.evidence,
        reason=reason,
    )


def _verdict(claim: Claim, finding: Finding) -> Verdict:
    return Verdict(
        claim=claim.id,
        label=LABELS[finding.label],
        method="judge",
        score=SCORES[finding.label],
        evidence=claim.evidence,
        reason=one_line(finding.reason, limit=300),
    )
