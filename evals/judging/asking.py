"""Put one question of the rubric to a judge, and tell an answer of no use from none."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel

from agent.errors import RefusalError, SchemaError
from agent.llm.client import Model
from agent.llm.request import Filled
from agent.material import estimate_tokens, marker, number_lines
from evals.judging.printed import Printed, as_material
from evals.judging.rubric import Rubric, TaskName
from schemas.sources import Sources

S = TypeVar("S", bound=BaseModel)


def question(
    rubric: Rubric, task: TaskName, sources: Sources, briefs: Mapping[str, Printed]
) -> Filled:
    """Return one question about briefs, which go by the names of the task's placeholders."""
    source = number_lines(sources.sentences.values(), sources)
    texts = {name: as_material(brief) for name, brief in briefs.items()}
    return rubric.fill(
        task, marker=marker("\n".join((source, *texts.values()))), source=source, **texts
    )


def fits(asked: Filled, judge: Model) -> bool:
    """Return whether a question and its answer go into the judge's window."""
    need = estimate_tokens(asked.system) + estimate_tokens(asked.text) + asked.max_tokens
    return need <= judge.context_tokens


async def usable_answer(
    judge: Model, shape: type[S], asked: Filled, *, repeat: int = 0
) -> S | None:
    """Return the judge's answer, or None when it was none of the shape or the judge declined.

    Raises:
        EndpointError: The endpoint failed for good, which says nothing about the judge.
        EvidenceError: No recording holds the answer.
    """
    try:
        return await judge.ask(shape, asked, repeat=repeat)
    except (SchemaError, RefusalError):
        return None
