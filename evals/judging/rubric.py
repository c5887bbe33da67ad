"""Read the rubric: what a flaw is, what it weighs, and in which words a judge is asked."""

import tomllib
from functools import cached_property
from importlib import resources
from pathlib import Path
from string import Template
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from agent.clean import one_line
from agent.errors import UsageError
from agent.llm.request import Filled
from agent.llm.schema import strict_schema
from agent.prompts.digests import sha256_json
from evals.judging.answers import FoundFlaws, Preferred
from schemas.record import Record
from schemas.sections import citing

DEFAULT = "flaws.v1.toml"
TaskName = Literal["flaws", "prefer"]
NEEDS: dict[TaskName, frozenset[str]] = {
    "flaws": frozenset(("marker", "source", "brief", "headings")),
    "prefer": frozenset(("marker", "source", "first", "second", "headings")),
}


class Heading(Record):
    """One standard, and what falls short of it."""

    id: str = Field(pattern=r"^[a-z][a-z_]{0,39}$")
    heading: str
    flaw: str
    weight: float = Field(gt=0, le=10)


class Task(Record):
    """The text of one question, with `$name` placeholders, and the room for its answer."""

    max_tokens: int = Field(ge=1)
    text: str


class Rubric(Record):
    """The judge's instrument; `digest` covers every word of it and the shapes of the answers."""

    id: str
    method: str
    temperature: float = Field(ge=0, le=2)
    votes: int = Field(ge=1, le=9)
    needed: int = Field(ge=1)
    spare: int = Field(ge=0, le=9)
    system: str
    flaws: Task
    prefer: Task
    headings: tuple[Heading, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        ids = [heading.id for heading in self.headings]
        if len(set(ids)) < len(ids):
            raise ValueError("two headings have one id")
        if self.needed > self.votes:
            raise ValueError(f"needed = {self.needed} of {self.votes} votes")
        for name, needs in NEEDS.items():
            template = Template(self.task(name).text)
            if not template.is_valid() or set(template.get_identifiers()) != needs:
                raise ValueError(f"the text of {name} must hold {', '.join(sorted(needs))}")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of the rubric and of the shapes that a judge fills."""
        answers = [strict_schema(shape) for shape in (self.shape, Preferred)]
        return sha256_json({"rubric": self.model_dump(mode="json"), "answers": answers})

    @cached_property
    def shape(self) -> type[FoundFlaws[str]]:
        """The shape of a list of flaws under these headings and no others."""
        return citing(FoundFlaws, [heading.id for heading in self.headings])

    @cached_property
    def weights(self) -> dict[str, float]:
        """What a flaw weighs, by the id of its heading."""
        return {heading.id: heading.weight for heading in self.headings}

    def task(self, name: TaskName) -> Task:
        """Return one of the two questions."""
        return self.flaws if name == "flaws" else self.prefer

    def fill(self, name: TaskName, **values: str) -> Filled:
        """Return one filled question.

        Raises:
            KeyError: A placeholder got no value.
        """
        task = self.task(name)
        headings = "\n".join(f"{h.id}: {h.heading}. A flaw: {h.flaw}." for h in self.headings)
        return Filled(
            prompt=name,
            system=self.system.strip(),
            text=Template(task.text.strip()).substitute(values, headings=headings),
            max_tokens=task.max_tokens,
            temperature=self.temperature,
        )


def load_rubric(file: Path | None = None) -> Rubric:
    """Return the rubric in a file, or the one that comes with bluf.

    Raises:
        UsageError: The file cannot be read, or is not as it must be.
    """
    source = file or resources.files("evals") / "rubrics" / DEFAULT
    try:
        return Rubric.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the rubric"
        raise UsageError(f"{source}: {place}: {one_line(fault['msg'])}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{source}: no rubric: {one_line(str(error))}") from error
