"""What goes over the wire and what comes back: the one file that knows the chat protocol."""

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from agent.clean import one_line

Json = dict[str, Any]
Message = dict[str, str]
StructuredOutput = Literal["json_schema", "tools", "json_object", "text"]

# Strongest first; `weaker` goes one step to the right.
MODES: tuple[StructuredOutput, ...] = ("json_schema", "tools", "json_object", "text")
# How endpoints say that the model had ended, was cut off, or was stopped. Beside OpenAI's own words
# these are text-generation-inference's, Together's, Mistral's, and those of gateways to others.
ENDED = frozenset({"stop", "tool_calls", "function_call", "eos", "eos_token", "end_turn"})
CUT_OFF = frozenset({"length", "model_length", "max_tokens", "MAX_TOKENS"})
STOPPED = frozenset({"content_filter", "refusal", "safety", "SAFETY"})
# Words by which endpoints say that they do not know what was asked of them.
COMPLAINTS: dict[StructuredOutput, tuple[str, ...]] = {
    "json_schema": ("response_format", "json_schema", "schema", "structured", "grammar", "guided"),
    "tools": ("tool", "function"),
    "json_object": ("response_format", "json_object", "json mode"),
    "text": (),
}


@dataclass(frozen=True)
class Dialect:
    """How one endpoint wants to be asked; learnt from what it refuses.

    Attributes:
        mode: How the schema is enforced.
        room: The name of the limit on the answer's length; newer OpenAI models renamed it.
        temperature: Whether a temperature may be sent; reasoning models take none.
    """

    mode: StructuredOutput = "json_schema"
    room: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True

    def learn(self, complaint: str) -> "Dialect | None":
        """Return the dialect to try next after a status 400, or None if it teaches nothing."""
        words = complaint.lower()
        if "max_completion_tokens" in words and self.room == "max_tokens":
            return replace(self, room="max_completion_tokens")
        if "temperature" in words and self.temperature:
            return replace(self, temperature=False)
        if any(word in words for word in COMPLAINTS[self.mode]):
            return replace(self, mode=MODES[MODES.index(self.mode) + 1])
        return None


@dataclass(frozen=True)
class Question:
    """One request in the terms of bluf, whatever the dialect of the endpoint.

    Attributes:
        model: The model's name at the endpoint.
        messages: Role and content of each message.
        name: The schema's name.
        schema: The strict JSON schema of the answer.
        max_tokens: Room for the answer.
        temperature: Sampling temperature.
        seed: For servers that are known to take one; None elsewhere.
    """

    model: str
    messages: tuple[Message, ...]
    name: str
    schema: Json
    max_tokens: int
    temperature: float
    seed: int | None

    def parts(self) -> Json:
        """Return what identifies the question in the store, the same in every dialect."""
        return {
            "model": self.model,
            "messages": list(self.messages),
            "schema": self.schema,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "seed": self.seed,
        }

    def on_the_wire(self, dialect: Dialect) -> Json:
        """Return the body of the request, in the dialect of the endpoint."""
        body: Json = {"model": self.model, "messages": list(self.messages)}
        body[dialect.room] = self.max_tokens
        if dialect.temperature:
            body["temperature"] = self.temperature
        if self.seed is not None:
            body["seed"] = self.seed
        match dialect.mode:
            case "json_schema":
                wanted = {"name": self.name, "strict": True, "schema": self.schema}
                body["response_format"] = {"type": "json_schema", "json_schema": wanted}
            case "tools":
                function = {"name": self.name, "strict": True, "parameters": self.schema}
                body["tools"] = [{"type": "function", "function": function}]
                body["tool_choice"] = {"type": "function", "function": {"name": self.name}}
            case "json_object":
                body["response_format"] = {"type": "json_object"}
                body["messages"] = self._with_schema_told()
            case "text":
                body["messages"] = self._with_schema_told()
        return body

    def _with_schema_told(self) -> list[Message]:
        # At the end of the first question: the long, shared prefix stays the same.
        told = (
            "\n\nAnswer with one JSON object and nothing else. It must follow this JSON schema:\n"
            + json.dumps(self.schema, ensure_ascii=False)
        )
        first = next(i for i, m in enumerate(self.messages) if m["role"] == "user")
        asked = {"role": "user", "content": self.messages[first]["content"] + told}
        return [*self.messages[:first], asked, *self.messages[first + 1 :]]


