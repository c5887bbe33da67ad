"""A re-check: what of a stored brief holds when it is worked out again."""

from typing import Literal

from pydantic import Field

from schemas.record import Record

Subject = Literal["evidence", "conclusions"]
Means = Literal[
    "the source itself", "exact rules", "the entailment model", "a judge", "a person", "nothing"
]


class Fault(Record):
    """One thing that does not hold."""

    where: str = Field(description="A claim's or sentence's id, a source, or a technique.")
    problem: str = Field(description="What is wrong, in one line.")


class Check(Record):
    """One kind of thing that was looked at again."""

    name: str
    subject: Subject = Field(
        description="evidence: hashes, offsets, citations; conclusions: what was made of them."
    )
    asked: str = Field(description="What has to hold, in one line.")
    count: int = Field(ge=0, description="How many were looked at.")
    unit: str = Field(description="What is counted, such as sentences.")
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="What is no fault but worth knowing.")
    skipped: str | None = Field(
        default=None, description="Why it was not looked at, if it was not."
    )


class Reproduction(Record):
    """The verdicts that were reached by one means, and how many came out the same again."""

    means: Means
    claims: tuple[str, ...] = Field(description="Ids of the claims, in brief order.")
    same: int | None = Field(description="Null where nothing offline can reach them again.")


class Recheck(Record):
    """Everything that was looked at again in one brief."""

    title: str
    run: str
    bluf_version: str = Field(description="Of the program that wrote the brief.")
    sha256: str = Field(description="Hex digest of the brief as it is printed in JSON.")
    status: str = Field(description="Who stands behind the brief, in words.")
    checks: tuple[Check, ...]
    verdicts: tuple[Reproduction, ...]

    def faults(self, subject: Subject) -> tuple[Fault, ...]:
        """Return what does not hold of the evidence, or of the conclusions."""
        return tuple(f for check in self.checks if check.subject == subject for f in check.faults)
