"""Find what new sources say against the claims of an earlier brief."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.clean import one_line
from agent.llm.client import Model
from agent.material import cite
from agent.prompts import PromptSet
from agent.verify.addressing import quotable
from agent.verify.cascade import check_claims
from agent.verify.figures import agrees
from agent.verify.numerals import figures_in
from agent.verify.windows import closest
from agent.views.lines import matter
from schemas.claims import CheckedClaim, Claim, Verdict
from schemas.sources import Sources
from schemas.sourcing import Conflict, Matter, Side

SHOWN = 80  # code points of an account


@dataclass(frozen=True)
class Challenge:
    """What stands against a claim.

    Attributes:
        why: In one line, with the sentences.
        evidence: Ids of the sentences of new sources.
    """

    why: str
    evidence: tuple[str, ...]


async def find_challenges(
    claims: Sequence[CheckedClaim],
    conflicts: Sequence[Conflict],
    new: Sources,
    *,
    judge: Model | None,
    prompts: PromptSet,
) -> dict[str, Challenge]:
    """Return what the new sources say against the claims, by their ids; most have none.

    A figure, time or account that the sources differ on since the new ones came is found in the
    conflicts that the program sees. Other claims are checked against the sentences of the new
    sources that bear most on them, and challenged where a step, or the judge, calls that a
    contradiction.

    Args:
        claims: Of the earlier brief.
        conflicts: Of the new brief, between all sources.
        new: The new sources alone.
        judge: Is asked where the steps are unsure, or None.
        prompts: Holds the judge's prompts.

    Raises:
        EndpointError: The judge's endpoint failed for good.
    """
    numbers = {str(source.number) for source in new.items}
    found = {c.id: by for c in claims if (by := _by_conflict(c, conflicts, numbers)) is not None}
    left = [claim for claim in claims if claim.id not in found]
    verdicts = await check_against(left, new, judge=judge, prompts=prompts)
    contradicted = (verdict for verdict in verdicts if verdict.label == "contradicted")
    return found | {verdict.claim: _by_step(verdict) for verdict in contradicted}


async def check_against(
    claims: Sequence[CheckedClaim], new: Sources, *, judge: Model | None, prompts: PromptSet
) -> tuple[Verdict, ...]:
    """Return what the verifier says of earlier claims by the new sources alone, in order.

    Each is checked as somebody's own sentence on the sentences that bear most on it; where none of
    the new sources has a sentence to offer, nothing is checked and nothing comes back.

    Raises:
        EndpointError: The judge's endpoint failed for good.
    """
    sentences = tuple(quotable(new).sentences.values())
    cited = [
        claim.as_claim().model_copy(
            update={
                "evidence": tuple(sentence.id for sentence in closest(claim.text, sentences)),
                "author": "user",
            }
        )
        for claim in claims
    ]
    checked: list[Claim] = [claim for claim in cited if claim.evidence]
    verdicts = await check_claims(checked, new, judge, prompts)
    return tuple(verdicts[claim.id] for claim in checked)


def _by_conflict(
    claim: CheckedClaim, conflicts: Sequence[Conflict], numbers: set[str]
) -> Challenge | None:
    for conflict in conflicts:
        own = [side for side in conflict.sides if _says(claim, side, conflict.about)]
        against = [side for side in conflict.sides if side not in own and _new(side, numbers)]
        if own and against:
            now = ", ".join(_side(side, _new(side, numbers)) for side in against)
            before = ", ".join(_side(side, side.evidence) for side in own)
            evidence = tuple(id for side in against for id in _new(side, numbers))
            about = matter(conflict.about, one_line(conflict.what))
            ground = "" if claim.basis == "reported" else "its evidence is disputed: "
            return Challenge(one_line(f"{ground}{about}: {now}; {before}", 300), evidence)
    return None


def _says(claim: CheckedClaim, side: Side, about: Matter) -> bool:
    """Whether a claim rests on one side; a report has to give its figure, not only to cite it."""
    if not set(side.evidence) & set(claim.evidence):
        return False
    if claim.basis != "reported" or about != "figure":
        return True
    theirs = figures_in(side.says)
    return any(agrees(mine, other) for mine in figures_in(claim.text) for other in theirs)


def _side(side: Side, evidence: Sequence[str]) -> str:
    return f"{cite(evidence)} says {one_line(side.says, SHOWN)}"


def _new(side: Side, numbers: set[str]) -> list[str]:
    return [id for id in side.evidence if id.partition(".")[0] in numbers]


def _by_step(verdict: Verdict) -> Challenge:
    why = f"contradicted by {cite(verdict.evidence)}, {verdict.method}: {verdict.reason}"
    return Challenge(one_line(why, 300), verdict.evidence)
