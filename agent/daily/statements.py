"""The checked claims of briefs, each with the brief that makes it and its place there."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.library import cited_sources
from agent.views.lines import sections
from schemas.brief import Brief, Part
from schemas.claims import CheckedClaim
from schemas.sources import Source


@dataclass(frozen=True, eq=False)
class Statement:
    """One checked claim of one brief.

    Attributes:
        brief: The brief.
        claim: The claim; a full sentence that was found supported.
        place: The title of the part of the brief in which it stands.
        sources: The sources of the sentences that it cites, in that order, each once.
    """

    brief: Brief
    claim: CheckedClaim
    place: str
    sources: tuple[Source, ...]


def checked_statements(brief: Brief) -> tuple[Statement, ...]:
    """Return the sentences of the body that were found supported, in brief order.

    Labels are left out, and so is all that is only partly supported, that no source can prove, or
    that stands because a reviewer overrode the verifier.
    """
    return tuple(
        Statement(brief, claim, part.title, cited_sources(claim, brief))
        for part in _parts(brief)
        for claim in part.claims
        if claim.verdict == "supported" and claim.form == "sentence"
        if claim.evidence and claim.text.strip()
    )


def _parts(brief: Brief) -> Iterator[Part]:
    for section in sections(brief):
        yield from section.parts
    for technique in brief.techniques:
        yield from technique.parts
