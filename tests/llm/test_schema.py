from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from agent.llm.schema import schema_name, shortest, strict_schema
from agent.llm.wire import Dialect, NotAChatError, Reply, read_reply
from schemas.record import Record


class Inner(Record):
    """One part."""

    kind: Literal["a", "b"] = Field(description="Which.")
    note: str | None = Field(max_length=20)


class Outer(Record):
    """The whole."""

    first: Inner = Field(description="The first part.")
    parts: tuple[Inner, ...] = Field(min_length=1, max_length=3)
    score: float = Field(ge=0, le=1, default=0.5)


def walk(node: Any) -> list[dict[str, Any]]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    found = [node] if isinstance(node, dict) else []
    return found + [inner for child in below for inner in walk(child)]


def test_every_object_is_closed_and_requires_all_it_names():
    objects = [node for node in walk(strict_schema(Outer)) if node.get("type") == "object"]
    assert len(objects) == 3
    for node in objects:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


def test_limits_stay_and_what_endpoints_refuse_goes():
    schema = strict_schema(Outer)
    parts = schema["properties"]["parts"]
    assert (parts["minItems"], parts["maxItems"]) == (1, 3)
    assert schema["properties"]["score"] == {"type": "number", "minimum": 0, "maximum": 1}
    assert parts["items"] == {"$ref": "#/$defs/Inner"}
    inner = schema["$defs"]["Inner"]["properties"]
    assert inner["note"]["anyOf"] == [{"type": "string", "maxLength": 20}, {"type": "null"}]
    assert not any("title" in node or "default" in node for node in walk(schema))


def test_nothing_stands_beside_a_reference():
    schema = strict_schema(Outer)
    assert all(len(node) == 1 for node in walk(schema) if "$ref" in node)
    assert schema["properties"]["first"]["description"] == "The first part."


def test_a_dictionary_with_free_keys_cannot_be_strict():
    class Free(BaseModel):
        counts: dict[str, int]

    with pytest.raises(TypeError, match="free keys"):
        strict_schema(Free)


def test_the_name_of_a_generic_shape_is_one_that_endpoints_allow():
    shape = type("Hypotheses[Cite]" + "x" * 99, (Outer,), {})
    assert schema_name(shape).startswith("Hypotheses_Cite_xx")
    assert len(schema_name(shape)) == 64


def test_a_dialect_only_ever_gets_weaker_and_ends():
    dialect: Dialect | None = Dialect()
    seen = []
    while dialect is not None:
        seen.append(dialect)
        dialect = dialect.learn("response_format tools temperature max_completion_tokens")
    assert [(d.mode, d.temperature) for d in seen[-4:]] == [
        ("json_schema", False),
        ("tools", False),
        ("json_object", False),
        ("text", False),
    ]
    assert Dialect().learn("the moon is full") is None


def test_a_reply_is_read_without_trust():
    assert read_reply('{"choices": [], "usage": null, "new": 1}') == Reply(
        outcome="empty", text="the answer held no choices"
    )
    for body in ("", "null", "[]", "{}", '{"choices": 3}', '{"choices": [{"message": 5}]}'):
        with pytest.raises(NotAChatError):
            read_reply(body)


def test_the_shortest_schema_keeps_what_is_demanded_and_cuts_what_is_allowed():
    schema = {
        "properties": {
            "few": {"type": "array", "minItems": 3, "maxItems": 4},
            "many": {"type": "array", "maxItems": 8, "items": {"pattern": "^[a-z]{20,180}[.]$"}},
        }
    }
    few, many = shortest(schema)["properties"].values()
    assert (few["minItems"], few["maxItems"], many["maxItems"]) == (3, 3, 3)
    assert many["items"]["pattern"] == "^[a-z]{20,90}[.]$"
