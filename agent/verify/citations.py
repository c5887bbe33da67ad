"""Check that a claim cites something and that every sentence it cites exists."""

from agent.verify.passage import Passage
from agent.verify.verdicts import against
from schemas.claims import Claim, Verdict


def check_citations(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `unsupported` when the claim cites nothing or a sentence that does not exist.

    A sentence that a user gives to be checked need not cite.
    """
    if not claim.evidence and claim.author != "user":
        return against(claim, method="citations", reason="cites no sentence")
    missing = [id for id in claim.evidence if id not in passage.sources.sentences]
    if missing:
        return against(
            claim,
            method="citations",
            reason=f"cites {', '.join(missing)}, which no source has",
            evidence=passage.ids,
        )
    return None
