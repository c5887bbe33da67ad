"""What an endpoint says of itself: which models it has, and how large their window is."""

import json
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
from pydantic import BaseModel, ValidationError

from agent.clean import one_line

# A server that does not say how large its window is: most models in use have at least this.
UNKNOWN_WINDOW_TOKENS = 32_768
# Ollama gives each model this much unless told otherwise, and cuts the rest off in silence.
OLLAMA_WINDOW_TOKENS = 4_096
# Below this size a model's verdicts are noise.
JUDGING_PARAMETERS = 2_000_000_000


@dataclass(frozen=True)
class Listed:
    """One model as its endpoint lists it.

    Attributes:
        name: Its id.
        window_tokens: Its window as it runs there; None when the endpoint does not say.
        parameters: Its size; None when the endpoint does not say.
        local: Whether llama.cpp runs it, which takes a seed.
    """

    name: str
    window_tokens: int | None
    parameters: int | None
    local: bool


async def list_models(client: openai.AsyncOpenAI, *, wait_s: float) -> tuple[Listed, ...]:
    """Return the models that the endpoint lists, in its order; none when it does not say.

    llama.cpp, vLLM, OpenRouter, Groq and Ollama each tell the window in a place of their own.

    Raises:
        openai.OpenAIError: The endpoint cannot be reached, or refuses.
    """
    response = await client.get("/models", cast_to=httpx2.Response, options={"timeout": wait_s})
    try:
        listing = _Listing.model_validate(json.loads(response.content))
    except (ValueError, RecursionError, ValidationError):
        return ()
    return tuple(_as_listed(entry) for entry in listing.data)


class _Entry(BaseModel):
    id: str
    owned_by: Any = None
    meta: Any = None
    max_model_len: Any = None
    context_length: Any = None
    context_window: Any = None


class _Listing(BaseModel):
    data: list[_Entry]


def _as_listed(entry: _Entry) -> Listed:
    meta = entry.meta if isinstance(entry.meta, dict) else {}
    told = (meta.get("n_ctx"), entry.max_model_len, entry.context_length, entry.context_window)
    windows = [tokens for tokens in told if type(tokens) is int and tokens > 0]
    if not windows and entry.owned_by == "library":
        windows = [OLLAMA_WINDOW_TOKENS]
    parameters = meta.get("n_params")
    return Listed(
        name=one_line(entry.id),
        window_tokens=windows[0] if windows else None,
        parameters=parameters if type(parameters) is int else None,
        local=entry.owned_by == "llamacpp",
    )
