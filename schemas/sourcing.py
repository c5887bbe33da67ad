"""Where the brief's facts come from: who says each, how they are graded, where they differ."""

from typing import Literal

from pydantic import Field

from schemas.record import Record
from schemas.sections import ItemBasis, SpeakerBasis, SpeakerKind
from schemas.sources import Credibility, Reliability

Matter = Literal["figure", "time", "account"]


class KeyFact(Record):
    """One sentence that the brief has to account for, with who says so and both grades."""

    evidence: str = Field(description="Id of the sentence.")
    text: str = Field(description="The sentence as it stands.")
    speaker: str = Field(description='Who answers for it; "the outlet" when nobody is quoted.')
    chain: tuple[str, ...] = Field(
        description="The way it came: who says so, who reports that, and the outlet last."
    )
    kind: SpeakerKind
    interested: bool | None = Field(
        description="Whether the speaker gains from being believed; null when not known."
    )
    figures: tuple[str, ...] = Field(default=(), description="As written.")
    dates: tuple[str, ...] = Field(default=(), description="Dates and times, as written.")
    quotations: tuple[str, ...] = Field(default=(), description="To the letter.")
    reliability: Reliability = Field(
        default="F", description="Admiralty letter of the speaker, not of the outlet."
    )
    reliability_basis: SpeakerBasis | None = Field(
        default=None, description="What the letter rests on; null when nothing was judged."
    )
    credibility: Credibility = Field(
        default=6,
        description="Admiralty figure of the fact; 1 only when an unrelated source confirms it.",
    )
    credibility_basis: ItemBasis | None = Field(
        default=None, description="What the figure rests on; null when nothing was judged."
    )

    @property
    def source(self) -> int:
        """The number of the source that carries it."""
        return int(self.evidence.partition(".")[0])


class SpeakerCard(Record):
    """One speaker of a source."""

    speaker: str
    kind: SpeakerKind
    interested: bool | None
    reliability: Reliability
    reliability_basis: SpeakerBasis | None
    facts: tuple[str, ...] = Field(description="Ids of the key facts that rest on this speaker.")


class SourceCard(Record):
    """What is known of one source as evidence; ICD 206 calls it a source descriptor."""

    source: int = Field(description="The number of the source.")
    outlet: str
    counts_with: tuple[int, ...] = Field(
        description="Other sources that count once together with it."
    )
    facts: int = Field(description="Key facts that it carries.")
    state_media_share: float = Field(ge=0, le=1, description="Share that only state media say.")
    interested_share: float = Field(ge=0, le=1, description="Share that interested parties say.")
    unnamed_share: float = Field(ge=0, le=1, description="Share that nobody is named for.")
    speakers: tuple[SpeakerCard, ...]


class Side(Record):
    """One of several things said of the same matter."""

    says: str = Field(description="The figure, time or account, as written.")
    speakers: tuple[str, ...]
    evidence: tuple[str, ...]


class Conflict(Record):
    """Where speakers or sources differ; all sides stand, and none is averaged away."""

    about: Matter
    what: str = Field(description="What they differ on, such as dead.")
    sides: tuple[Side, ...] = Field(min_length=2)


class Agreement(Record):
    """What unrelated speakers say alike."""

    about: Matter
    what: str
    says: str
    speakers: tuple[str, ...]
    evidence: tuple[str, ...]
    independent: int = Field(ge=1, description="Independent sources among them.")


class Sourcing(Record):
    """What the brief's facts rest on, as far as rules and grades can tell."""

    facts: tuple[KeyFact, ...] = ()
    cards: tuple[SourceCard, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    figures_not_compared: int = Field(
        default=0, ge=0, description="Figures beyond the first 300 that were read."
    )
    independent_sources: int = Field(default=0, ge=0)
    state_media_share: float = Field(
        default=0.0, ge=0, le=1, description="Share of the key facts that only state media say."
    )
