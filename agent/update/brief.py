"""Write an earlier brief anew with new sources, and say what changed since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.briefs import digest
from agent.llm.calls import CallStore
from agent.llm.client import Model
from agent.llm.judge import Judge
from agent.progress import Progress
from agent.prompts import PromptSet
from agent.runs import kept_run
from agent.update.fates import find_fates
from agent.update.indicators import watch_indicators
from agent.update.join import join_sources
from agent.wishes import Wishes
from agent.writing import open_models, write_on
from schemas.brief import Brief, Run
from schemas.sources import Sources
from schemas.update import Update


async def update_brief(
    earlier: Brief, added: Sources, wishes: Wishes, store: CallStore, progress: Progress
) -> Brief:
    """Return a new brief on the earlier one's sources and the new ones, with what changed.

    Args:
        earlier: What is brought up to date; its texts are taken from it, no file is read.
        added: The new sources, numbered from 1.
        wishes: What the user asked for.
        store: Where the calls are kept.
        progress: Is told of every stage.

    Raises:
        EvidenceError: A text of the earlier brief is not the one whose hash it bears.
        UsageError: A new text is already there, a setting is missing, or the judge is too small.
        ModelError: An endpoint failed for good.
        BudgetError: A limit was reached; what was answered is kept.
    """
    sources = join_sources(earlier, added)
    written = await write_on(sources, wishes, store, progress)
    progress.stage("update", "started")
    async with _judge_of(written, wishes, store, progress) as (judge, run):
        update = await compare(earlier, written, judge=judge, prompts=wishes.prompts)
    progress.stage("update", "finished", _told(update))
    made = _with_calls(written.run, run, store)
    return written.model_copy(update={"update": update, "run": made})


async def compare(earlier: Brief, now: Brief, *, judge: Model | None, prompts: PromptSet) -> Update:
    """Return what became of the earlier brief's judgements and indicators in the new one.

    Args:
        earlier: One whose sources are the first of the new one.
        now: The brief on all sources.
        judge: Is asked where the steps are unsure, or None.
        prompts: Holds the judge's prompts.

    Raises:
        EndpointError: The judge's endpoint failed for good.
    """
    new = Sources(items=now.sources[len(earlier.sources) :])
    return Update(
        earlier_sha256=digest(earlier),
        earlier_title=earlier.title,
        earlier_generated_at=earlier.generated_at,
        earlier_run=earlier.run.id,
        new_sources=tuple(source.number for source in new.items),
        judgements=await find_fates(earlier, now, new, judge=judge, prompts=prompts),
        indicators=await watch_indicators(earlier, new, judge=judge, prompts=prompts),
    )


@asynccontextmanager
async def _judge_of(
    written: Brief, wishes: Wishes, store: CallStore, progress: Progress
) -> AsyncIterator[tuple[Model | None, str | None]]:
    """Give the judge that the brief had, and the run that its calls belong to; or None for both."""
    if written.run.judge is None:
        yield None, None
        return
    what, name = f"update of {written.title}", wishes.config.model or "embedded"
    with kept_run(store, what=what, model=name) as run:
        models = open_models(
            wishes.config,
            wishes.judge,
            store=store,
            run=run,
            notify=progress.note,
            budget=wishes.budget,
        )
        async with models as (_, checker):
            yield Judge(checker, progress.note) if checker else None, run


def _with_calls(written: Run, run: str | None, store: CallStore) -> Run:
    """Return the figures of a brief's run with those of the calls that compared it added."""
    if run is None:
        return written
    more = store.totals(run)
    costs = (written.cost_usd, more.cost_usd)
    return written.model_copy(
        update={
            "calls": written.calls + more.calls,
            "calls_from_store": written.calls_from_store + more.calls_from_store,
            "tokens_in": written.tokens_in + more.tokens_in,
            "tokens_out": written.tokens_out + more.tokens_out,
            "tokens_cached": written.tokens_cached + more.tokens_cached,
            "cost_usd": None if None in costs else sum(cost for cost in costs if cost is not None),
        }
    )


def _told(update: Update) -> str:
    fates = [one.fate for one in update.judgements]
    counts = ", ".join(f"{fates.count(fate)} {fate}" for fate in dict.fromkeys(fates))
    fired = sum(indicator.fired for indicator in update.indicators)
    return f"{counts or 'no judgement'}; {fired} of {len(update.indicators)} indicators fired"
