"""Cross-impact simulation: what events do to one another's probabilities, and what was computed."""

from typing import Literal

from pydantic import Field

from schemas.record import Record

Nonoccurrence = Literal["no effect", "total probability"]


class Adjustment(Record):
    """A stated conditional probability that no distribution allows, and the bound used instead."""

    given: str = Field(description="The event that happens.")
    event: str = Field(description="The event whose probability was stated.")
    stated: float
    used: float


class EventOutcome(Record):
    """One event's probability before the events act on one another, and after."""

    event: str
    before: float = Field(gt=0, lt=1, description="The initial probability, as it was given.")
    after: float = Field(ge=0, le=1, description="The share of the runs in which it happened.")
    change: float = Field(description="After minus before.")
    standard_error: float = Field(ge=0, description="Sampling error of after, and of change.")


class Influence(Record):
    """How far one event's initial probability, moved by a tenth each way, moves the others."""

    event: str
    effect: float = Field(description="Mean change of the others, raised against lowered; signed.")
    movement: float = Field(
        ge=0, description="The same without signs, so that opposite changes do not cancel."
    )


class CrossImpact(Record):
    """A simulated cross-impact matrix: the grid that was run, and what came out."""

    outcomes: tuple[EventOutcome, ...] = Field(description="In the order the events were given.")
    matrix: tuple[tuple[float | None, ...], ...] = Field(
        description="Row: the event that happens. Column: the other's probability then, as used."
    )
    adjustments: tuple[Adjustment, ...] = Field(description="Cells moved to a bound of coherence.")
    influences: tuple[Influence, ...] = Field(description="At most three, the strongest first.")
    nonoccurrence: Nonoccurrence = Field(description="What an event that fails to happen does.")
    runs: int = Field(ge=1)
    seed: int = Field(ge=0)
