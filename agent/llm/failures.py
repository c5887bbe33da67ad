"""Say in one line why a request got no answer, and whether it may get one later."""

import json
import re
import time
from email.utils import parsedate_to_datetime
from math import isfinite

import httpx2
import openai

from agent.clean import one_line
from agent.config import NO_KEY
from agent.errors import EndpointError, WindowError
from agent.llm.shielded import TooLargeError

PASSING = frozenset((408, 409, 429, 500, 502, 503, 504, 520, 522, 524, 529))
# How endpoints say that a request is longer than the window: OpenAI, vLLM, llama.cpp, Groq,
# Mistral, Gemini, Anthropic.
OVERFLOW = re.compile(
    r"context.(?:length|size|window)|maximum number of tokens allowed|prompt is too long"
    r"|too large for model with [\d,]+ maximum",
    re.IGNORECASE,
)
ALLOWED = re.compile(
    r"""(?:maximum\ context\ length\ (?:is|of)|context\ (?:size|length|window)\ (?:is|of)?
        |n_ctx['"]?:|tokens\ allowed|model\ with|tokens\ >)\D{0,5}(\d[\d,]*)""",
    re.IGNORECASE | re.VERBOSE,
)
QUOTA = ("insufficient_quota", "billing_hard_limit", "credit balance is too low")
NO_SUCH_MODEL = re.compile(
    r"model.{0,80}(?:not found|does not exist)|(?:invalid|unknown|no such|not a valid) model",
    re.IGNORECASE | re.DOTALL,
)
# A part of a body is kept for the message: some put the figures beside the message, not into it.
SHOWN = 2_000


class ComplaintError(Exception):
    """The endpoint found fault with the request itself (400, 422 or 501); a bluf-internal signal.

    The message is what the endpoint said, on one line.
    """

    def __init__(self, said: str, http_status: int) -> None:
        super().__init__(said)
        self.http_status = http_status


def failure(
    error: openai.OpenAIError, prompt: str, host: str, tries: int = 1
) -> EndpointError | ComplaintError:
    """Return what a request that got no answer ends with.

    Args:
        error: What the SDK raised.
        prompt: Name of the prompt, for the message.
        host: Name of the endpoint, for the message.
        tries: How often the request was sent.
    """
    if not isinstance(error, openai.APIStatusError):
        return EndpointError(prompt, explain(error, host, tries))
    status, said = error.status_code, words(error)
    if status == 413 or OVERFLOW.search(_whole(error)):
        return WindowError(prompt, f"{host} says: {said}", status, allowed_tokens(error))
    if status in (400, 422, 501) and not _is_quota(error):
        return ComplaintError(said, status)
    return EndpointError(prompt, explain(error, host, tries), status)


def explain(error: openai.OpenAIError, host: str, tries: int = 1) -> str:
    """Return why a request got no answer, in one line that holds no key."""
    often = f" after {tries} attempts" if tries > 1 else ""
    if isinstance(error, openai.APIStatusError):
        return _problem(error, host, often)
    if isinstance(error.__cause__, TooLargeError):
        return f"{host} did not answer as a model would: {error.__cause__}"
    return f"{host} cannot be reached{often}: {cause(error)}"


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code in PASSING and not _is_quota(error)
    unending = isinstance(error.__cause__, TooLargeError)
    return isinstance(error, openai.APIConnectionError) and not unending


def names_no_model(said: str) -> bool:
    """Whether an endpoint's complaint is that it has no such model."""
    return NO_SUCH_MODEL.search(said) is not None


def allowed_tokens(error: openai.APIStatusError) -> int | None:
    """Return the window that an endpoint names when a request is longer; None if it names none."""
    found = ALLOWED.search(_whole(error))
    return int(found[1].replace(",", "")) if found else None


def retry_after_s(error: BaseException | None) -> float | None:
    """Return the wait in seconds that a response asks for, or None when it asks for none.

    The header holds seconds or a date (RFC 9110, 10.2.3), which is read against the server's own
    clock where it tells it; a date in the past, a negative number and rubbish count as none.
    """
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    value = headers.get("retry-after", "").strip()
    try:
        wait_s = float(value)
    except ValueError:
        then, now = _moment(value), _moment(headers.get("date", ""))
        if then is None:
            return None
        wait_s = then - (time.time() if now is None else now)
    return wait_s if isfinite(wait_s) and wait_s > 0 else None


def told_inside(response: httpx2.Response) -> openai.APIStatusError | None:
    """Return the failure that a body with status 200 tells of, or None.

    Gateways that have begun to answer can no longer change the status, and put the real one into
    the body: {"error": {"code": 429, "message": ...}}.
    """
    if b'"choices"' in response.content or b'"error"' not in response.content:
        return None
    try:
        told = json.loads(response.content)["error"]
        code = told["code"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    if type(code) is not int or not 400 <= code < 600:
        return None
    real = httpx2.Response(code, headers=response.headers, request=response.request)
    return openai.APIStatusError(one_line(str(told)), response=real, body=told)


def words(error: openai.APIStatusError) -> str:
    """Return what the endpoint said, on one line, without control characters and the key."""
    said = error.body
    if isinstance(said, dict):
        inner = said.get("error", said)
        said = inner.get("message", inner) if isinstance(inner, dict) else inner
    told = str(said or error.response.reason_phrase or "nothing more")
    # A long key was hidden when the response came; one that may be a common word is hidden here.
    key = error.request.headers.get("authorization", "").removeprefix("Bearer ")
    return one_line(told.replace(key, "[key]") if len(key) > len(NO_KEY) else told)


def cause(error: BaseException | None) -> str:
    """Return the first cause in words: the SDK itself only says "Connection error."."""
    while error is not None and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return one_line(str(error) or type(error).__name__)


def _problem(error: openai.APIStatusError, host: str, often: str) -> str:
    status = error.status_code
    if status in (401, 403):
        # What the endpoint says here often quotes a part of the key.
        sent = error.request.headers.get("authorization", "") != f"Bearer {NO_KEY}"
        refused = "refused the key" if sent else "wants a key"
        return f"{host} {refused} (status {status}); set OPENAI_API_KEY"
    if _is_quota(error):
        return f"the quota at {host} is used up (status {status}); add credit, or use another"
    if 300 <= status < 400:
        target = one_line(error.response.headers.get("location", "elsewhere"))
        return f"{host} redirects to {target}; set OPENAI_BASE_URL to the final address"
    return f"{host} answered with status {status}{often}: {words(error)}"


def _is_quota(error: openai.APIStatusError) -> bool:
    told = _whole(error)
    return error.status_code == 402 or any(word in told for word in QUOTA)


def _whole(error: openai.APIStatusError) -> str:
    return f"{error.code} {str(error.body)[:SHOWN]}"


def _moment(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
