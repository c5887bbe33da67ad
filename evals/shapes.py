"""What a comparison of two prompt versions is: the report, from which every view is made."""

import hashlib
import json
from typing import Literal

from pydantic import Field

from schemas.record import Record

Side = Literal["a", "b"]
Cost = Literal["tokens", "seconds", "usd"]
Decision = Literal["pass", "regression", "inconclusive"]
Label = Literal["better", "worse", "inside margin", "no difference shown", "inconclusive"]


class Arm(Record):
    """One side of a comparison."""

    version: str
    digest: str
    repeats: tuple[int, ...]
    model: str
    judge: str | None


class Scored(Record):
    """Every figure of one brief; null where there is none."""

    item: str
    version: str
    side: Side
    repeat: int
    figures: dict[str, float | None]
    costs: dict[str, float | None]
    failure: str | None


class Shift(Record):
    """What one metric shows; `change` is the second version minus the first, in its own unit."""

    metric: str
    title: str
    better: Literal["higher", "lower", "neither"]
    mean_a: float
    mean_b: float
    change: float
    interval: tuple[float, float] | None
    resampled: tuple[float, float] | None
    p: float | None
    holm_p: float | None
    wins: int
    ties: int
    losses: int
    noise_share: float | None
    detectable: float | None
    articles: int
    clusters: int
    missing: int
    bounds: tuple[float, float]
    worst: tuple[tuple[str, float], ...]
    margin: float | None
    label: Label
    sentence: str


class CostShift(Record):
    """How many times as much of something the second version takes."""

    what: Cost
    ratio: float
    interval: tuple[float, float] | None
    p50: tuple[float, float]
    p95: tuple[float, float]


class Failure(Record):
    """A hard failure, as the report tells it."""

    kind: str
    side: Side
    item: str
    repeat: int
    what: str


class Ruling(Record):
    """Whether the second version may replace the first, by the rules of the gate."""

    decision: Decision
    reasons: tuple[str, ...] = Field(description="One line each; what decided comes first.")


class Critic(Record):
    """The model that looked for flaws, and whether it can be trusted to."""

    model: str
    rubric: str
    rubric_digest: str
    trusted: bool = Field(description="Whether it passed the probes; else its figures are void.")
    probes_right: int
    probes: int
    same_as_writer: bool
    unparsed: float | None = Field(description="Share of its replies that were of no use.")
    flip_rate: float | None = Field(description="Share of pairs in which the place decided.")
    preferred: dict[str, int] = Field(
        description="Pairs that it decided for a, b or neither; asked only where figures disagree."
    )


class Comparison(Record):
    """The report: every number that is printed, and the hashes of what they rest on."""

    report: Literal[1] = 1
    bluf_version: str
    set: str
    set_digest: str
    split: str
    gate_digest: str
    primary: str = Field(description="The metric that the comparison is about.")
    level: float = Field(description="Nominal coverage of every interval.")
    seed: int
    a: Arm
    b: Arm
    articles: int
    stories: int
    shifts: tuple[Shift, ...]
    costs: tuple[CostShift, ...]
    failures: tuple[Failure, ...]
    ruling: Ruling
    critic: Critic | None
    scored: tuple[Scored, ...]

    @property
    def id(self) -> str:
        """Eight hex digits of what was compared: the same command gives the same."""
        sides = [side.model_dump(mode="json") for side in (self.a, self.b)]
        critic = self.critic and [self.critic.model, self.critic.rubric_digest]
        what = [self.set_digest, self.split, self.gate_digest, *sides, critic]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:8]
