"""A real OpenAI-compatible endpoint on loopback that gives scripted answers, for whole runs."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agent.errors import ModelError
from agent.llm.request import Filled
from tests.builders import Answer

SHAPES = {
    "Signals": "signals",
    "Hypotheses": "hypotheses",
    "Assumptions": "assumptions",
    "Implications": "implications",
    "Outlook": "outlook",
    "Entities": "entities",
    "Tags": "tags",
    "Filing": "category",
    "CausalLayers": "causal_layers",
    "Matrix": "matrix",
    "Bluf": "bluf",
    "SpeakerGrades": "grade_speakers",
    "ItemGrades": "grade_items",
    "Rewrites": "repair",
    "Findings": "judge",
    "KeyAssumptions": "key_assumptions",
    "DeceptionTests": "deception",
    "Drivers": "drivers",
    "Impacts": "cross_impact",
    "WatchList": "indicators",
    "FoundFlaws": "flaws",
    "Preferred": "prefer",
}


@dataclass
class Served:
    """One request that the endpoint answered: what was asked, and when, in seconds."""

    prompt: str
    body: dict[str, Any]
    began: float
    ended: float = 0.0


@dataclass
class Endpoint:
    """The running endpoint: its address and everything it was asked."""

    url: str = ""
    served: list[Served] = field(default_factory=list)

    def most_at_once(self) -> int:
        """Return how many requests were in flight together at most."""
        edges = [(s.began, 1) for s in self.served] + [(s.ended, -1) for s in self.served]
        running, most = 0, 0
        for _, change in sorted(edges):
            running += change
            most = max(most, running)
        return most


@contextmanager
def running_endpoint(answers: Mapping[str, Answer], *, delay_s: float = 0.0) -> Iterator[Endpoint]:
    """Run the endpoint in a thread until the block ends; each answer takes `delay_s`."""
    endpoint = Endpoint()
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stopped = asyncio.Event()

    async def serve() -> None:
        handler = _handler(endpoint, answers, delay_s)
        async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
            endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            ready.set()
            await stopped.wait()
        # Connections that a client left open are no business of the tests.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield endpoint
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()


def _handler(endpoint: Endpoint, answers: Mapping[str, Answer], delay_s: float) -> Any:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _content_length(head)
                body = await reader.readexactly(length) if length else b""
                path = head.split(b" ", 2)[1].decode()
                if path.endswith("/models"):
                    await _reply(writer, {"data": [{"id": "scripted", "object": "model"}]})
                elif path.endswith("/chat/completions"):
                    await _complete(endpoint, answers, delay_s, json.loads(body), writer)
                else:
                    await _reply(writer, {"error": {"message": "no such path"}}, status=404)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    return handle


async def _complete(
    endpoint: Endpoint,
    answers: Mapping[str, Answer],
    delay_s: float,
    body: dict[str, Any],
    writer: asyncio.StreamWriter,
) -> None:
    name = body["response_format"]["json_schema"]["name"]
    prompt = next(prompt for shape, prompt in SHAPES.items() if name.startswith(shape))
    served = Served(prompt, body, time.monotonic())
    endpoint.served.append(served)
    await asyncio.sleep(delay_s)
    texts = {message["role"]: message["content"] for message in body["messages"]}
    answer = answers[prompt]
    assert not isinstance(answer, ModelError)
    content = (
        answer(Filled(prompt, texts["system"], texts["user"], 0, 0)) if callable(answer) else answer
    )
    served.ended = time.monotonic()
    await _reply(
        writer,
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "scripted",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": json.dumps(content)},
                }
            ],
            "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
        },
    )


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _reply(writer: asyncio.StreamWriter, value: object, *, status: int = 200) -> None:
    payload = json.dumps(value).encode()
    head = (
        f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\n\r\n"
    )
    writer.write(head.encode() + payload)
    await writer.drain()
