"""Open the model that the settings name; imported late, since the SDKs are heavy."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

import openai
from pydantic import BaseModel

from agent.config import OPENAI_URL, Config
from agent.errors import EndpointError
from agent.llm.about import JUDGING_PARAMETERS, UNKNOWN_WINDOW_TOKENS, Listed, list_models
from agent.llm.budget import Budget
from agent.llm.calls import CallStore
from agent.llm.echoes import without_echoes
from agent.llm.embedded import SLOTS, WINDOW_TOKENS, start_embedded
from agent.llm.endpoint import LISTING_WAIT_S, Endpoint, connect
from agent.llm.exchange import Exchange, Session
from agent.llm.failures import explain
from agent.llm.prices import context_window, cost_usd
from agent.llm.request import Filled

S = TypeVar("S", bound=BaseModel)
Notify = Callable[[str], None]

HOSTED_PARALLEL = 8
# instructor logs every failure as an error, which Python prints unless a handler is there.
QUIET = logging.NullHandler()


@dataclass(frozen=True)
class Asked:
    """One ask, over: its prompt, how many questions it took, and whether a value came of it."""

    prompt: str
    attempts: int
    answered: bool


class OpenAIModel:
    """One model for one run; satisfies `agent.llm.client.Model`.

    Attributes:
        name: The model's name.
        context_tokens: Its window, in tokens.
        parallel: How many calls may be in flight.
        judges: False for a model too small to be asked for a verdict.
        endpoint: Which kind of endpoint answers, in the words of the brief's run record.
        asked: Every ask so far, in the order in which they ended.
    """

    def __init__(
        self,
        session: Session,
        *,
        parallel: int,
        judges: bool,
        endpoint: Literal["embedded", "openai-compatible"],
        repeat: int = 0,
    ) -> None:
        self.name = session.model
        self.context_tokens = session.context_tokens
        self.parallel = parallel
        self.judges = judges
        self.endpoint = endpoint
        self.asked: list[Asked] = []
        self._session = session
        self._repeat = repeat

    @property
    def session(self) -> Session:
        """What its asks share."""
        return self._session

    @property
    def structured_output(self) -> str:
        """How the schema is enforced: json_schema, tools, json_object or text."""
        return self._session.endpoint.dialect.mode

    async def ask(self, shape: type[S], request: Filled, *, repeat: int = 0) -> S:
        """Return a valid value of `shape`; see `agent.llm.client.Model.ask`."""
        exchange = Exchange(self._session, shape, request, self._repeat + repeat)
        answered = False
        try:
            value = await exchange.answer()
            answered = True
            return without_echoes(value, told=request.system, shown=request.text)
        finally:
            self.asked.append(Asked(request.prompt, exchange.attempts, answered))

    def for_run(self, run: str, *, repeat: int = 0, faithful: bool = False) -> "OpenAIModel":
        """Return the same model for another run.

        Args:
            run: Its id.
            repeat: Every number asks for other samples than every other number.
            faithful: Whether kept failures are served too, so that a replay is exact.
        """
        return OpenAIModel(
            replace(self._session, run=run, faithful=faithful),
            parallel=self.parallel,
            judges=self.judges,
            endpoint=self.endpoint,
            repeat=repeat,
        )


@asynccontextmanager
async def open_endpoint(
    config: Config, *, store: CallStore, run: str, notify: Notify, budget: Budget
) -> AsyncIterator[OpenAIModel]:
    """Give the model at `config.base_url`; see `agent.llm.client.open_model`."""
    silence()
    url, parallel = config.base_url or OPENAI_URL, config.parallel or HOSTED_PARALLEL
    async with connect(
        url, config.api_key, parallel=parallel, patience=config.patience, notify=notify
    ) as endpoint:
        listed = await _choose(endpoint, config)
        price = partial(cost_usd, listed.name, url)
        budget.require_price(price, listed.name)
        judges = listed.parameters is None or listed.parameters >= JUDGING_PARAMETERS
        session = Session(
            endpoint=endpoint,
            model=listed.name,
            provider=url,
            context_tokens=listed.window_tokens or UNKNOWN_WINDOW_TOKENS,
            seeded=listed.local,
            price=price,
            store=store,
            run=run,
            use_cache=config.use_cache,
            terse=not judges,
            budget=budget,
        )
        yield OpenAIModel(session, parallel=parallel, judges=judges, endpoint="openai-compatible")


@asynccontextmanager
async def open_embedded(
    config: Config, *, store: CallStore, run: str, notify: Notify, budget: Budget
) -> AsyncIterator[OpenAIModel]:
    """Give a model that runs in this process; see `agent.llm.client.open_model`."""
    silence()
    slots, wanted_tokens = config.parallel or SLOTS, config.context_tokens or WINDOW_TOKENS
    server = await asyncio.to_thread(
        start_embedded, config.weights, slots=slots, window_tokens=wanted_tokens
    )
    try:
        # No proxy of the environment has a way to this machine's own loopback address.
        async with connect(
            server.url,
            server.key,
            name="the embedded model",
            parallel=slots,
            patience=config.patience,
            notify=notify,
            trust_env=False,
        ) as endpoint:
            (listed,) = await list_models(endpoint.client, wait_s=LISTING_WAIT_S)
            judges = (listed.parameters or 0) >= JUDGING_PARAMETERS
            session = Session(
                endpoint=endpoint,
                model=server.name,
                provider=server.identity,
                context_tokens=listed.window_tokens or wanted_tokens,
                seeded=True,
                price=lambda _: 0.0,
                store=store,
                run=run,
                use_cache=config.use_cache,
                terse=not judges,
                budget=budget,
            )
            yield OpenAIModel(session, parallel=slots, judges=judges, endpoint="embedded")
    finally:
        await asyncio.to_thread(server.close)


async def _choose(endpoint: Endpoint, config: Config) -> Listed:
    """Return the model to use, asking the endpoint for no more than is missing.

    Raises:
        EndpointError: No model is named and the endpoint lists none.
    """
    if config.model and (config.context_tokens or endpoint.url == OPENAI_URL):
        known = Listed(config.model, config.context_tokens, None, False)
    else:
        known = await _listed(endpoint, config)
    window = (
        config.context_tokens or known.window_tokens or context_window(known.name, endpoint.url)
    )
    return replace(known, window_tokens=window)


async def _listed(endpoint: Endpoint, config: Config) -> Listed:
    try:
        listed = await list_models(endpoint.client, wait_s=LISTING_WAIT_S)
    except openai.OpenAIError as error:
        if config.model is None:
            raise EndpointError("models", explain(error, endpoint.host)) from error
        listed = ()
    if config.model is None:
        if not listed:
            raise EndpointError("models", f"{endpoint.host} lists no model; set BLUF_MODEL")
        return listed[0]
    unknown = Listed(config.model, None, None, False)
    return next((model for model in listed if model.name == config.model), unknown)


def silence() -> None:
    """Keep instructor from printing every failure that is answered here."""
    logging.getLogger("instructor").addHandler(QUIET)
