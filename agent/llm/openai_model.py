"""Open the model that the settings name; imported late, since the SDKs are heavy."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Literal, TypeVar

import openai
from pydantic import BaseModel

from agent.config import OPENAI_URL, Config
from agent.errors import EndpointError
from agent.llm.about import JUDGING_PARAMETERS, UNKNOWN_WINDOW_TOKENS, Listed, list_models
from agent.llm.calls import CallStore
from agent.llm.embedded import SLOTS, WINDOW_TOKENS, start_embedded
from agent.llm.endpoint import LISTING_WAIT_S, Endpoint, connect
from agent.llm.exchange import Exchange, Session
from agent.llm.prices import context_window, cost_usd
from agent.llm.request import Filled
from agent.llm.retry import explain

S = TypeVar("S", bound=BaseModel)
Notify = Callable[[str], None]

HOSTED_PARALLEL = 8
# instructor logs every failure as an error, which Python prints unless a handler is there.
QUIET = logging.NullHandler()


class OpenAIModel:
    """One model for one run; satisfies `agent.llm.client.Model`.

    Attributes:
        name: The model's name.
        context_tokens: Its window, in tokens.
        parallel: How many calls may be in flight.
        judges: False for a model too small to be asked for a verdict.
        endpoint: Which kind of endpoint answers, in the words of the brief's run record.
    """

    def __init__(
        self,
        session: Session,
        *,
        parallel: int,
        judges: bool,
        endpoint: Literal["embedded", "openai-compatible"],
    ) -> None:
        self.name = session.model
        self.context_tokens = session.context_tokens
        self.parallel = parallel
        self.judges = judges
        self.endpoint = endpoint
        self._session = session

    @property
    def structured_output(self) -> str:
        """How the schema is enforced: json_schema, tools, json_object or text."""
        return self._session.endpoint.dialect.mode

    async def ask(self, shape: type[S], request: Filled, *, repeat: int = 0) -> S:
        """Return a valid value of `shape`; see `agent.llm.client.Model.ask`."""
        return await Exchange(self._session, shape, request, repeat).answer()


@asynccontextmanager
async def open_endpoint(
    config: Config, *, store: CallStore, run: str, notify: Notify
) -> AsyncIterator[OpenAIModel]:
    """Give the model at `config.base_url`; see `agent.llm.client.open_model`."""
    _silence()
    url, parallel = config.base_url or OPENAI_URL, config.parallel or HOSTED_PARALLEL
    async with connect(
        url, config.api_key, parallel=parallel, patience=config.patience, notify=notify
    ) as endpoint:
        listed = await _choose(endpoint, config)
        judges = listed.parameters is None or listed.parameters >= JUDGING_PARAMETERS
        session = Session(
            endpoint=endpoint,
            model=listed.name,
            provider=url,
            context_tokens=listed.window_tokens or UNKNOWN_WINDOW_TOKENS,
            seeded=listed.local,
            price=partial(cost_usd, listed.name, url),
            store=store,
            run=run,
            use_cache=config.use_cache,
            terse=not judges,
        )
        yield OpenAIModel(session, parallel=parallel, judges=judges, endpoint="openai-compatible")


@asynccontextmanager
async def open_embedded(
    config: Config, *, store: CallStore, run: str, notify: Notify
) -> AsyncIterator[OpenAIModel]:
    """Give a model that runs in this process; see `agent.llm.client.open_model`."""
    _silence()
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


def _silence() -> None:
    logging.getLogger("instructor").addHandler(QUIET)
