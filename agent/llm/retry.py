"""Send one request until it is answered, refused for good, or out of time."""

import asyncio
from collections.abc import Awaitable, Callable

import openai
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    wait_exponential,
    wait_random,
)

from agent.config import Patience
from agent.errors import EndpointError
from agent.llm.failures import cause, failure, is_passing, retry_after_s
from agent.llm.slots import Slots


async def send(
    request: Callable[[], Awaitable[bytes]],
    *,
    prompt: str,
    host: str,
    patience: Patience,
    slots: Slots,
    notify: Callable[[str], None],
) -> bytes:
    """Return the body of a response with status 200.

    Passing failures (408, 409, 429, 5xx, lost connections) are tried again. The wait is what the
    endpoint asks for, else it doubles with jitter. All of it, a response that drips in included,
    ends at the deadline; only waiting in line for a slot does not count, since a long line is no
    fault of the endpoint.

    Args:
        request: Sends the request once; raises what the SDK raises.
        prompt: Name of the prompt, for messages.
        host: Name of the endpoint, for messages.
        patience: Deadline, attempts and waits.
        slots: Where each try waits for its place.
        notify: Gets one line for each wait.

    Raises:
        EndpointError: No answer, for a reason that the message names.
        ComplaintError: The endpoint found fault with the request itself.
    """
    sending = _Sending(prompt, host, patience, slots, notify)
    try:
        async with asyncio.timeout(patience.deadline_s) as sending.clock:
            return await sending.retrying(sending.in_turn, request)
    except TimeoutError as error:
        raise sending.out_of_time() from error
    except openai.OpenAIError as error:
        raise sending.final(error) from error


class _Sending:
    """The tries of one request, and how long they may still take."""

    def __init__(
        self,
        prompt: str,
        host: str,
        patience: Patience,
        slots: Slots,
        notify: Callable[[str], None],
    ) -> None:
        self.clock: asyncio.Timeout
        self._prompt, self._host, self._patience = prompt, host, patience
        self._slots, self._notify = slots, notify
        self._tries = 0
        self._last = ""
        self._fewer_slots = False
        self._growing = wait_exponential(
            multiplier=patience.first_wait_s, max=patience.longest_wait_s
        ) + wait_random(0, patience.first_wait_s)
        self.retrying = AsyncRetrying(
            retry=retry_if_exception(is_passing),
            stop=self._is_over,
            wait=self._wait_s,
            before_sleep=self._announce,
            reraise=True,
        )

    async def in_turn(self, request: Callable[[], Awaitable[bytes]]) -> bytes:
        """Send the request in its turn; the clock stands still until then."""
        left_s = self._left_s()
        self.clock.reschedule(None)
        async with self._slots.turn() as turn:
            self.clock.reschedule(asyncio.get_running_loop().time() + left_s)
            self._tries += 1
            try:
                body = await request()
            except openai.APIStatusError as error:
                self._fewer_slots = error.status_code == 429 and turn.refused()
                raise
            turn.answered()
            return body

    def out_of_time(self) -> EndpointError:
        """Return the error for a request whose deadline came first."""
        return EndpointError(
            self._prompt,
            f"{self._host} gave no usable answer within {self._patience.deadline_s:g} s in all"
            + (f"; the last try: {self._last}" if self._last else ""),
        )

    def final(self, error: openai.OpenAIError) -> Exception:
        """Return the error for a request whose last try failed."""
        asked_s = retry_after_s(error)
        if is_passing(error) and asked_s and asked_s > self._left_s():
            problem = f"{self._host} asks to wait {_duration(asked_s)} ({_what(error)})"
            return EndpointError(self._prompt, f"{problem}; giving up, try later")
        if is_passing(error) and self._tries < self._patience.attempts:
            self._last = _what(error)
            return self.out_of_time()
        return failure(error, self._prompt, self._host, self._tries)

    def _wait_s(self, state: RetryCallState) -> float:
        asked_s = retry_after_s(_failure_of(state))
        return min(asked_s, self._patience.longest_wait_s) if asked_s else self._growing(state)

    def _is_over(self, state: RetryCallState) -> bool:
        """Whether that was the last try, or no time is left after the wait before the next."""
        if state.attempt_number >= self._patience.attempts:
            return True
        wait_s = max(state.upcoming_sleep, retry_after_s(_failure_of(state)) or 0.0)
        return wait_s >= self._left_s()

    def _announce(self, state: RetryCallState) -> None:
        error, wait_s = _failure_of(state), state.upcoming_sleep
        asked_s = retry_after_s(error)
        if asked_s and isinstance(error, openai.RateLimitError):
            self._slots.shut(wait_s)
        asked = f", asked for {_duration(asked_s)}" if asked_s and asked_s > wait_s else ""
        self._last = (
            f"{self._host}: {_what(error)}; waiting {wait_s:.1f} s{asked} "
            f"({state.attempt_number} of {self._patience.attempts - 1})"
        )
        fewer = f"; {self._slots.limit} calls at once from now on" if self._fewer_slots else ""
        self._notify(f"{self._last}{fewer}")

    def _left_s(self) -> float:
        ends_at = self.clock.when()
        return 0.0 if ends_at is None else ends_at - asyncio.get_running_loop().time()


def _failure_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _what(error: BaseException | None) -> str:
    if isinstance(error, openai.RateLimitError):
        return "rate limited"
    if isinstance(error, openai.APIStatusError):
        return f"status {error.status_code}"
    return cause(error)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
