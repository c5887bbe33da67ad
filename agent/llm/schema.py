"""Turn a shape into the strict JSON schema that endpoints enforce, and an answer into a value."""

import json
import math
import re
from functools import lru_cache
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel

S = TypeVar("S", bound=BaseModel)
Json = dict[str, Any]

# What OpenAI's strict mode, vLLM and llama.cpp all accept; the rest is checked when the answer
# comes back. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
KEPT = frozenset(
    "$defs $ref additionalProperties anyOf const description enum exclusiveMaximum "
    "exclusiveMinimum format items maxItems maxLength maximum minItems minLength minimum "
    "multipleOf pattern prefixItems properties required type".split()
)
FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
RUN = re.compile(r"\{(\d+),(\d+)\}")
LONGEST_RUN = 90  # characters, a sentence of some sixteen words
# A model that rambles in numbers is no reason to spend minutes on one.
LONGEST_NUMBER = 300


@lru_cache(maxsize=128)
def strict_schema(shape: type[BaseModel]) -> Json:
    """Return the JSON schema of a shape as strict endpoints want it.

    Every object lists all its properties as required and allows no others. Limits that endpoints
    enforce stay; titles, defaults and other words are left out.

    Raises:
        TypeError: The shape holds a dictionary with free keys, which no strict schema can say.
    """
    schema = shape.model_json_schema()
    strict: Json = _strict(schema, schema.get("$defs", {}))
    if "$defs" in strict and "$ref" not in json.dumps(strict):
        del strict["$defs"]
    return strict


def shortest(schema: Json) -> Json:
    """Return the schema with lists and texts held short, for models that ramble when let.

    A list takes a third of what the schema allows, though never less than it demands; a pattern's
    runs take `LONGEST_RUN` characters. Whatever fits the result fits the schema.
    """
    short: Json = _shortest(schema)
    return short


def schema_name(shape: type[BaseModel]) -> str:
    """Return the shape's name in the letters that endpoints allow, 64 at most."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", shape.__name__).strip("_")[:64]


def read_value(shape: type[S], text: str) -> S:
    """Return the value that a model's text holds, checked strictly.

    A byte order mark, a Markdown fence and words around one object are forgiven; numbers that
    JSON does not have are not, and neither is a key that stands twice in an object.

    Raises:
        json.JSONDecodeError: The text is not JSON, or holds what no answer may.
        pydantic.ValidationError: It is JSON of another shape.
    """
    document = _only_json(text)
    try:
        json.loads(
            document,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_short,
            object_pairs_hook=_without_repeats,
        )
    except RecursionError:
        _refuse("nesting without end")
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        _refuse(str(error))
    return shape.model_validate_json(document, strict=True)


def _shortest(node: Any) -> Any:
    if isinstance(node, list):
        return [_shortest(item) for item in node]
    if not isinstance(node, dict):
        return node
    short = {key: _shortest(value) for key, value in node.items()}
    if isinstance(short.get("maxItems"), int):
        short["maxItems"] = max(short.get("minItems", 0), math.ceil(short["maxItems"] / 3))
    if isinstance(short.get("pattern"), str):
        short["pattern"] = RUN.sub(_shorter_run, short["pattern"])
    return short


def _shorter_run(run: re.Match[str]) -> str:
    least, most = int(run[1]), int(run[2])
    return f"{{{least},{max(least, min(most, LONGEST_RUN))}}}"


def _strict(node: Any, definitions: Json) -> Any:
    if isinstance(node, list):
        return [_strict(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and len(node) > 1:
        # Strict mode allows nothing beside a $ref, so the definition comes in here.
        target = definitions[node["$ref"].rpartition("/")[2]]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    if len(node.get("allOf", [])) == 1:
        node = {**node["allOf"][0], **{key: v for key, v in node.items() if key != "allOf"}}
        return _strict(node, definitions)
    if "oneOf" in node:
        node = {**node, "anyOf": node["oneOf"]}
    strict = {key: _part(key, value, definitions) for key, value in node.items() if key in KEPT}
    if node.get("type") == "object":
        _close(strict, node)
    return strict


def _part(key: str, value: Any, definitions: Json) -> Any:
    """Return one keyword's value; the keys of properties and $defs are names, not keywords."""
    if key in ("properties", "$defs"):
        return {name: _strict(part, definitions) for name, part in value.items()}
    if key in ("items", "anyOf", "prefixItems"):
        return _strict(value, definitions)
    return value


def _close(strict: Json, node: Json) -> None:
    if isinstance(node.get("additionalProperties"), dict) or "properties" not in node:
        raise TypeError("a strict schema cannot hold a dictionary with free keys; use a list")
    strict["required"] = list(node["properties"])
    strict["additionalProperties"] = False


def _only_json(text: str) -> str:
    text = text.strip().removeprefix("\ufeff").strip()
    if not text.startswith("{") and (fenced := FENCED.findall(text)):
        return str(fenced[-1])
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def _finite(number: str) -> float:
    if not math.isfinite(value := float(number)):
        _refuse(number[:20])
    return value


def _short(number: str) -> int:
    if len(number) > LONGEST_NUMBER:
        _refuse(f"a number of {len(number)} digits")
    return int(number)


def _without_repeats(pairs: list[tuple[str, Any]]) -> Json:
    # Readers of JSON differ in which of two values they take.
    if len(found := dict(pairs)) < len(pairs):
        _refuse("a key that stands twice")
    return found


def _refuse(what: str) -> NoReturn:
    raise json.JSONDecodeError(f"not allowed in an answer: {what}", "", 0)
