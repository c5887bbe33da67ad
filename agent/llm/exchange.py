"""One `ask`: question and answer, until the answer has the asked-for shape."""

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, Self, TypeVar, cast

from instructor import Mode, Provider, ResponseSchema, patch
from instructor.core.exceptions import InstructorRetryException
from instructor.v2.core.registry import mode_registry
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from agent.clean import one_line
from agent.errors import BlufError, EndpointError, RefusalError, SchemaError
from agent.llm.calls import Call, CallStore, KeptCall, Outcome, Usage, call_key
from agent.llm.endpoint import Endpoint
from agent.llm.request import Filled
from agent.llm.schema import read_value, schema_name, shortest, strict_schema
from agent.llm.wire import Message, NotAChatError, Question, Reply, read_reply

S = TypeVar("S", bound=BaseModel)

# How many answers of a wrong shape are read before the ask is given up.
READINGS = 3


@dataclass(frozen=True)
class Session:
    """What every ask of one run shares.

    Attributes:
        endpoint: Where questions go.
        model: The model's name there.
        provider: What tells this endpoint's answers from another's in the store.
        context_tokens: The model's window.
        seeded: Whether the endpoint takes a seed.
        price: Returns the cost of one call in US dollars, or None.
        store: Where every call is kept.
        run: The run that the calls belong to.
        use_cache: False asks even what the store holds.
        terse: Whether the model is too small for long answers; see `shortest`.
    """

    endpoint: Endpoint
    model: str
    provider: str
    context_tokens: int
    seeded: bool
    price: Callable[[Usage], float | None]
    store: CallStore
    run: str
    use_cache: bool
    terse: bool


