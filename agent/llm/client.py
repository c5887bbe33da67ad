"""Ask a model for one value of a shape; `open_model` is the door to every endpoint."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel

from agent.config import Config
from agent.llm.budget import Budget
from agent.llm.calls import CallStore
from agent.llm.request import Filled

if TYPE_CHECKING:
    from agent.llm.openai_model import OpenAIModel

S = TypeVar("S", bound=BaseModel)
Notify = Callable[[str], None]


class Model(Protocol):
    """What the stages of the pipeline know of a model.

    Attributes:
        name: The model's name.
        context_tokens: The window of the model as the endpoint runs it, in tokens.
        parallel: How many calls may be in flight.
        judges: False for a model too small to be asked for a verdict.
    """

    name: str
    context_tokens: int
    parallel: int
    judges: bool

    async def ask(self, shape: type[S], request: Filled, *, repeat: int = 0) -> S:
        """Return a valid value of `shape`.

        Args:
            shape: What the answer must be.
            request: The filled prompt.
            repeat: 0 for the usual answer; every other number asks for another sample.

        Raises:
            EndpointError: The endpoint gave no usable answer.
            SchemaError: Answers came, but none of the shape.
            RefusalError: The model declined.
            BudgetError: The call could pass a limit of the run.
        """
        ...


@asynccontextmanager
async def open_model(
    config: Config,
    *,
    store: CallStore,
    run: str,
    notify: Notify,
    budget: Budget | None = None,
) -> AsyncIterator["OpenAIModel"]:
    """Give the model that the settings choose, and close it in the end.

    Args:
        config: Which endpoint, model and limits.
        store: Where every call is kept and looked up.
        run: Id of the run that the calls belong to, from `store.begin_run`.
        notify: Gets one line for each thing the user should know, such as a wait.
        budget: What its calls may use, with those of all other models that are given the same
            object; None for one of its own, with the limits of the settings.

    Raises:
        UsageError: No model is installed, a setting is missing, or costs are limited and the
            model has no known price.
        EndpointError: The endpoint does not answer and the model's name depends on it.
    """
    engine = _engine()
    opener = engine.open_embedded if config.base_url is None else engine.open_endpoint
    opening: AbstractAsyncContextManager[OpenAIModel] = opener(
        config, store=store, run=run, notify=notify, budget=budget or Budget(config.limits)
    )
    async with opening as model:
        yield model


def warm_up() -> None:
    """Import the SDKs; run it in a thread while something else is waited for."""
    _engine()
    import_module("agent.llm.exchange").load_handlers()


def _engine() -> ModuleType:
    # The SDKs take a second to import, which `bluf --help` and replays of the store never need.
    return import_module("agent.llm.openai_model")
