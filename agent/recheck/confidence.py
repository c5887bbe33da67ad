"""Rate the confidence of a brief again from what the finished brief holds."""

from collections.abc import Iterator, Sequence

from agent.analysis.confidence import LEVELS, rate_confidence
from agent.clean import one_line
from agent.views.lines import body
from schemas.brief import Brief, Confidence, Factor, Level
from schemas.recheck import Check, Fault

CONFIDENCE = "confidence"


def check_confidence(brief: Brief) -> Check:
    """Return whether the level follows from its factors, and the factors from the brief.

    A review may add one factor, by which it does not raise the level of the draft.

    Raises:
        ValueError: The brief has no source.
    """
    stored, rated = brief.confidence, _rated(brief)
    own, added = stored.factors[: len(rated.factors)], stored.factors[len(rated.factors) :]
    faults = [*_factor_faults(own, rated.factors), *_level_faults(stored)]
    if len(added) > (brief.status == "reviewed"):
        problem = f"it has {len(added)} factors that the rule does not have"
        faults.append(Fault(where=CONFIDENCE, problem=problem))
    return Check(
        name=CONFIDENCE,
        subject="conclusions",
        asked="the level is the lowest that a factor allows; the factors follow from the brief",
        count=len(stored.factors),
        unit="factors",
        faults=tuple(faults),
    )


def _rated(brief: Brief) -> Confidence:
    printed, drafted = list(body(brief)), [c for c in brief.ledger if c.author == "model"]
    cited = {id.partition(".")[0] for c in printed if c.author == "model" for id in c.evidence}
    edited = _edited(brief)
    return rate_confidence(
        [source for source in brief.sources if str(source.number) in cited] or brief.sources,
        facts=brief.sourcing.facts,
        drafted=len(drafted),
        at_first_try=sum(
            c.verdict == "supported" and c.repairs == 0 and c.id not in edited for c in drafted
        ),
        judgements=sum(claim.basis == "judgement" for claim in printed),
        ach=next((t.ach for t in brief.techniques if t.ach), None),
    )


def _edited(brief: Brief) -> set[str]:
    """Return the claims that a review has changed; until it is ended none is."""
    review = brief.review
    if review is None or review.ended_at is None:
        return set()
    return {decision.claim for decision in review.decisions if decision.ruling == "edited"}


def _factor_faults(stored: Sequence[Factor], found: Sequence[Factor]) -> Iterator[Fault]:
    if len(stored) < len(found):
        problem = f"it has {len(stored)} of the rule's {len(found)} factors"
        yield Fault(where=CONFIDENCE, problem=problem)
    for mine, again in zip(stored, found, strict=False):
        if mine != again:
            problem = f'"{_told(mine)}" on record; the brief gives "{_told(again)}"'
            yield Fault(where=CONFIDENCE, problem=one_line(problem, 300))


def _level_faults(stored: Confidence) -> Iterator[Fault]:
    allowed: list[Level] = [factor.allows for factor in stored.factors]
    lowest = min(allowed, key=LEVELS.index, default=None)
    if lowest and stored.level != lowest:
        problem = f"it is {stored.level}, and the lowest that a factor allows is {lowest}"
        yield Fault(where=CONFIDENCE, problem=problem)
    if stored.reasons != tuple(factor.value for factor in stored.factors):
        yield Fault(where=CONFIDENCE, problem="its reasons are not those of its factors")


def _told(factor: Factor) -> str:
    return f"{factor.name}: {factor.value} ({factor.allows})"
