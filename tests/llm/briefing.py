"""The fault server as the endpoint of a whole brief, and the verb run in this process."""

import inspect
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.cli.brief import brief
from agent.llm.request import Filled
from tests.builders import LETTER, Answer
from tests.endpoint import SHAPES
from tests.llm.faultserver import FaultServer, Received, run_server, says


def prompt_of(received: Received) -> str:
    """Return which prompt a request asks, however the shape of its answer is told."""
    body = received.body
    if "tools" in body:
        name = body["tools"][0]["function"]["name"]
    else:
        name = body["response_format"]["json_schema"]["name"]
    return next(prompt for shape, prompt in SHAPES.items() if name.startswith(shape))


def answer_to(received: Received, answers: Mapping[str, Answer], **extra: Any) -> bytes:
    """Return the response that a model of these answers gives to a request."""
    texts = {message["role"]: message["content"] for message in received.body["messages"]}
    answer = answers[prompt_of(received)]
    content = (
        answer(Filled("", texts["system"], texts["user"], 0, 0)) if callable(answer) else answer
    )
    if "tools" not in received.body:
        return says(content, **extra)
    name = received.body["tools"][0]["function"]["name"]
    call = {
        "id": "c",
        "type": "function",
        "function": {"name": name, "arguments": json.dumps(content)},
    }
    return says(None, reason="tool_calls", message={"tool_calls": [call]}, **extra)


@contextmanager
def endpoint_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """Give the fault server as the endpoint that the environment of this process names."""
    with run_server() as server:
        for name in [name for name in os.environ if name.startswith(("OPENAI_", "BLUF_"))]:
            monkeypatch.delenv(name)
        settings = {"OPENAI_BASE_URL": server.url, "BLUF_MODEL": "m", "BLUF_CONTEXT": "32768"}
        for name, value in {**settings, "BLUF_STORE": str(tmp_path / "calls.db")}.items():
            monkeypatch.setenv(name, value)
        yield server


def write_letter(tmp_path: Path) -> Path:
    """Return a file with an article for which `good_answers` fit."""
    file = tmp_path / "letter.txt"
    file.write_text(LETTER, encoding="utf-8")
    return file


def run_brief(*sources: object, **flags: Any) -> None:
    """Run `bluf brief` as a call: an error that ends it is raised, and not made a status."""
    defaults = {
        name: parameter.default.default
        for name, parameter in inspect.signature(brief).parameters.items()
        if name != "sources"
    }
    brief(list(map(str, sources)), **{**defaults, **flags})
