"""One brief of sources that were read: models opened, the run kept, the marks set."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

from agent.analysis.tlp import strictest
from agent.config import Config
from agent.errors import ModelError, UsageError, WindowError
from agent.llm.budget import Budget
from agent.llm.calls import CallStore
from agent.llm.client import open_model
from agent.llm.judge import Judge
from agent.llm.openai_model import OpenAIModel
from agent.pipeline import write_brief
from agent.progress import Progress
from agent.runs import describe_run, kept_run
from agent.wishes import Wishes
from schemas.brief import Brief
from schemas.sources import Sources

EMBEDDED = (
    "no model is set, so the small embedded one writes, and what it gets wrong is withheld; for a "
    "stronger one set OPENAI_BASE_URL or OPENAI_API_KEY, and BLUF_MODEL, or give --model file.gguf"
)


async def write_on(sources: Sources, wishes: Wishes, store: CallStore, progress: Progress) -> Brief:
    """Return the brief on the sources; its calls and its run are kept in the store.

    Raises:
        UsageError: A setting is missing, or the judge is too small.
        ModelError: The endpoint failed for good; a note says where its answers are.
        BudgetError: A limit was reached; what was answered is kept.
    """
    try:
        return await _write_once(sources, wishes, store, progress)
    except WindowError as error:
        config, window_tokens = wishes.config, error.allowed_tokens
        if window_tokens is None or (config.context_tokens or window_tokens + 1) <= window_tokens:
            raise
        progress.note(f"{error}; that is done now, for a window of {window_tokens:,} tokens")
        smaller = replace(wishes, config=replace(config, context_tokens=window_tokens))
        return await _write_once(sources, smaller, store, progress)


async def write_with(
    models: tuple[OpenAIModel, OpenAIModel | None],
    sources: Sources,
    wishes: Wishes,
    store: CallStore,
    progress: Progress,
) -> Brief:
    """Return the brief on the sources, by models that are open, as a run of its own in the store.

    Args:
        models: The writer and the judge; several briefs may share them.
        sources: What was read.
        wishes: Prompts and marks.
        store: Where every call is looked up and kept.
        progress: Is told of every stage.

    Raises:
        ModelError: The endpoint failed for good; a note says where its answers are.
        BudgetError: A limit was reached; what was answered is kept.
    """
    began, writer = time.monotonic(), models[0]
    what = ", ".join(source.name for source in sources.items)
    with kept_run(store, what=what, model=wishes.config.model or "embedded") as run:
        own = writer.for_run(run)
        judge = Judge(models[1].for_run(run), progress.note) if models[1] else None
        try:
            written = await write_brief(
                sources,
                own,
                wishes.prompts,
                progress,
                judge=judge,
                describe_run=lambda: describe_run(
                    run, store, own, judge.name if judge else None, wishes.prompts, began=began
                ),
            )
        except ModelError:
            progress.note(f"what the endpoint answered is kept: bluf runs show {run} --full")
            raise
    mark = strictest([wishes.tlp, *(source.tlp for source in sources.items)])
    category = wishes.category or written.category
    return written.model_copy(update={"tlp": mark, "category": category})


@asynccontextmanager
async def open_models(
    config: Config,
    judge: str | None,
    *,
    store: CallStore,
    run: str,
    notify: Callable[[str], None],
    budget: Budget,
) -> AsyncIterator[tuple[OpenAIModel, OpenAIModel | None]]:
    """Give the writer and the judge: another model, the writer itself, or None.

    Args:
        config: Which endpoint and model.
        judge: A model at the same endpoint; None: the writer, when it is large enough; "none".
        store: Where every call is looked up and kept.
        run: The id of the run that asks.
        notify: Gets one line for each thing the user should know.
        budget: What all calls together may use.

    Raises:
        UsageError: A setting is missing, or the judge is too small.
        EndpointError: The endpoint does not answer.
    """
    if config.base_url is None and judge not in {None, "none"}:
        raise UsageError("--judge names a model at an endpoint: set OPENAI_BASE_URL, or give none")
    opened = partial(open_model, store=store, run=run, notify=notify, budget=budget)
    async with AsyncExitStack() as stack:
        writer = await stack.enter_async_context(opened(config))
        if judge == "none" or (judge is None and not writer.judges):
            yield writer, None
            return
        if judge is None:
            yield writer, writer
            return
        other = await stack.enter_async_context(opened(replace(config, model=judge)))
        if not other.judges:
            raise UsageError(f"{judge} is too small to judge; name another model, or none")
        yield writer, other


async def _write_once(
    sources: Sources, wishes: Wishes, store: CallStore, progress: Progress
) -> Brief:
    config = wishes.config
    opened = open_models(
        config, wishes.judge, store=store, run="", notify=progress.note, budget=wishes.budget
    )
    async with opened as models:
        if config.base_url is None and config.weights is None:
            progress.note(EMBEDDED)
        return await write_with(models, sources, wishes, store, progress)
