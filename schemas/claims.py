"""A claim, the verdict on it, and the two together as they stand in the ledger."""

from typing import Literal

from pydantic import Field

from schemas.record import Record

Basis = Literal["reported", "judgement", "assumption", "recommendation"]

# ICD 203 (2015), D.6.e(2)(a): one row of terms, lowest first.
Likelihood = Literal[
    "almost no chance",
    "very unlikely",
    "unlikely",
    "roughly even chance",
    "likely",
    "very likely",
    "almost certain",
]

VerdictLabel = Literal["supported", "partial", "contradicted", "unsupported", "not checkable"]

Author = Literal["model", "program", "user"]

SectionName = Literal[
    "bluf",
    "hypotheses",
    "assumptions",
    "implications",
    "outlook",
    "entities",
    "tags",
    "techniques",
]


class Claim(Record):
    """One sentence (or one label) that a section wants to print."""

    id: str = Field(description="Section, part and number, such as outlook.worst.1.")
    section: SectionName
    part: str = Field(description="Where in the section it stands, such as worst.")
    text: str
    basis: Basis
    evidence: tuple[str, ...] = Field(description="Ids of the sentences it rests on.")
    likelihood: Likelihood | None = None
    form: Literal["sentence", "label"] = Field(
        default="sentence", description="label: an entity or a tag, not a full sentence."
    )
    author: Author = Field(
        default="model",
        description="program: a source sentence put in by the fallback; user: given to be checked.",
    )
    repairs: int = Field(default=0, ge=0, description="How often it was rewritten.")
    note: str | None = Field(
        default=None, description="What a technique has to say of it, in words of the program."
    )


class Verdict(Record):
    """What the verifier says of one claim."""

    claim: str = Field(description="The claim's id.")
    label: VerdictLabel
    method: str = Field(description="The step that decided, such as figures.")
    score: float = Field(ge=0, le=1, description="How sure the step is that the claim stands.")
    evidence: tuple[str, ...] = Field(description="Ids of the sentences that decided.")
    reason: str = Field(description="One line; when the claim fails, what is wrong with it.")


class CheckedClaim(Record):
    """A claim with its verdict, as it stands in the ledger and in the body."""

    id: str
    section: SectionName
    part: str
    text: str
    basis: Basis
    likelihood: Likelihood | None
    form: Literal["sentence", "label"]
    author: Author
    evidence: tuple[str, ...]
    verdict: VerdictLabel
    method: str
    score: float = Field(ge=0, le=1)
    reason: str
    repairs: int = Field(ge=0)
    note: str | None = None
    reviewed: str | None = Field(
        default=None, description="What a review did to it or says of it, in one line."
    )

    def as_claim(self) -> Claim:
        """Return the claim without the verdict on it."""
        return Claim(**{name: getattr(self, name) for name in Claim.model_fields})
