"""The verdicts that exact steps give, in one form."""

from collections.abc import Iterable

from schemas.claims import Claim, Verdict, VerdictLabel


def against(
    claim: Claim,
    *,
    method: str,
    reason: str,
    score: float = 0.0,
    label: VerdictLabel = "unsupported",
    evidence: Iterable[str] = (),
) -> Verdict:
    """Return a verdict that fails the claim, by default as unsupported and with score 0.

    `reason` is cut to one line, since it is printed in tables and sent to the repair prompt.
    """
    return Verdict(
        claim=claim.id,
        label=label,
        method=method,
        score=score,
        evidence=tuple(dict.fromkeys(evidence)),
        reason=" ".join(reason.split())[:300],
    )


def in_favour(
    claim: Claim, *, method: str, reason: str, score: float, evidence: Iterable[str]
) -> Verdict:
    """Return a verdict that lets the claim stand on the sentences named."""
    return Verdict(
        claim=claim.id,
        label="supported",
        method=method,
        score=score,
        evidence=tuple(dict.fromkeys(evidence)),
        reason=reason,
    )
