"""Send one request until it is answered, refused for good, or out of time."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime

import openai
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from agent.clean import one_line
from agent.config import NO_KEY, Patience
from agent.errors import EndpointError

PASSING = frozenset((408, 409, 429, 500, 502, 503, 504, 520, 522, 524, 529))
OVERFLOW = ("context length", "context_length", "context size", "context_size", "context window")


class ComplaintError(Exception):
    """The endpoint found fault with the request itself (400, 422 or 501); a bluf-internal signal.

    The message is what the endpoint said, on one line.
    """

    def __init__(self, said: str, http_status: int) -> None:
        super().__init__(said)
        self.http_status = http_status


async def send(
    request: Callable[[], Awaitable[bytes]],
    *,
    prompt: str,
    host: str,
    patience: Patience,
    notify: Callable[[str], None],
) -> bytes:
    """Return the body of a response with status 200.

    Passing failures (408, 409, 429, 5xx, lost connections) are tried again. The wait is what the
    endpoint asks for, else it doubles with jitter. All of it, a response that drips in included,
    ends at the deadline.

    Args:
        request: Sends the request once; raises what the SDK raises.
        prompt: Name of the prompt, for messages.
        host: Name of the endpoint, for messages.
        patience: Deadline, attempts and waits.
        notify: Gets one line for each wait.

    Raises:
        EndpointError: No answer, for a reason that the message names.
        ComplaintError: The endpoint found fault with the request itself.
    """
    wait = _Wait(patience)
    last: list[str] = []

    def take_note(state: RetryCallState) -> None:
        last[:] = [_describe_wait(state, host, patience)]
        notify(last[0])

    retrying = AsyncRetrying(
        retry=retry_if_exception(lambda error: is_passing(error, patience)),
        stop=stop_after_attempt(patience.attempts),
        wait=wait,
        before_sleep=take_note,
        reraise=True,
    )
    try:
        async with asyncio.timeout(patience.deadline_s):
            return await retrying(request)
    except TimeoutError as error:
        raise EndpointError(
            prompt,
            f"{host} gave no usable answer within {patience.deadline_s:g} s in all"
            + "".join(f"; the last try: {line}" for line in last),
        ) from error
    except openai.APIStatusError as error:
        raise _final(error, prompt, host, patience) from error
    except openai.OpenAIError as error:
        raise EndpointError(prompt, explain(error, host)) from error


def explain(error: openai.OpenAIError, host: str) -> str:
    """Return why a request got no answer, in one line that holds no key."""
    if isinstance(error, openai.APIStatusError):
        return _problem(error, host, Patience(attempts=1))
    return f"{host} cannot be reached: {_cause(error)}"


def is_passing(error: BaseException, patience: Patience) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, openai.APIStatusError):
        asked_s = retry_after_s(error) or 0.0
        return (
            error.status_code in PASSING and not _is_quota(error) and asked_s <= patience.deadline_s
        )
    return isinstance(error, openai.APIConnectionError)


def retry_after_s(error: openai.APIStatusError) -> float | None:
    """Return the wait in seconds that a response asks for, or None when it asks for none.

    The header holds seconds or a date (RFC 9110, 10.2.3); a date in the past, a negative number
    and rubbish count as none.
    """
    value = error.response.headers.get("retry-after", "").strip()
    try:
        wait_s = float(value)
    except ValueError:
        try:
            wait_s = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return wait_s if math.isfinite(wait_s) and wait_s > 0 else None


class _Wait:
    """tenacity's wait: what the endpoint asks for, capped, else exponential with jitter."""

    def __init__(self, patience: Patience) -> None:
        self._longest_s = patience.longest_wait_s
        self._growing = wait_exponential(
            multiplier=patience.first_wait_s, max=patience.longest_wait_s
        ) + wait_random(0, patience.first_wait_s)

    def __call__(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_s = retry_after_s(error) if isinstance(error, openai.APIStatusError) else None
        return min(asked_s, self._longest_s) if asked_s else self._growing(state)


def _describe_wait(state: RetryCallState, host: str, patience: Patience) -> str:
    error = state.outcome.exception() if state.outcome else None
    wait_s = state.next_action.sleep if state.next_action else 0.0
    what = f"{host}: {_cause(error)}"
    if isinstance(error, openai.APIStatusError):
        limited = error.status_code == 429
        what = f"{host}: {'rate limited' if limited else f'status {error.status_code}'}"
    return f"{what}; waiting {wait_s:.1f} s ({state.attempt_number} of {patience.attempts - 1})"


def _final(
    error: openai.APIStatusError, prompt: str, host: str, patience: Patience
) -> EndpointError | ComplaintError:
    status = error.status_code
    overflow = any(word in words(error).lower() for word in OVERFLOW)
    if status in (400, 422, 501) and not overflow:
        return ComplaintError(words(error), status)
    if status == 413 or overflow:
        problem = f"the request is longer than the model's window: {words(error)}"
        return EndpointError(prompt, problem, status)
    return EndpointError(prompt, _problem(error, host, patience), status)


def _problem(error: openai.APIStatusError, host: str, patience: Patience) -> str:
    status = error.status_code
    if status in (401, 403):
        # What the endpoint says here often quotes a part of the key.
        return f"{host} refused the key (status {status}); set OPENAI_API_KEY"
    if _is_quota(error):
        return f"the quota at {host} is used up"
    if 300 <= status < 400:
        target = one_line(error.response.headers.get("location", "elsewhere"))
        return f"{host} redirects to {target}; set OPENAI_BASE_URL to the final address"
    asked_s = retry_after_s(error) or 0.0
    if status in PASSING and asked_s > patience.deadline_s:
        return f"{host} asks to wait {asked_s / 3600:.1f} h (status {status}); try later"
    tries = f" after {patience.attempts} attempts" if status in PASSING else ""
    return f"{host} answered with status {status}{tries}: {words(error)}"


def words(error: openai.APIStatusError) -> str:
    """Return what the endpoint said, on one line, without control characters and the key."""
    said = error.body
    if isinstance(said, dict):
        inner = said.get("error", said)
        said = inner.get("message", inner) if isinstance(inner, dict) else inner
    key = error.request.headers.get("authorization", "").removeprefix("Bearer ")
    told = str(said or error.response.reason_phrase)
    return one_line(told.replace(key, "[key]") if len(key) > len(NO_KEY) else told)


def _is_quota(error: openai.APIStatusError) -> bool:
    return error.status_code == 429 and "insufficient_quota" in f"{error.code} {error.body}"


def _cause(error: BaseException | None) -> str:
    """Return the first cause in words: the SDK itself only says "Connection error."."""
    while error is not None and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return one_line(str(error) or type(error).__name__)
