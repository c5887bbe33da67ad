"""Have every assumption that stands challenged, and learn which judgements fall with it."""

from collections.abc import Sequence

from agent.analysis.assumptions import breaks_id, check_assumptions
from agent.clean import one_line
from agent.desk import Desk
from agent.material import LONGEST_CLAIM, cite, fold
from agent.sections.catalogue import KEY_ASSUMPTIONS
from agent.sections.draft import Draft, draft_answer, undrafted
from schemas.claims import Claim
from schemas.sections import KeyAssumptions
from schemas.techniques import AssumptionCheck


async def challenge_assumptions(
    assumptions: Sequence[Claim], judgements: Sequence[Claim], desk: Desk
) -> tuple[Draft, tuple[AssumptionCheck, ...]]:
    """Return the claims on what would break the assumptions, and a check for each that got one.

    Args:
        assumptions: Those that stand.
        judgements: The judgements that may rest on them.
        desk: What to ask with.

    Raises:
        EndpointError: An endpoint failed for good.
    """
    if not assumptions:
        return undrafted(KEY_ASSUMPTIONS), ()
    draft, answer = await draft_answer(
        KEY_ASSUMPTIONS,
        KeyAssumptions,
        _claims,
        desk,
        assumptions=number_claims(assumptions),
        judgements=number_claims(judgements),
    )
    if answer is None:
        return draft, ()
    return draft, check_assumptions(
        answer.tests,
        assumptions=[claim.id for claim in assumptions],
        judgements=[claim.id for claim in judgements],
        breaks=[claim.id for claim in draft.settled.kept()],
    )


def number_claims(claims: Sequence[Claim]) -> str:
    """Return the claims as a prompt lists them, counted from 1."""
    lines = (
        f"{number}. {fold(claim.text)} {cite(claim.evidence)}"
        for number, claim in enumerate(claims, start=1)
    )
    return "\n".join(lines) or "None."


def _claims(answer: KeyAssumptions[str]) -> list[Claim]:
    claims = {
        test.assumption: Claim(
            id=breaks_id(test),
            section=KEY_ASSUMPTIONS.name,
            part="breaks",
            text=one_line(test.breaks, limit=LONGEST_CLAIM),
            basis="judgement",
            evidence=tuple(dict.fromkeys(test.evidence)),
        )
        for test in reversed(answer.tests)  # of two tests of one assumption the first counts
    }
    return [claims[number] for number in sorted(claims)]
