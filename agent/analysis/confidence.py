"""Confidence by a rule that can be read: it starts high, and each weakness caps it."""

from collections.abc import Sequence
from typing import get_args

from agent.analysis.independence import independent_groups
from agent.analysis.source_cards import state_media_share
from schemas.brief import Ach, Confidence, Factor, Level
from schemas.sources import Source
from schemas.sourcing import KeyFact

# ICD 203 (2015), D.6.e(2)(b): confidence rests on the quality and number of sources and on the
# analysis; it is never a likelihood. The shares below are ours.
LEVELS: tuple[Level, ...] = get_args(Level)
FIRST_TRY_MODERATE = 0.75
FIRST_TRY_LOW = 0.4
GRADED_GOOD = 0.5


RULE = "It starts at high and falls to the lowest level that any one input allows."


def rate_confidence(
    sources: Sequence[Source],
    *,
    facts: Sequence[KeyFact],
    drafted: int,
    at_first_try: int,
    judgements: int,
    ach: Ach | None,
) -> Confidence:
    """Return the lowest level that any cap allows, with every input and its cap.

    Args:
        sources: All sources of the brief.
        facts: The key facts, with their speakers and grades.
        drafted: Claims the model drafted.
        at_first_try: Those of them supported without a repair.
        judgements: Judgements that stand in the body.
        ach: The worked matrix, if there is one.
    """
    factors = [
        ("independent sources", *_independence(sources)),
        ("Admiralty grades", *_grades(sources, facts)),
        ("state media", *_state_media(facts)),
        ("interested speakers", *_interest(facts)),
        ("claims supported at first try", *_first_try(drafted, at_first_try)),
        ("hypothesis matrix", *_analysis(judgements, ach)),
    ]
    level = min((allows for _, allows, _ in factors), key=LEVELS.index)
    return Confidence(
        level=level,
        rule=RULE,
        factors=tuple(Factor(name=n, value=said, allows=allows) for n, allows, said in factors),
        reasons=tuple(said for _, _, said in factors),
    )


def _independence(sources: Sequence[Source]) -> tuple[Level, str]:
    groups = independent_groups(sources)
    copies = "".join(
        f"; sources {_numbers(group)} count once" for group in groups if len(group) > 1
    )
    if len(groups) == 1:
        return "moderate", f"one independent source caps at moderate{copies}"
    return "high", f"{len(groups)} independent sources{copies}"


def _numbers(group: Sequence[Source]) -> str:
    return " and ".join(str(source.number) for source in group)


def _grades(sources: Sequence[Source], facts: Sequence[KeyFact]) -> tuple[Level, str]:
    """Return what the user's ratings of the sources and the grades of the key facts allow."""
    codes = ", ".join(f"{source.reliability}{source.credibility}" for source in sources)
    if any(source.reliability in "AB" and source.credibility <= 2 for source in sources):
        return "high", f"ratings {codes}"
    good = sum(1 for fact in facts if fact.reliability in "AB" and fact.credibility <= 2)
    said = f"ratings {codes}; {good} of {len(facts)} key facts are graded B2 or better"
    if facts and good / len(facts) >= GRADED_GOOD:
        return "high", said
    return "moderate", f"{said}: under {GRADED_GOOD:.0%} caps at moderate"


def _state_media(facts: Sequence[KeyFact]) -> tuple[Level, str]:
    share = state_media_share(facts)
    if share == 1:
        return "low", "state media alone vouch for what is reported: caps at low"
    said = f"state media alone vouch for {share:.0%} of the signals"
    if share >= 0.5:
        return "moderate", f"{said}: caps at moderate"
    return "high", said


def _interest(facts: Sequence[KeyFact]) -> tuple[Level, str]:
    speakers = {fact.speaker for fact in facts}
    interested = sum(1 for fact in facts if fact.interested)
    if facts and interested == len(facts):
        if len(speakers) == 1:
            return "low", f"all rests on one interested speaker, {speakers.pop()}: caps at low"
        return "moderate", "all rests on interested speakers: caps at moderate"
    return "high", f"{interested} of {len(facts)} key facts rest on interested speakers"


def _first_try(drafted: int, at_first_try: int) -> tuple[Level, str]:
    said = f"{at_first_try} of {drafted} drafted claims were supported at first try"
    share = at_first_try / drafted if drafted else 0.0
    if share < FIRST_TRY_LOW:
        return "low", f"{said}: under {FIRST_TRY_LOW:.0%} caps at low"
    if share < FIRST_TRY_MODERATE:
        return "moderate", f"{said}: under {FIRST_TRY_MODERATE:.0%} caps at moderate"
    return "high", said


def _analysis(judgements: int, ach: Ach | None) -> tuple[Level, str]:
    if judgements == 0:
        return "low", "no judgement stood the check: caps at low"
    weakness = "no hypothesis matrix could be worked" if ach is None else _weakness(ach)
    if weakness:
        return "moderate", f"{weakness}: caps at moderate"
    return "high", "the hypothesis matrix has a clear and stable result"


def _weakness(ach: Ach) -> str | None:
    if len(ach.least_refuted) > 1:
        return "hypotheses tie as least refuted"
    if ach.stable is None:
        return "the matrix was rated in one order only"
    if not ach.stable:
        return "the least refuted hypothesis changes with the order"
    if ach.linchpins:
        return f"the least refuted hypothesis turns on {', '.join(ach.linchpins)} alone"
    margin = sorted(ach.scores)[1] - min(ach.scores)
    return f"hypotheses lie {margin:g} points apart, under 2" if margin < 2 else None