class Exchange(Generic[S]):
    """The questions that one ask leads to, numbered by attempt."""

    def __init__(self, session: Session, shape: type[S], request: Filled, repeat: int) -> None:
        self._session, self._shape, self._request, self._repeat = session, shape, request, repeat
        self._attempt = 0
        self._read: list[int] = []

    async def answer(self) -> S:
        """Return the value; instructor reads each answer and asks again with what was wrong.

        Raises:
            EndpointError: The endpoint gave no usable answer.
            SchemaError: Answers came, but none of the shape.
            RefusalError: The model declined.
        """
        ask = cast(
            Callable[..., Awaitable[Any]], patch(create=self._complete, mode=Mode.JSON_SCHEMA)
        )
        try:
            holder = await ask(
                response_model=_holder(self._shape),
                messages=_messages(self._request),
                max_retries=AsyncRetrying(
                    retry=retry_if_exception_type((ValidationError, json.JSONDecodeError)),
                    stop=stop_after_attempt(READINGS),
                    reraise=True,
                ),
            )
        except InstructorRetryException as wrapped:
            # instructor wraps whatever went wrong, failures of the endpoint too.
            error = wrapped.__cause__
            if isinstance(error, BlufError):
                raise error from error.__cause__
            if isinstance(error, ValidationError | json.JSONDecodeError):
                raise await self._unreadable(error) from error
            raise
        value: S = holder.value
        return value

    async def _complete(self, *, messages: list[Message], **_: object) -> ChatCompletion:
        """Return one whole answer, in the SDK's type, for instructor to read."""
        question = self._question(messages)
        roomier = replace(question, max_tokens=self._more_room(question))
        # Where an earlier run had to ask a second time, only the second answer was kept.
        seconds = [self._key(asked, self._attempt + 1) for asked in (question, roomier)]
        reply = await self._ask(question, instead=seconds)
        if reply.outcome == "empty" or (reply.outcome == "truncated" and roomier != question):
            reply = await self._ask(roomier if reply.outcome == "truncated" else question)
        if reply.outcome == "ok":
            return _as_completion(question.model, reply.text)
        if reply.outcome == "refused":
            raise RefusalError(prompt=self._request.prompt, words=reply.text)
        raise self._schema_error(f"{reply.text} ({question.max_tokens} tokens allowed)")

    async def _ask(self, question: Question, instead: list[str] | None = None) -> Reply:
        """Return the reply to a question, from the store or from the endpoint.

        Args:
            question: What to ask.
            instead: Keys of later attempts whose answers make this one unnecessary.
        """
        key, *later = [self._key(question, self._attempt), *(instead or [])]
        self._attempt += 1
        session = self._session
        async with session.store.flight(key):
            kept: KeptCall | None = None
            if session.use_cache:
                kept = await session.store.reuse(
                    [key, *later], run=session.run, prompt=self._request.prompt
                )
            if kept is None:
                kept = await self._fetch(question, key)
            else:
                session.endpoint.adopt(kept.call.structured_output)
                self._attempt += kept.call.key != key
        if kept.call.outcome == "ok":
            self._read.append(kept.id)
        return read_reply(kept.call.body)

    async def _fetch(self, question: Question, key: str) -> KeptCall:
        """Return the endpoint's reply once it is kept."""
        started = time.monotonic()
        try:
            body = (await self._session.endpoint.fetch(question, self._request.prompt)).decode(
                "utf-8", "replace"
            )
            reply = read_reply(body)
        except EndpointError as error:
            await self._keep(question, key, "error", str(error), Usage())
            raise
        except NotAChatError as error:
            await self._keep(question, key, "error", body, Usage())
            problem = f"{self._session.endpoint.host} did not answer as a model would: {error}"
            raise EndpointError(self._request.prompt, problem, 200) from error
        usage = Usage(
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
            tokens_cached=reply.tokens_cached,
            seconds=time.monotonic() - started,
        )
        usage = replace(usage, cost_usd=self._session.price(usage))
        return await self._keep(question, key, reply.outcome, body, usage)

    async def _keep(
        self, question: Question, key: str, outcome: Outcome, body: str, usage: Usage
    ) -> KeptCall:
        session = self._session
        call = Call(
            key=key,
            prompt=self._request.prompt,
            model=question.model,
            outcome=outcome,
            request=json.dumps(question.parts()),
            body=body,
            structured_output=session.endpoint.dialect.mode,
            usage=usage,
        )
        return await session.store.keep(call, run=session.run, replace=not session.use_cache)

    def _question(self, messages: list[Message]) -> Question:
        schema = strict_schema(self._shape)
        return Question(
            model=self._session.model,
            messages=tuple(messages),
            name=schema_name(self._shape),
            schema=shortest(schema) if self._session.terse else schema,
            max_tokens=self._request.max_tokens,
            temperature=self._request.temperature,
            seed=self._repeat if self._session.seeded else None,
        )

    def _more_room(self, question: Question) -> int:
        # Reasoning models think inside this room, at many times the length of the answer; a small
        # model that was cut off was mostly in a loop.
        factor = 2 if self._session.terse else 8
        room_tokens = min(factor * question.max_tokens, self._session.context_tokens)
        return max(question.max_tokens, room_tokens)

    def _key(self, question: Question, attempt: int) -> str:
        number = {"repeat": self._repeat, "attempt": attempt}
        return call_key({"provider": self._session.provider, **question.parts(), **number})

    async def _unreadable(self, error: ValidationError | json.JSONDecodeError) -> SchemaError:
        # Kept as history: served again, they would make this failure permanent.
        await self._session.store.discard(self._read)
        return self._schema_error(_first_fault(error))

    def _schema_error(self, last: str) -> SchemaError:
        return SchemaError(
            prompt=self._request.prompt,
            shape=schema_name(self._shape),
            attempts=self._attempt,
            last=last,
        )


def load_handlers() -> None:
    """Import what instructor would import in the middle of the first ask."""
    mode_registry.get_handlers(Provider.OPENAI, Mode.JSON_SCHEMA)


@lru_cache(maxsize=128)
def _holder(shape: type[BaseModel]) -> type[Any]:
    """Return a type that instructor fills: it holds a pure value of the shape.

    instructor would build a subclass of the shape for every call, and hang the SDK's response on
    the value.
    """

    class Holder(ResponseSchema):
        value: Any

        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            return strict_schema(shape)

        @classmethod
        def model_validate_json(cls, json_data: Any, **_: Any) -> Self:
            return cls(value=read_value(shape, json_data))

    return Holder


def _messages(request: Filled) -> list[Message]:
    # A lone surrogate cannot be sent; the source has none, a prompt's other values might.
    return [
        {"role": role, "content": text.encode("utf-8", "replace").decode()}
        for role, text in (("system", request.system), ("user", request.text))
    ]


def _as_completion(model: str, text: str) -> ChatCompletion:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return ChatCompletion.model_validate(
        {"id": "", "created": 0, "model": model, "object": "chat.completion", "choices": [choice]}
    )


def _first_fault(error: ValidationError | json.JSONDecodeError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return one_line(str(error))
    first, *others = error.errors(include_url=False, include_input=False)
    place = ".".join(str(part) for part in first["loc"]) or "the answer"
    more = f" (and {len(others)} more)" if others else ""
    return one_line(f"{place}: {first['msg']}{more}")
