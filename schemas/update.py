"""An update: what became of earlier judgements and indicators once new sources came."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.claims import Likelihood, VerdictLabel
from schemas.record import Record

Fate = Literal["new", "changed", "dropped", "unchanged"]


class JudgementFate(Record):
    """One judgement of either brief, matched with the other's where there is a match."""

    fate: Fate
    before: str | None = Field(description="The claim's id in the earlier brief; null when new.")
    after: str | None = Field(description="The claim's id in this brief; null when dropped.")
    text_before: str | None
    text_after: str | None
    basis: Literal["judgement", "reported"] = Field(
        default="judgement",
        description="reported: what the earlier brief reports and new sources contradict.",
    )
    likelihood_before: Likelihood | None = None
    likelihood_after: Likelihood | None = None
    place: str | None = Field(
        default=None,
        description="Where the claim stands, such as section 4 (Overall); a dropped one: stood.",
    )
    why: str = Field(description="One line by the program: what decided the fate.")
    evidence: tuple[str, ...] = Field(
        default=(), description="Ids of the sentences of new sources that it rests on."
    )


class IndicatorState(Record):
    """One indicator of the earlier brief, and whether the new sources report it."""

    claim: str = Field(description="Its id in the earlier brief.")
    text: str
    fired: bool
    verdict: VerdictLabel = Field(description="What the verifier says, by new sources alone.")
    score: float = Field(ge=0, le=1)
    evidence: tuple[str, ...] = Field(description="Ids of sentences in new sources.")
    said_by: str | None = Field(
        default=None, description="Who says so; null when the sources say it in their own name."
    )
    counts: str | None = Field(
        default=None, description="How often and until when it has to be seen to count, in words."
    )
    moves: tuple[str, ...] = Field(
        default=(),
        description="What it says for outcomes of the earlier brief, such as A less likely.",
    )


class Update(Record):
    """How a brief differs from the earlier one that it updates."""

    earlier_sha256: str = Field(description="Hex digest of the earlier brief.")
    earlier_title: str
    earlier_generated_at: datetime
    earlier_run: str = Field(description="The run that wrote it: `bluf show` finds it by this.")
    new_sources: tuple[int, ...] = Field(description="Numbers of the sources that were added.")
    judgements: tuple[JudgementFate, ...]
    indicators: tuple[IndicatorState, ...]
