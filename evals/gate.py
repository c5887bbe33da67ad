"""Decide, by rules written down before the run, whether a version may replace another."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from agent.clean import one_line
from agent.errors import UsageError
from evals.shapes import CostShift, Failure, Ruling, Shift
from schemas.record import Record


class Primary(Record):
    """The one metric that a comparison is about."""

    metric: str
    rule: Literal["not worse", "better"] = "not worse"
    margin: float = Field(ge=0)


class Limits(Record):
    """How many times as much the second version may take; null is no limit."""

    tokens: float | None = Field(default=None, gt=0)
    p95_seconds: float | None = Field(default=None, gt=0)
    usd: float | None = Field(default=None, gt=0)


class Method(Record):
    """How the figures are taken."""

    level: float = Field(default=0.95, gt=0, lt=1)
    seed: int = 0
    most_missing: float = Field(default=0.05, ge=0, le=1)
    on_inconclusive: Literal["warn", "fail"] = "warn"


class Gate(Record):
    """What a new version must not lose."""

    primary: Primary
    guards: dict[str, float] = Field(default_factory=dict)
    hard: dict[str, int] = Field(default_factory=dict)
    limits: Limits = Limits()
    method: Method = Method()

    @property
    def digest(self) -> str:
        """SHA-256 of the rules, printed in every report made under them."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def margin(self, metric: str) -> float | None:
        """Return the drop that does not matter; None for a metric that decides nothing."""
        return self.primary.margin if metric == self.primary.metric else self.guards.get(metric)


def load_gate(file: Path | None = None) -> Gate:
    """Return the rules in a file, or those that come with bluf.

    Raises:
        UsageError: The file cannot be read, or is not as it must be.
    """
    source = file or resources.files("evals") / "gate.toml"
    try:
        return Gate.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise UsageError(f"{source}: {place}: {one_line(fault['msg'])}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{source}: no rules of a gate: {one_line(str(error))}") from error


def rule(
    gate: Gate,
    shifts: Sequence[Shift],
    costs: Sequence[CostShift],
    failures: Sequence[Failure],
) -> Ruling:
    """Return whether the second version may replace the first.

    New hard failures, a primary metric or guard that is worse beyond its margin, and a broken
    limit are each a regression. It passes when every interval lies above minus its margin.
    Whatever else is inconclusive.
    """
    deciding = [shift for shift in shifts if gate.margin(shift.metric) is not None]
    broken = [
        *_new_failures(gate, failures),
        *(f"{s.title}: {s.sentence}" for s in deciding if s.label == "worse"),
        *_broken_limits(gate, costs),
    ]
    if broken:
        return Ruling(decision="regression", reasons=tuple(broken))
    unsettled = [f"{s.title}: {s.sentence}" for s in deciding if s.label == "inconclusive"]
    primary = next((s for s in shifts if s.metric == gate.primary.metric), None)
    if primary is None:
        unsettled.insert(0, f"no article has the primary figure, {gate.primary.metric}")
    elif gate.primary.rule == "better" and primary.label != "better":
        unsettled.insert(0, f"{primary.title}: not shown to be better: {primary.sentence}")
    if unsettled:
        return Ruling(decision="inconclusive", reasons=tuple(unsettled))
    gained = [f"{s.title}: {s.sentence}" for s in deciding if s.label == "better"]
    return Ruling(decision="pass", reasons=(*gained, "nothing is worse beyond its margin"))


def _new_failures(gate: Gate, failures: Sequence[Failure]) -> list[str]:
    counts = Counter((failure.kind, failure.side) for failure in failures)
    return [
        f"{kind}: {counts[kind, 'a']} before, {counts[kind, 'b']} now, limit {most} more"
        for kind, most in gate.hard.items()
        if counts[kind, "b"] - counts[kind, "a"] > most
    ]


def _broken_limits(gate: Gate, costs: Sequence[CostShift]) -> list[str]:
    ratios = {cost.what: cost.ratio for cost in costs}
    # The slowest of a few runs is mostly chance: it counts only where slower is shown at all.
    slower = (cost for cost in costs if cost.interval and cost.interval[0] > 1)
    tails = {cost.what: cost.p95[1] / cost.p95[0] for cost in slower}
    checks = (
        ("tokens", ratios.get("tokens"), gate.limits.tokens),
        ("p95 of seconds", tails.get("seconds"), gate.limits.p95_seconds),
        ("cost", ratios.get("usd"), gate.limits.usd),
    )
    return [
        f"{name}: {ratio:.2f} times as much, limit {most:g}"
        for name, ratio, most in checks
        if ratio is not None and most is not None and ratio > most
    ]
