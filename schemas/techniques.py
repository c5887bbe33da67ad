"""What the techniques yield beyond claims: classes, cards, indicators, and what each changed."""

from typing import Literal

from pydantic import Field

from schemas.record import Record

Standing = Literal["solid", "with caveats", "unsupported"]
Effect = Literal["more likely", "no change", "less likely"]


class Change(Record):
    """One thing that a technique did to a line of the brief."""

    claim: str = Field(description="The claim's id, or section and part of a line by the program.")
    what: str


class AssumptionCheck(Record):
    """One assumption, challenged: how well it stands, what would break it, what rests on it."""

    assumption: str = Field(description="Id of the assumption.")
    standing: Standing
    breaks: str = Field(description="Id of the claim that says what would show it to be false.")
    resting: tuple[str, ...] = Field(description="Ids of the judgements that fail if it is false.")


class DeceptionCard(Record):
    """Whether one speaker with a stake could deceive: motive, opportunity, means."""

    speaker: str
    kind: str
    says: tuple[str, ...] = Field(description="Ids of the sentences in which the speaker speaks.")
    motive: str | None = Field(description="Id of the claim; null when none stood the check.")
    opportunity: str | None
    means: str | None

    @property
    def complete(self) -> bool:
        """Whether nothing that deception needs is missing."""
        return None not in (self.motive, self.opportunity, self.means)


class Indicator(Record):
    """An event to watch for, when it counts, and what it would say for each outcome."""

    claim: str = Field(description="Id of the claim that says what is observed.")
    times: int = Field(ge=1, description="How often it has to be observed to count.")
    by: str = Field(description="Until when: a date, or a span where no date is known.")
    effects: tuple[Effect, ...] = Field(description="One for each outcome, in their order.")


class Indicators(Record):
    """The indicators that tell outcomes apart."""

    outcomes: tuple[str, ...] = Field(description="Letters of hypotheses, then scenarios.")
    rows: tuple[Indicator, ...]
