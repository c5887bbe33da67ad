"""The daily roll-up: what the briefs of one day claim, each line with the claims it stands for."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schemas.brief import Level, Status
from schemas.claims import Author, Basis, Likelihood
from schemas.filing import Category
from schemas.record import Record
from schemas.sources import Tlp
from schemas.sourcing import Matter


class Origin(Record):
    """One source of a brief, as far as a citation names it."""

    number: int = Field(ge=1, description="Its number in the brief.")
    name: str = Field(description="Its publisher, else its title.")
    published: date | None
    sha256: str = Field(description="Hex digest of its text.")


class Citation(Record):
    """One claim of one brief that says what a line of the roll-up says."""

    brief: str = Field(description="The brief's id; `bluf show` prints it.")
    claim: str = Field(description="The claim's id in that brief.")
    status: Status = Field(description="Of the brief.")
    evidence: tuple[str, ...] = Field(description="Ids of the sentences that the claim cites.")
    sources: tuple[Origin, ...] = Field(description="Where those sentences stand.")
    text: str | None = Field(
        default=None, description="The claim's own words where the line has other ones."
    )
    remark: str = Field(
        default="", description="What the reader has to know of this claim, such as a dissent."
    )


class Line(Record):
    """One checked claim to the letter, with every brief that makes it."""

    text: str
    basis: Basis
    likelihood: Likelihood | None
    author: Author = Field(description="program: a sentence of the source, put in by rule.")
    place: str = Field(description="Title of the part of its brief, such as Scenario: Worst.")
    cites: tuple[Citation, ...] = Field(min_length=1, description="The one with the words first.")
    independent_sources: int = Field(
        ge=0, description="Sources behind them; copies of one story count once."
    )


class Party(Record):
    """One of several things that briefs say of the same matter."""

    says: str = Field(description="The figure, time or likelihood, as written.")
    lines: tuple[Line, ...] = Field(min_length=1)


class Difference(Record):
    """Where briefs differ; all sides stand, and none is preferred."""

    about: Matter | Literal["likelihood"]
    what: str = Field(description="What they differ on, such as dead.")
    sides: tuple[Party, ...] = Field(min_length=2)


class Member(Record):
    """One brief that the roll-up was written from."""

    id: str
    title: str
    status: Status
    standing: str = Field(description="Who stands behind it.")
    confidence: Level
    tlp: Tlp | None
    generated_at: datetime
    sha256: str = Field(description="Hex digest of the brief in JSON.")
    checked: int = Field(ge=0, description="Its claims that were found supported.")


class Chapter(Record):
    """What the briefs of one category say; in each list reviewed briefs come first."""

    category: Category
    briefs: tuple[Member, ...] = Field(min_length=1)
    bottom_line: tuple[Line, ...]
    judgements: tuple[Line, ...] = Field(description="Most likely first.")
    outlook: tuple[Line, ...]


class LeftOut(Record):
    """One brief of the day that the roll-up was not written from."""

    id: str
    title: str
    why: str


class RollUp(Record):
    """The roll-up of one day: checked claims only, to the letter; no model writes any of it."""

    day: date = Field(description="In UTC: the briefs were generated on it.")
    category: Category | None = Field(description="The only one that was asked for; null: all.")
    tlp: Tlp | None = Field(description="The strictest mark of its briefs.")
    bluf_version: str
    chapters: tuple[Chapter, ...]
    differences: tuple[Difference, ...]
    left_out: tuple[LeftOut, ...]
    figures_not_compared: int = Field(
        ge=0, description="Figures beyond the first 300 on one matter."
    )
