"""A raw server on the loopback interface that does what its script says, faults included."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Step = bytes | Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class FaultServer:
    """Answers POSTs with the steps of its script in turn; the last one is repeated.

    Where `answer` is set, it is called for each of them instead.
    """

    url: str = ""
    answer: "Callable[[Received], Step] | None" = None
    script: list[Step] = field(default_factory=list)
    models: bytes = b""
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def asked(self) -> list[Any]:
        """The bodies of the questions, in the order in which they came."""
        return [request.body for request in self.received if request.method == "POST"]

    def step(self, received: Received) -> Step:
        with self.lock:
            self.received.append(received)
            if received.method == "GET":
                return self.models
            if self.answer is not None:
                return self.answer(received)
            return self.script[min(len(self.asked), len(self.script)) - 1]


@contextmanager
def run_server() -> Iterator[FaultServer]:
    server = FaultServer(models=status(404, {"error": {"message": "no such path"}}))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        threading.Thread(target=accept, args=(listener, server), daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)


def accept(listener: socket.socket, server: FaultServer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(connection, server), daemon=True).start()


def serve(connection: socket.socket, server: FaultServer) -> None:
    with connection, suppress(OSError):
        step = server.step(receive(connection))
        if isinstance(step, bytes):
            connection.sendall(step)
        else:
            step(connection)


def receive(connection: socket.socket) -> Received:
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536) or (_ for _ in ()).throw(OSError("closed"))
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ", 2)
    return Received(method, path, headers, json.loads(body) if body else None)


def raw(code: int, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    lines = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "connection": "close",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {code} Scripted\r\n{head}\r\n".encode() + body


def status(code: int, document: Any, headers: dict[str, str] | None = None) -> bytes:
    return raw(code, json.dumps(document).encode(), headers)


def fault(code: int, message: str = "scripted", **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status(code, {"error": {"message": message}}, named)


def says(content: Any, *, reason: str | None = "stop", **extra: Any) -> bytes:
    """A completion; `content` is sent as JSON unless it is text already."""
    text = content if isinstance(content, str | None) else json.dumps(content)
    message = {"role": "assistant", "content": text, **extra.pop("message", {})}
    choice = {"index": 0, "finish_reason": reason, "message": message}
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "total_tokens": 110,
        "prompt_tokens_details": {"cached_tokens": 40},
    }
    document = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    return status(200, {**document, "choices": [choice], "usage": usage, **extra})


def lists(*entries: dict[str, Any]) -> bytes:
    return status(200, {"object": "list", "data": list(entries)})


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silence(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.recv(1)


def drip(connection: socket.socket) -> None:
    """One byte every tenth of a second: no read time-out ever fires."""
    connection.sendall(b"HTTP/1.1 200 Slow\r\ncontent-length: 100000\r\n\r\n")
    for _ in range(3000):
        connection.sendall(b" ")
        time.sleep(0.1)


def cut(connection: socket.socket) -> None:
    connection.sendall(says({"word": "yes"})[:-20])


def cut_unseen(connection: socket.socket) -> None:
    """Without a length, the end of the connection passes for the end of the body."""
    body = says({"word": "yes"}).partition(b"\r\n\r\n")[2]
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + body[:-20])


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000000\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)
