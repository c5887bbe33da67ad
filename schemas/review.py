"""A review: what a named person decided on each claim of a brief."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.claims import Verdict
from schemas.record import Record

# The step that decided on a claim that a reviewer rejected, in the words of a verdict.
METHOD = "review"

Ruling = Literal["accepted", "edited", "rejected"]


class Decision(Record):
    """What the reviewer decided on one claim."""

    claim: str = Field(description="The claim's id.")
    ruling: Ruling
    at: datetime
    before: str | None = Field(
        default=None, description="The text before it was edited; null when it was not."
    )
    text: str | None = Field(default=None, description="The text that an edit gave it.")
    evidence: tuple[str, ...] = Field(
        default=(), description="Ids of the sentences that the edited text cites."
    )
    verdict: Verdict | None = Field(
        default=None, description="What the verifier said of the edited text."
    )
    override: str | None = Field(
        default=None,
        description="Why the edited text stands although the verifier does not support it.",
    )
    dissent: str | None = Field(
        default=None, description="What the reviewer holds against a claim that stays."
    )


class Review(Record):
    """A review, begun or complete; with every claim of the body decided it can be ended."""

    reviewer: str = Field(description="The name of the person who stands behind the brief.")
    draft_sha256: str = Field(description="Hex digest of the draft that was reviewed.")
    began_at: datetime
    ended_at: datetime | None = Field(description="Null as long as the brief is a draft.")
    decisions: tuple[Decision, ...] = Field(description="In brief order, one for each claim.")