@dataclass(frozen=True)
class Reply:
    """What an endpoint answered, read without trust.

    Attributes:
        outcome: ok only when the model said that it had finished.
        text: The answer when ok, the model's words when refused, else a description.
        tokens_in: Tokens of the prompt; None when the endpoint did not say, as with the others.
        tokens_out: Tokens of the answer.
        tokens_cached: Tokens of the prompt that the endpoint had from an earlier call.
    """

    outcome: Literal["ok", "truncated", "refused", "empty"]
    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None


class NotAChatError(Exception):
    """The body is not what a chat endpoint sends; the message says what it looks like."""


def read_reply(body: str) -> Reply:
    """Return what the body of a response with status 200 says.

    Raises:
        NotAChatError: It is no chat completion: a login page, an error object, cut JSON.
    """
    try:
        # Not from JSON text: there, one lone surrogate would make the whole body unreadable.
        completion = _Completion.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise NotAChatError(_describe(body)) from error
    if completion.choices is None:
        raise NotAChatError(_describe(body))
    outcome, text = _judge(completion.choices)
    usage = completion.usage or _Usage()
    details = usage.prompt_tokens_details or _PromptDetails()
    return Reply(
        outcome=outcome,
        text=text.encode("utf-8", "replace").decode(),
        # No prompt is empty and no answer either; some servers fill in zeros for want of a count.
        tokens_in=_count(usage.prompt_tokens, least=1),
        tokens_out=_count(usage.completion_tokens, least=0 if outcome == "empty" else 1),
        tokens_cached=_count(details.cached_tokens),
    )


class _Lax(BaseModel):
    """Unknown fields are passed over, as every server adds its own."""


class _Function(_Lax):
    arguments: str | None = None


class _ToolCall(_Lax):
    function: _Function = _Function()


class _Message(_Lax):
    content: str | None = None
    reasoning: Any = None
    reasoning_content: Any = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(_Lax):
    finish_reason: str | None = None
    message: _Message = _Message()


class _PromptDetails(_Lax):
    cached_tokens: Any = None


class _Usage(_Lax):
    prompt_tokens: Any = None
    completion_tokens: Any = None
    prompt_tokens_details: _PromptDetails | None = None


class _Completion(_Lax):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None


def _judge(choices: list[_Choice]) -> tuple[Literal["ok", "truncated", "refused", "empty"], str]:
    if not choices:
        return "empty", "the answer held no choices"
    message, reason = choices[0].message, choices[0].finish_reason
    if message.refusal or reason in STOPPED:
        return "refused", one_line(message.refusal or _stopped(reason))
    if reason in CUT_OFF:
        return "truncated", "the answer was cut off for want of room"
    if reason not in ENDED:
        return "empty", _unended(reason)
    called = message.tool_calls or []
    text = (called[0].function.arguments if called else message.content) or ""
    if text.strip():
        return "ok", text
    thought = message.reasoning_content or message.reasoning
    return "empty", "the answer was empty" + (": the model only reasoned" if thought else "")


def _stopped(reason: str | None) -> str:
    return "it refused" if reason == "refusal" else "the endpoint's content filter stopped it"


def _unended(reason: str | None) -> str:
    if reason is None:
        return "the answer did not say that it had ended, so it may be a part"
    if reason == "error":
        return "the answer ended in an error of the endpoint"
    return f"the answer ended for a reason that is not known: {one_line(repr(reason), 40)}"


def _count(tokens: Any, least: int = 0) -> int | None:
    """Return a number of tokens, or None where what was sent cannot be one."""
    return tokens if type(tokens) is int and least <= tokens < 2**31 else None


def _describe(body: str) -> str:
    start = body.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<")):
        return "it sent a web page, such as a login page"
    if start.startswith(("data:", "event:", ":")):
        return "it sent a stream of events, which was not asked for"
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return f"it sent something else, or only a part: {one_line(body, 80)!r}"
    if isinstance(document, dict) and document.get("error"):
        return f"it sent an error: {one_line(str(document['error']), 160)}"
    return "it sent JSON without choices"
