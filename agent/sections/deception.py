"""Ask of every speaker with a stake what it would need in order to deceive."""

from collections.abc import Sequence

from agent.analysis.deception import (
    GROUNDS,
    Speaker,
    deception_cards,
    ground_id,
    interested_speakers,
)
from agent.clean import one_line
from agent.desk import Desk
from agent.material import LONGEST_CLAIM, fold
from agent.sections.catalogue import DECEPTION
from agent.sections.draft import Draft, draft_answer, undrafted
from agent.sections.signals import SpokenSentence
from schemas.claims import Claim
from schemas.sections import DeceptionTests
from schemas.techniques import DeceptionCard


async def examine_speakers(
    signals: Sequence[SpokenSentence], desk: Desk
) -> tuple[Draft, tuple[DeceptionCard, ...]]:
    """Return the claims on motive, opportunity and means, and a card for each who has a motive.

    Raises:
        EndpointError: An endpoint failed for good.
    """
    speakers = interested_speakers((s.speaker, s.kind, s.sentence.id) for s in signals)
    if not speakers:
        return undrafted(DECEPTION), ()
    draft, _ = await draft_answer(
        DECEPTION,
        DeceptionTests,
        lambda answer: _claims(answer, speakers),
        desk,
        speakers=_listed(speakers),
    )
    return draft, deception_cards(speakers, {claim.id for claim in draft.settled.kept()})


def _listed(speakers: Sequence[Speaker]) -> str:
    return "\n".join(
        f"{number}. {fold(speaker.name)} ({speaker.kind}): {', '.join(speaker.says)}"
        for number, speaker in enumerate(speakers, start=1)
    )


def _claims(answer: DeceptionTests[str], speakers: Sequence[Speaker]) -> list[Claim]:
    claims: dict[str, Claim] = {}
    for test in answer.tests:
        if test.speaker > len(speakers):
            continue
        for ground in GROUNDS:
            premise = getattr(test, ground)
            id = ground_id(ground, test.speaker)
            claims.setdefault(
                id,
                Claim(
                    id=id,
                    section=DECEPTION.name,
                    part=ground,
                    text=one_line(premise.text, limit=LONGEST_CLAIM),
                    basis="judgement",
                    evidence=tuple(dict.fromkeys(premise.evidence)),
                ),
            )
    return list(claims.values())
