"""Compute what identifies a prompt and a version: names may be reused, digests may not."""

import hashlib
import json
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

from pydantic import BaseModel

from agent.errors import UsageError
from agent.llm.schema import strict_schema

SHOWN = 8  # hex digits of a digest that people are shown


def section_digest(
    text: str,
    *,
    answer: Mapping[str, Any] | None,
    sampling: Mapping[str, float],
    max_tokens: int,
    material: bool,
) -> str:
    """Return the SHA-256, in hex, of everything about one prompt that shapes its answer.

    It is taken over canonical JSON, so that neither the order of keys nor the platform matters.
    The order of an answer's fields does, since a model writes them in that order; a strict schema
    lists it under `required`.

    Args:
        text: The text with its placeholders.
        answer: The strict JSON schema of the answer, or None where no answer is asked.
        sampling: Settings such as temperature, by name.
        max_tokens: Room for the answer.
        material: Whether the numbered source stands before the text.
    """
    return sha256_json(
        {
            "text": text,
            "answer": answer,
            "sampling": {name: float(value) for name, value in sampling.items()},
            "max_tokens": max_tokens,
            "material": material,
        }
    )


def set_digest(sections: Mapping[str, str]) -> str:
    """Return the SHA-256, in hex, over the digests of a version's prompts, by their names."""
    return sha256_json(dict(sections))


def answer_schema(dotted: str, *, prompt: str) -> dict[str, Any]:
    """Return the strict JSON schema of the shape of that name, such as schemas.sections.Bluf.

    Raises:
        UsageError: There is no such shape, or no strict schema can say it; the message names the
            prompt that asks for it.
    """
    shape = answer_shape(dotted, prompt=prompt)
    try:
        return strict_schema(shape)
    except TypeError as error:
        raise UsageError(f"prompt {prompt}: {dotted}: {error}") from error


def answer_shape(dotted: str, *, prompt: str) -> type[BaseModel]:
    """Return the shape of that name.

    Raises:
        UsageError: There is no such shape; the message names the prompt that asks for it.
    """
    try:
        shape = resolve_name(dotted)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"prompt {prompt}: there is no shape {dotted}") from error
    if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        raise UsageError(f"prompt {prompt}: {dotted} is no shape")
    return shape


def short(digest: str) -> str:
    """Return a digest as people are shown it."""
    return digest[:SHOWN]


def sha256_json(value: object) -> str:
    """Return the SHA-256, in hex, of a value as JSON: keys sorted, no spaces, UTF-8."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
