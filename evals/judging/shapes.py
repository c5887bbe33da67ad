"""What a judge said of the briefs of a comparison, in the form in which a report keeps it."""

from typing import Literal

from pydantic import Field

from evals.shapes import Side
from schemas.record import Record

Choice = Literal["a", "b", "tie"]


class Flaw(Record):
    """A flaw that enough votes agree on."""

    heading: str = Field(description="Id of the heading in the rubric.")
    sentence: str = Field(description="Id of the printed sentence.")
    quote: str = Field(description="Words of that sentence.")
    reason: str
    votes: int = Field(description="How many votes found it.")
    weight: float


class JudgedBrief(Record):
    """What the judge found in one brief."""

    item: str
    side: Side
    repeat: int
    free_of_flaws: float | None = Field(
        ge=0,
        le=1,
        description="1 minus the weighted flaws per printed sentence; null when there is none.",
    )
    flaws: tuple[Flaw, ...] = ()
    sentences: int = Field(default=0, description="Printed sentences.")
    asked: int = Field(default=0, description="Votes asked for, the spare ones included.")
    unparsed: int = Field(default=0, description="Votes that could not be used.")
    listed: int = Field(default=0, description="Flaws in all usable votes.")
    misquoted: int = Field(default=0, description="Those dropped: their quote is not in the brief.")
    failure: str | None = Field(default=None, description="Why there is no figure, in one line.")


class JudgedPair(Record):
    """Which of two briefs of one article the judge prefers, asked in both orders."""

    item: str
    repeat_a: int
    repeat_b: int
    choice: Choice | None = Field(description="Null when an order got no usable answer.")
    flipped: bool | None = Field(description="Whether the place decided: each order named another.")
    unparsed: int = Field(description="Orders without a usable answer, 0 to 2.")
    reasons: tuple[str, ...] = Field(description="What decided, one line for each usable answer.")


class ProbeRow(Record):
    """How the judge did on one probe."""

    id: str
    kind: str
    right: bool
    unparsed: bool
    got: str = Field(description="What it answered, in one line.")


class ProbesResult(Record):
    """How the judge did on all probes; without trust its figures decide nothing."""

    trusted: bool
    right: int
    total: int
    unparsed: int
    rows: tuple[ProbeRow, ...]


class JudgedRows(Record):
    """Everything that a judge said of two versions."""

    judge: str
    rubric: str
    rubric_digest: str
    probes_digest: str
    same_as_writer: bool = Field(description="A model that judges its own briefs favours them.")
    probes: ProbesResult
    briefs: tuple[JudgedBrief, ...]
    pairs: tuple[JudgedPair, ...] = Field(
        description="Only those of articles on which figures and flaws disagree."
    )
    unparsed: float | None = Field(
        description="Share of replies that could not be used; null when nothing was asked."
    )
    misquoted: float | None = Field(description="Share of listed flaws whose quote is not there.")
    flip_rate: float | None = Field(description="Share of the pairs in which the place decided.")

    def figures(self) -> dict[tuple[Side, str, int], float | None]:
        """Return `free_of_flaws` by side, item and repeat."""
        return {(b.side, b.item, b.repeat): b.free_of_flaws for b in self.briefs}
