"""One `ask`: question and answer, until the answer has the asked-for shape."""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from instructor import Mode, Provider, ResponseSchema, patch
from instructor.core.exceptions import InstructorRetryException
from instructor.v2.core.registry import mode_registry
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from agent.clean import one_line
from agent.errors import BlufError, EndpointError, RefusalError, SchemaError, WindowError
from agent.llm.budget import Budget, Hold
from agent.llm.calls import Call, CallStore, KeptCall, Outcome, Usage, call_key
from agent.llm.request import Filled
from agent.llm.schema import read_value, schema_name, shortest, strict_schema
from agent.llm.wire import Dialect, Message, NotAChatError, Question, Reply, read_reply
from agent.material import estimate_tokens

S = TypeVar("S", bound=BaseModel)

# How many answers of a wrong shape are read before the ask is given up.
READINGS = 3
# Characters of a wrong answer, and of what was wrong with it, that go back with the next question.
LONGEST_REMINDER = 20_000


class Answering(Protocol):
    """What an exchange needs of an endpoint: `Endpoint` has it, and so has a recording."""

    host: str
    dialect: Dialect

    async def fetch(self, question: Question, prompt: str) -> bytes:
        """Return the body of the response to one question."""
        ...

    def adopt(self, mode: str) -> None:
        """Ask no more strictly than an earlier run found this endpoint to allow."""


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
        faithful: Whether a run that goes on sees what the first saw, failures too, as evals
            must; a brief asks again what failed.
        budget: What the run may use, with all others that share it.
    """

    endpoint: Answering
    model: str
    provider: str
    context_tokens: int
    seeded: bool
    price: Callable[[Usage], float | None]
    store: CallStore
    run: str
    use_cache: bool
    terse: bool
    faithful: bool = False
    budget: Budget = field(default_factory=Budget)


class Exchange(Generic[S]):
    """The questions that one ask leads to, numbered by attempt."""

    def __init__(self, session: Session, shape: type[S], request: Filled, repeat: int) -> None:
        self._session, self._shape, self._request, self._repeat = session, shape, request, repeat
        self._attempt = 0
        self._read: list[int] = []
        self._last_text = ""

    @property
    def attempts(self) -> int:
        """How many questions it took so far, the same when the answers come from the store."""
        return self._attempt

    async def answer(self) -> S:
        """Return the value; instructor reads each answer and asks again with what was wrong.

        Raises:
            BudgetError: A question could pass a limit of the run, or its deadline came.
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
            if isinstance(error, WindowError) and self._attempt > 1:
                # The question itself had fitted.
                more = "more room, or a reminder, was more than the model's window holds"
                raise self._schema_error(more) from error
            if isinstance(error, BlufError):
                raise error from error.__cause__
            if isinstance(error, ValidationError | json.JSONDecodeError):
                raise await self._unreadable(error) from error
            raise
        value: S = holder.value
        return value

    async def _complete(self, *, messages: list[Message], **_: object) -> ChatCompletion:
        """Return one whole answer, in the SDK's type, for instructor to read."""
        question = self._question(_within_bounds(messages))
        roomier = replace(question, max_tokens=self._more_room(question))
        # Where an earlier run had to ask a second time, only the second answer was kept.
        seconds = [self._key(asked, self._attempt + 1) for asked in (question, roomier)]
        reply = await self._ask(question, instead=seconds)
        if reply.outcome == "empty" or (reply.outcome == "truncated" and roomier != question):
            question = roomier if reply.outcome == "truncated" else question
            reply = await self._ask(question)
        if reply.outcome == "ok":
            self._last_text = reply.text
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
                    [key] if session.faithful else [key, *later],
                    run=session.run,
                    prompt=self._request.prompt,
                    history=session.faithful,
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
        """Return the endpoint's reply once it is kept; it counts against the budget."""
        budget = self._session.budget
        async with budget.hold(self._most(question), self._request.prompt) as hold:
            return await self._fetch_within(hold, question, key)

    async def _fetch_within(self, hold: Hold, question: Question, key: str) -> KeptCall:
        started = time.monotonic()
        try:
            body = await self._body(question)
            reply = read_reply(body)
        except EndpointError as error:
            if error.http_status is None:
                # Nobody knows how far the model came; its prompt is the least that is charged.
                hold.settle(self._priced(replace(hold.most, tokens_out=0)))
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
        usage = self._priced(usage)
        hold.settle(usage)
        return await self._keep(question, key, reply.outcome, body, usage)

    async def _body(self, question: Question) -> str:
        """Return the body of the endpoint's response, if it comes before the run's deadline."""
        budget = self._session.budget
        try:
            async with asyncio.timeout(budget.left_s()):
                body = await self._session.endpoint.fetch(question, self._request.prompt)
        except TimeoutError as error:
            raise budget.out_of_time() from error
        return body.decode("utf-8", "replace")

    def _most(self, question: Question) -> Usage:
        """Return an upper estimate of what a question takes, if anybody counts."""
        if not self._session.budget.counts:
            return Usage()
        sent = json.dumps(question.schema) + "".join(m["content"] for m in question.messages)
        tokens_in = estimate_tokens(sent)
        return self._priced(Usage(tokens_in=tokens_in, tokens_out=question.max_tokens))

    def _priced(self, usage: Usage) -> Usage:
        return replace(usage, cost_usd=self._session.price(usage))

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
            seed=_seed(messages, self._repeat) if self._session.seeded else None,
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
        if not self._session.faithful:
            await self._session.store.discard(self._read)
        return self._schema_error(_first_fault(error, self._last_text))

    def _schema_error(self, last: str) -> SchemaError:
        return SchemaError(
            prompt=self._request.prompt,
            shape=schema_name(self._shape),
            attempts=self._attempt,
            last=last,
        )


def _seed(messages: list[Message], repeat: int) -> int:
    """Return a seed below 2^31 of the question's own, another for each repeat.

    One seed for all would draw the same random numbers for every article, and what they do to an
    eval would no longer average out over articles.
    """
    asked = json.dumps([messages, repeat]).encode()
    return int.from_bytes(hashlib.sha256(asked).digest()[:4], "big") >> 1


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


def _within_bounds(messages: list[Message]) -> list[Message]:
    """Return the messages, with a wrong answer and its faults cut where they are endless."""
    first, rest = messages[:2], messages[2:]
    return [*first, *({**told, "content": told["content"][:LONGEST_REMINDER]} for told in rest)]


def _first_fault(error: ValidationError | json.JSONDecodeError, answer: str) -> str:
    if "{" not in answer:
        # Such as "I cannot help with that": what it said tells more than where the JSON broke.
        return f"an answer in prose: {one_line(answer, 120)!r}; try another model"
    if isinstance(error, json.JSONDecodeError):
        return one_line(str(error))
    first, *others = error.errors(include_url=False, include_input=False)
    place = ".".join(str(part) for part in first["loc"]) or "the answer"
    more = f" (and {len(others)} more)" if others else ""
    return one_line(f"{place}: {first['msg']}{more}")
