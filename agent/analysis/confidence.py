"""Confidence by a rule that can be read: it starts high, and each weakness caps it."""

from collections.abc import Sequence
from typing import get_args

from agent.analysis.independence import independent_groups
from schemas.brief import Ach, Confidence, Level
from schemas.sources import Source

# ICD 203 (2015), D.6.e(2)(b): confidence rests on the quality and number of sources and on the
# analysis; it is never a likelihood. The shares below are ours.
LEVELS: tuple[Level, ...] = get_args(Level)
FIRST_TRY_MODERATE = 0.75
FIRST_TRY_LOW = 0.4


def rate_confidence(
    sources: Sequence[Source],
    *,
    drafted: int,
    at_first_try: int,
    judgements: int,
    state_media_share: float,
    ach: Ach | None,
) -> Confidence:
    """Return the lowest level that any cap allows, with every cap as a reason.

    Args:
        sources: All sources of the brief.
        drafted: Claims the model drafted.
        at_first_try: Those of them supported without a repair.
        judgements: Judgements that stand in the body.
        state_media_share: Share of the signals that only state media vouch for, in [0, 1].
        ach: The worked matrix, if there is one.
    """
    caps = [
        _independence(sources),
        _ratings(sources),
        _state_media(state_media_share),
        _first_try(drafted, at_first_try),
        _analysis(judgements, ach),
    ]
    level = min((level for level, _ in caps), key=LEVELS.index)
    return Confidence(level=level, reasons=tuple(reason for _, reason in caps))


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


def _ratings(sources: Sequence[Source]) -> tuple[Level, str]:
    codes = ", ".join(f"{source.reliability}{source.credibility}" for source in sources)
    if any(source.reliability in "AB" and source.credibility <= 2 for source in sources):
        return "high", f"ratings {codes}"
    return "moderate", f"ratings {codes}: none is B2 or better, caps at moderate"


def _state_media(share: float) -> tuple[Level, str]:
    if share == 1:
        return "low", "state media alone vouch for what is reported: caps at low"
    if share >= 0.5:
        return (
            "moderate",
            f"state media alone vouch for {share:.0%} of the signals: caps at moderate",
        )
    return "high", f"state media alone vouch for {share:.0%} of the signals"


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
    margin = sorted(ach.scores)[1] - min(ach.scores)
    return f"hypotheses lie {margin:g} points apart, under 2" if margin < 2 else None
