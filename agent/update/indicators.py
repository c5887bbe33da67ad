"""Look in new sources for what the indicators of an earlier brief were watching for."""

from collections.abc import Mapping, Sequence

from agent.analysis.speakers import OUTLET, Speaker, speakers_of
from agent.llm.client import Model
from agent.prompts import PromptSet
from agent.update.challenges import check_against
from agent.verify.attribution import sayings_in
from agent.verify.cascade import stands
from agent.verify.grounding import recall
from agent.verify.words import STOP_WORDS, content
from agent.views.lines import body
from schemas.brief import Brief
from schemas.claims import CheckedClaim, Verdict
from schemas.sources import Sentence, Sources
from schemas.update import IndicatorState

PART = "indicators"
TELLING = 0.6  # of the words that the sentence that shares most has in common with the indicator
ATTRIBUTION = "speakers"  # the step that holds a claim to saying who says so


async def watch_indicators(
    earlier: Brief, new: Sources, *, judge: Model | None, prompts: PromptSet
) -> tuple[IndicatorState, ...]:
    """Return each indicator of the earlier brief, and whether the new sources report it.

    An indicator is a sentence on what could be observed. It has fired when the verifier, given that
    sentence as a report, supports it by the new sources alone; that somebody in them says so is
    enough, and who it is comes back with it. Orders to a reader or a model fire nothing.

    Args:
        earlier: The brief whose indicators are watched; source sentences in their place are none.
        new: The new sources alone.
        judge: Is asked where the steps are unsure, or None.
        prompts: Holds the judge's prompts.

    Raises:
        EndpointError: The judge's endpoint failed for good.
    """
    watched = indicators_of(earlier)
    reports = [
        claim.model_copy(update={"basis": "reported", "likelihood": None}) for claim in watched
    ]
    found = {v.claim: v for v in await check_against(reports, new, judge=judge, prompts=prompts)}
    said = _attributed(reports, found, new)
    again = await check_against([c for c, _ in said], new, judge=judge, prompts=prompts)
    speakers = {claim.id: speaker for claim, speaker in said}
    borne_out = {verdict.claim: verdict for verdict in again if stands(verdict)}
    return tuple(
        _state(
            claim,
            borne_out.get(claim.id) or found.get(claim.id),
            new,
            said_by=speakers[claim.id] if claim.id in borne_out else None,
            moves=_moves(claim, earlier),
        )
        for claim in watched
    )


def indicators_of(brief: Brief) -> tuple[CheckedClaim, ...]:
    """Return the indicators that a brief prints, those of its table and those beside it."""
    tables = (technique.indicators for technique in brief.techniques if technique.indicators)
    rows = {row.claim for table in tables for row in table.rows}
    return tuple(
        claim
        for claim in body(brief)
        if claim.author == "model" and (claim.id in rows or _is_indicator(claim))
    )


def _is_indicator(claim: CheckedClaim) -> bool:
    return claim.section == "hypotheses" and claim.part == PART


def _attributed(
    reports: Sequence[CheckedClaim], found: dict[str, Verdict], new: Sources
) -> list[tuple[CheckedClaim, str]]:
    """Return those that only lack who says so, with that put in front, and who it is."""
    voices = speakers_of(new)
    said = []
    for claim in reports:
        verdict = found.get(claim.id)
        if verdict is None or verdict.method != ATTRIBUTION or not verdict.evidence:
            continue
        speaker = _speaker(new.sentences[verdict.evidence[0]], voices)
        if speaker:
            text = f"{speaker} said {_inside(claim.text)}"
            said.append((claim.model_copy(update={"text": text}), speaker))
    return said


def _speaker(sentence: Sentence, voices: Mapping[str, Sequence[tuple[int, Speaker]]]) -> str | None:
    """Return who speaks last in a sentence, named as fully as the source does, or None."""
    found = voices[sentence.id][-1][1].name if sentence.id in voices else OUTLET
    if found != OUTLET:
        return found
    # "The ministry" names somebody to a reader, and "she" does not.
    named = [saying.speaker for saying in sayings_in(sentence.text) if content(saying.speaker)]
    return named[-1].strip(" ,.") if named else None


def _inside(text: str) -> str:
    """Return a sentence as it stands behind others; a name keeps its capital."""
    first, _, rest = text.partition(" ")
    return f"{first.lower()} {rest}" if first.lower() in STOP_WORDS else text


def _moves(claim: CheckedClaim, earlier: Brief) -> tuple[str, ...]:
    """Return which outcomes an indicator moves, and where to, such as "A less likely"."""
    return tuple(
        f"{outcome} {effect}"
        for technique in earlier.techniques
        if technique.indicators
        for row in technique.indicators.rows
        if row.claim == claim.id
        for outcome, effect in zip(technique.indicators.outcomes, row.effects, strict=False)
        if effect != "no change"
    )


def _state(
    claim: CheckedClaim,
    verdict: Verdict | None,
    new: Sources,
    *,
    said_by: str | None,
    moves: tuple[str, ...],
) -> IndicatorState:
    # With no sentence to read there is no verdict, and what nothing reports has not fired.
    label = verdict.label if verdict else "unsupported"
    return IndicatorState(
        claim=claim.id,
        text=claim.text,
        fired=verdict is not None and stands(verdict),
        verdict=label,
        score=verdict.score if verdict else 0.0,
        evidence=_telling(claim, verdict, new) if verdict and label != "unsupported" else (),
        said_by=said_by,
        counts=claim.note,
        moves=moves,
    )


def _telling(claim: CheckedClaim, verdict: Verdict, new: Sources) -> tuple[str, ...]:
    """Return those of the sentences read together that share most with the claim, in order."""
    shared = {id: recall(claim.text, new.sentences[id].text) for id in verdict.evidence}
    most = max(shared.values(), default=0.0)
    return tuple(id for id, share in shared.items() if share >= TELLING * most)
