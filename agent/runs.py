"""One run: begun and ended in the store whatever happens, and described for the brief."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from agent import __version__
from agent.errors import BudgetError
from agent.llm.calls import CallStore, RunStatus
from agent.llm.openai_model import OpenAIModel
from agent.prompts import PromptSet
from schemas.brief import Run


@contextmanager
def kept_run(store: CallStore, *, what: str, model: str) -> Iterator[str]:
    """Give the id of a new run, and note in the end how it ended."""
    run = store.begin_run(what=what, model=model)
    ended: RunStatus = "failed"
    try:
        yield run
        ended = "done"
    except (asyncio.CancelledError, KeyboardInterrupt, BudgetError):
        ended = "interrupted"
        raise
    finally:
        store.end_run(run, ended)


def describe_run(
    run: str,
    store: CallStore,
    writer: OpenAIModel,
    judge: str | None,
    prompts: PromptSet,
    *,
    began: float,
) -> Run:
    """Return the figures of a run for its brief.

    Args:
        run: Its id in the store.
        store: Where its calls are kept.
        writer: The model that wrote.
        judge: The name of the model that judged, if any did.
        prompts: The version that was used.
        began: When it began, on `time.monotonic`.
    """
    totals = store.totals(run)
    return Run(
        id=run,
        bluf_version=__version__,
        model=writer.name,
        endpoint=writer.endpoint,
        structured_output=writer.structured_output,
        prompt_version=prompts.version,
        prompt_hash=prompts.digest,
        judge=judge,
        calls=totals.calls,
        calls_from_store=totals.calls_from_store,
        tokens_in=totals.tokens_in,
        tokens_out=totals.tokens_out,
        tokens_cached=totals.tokens_cached,
        cost_usd=totals.cost_usd,
        seconds=round(time.monotonic() - began, 3),
    )
