"""The brief: what is printed, with everything needed to defend it line by line."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schemas.claims import CheckedClaim, SectionName
from schemas.cross_impact import CrossImpact
from schemas.filing import Category
from schemas.record import Record
from schemas.review import Review
from schemas.sources import Source, Tlp
from schemas.sourcing import Sourcing
from schemas.techniques import AssumptionCheck, Change, DeceptionCard, Indicators
from schemas.update import Update

Level = Literal["low", "moderate", "high"]
Status = Literal["draft", "reviewed"]
Rating = Literal["CC", "C", "N", "I", "II", "NA"]


class Part(Record):
    """One labelled list of claims inside a section, such as Information Gaps."""

    name: str
    title: str
    claims: tuple[CheckedClaim, ...]
    note: str | None = Field(
        default=None, description="One line by the program, such as why the part is empty."
    )


class Section(Record):
    """One section of the body."""

    name: SectionName
    title: str
    parts: tuple[Part, ...]
    note: str | None = Field(
        default=None, description="One line by the program, such as that drafts were replaced."
    )


class Factor(Record):
    """One input of the rule for confidence."""

    name: str
    value: str = Field(description="What was found, in a few words.")
    allows: Level = Field(description="The highest level that this input allows.")


class Confidence(Record):
    """How far the brief as a whole can be relied on, and the rule that says so."""

    level: Level
    rule: str = Field(default="", description="How the level follows from the factors.")
    factors: tuple[Factor, ...] = Field(default=(), description="Every input, with its cap.")
    reasons: tuple[str, ...] = Field(description="Inputs and caps of the rule, one line each.")


class MatrixRow(Record):
    """One signal of the ACH matrix, rated against each hypothesis in order."""

    evidence: tuple[str, ...]
    signal: str
    ratings: tuple[Rating, ...]
    diagnosticity: float = Field(ge=0, description="Standard deviation of the row's points.")
    weight: float = Field(default=1.0, ge=0, description="Credibility; the points count so often.")
    least_refuted_if_removed: tuple[str, ...] = Field(
        default=(), description="The least refuted hypotheses were the signal left out."
    )
    least_refuted_if_flipped: tuple[str, ...] = Field(
        default=(), description="The same were its ratings turned round: C for I, CC for II."
    )


class Ach(Record):
    """Analysis of competing hypotheses: the matrix and what follows from it."""

    hypotheses: tuple[str, ...] = Field(description="Letters, in the order of the columns.")
    rows: tuple[MatrixRow, ...]
    scores: tuple[float, ...] = Field(description="Inconsistency points; lowest is least refuted.")
    least_refuted: tuple[str, ...] = Field(description="One letter, or several when tied.")
    signal_count: int = Field(description="How many signals there were; rows may be fewer.")
    stable: bool | None = Field(
        description="Whether asking in the opposite order gave the same; null when it gave nothing."
    )
    least_refuted_reversed: tuple[str, ...] | None = Field(
        default=None, description="The least refuted when asked in the opposite order."
    )
    linchpins: tuple[str, ...] = Field(
        default=(),
        description="Ids of the signals that alone, removed or flipped, change the least refuted.",
    )


class Technique(Record):
    """A structured analytic technique that was carried out, and what it yielded."""

    name: str
    method: str = Field(description="The method's source.")
    result: str = Field(description="One line: what came out.")
    changed: tuple[Change, ...] = Field(
        default=(), description="What it did to lines of the brief; empty when nothing."
    )
    ach: Ach | None = None
    assumptions: tuple[AssumptionCheck, ...] = ()
    deception: tuple[DeceptionCard, ...] = ()
    indicators: Indicators | None = None
    cross_impact: CrossImpact | None = Field(
        default=None, description="Events go by the ids of their claims."
    )
    parts: tuple[Part, ...] = ()


class Run(Record):
    """How the brief was made."""

    id: str
    bluf_version: str
    model: str
    endpoint: Literal["embedded", "openai-compatible"]
    structured_output: str = Field(description="How the schema was enforced: json_schema, tools.")
    prompt_version: str
    prompt_hash: str
    judge: str | None = Field(description="The model that judged, or null when none did.")
    calls: int = Field(description="Model calls this brief rests on.")
    calls_from_store: int = Field(description="Those of them that were not asked again.")
    tokens_in: int
    tokens_out: int
    tokens_cached: int = Field(description="Input tokens that the endpoint took from its cache.")
    cost_usd: float | None = Field(description="Null when no price is known for the model.")
    seconds: float = Field(description="Wall time, from the opened model to the finished brief.")


class Brief(Record):
    """The whole product; every view is a rendering of it."""

    title: str
    published: date | None
    generated_at: datetime
    confidence: Confidence
    sources: tuple[Source, ...]
    sourcing: Sourcing = Field(
        description="Who says the key facts, their grades, where they differ."
    )
    bluf: Section
    hypotheses: Section
    assumptions: Section
    implications: Section
    outlook: Section
    entities: Section
    tags: Section
    techniques: tuple[Technique, ...]
    ledger: tuple[CheckedClaim, ...] = Field(description="Every drafted claim, in brief order.")
    withheld: tuple[CheckedClaim, ...] = Field(description="Those that are not in the body.")
    run: Run
    status: Status = Field(
        default="draft", description="reviewed: a named person has decided on every claim."
    )
    tlp: Tlp | None = Field(
        default=None, description="TLP 2.0: the strictest mark of the user's and the sources'."
    )
    category: Category | None = Field(
        default=None, description="What the brief is filed under; null when nothing was asked."
    )
    review: Review | None = Field(default=None, description="Null until somebody began one.")
    update: Update | None = Field(
        default=None, description="What changed since the brief that this one updates, if any."
    )
