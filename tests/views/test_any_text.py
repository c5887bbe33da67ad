"""Whatever text a brief holds, every view sets it, and none of it steers what shows it."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.views.json import as_json
from agent.views.markdown import markdown
from agent.views.terminal import terminal
from schemas.brief import Brief
from tests.views.test_sourcing import SOURCING

# C0 but the newline, DEL, C1, what turns the direction, hidden tags, halves of a pair.
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Co", "Mn", "Zl", "Zp", "Lo"]),
        st.sampled_from("[]()<>|`*_#\\\n\r\t\x1b\x9b\u200d\ufe0f\u0301\u202e\U0001f1e9"),
    ),
    max_size=60,
)


def with_text(brief: Brief, text: str) -> Brief:
    """Return the brief with the text in every string of it that any text may stand in."""
    return Brief.model_construct(**dict(_walk(brief, text)))


def _walk(record: Any, text: str) -> Any:
    for name, field in type(record).model_fields.items():
        yield name, _with(getattr(record, name), text, free=field.annotation in FREE)


FREE = (str, str | None, tuple[str, ...])


def _with(value: Any, text: str, *, free: bool) -> Any:
    if isinstance(value, str):
        return f"{text}{value}{text}" if free and not IDS.fullmatch(value) else value
    if isinstance(value, tuple):
        return tuple(_with(item, text, free=free) for item in value)
    if hasattr(type(value), "model_fields"):
        return type(value).model_construct(**dict(_walk(value, text)))
    return value


IDS = re.compile(r"\d+\.\d+|[a-z_]+(\.[a-z_]+)*(\.\d+)?|[0-9a-f]{64}")


@pytest.fixture
def sourced(brief: Brief) -> Brief:
    return brief.model_copy(update={"sourcing": SOURCING})


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT, width=st.sampled_from([0, 20, 40, 80, 200]))
def test_any_text_in_any_string_is_set_by_every_view_and_steers_none(sourced, text, width):
    hostile = with_text(sourced, text)
    for detail in (False, True):
        assert STEERING.findall(terminal(hostile, width=width, colour=False, detail=detail)) == []
    coloured = terminal(hostile, width=width, colour=True, detail=True)
    assert STEERING.findall(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == []
    assert STEERING.findall(markdown(hostile)) == []
    document = as_json(hostile)
    assert document.isascii() and json.loads(document)["title"]


def test_the_text_stands_in_most_strings_of_the_brief(sourced):
    assert as_json(with_text(sourced, "zq7")).count("zq7") > 400
