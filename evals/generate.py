"""Brief every article of a set with one prompt version, as often as asked, through the call store.

Whatever the store already holds is not asked again, so that an interrupted run goes on where it
stopped and two versions share the calls that they have in common.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from agent.errors import DeclinedError, EndpointError, EvidenceError, ModelError
from agent.llm.calls import CallStore, Totals
from agent.llm.openai_model import Asked, OpenAIModel
from agent.pipeline import write_brief
from agent.progress import Silent
from agent.prompts import PromptSet
from agent.runs import describe_run, kept_run
from agent.sources.load import load_sources
from agent.triage import require_substance
from evals.items import EvalSet, Item
from schemas.brief import Brief
from schemas.sources import Sources


@dataclass(frozen=True)
class Job:
    """One brief to make: an article, a prompt version and which repeat of it, from 0."""

    item: Item
    prompts: PromptSet
    repeat: int


@dataclass(frozen=True)
class Output:
    """What came of a job.

    Attributes:
        job: What was asked for.
        sources: The article as it was read; None when it could not be.
        brief: The brief; None when there is none.
        failure: Why not, in one line.
        unrecorded: Whether it is missing because no recording holds one of its calls.
        asked: Every ask of the writer, answered or not.
        totals: What the brief rests on; None where nothing was asked.
        run: The run in the store; empty when there was none.
    """

    job: Job
    sources: Sources | None
    brief: Brief | None
    failure: str | None
    asked: tuple[Asked, ...]
    totals: Totals | None
    run: str
    unrecorded: bool = False


def plan(
    versions: Sequence[PromptSet], items: Sequence[Item], repeats: Sequence[int]
) -> tuple[Job, ...]:
    """Return every job, the versions side by side for each article and repeat.

    Side by side, since a hosted model may change in the middle of a comparison.
    """
    return tuple(
        Job(item, prompts, repeat) for repeat in repeats for item in items for prompts in versions
    )


async def generate(
    jobs: Sequence[Job],
    evals: EvalSet,
    writer: OpenAIModel,
    judge: OpenAIModel | None,
    store: CallStore,
    *,
    lanes: int,
) -> AsyncGenerator[Output, None]:
    """Give the output of each job as it is finished.

    Args:
        jobs: From `plan`.
        evals: Where the articles lie.
        writer: Writes; `for_run` gives each brief its own.
        judge: Settles what rules cannot, or None.
        store: Where every call is looked up and kept.
        lanes: Briefs under way at once.

    Raises:
        EndpointError: The endpoint failed for good; what is finished is kept.
    """
    waiting = iter(jobs)
    running: set[asyncio.Task[Output]] = set()
    try:
        while True:
            for job in waiting:
                sources = await _read(evals, job.item)
                models = (writer, judge)
                made = _make(job, sources, models, store)
                running.add(asyncio.create_task(made))
                if len(running) >= lanes:
                    break
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _make(
    job: Job,
    sources: Sources,
    models: tuple[OpenAIModel, OpenAIModel | None],
    store: CallStore,
) -> Output:
    writer, judge = models
    try:
        require_substance(sources)
    except DeclinedError as error:
        return Output(job, sources, None, str(error), (), None, "")
    with kept_run(store, what=describe_job(job), model=writer.name) as run:
        began = time.monotonic()
        own = writer.for_run(run, repeat=job.repeat, faithful=True)
        checks = judge.for_run(run, repeat=job.repeat, faithful=True) if judge else None
        brief, failure, unrecorded = None, None, False
        try:
            brief = await write_brief(
                sources,
                own,
                job.prompts,
                Silent(),
                judge=checks,
                describe_run=lambda: describe_run(
                    run, store, own, checks.name if checks else None, job.prompts, began=began
                ),
            )
        except EndpointError:
            raise
        except (ModelError, EvidenceError) as error:
            # What a version fails on is an outcome of that version; the other jobs go on.
            failure, unrecorded = str(error), isinstance(error, EvidenceError)
        totals = store.totals(run)
        return Output(job, sources, brief, failure, tuple(own.asked), totals, run, unrecorded)


async def _read(evals: EvalSet, item: Item) -> Sources:
    sources = await load_sources([str(evals.path(item))])
    # The name is part of what a reader sees; a path of this machine would make two reports differ.
    return sources.model_copy(
        update={"items": tuple(s.model_copy(update={"name": item.id}) for s in sources.items)}
    )


def describe_job(job: Job) -> str:
    """Return the line by which a job's run is known in the store."""
    prompts = job.prompts
    return f"eval {job.item.id} {prompts.version}@{prompts.digest[:8]} #{job.repeat}"


def missing(jobs: Sequence[Job]) -> EvidenceError:
    """Return the error for jobs whose calls no recording holds."""
    first = ", ".join(f"{j.item.id} {j.prompts.version} #{j.repeat}" for j in jobs[:5])
    more = f" and {len(jobs) - 5} more" if len(jobs) > 5 else ""
    return EvidenceError(
        f"{len(jobs)} briefs cannot be made from recordings alone: {first}{more}; "
        "run bluf eval record, or leave out --offline"
    )
