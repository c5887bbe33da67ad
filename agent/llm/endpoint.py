"""One OpenAI-compatible endpoint: its client, its limits, and the dialect that it speaks."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from agent.config import OPENAI_URL, Patience
from agent.errors import EndpointError
from agent.llm.about import list_models
from agent.llm.failures import ComplaintError, names_no_model, told_inside
from agent.llm.retry import send
from agent.llm.shielded import ShieldedClient
from agent.llm.slots import Slots
from agent.llm.wire import MODES, Dialect, Question

CONNECT_WAIT_S = 10.0
LISTING_WAIT_S = 10.0


@asynccontextmanager
async def connect(
    url: str,
    key: str,
    *,
    name: str | None = None,
    parallel: int,
    patience: Patience,
    notify: Callable[[str], None],
    trust_env: bool = True,
) -> AsyncIterator["Endpoint"]:
    """Give the endpoint at an address, and close its connections in the end.

    Args:
        url: The address, such as https://api.openai.com/v1.
        key: Sent to that address and nowhere else.
        name: What messages call it; None for its host name.
        parallel: How many requests may be in flight; fewer while the endpoint refuses some.
        patience: Deadline and retries of one request.
        notify: Gets one line for each wait and each change of dialect.
        trust_env: Whether proxies of the environment are used.
    """
    http = ShieldedClient(
        key,
        trust_env=trust_env,
        verify=_trusted(trust_env),
        timeout=openai.Timeout(patience.deadline_s, connect=CONNECT_WAIT_S),
    )
    # Retries have one owner, agent.llm.retry; the SDK's own would multiply them.
    async with openai.AsyncOpenAI(
        base_url=url, api_key=key, max_retries=0, http_client=http
    ) as client:
        host = name or urlsplit(url).netloc
        yield Endpoint(client, url=url, host=host, slots=parallel, patience=patience, notify=notify)


@lru_cache
def _trusted(trust_env: bool) -> ssl.SSLContext:
    # Reading the certificates takes longer than all else that a client needs.
    return httpx2.create_ssl_context(trust_env=trust_env)


class Endpoint:
    """A connected endpoint.

    Attributes:
        client: The SDK's client, without retries of its own.
        url: The address.
        host: What messages call it.
        dialect: How it is asked; it changes when the endpoint refuses a way of asking.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        *,
        url: str,
        host: str,
        slots: int,
        patience: Patience,
        notify: Callable[[str], None],
    ) -> None:
        self.client, self.url, self.host = client, url, host
        self.dialect = Dialect(room="max_completion_tokens" if url == OPENAI_URL else "max_tokens")
        self._slots = Slots(slots)
        self._patience, self._notify = patience, notify

    async def fetch(self, question: Question, prompt: str) -> bytes:
        """Return the body of the endpoint's response to one question.

        Args:
            question: What to ask.
            prompt: Name of the prompt, for messages.

        Raises:
            WindowError: The question is longer than the model's window.
            EndpointError: There is none, for a reason that the message names.
        """
        while True:
            dialect = self.dialect
            try:
                return await send(
                    partial(self._post, question.on_the_wire(dialect)),
                    prompt=prompt,
                    host=self.host,
                    patience=self._patience,
                    slots=self._slots,
                    notify=self._notify,
                )
            except ComplaintError as error:
                if names_no_model(str(error)):
                    raise await self._unknown_model(question.model, prompt, error) from error
                if not self._learn(dialect, str(error)):
                    problem = f"{self.host} refused the request: {error}"
                    raise EndpointError(prompt, problem, error.http_status) from error
            except EndpointError as error:
                if error.http_status == 404:
                    raise await self._unknown_model(question.model, prompt, error) from error
                raise

    def adopt(self, mode: str) -> None:
        """Ask no more strictly than an earlier run found this endpoint to allow."""
        for weaker in MODES[MODES.index(self.dialect.mode) + 1 :]:
            if weaker == mode:
                self.dialect = replace(self.dialect, mode=weaker)

    async def _post(self, body: dict[str, Any]) -> bytes:
        # Not client.chat: that imports every resource of the SDK, which costs half a second.
        response = await self.client.post("/chat/completions", cast_to=httpx2.Response, body=body)
        if failed := told_inside(response):
            raise failed
        return response.content

    def _learn(self, used: Dialect, complaint: str) -> bool:
        """Whether the question can be asked in another way now."""
        if self.dialect != used:
            return True  # another call has learnt it in the meantime
        taught = used.learn(complaint)
        if taught is None:
            return False
        self.dialect = taught
        if taught.mode != used.mode:
            self._notify(f"{self.host} does not take {used.mode}; asking with {taught.mode}")
        return True

    async def _unknown_model(
        self, model: str, prompt: str, error: ComplaintError | EndpointError
    ) -> EndpointError:
        try:
            listed = await list_models(self.client, wait_s=LISTING_WAIT_S)
        except openai.OpenAIError:
            listed = ()
        names = ", ".join(found.name for found in listed[:20]) or "no model"
        problem = (
            f"{self.host} has no model {model!r} (status {error.http_status}); it lists: {names}; "
            "set BLUF_MODEL, or check OPENAI_BASE_URL"
        )
        return EndpointError(prompt, problem, error.http_status)
