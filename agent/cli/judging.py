"""Open a judge for a verb that checks: a model at the endpoint, with its calls kept."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack

from agent.config import Config
from agent.errors import UsageError
from agent.llm.calls import open_store
from agent.llm.client import Model, open_model
from agent.runs import kept_run


async def open_judge(
    name: str, stack: AsyncExitStack, *, what: str, notify: Callable[[str], None]
) -> Model | None:
    """Return the judge, open as long as the stack is; None when the name is "none".

    Args:
        name: A model at the endpoint, or "none".
        stack: Closes the model and its store.
        what: What the run is called in the store.
        notify: Gets one line for each thing the user should know.

    Raises:
        UsageError: No endpoint is set, or the model is too small to judge.
        EndpointError: The endpoint does not answer.
    """
    if name == "none":
        return None
    config = Config.from_env(os.environ, model=name)
    if config.base_url is None:
        raise UsageError("--judge names a model at an endpoint: set OPENAI_BASE_URL, or give none")
    store = stack.enter_context(open_store(config.store, notify))
    run = stack.enter_context(kept_run(store, what=what, model=name))
    opened = open_model(config, store=store, run=run, notify=notify)
    model = await stack.enter_async_context(opened)
    if not model.judges:
        raise UsageError(f"{name} is too small to judge; name another model, or none")
    return model
