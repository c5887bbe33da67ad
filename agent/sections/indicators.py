"""Ask for indicators, and keep those that can be observed and tell outcomes apart."""

from collections.abc import Sequence
from dataclasses import replace

from agent.analysis.ach import LETTERS
from agent.analysis.indicators import due, find_form_fault, find_table_fault
from agent.clean import one_line
from agent.desk import Desk
from agent.material import LONGEST_CLAIM, fold
from agent.sections.catalogue import INDICATORS, OUTLOOK
from agent.sections.draft import Draft, draft_answer, undrafted
from agent.verify.cascade import stands
from agent.verify.repair import Settled
from agent.verify.verdicts import against
from schemas.claims import Claim, Verdict
from schemas.sections import WatchedEvent, WatchList
from schemas.techniques import Indicator, Indicators

METHOD = "indicator form"
SCENARIOS = {
    part.name: part.title.removeprefix("Scenario: ")
    for part in OUTLOOK.parts
    if part.title.startswith("Scenario: ")
}


async def find_indicators(
    hypotheses: Sequence[Claim], scenarios: Sequence[Claim], desk: Desk
) -> tuple[Draft, Indicators | None]:
    """Return the drafted indicators, and the table of those that are indicators indeed.

    One that is a wish, or that fits every outcome alike, fails in the draft with the reason.

    Args:
        hypotheses: Those that stand, in the order of their letters.
        scenarios: Those that stand, with their part's name.
        desk: What to ask with.

    Raises:
        EndpointError: An endpoint failed for good.
    """
    if len(hypotheses) < 2 and len(scenarios) < 2:
        return undrafted(INDICATORS), None
    outcomes = [f"Hypothesis {LETTERS[place]}" for place in range(len(hypotheses))]
    outcomes += [SCENARIOS[claim.part] for claim in scenarios]
    listed = "\n".join(
        f"{number}. {name}: {fold(claim.text)}"
        for number, (name, claim) in enumerate(
            zip(outcomes, (*hypotheses, *scenarios), strict=True), start=1
        )
    )
    draft, answer = await draft_answer(
        INDICATORS, WatchList, lambda answer: _claims(answer, desk), desk, outcomes=listed
    )
    if answer is None:
        return draft, None
    settled = _hold_to_form(
        draft.settled, answer, hypotheses=len(hypotheses), scenarios=len(scenarios)
    )
    kept = {claim.id for claim in settled.kept()}
    rows = tuple(
        Indicator(
            claim=_id(number),
            times=event.times,
            by=_due(event, desk),
            effects=tuple(event.effects),
        )
        for number, event in enumerate(answer.events, start=1)
        if _id(number) in kept
    )
    names = tuple(name.removeprefix("Hypothesis ") for name in outcomes)
    return replace(draft, settled=settled), (
        Indicators(outcomes=names, rows=rows) if rows else None
    )


def _hold_to_form(
    settled: Settled, answer: WatchList[str], *, hypotheses: int, scenarios: int
) -> Settled:
    """Return the claims with those failed that stand on the sources and are no indicators."""
    verdicts = dict(settled.verdicts)
    for claim, event in zip(settled.claims, answer.events, strict=True):
        fault = find_form_fault(claim.text) or find_table_fault(
            event.effects, hypotheses=hypotheses, scenarios=scenarios
        )
        if fault and stands(verdicts[claim.id]):
            verdicts[claim.id] = _failed(claim, fault)
    return Settled(settled.claims, verdicts)


def _failed(claim: Claim, fault: str) -> Verdict:
    return against(claim, method=METHOD, reason=fault, evidence=claim.evidence)


def _claims(answer: WatchList[str], desk: Desk) -> list[Claim]:
    return [
        Claim(
            id=_id(number),
            section=INDICATORS.name,
            part="indicators",
            text=one_line(event.text, limit=LONGEST_CLAIM),
            basis="judgement",
            evidence=tuple(dict.fromkeys(event.evidence)),
            note=f"counts when seen {_times(event.times)} by {_due(event, desk)}",
        )
        for number, event in enumerate(answer.events, start=1)
    ]


def _id(number: int) -> str:
    return f"indicators.indicators.{number}"


def _times(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _due(event: WatchedEvent[str], desk: Desk) -> str:
    dates = [source.published for source in desk.sources.items if source.published]
    return due(max(dates, default=None), event.within_days)
