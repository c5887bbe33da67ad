"""What a judge fills.

Docstrings and descriptions here are sent to the model. `Cite` stands for the ids of the rubric's
headings; `schemas.sections.citing` binds it.
"""

from typing import Generic, Literal

from pydantic import Field

from schemas.sections import Answer, Cite


class FoundFlaw(Answer, Generic[Cite]):
    """One flaw in one sentence of the brief."""

    quote: str = Field(
        description="Three or more words in a row of one sentence of the brief, letter for letter."
    )
    reason: str = Field(description="What is wrong with these words, in one sentence.")
    heading: Cite = Field(description="Id of the standard that they fall short of.")


class FoundFlaws(Answer, Generic[Cite]):
    """Every flaw of the brief; an empty list when there is none."""

    flaws: list[FoundFlaw[Cite]] = Field(max_length=24)


class Preferred(Answer):
    """Which of two briefs falls short of the standards less."""

    reason: str = Field(description="What decides it, with the words of both that show it.")
    better: Literal["first", "second", "neither"]
