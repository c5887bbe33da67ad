"""A server on the loopback that answers each path with one fault."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

ARTICLE = (
    "<!DOCTYPE html><html lang='en'><head><title>Levy passes</title>"
    "<meta property='og:site_name' content='Test Courier'>"
    "<meta property='article:published_time' content='2026-03-04T09:00:00Z'></head><body><article>"
    "<h1>Levy passes</h1>"
    + "".join(
        f"<p>Paragraph {n} of the article says that the ministry raised the levy on grain by "
        f"{n + 2} percent, and that the farmers of the valley were not asked.</p>"
        for n in range(8)
    )
    + "</article></body></html>"
).encode()


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    if length != -1:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


HTML = "Content-Type: text/html; charset=utf-8"


def _bomb() -> bytes:
    return gzip.compress(bytes(60_000_000), 9)


ROUTES = {
    "/article": lambda: answer(ARTICLE, HTML),
    "/plain": lambda: answer(b"A title\n\nThe army left.", "Content-Type: text/plain"),
    "/mislabelled": lambda: answer(ARTICLE, "Content-Type: text/plain"),
    "/gzip": lambda: answer(gzip.compress(ARTICLE), HTML, "Content-Encoding: gzip"),
    "/loop": lambda: answer(b"", "Location: /loop", status="302 Found"),
    "/moved": lambda: answer(b"", "Location: /article", status="301 Moved Permanently"),
    "/to-file": lambda: answer(b"", "Location: file:///etc/passwd", status="302 Found"),
    "/403": lambda: answer(b"no", HTML, status="403 Forbidden"),
    "/404": lambda: answer(ARTICLE, HTML, status="404 Not Found"),
    "/500": lambda: answer(b"oops", HTML, status="500 Internal Server Error"),
    "/image": lambda: answer(b"\x89PNG\r\n\x1a\n" + bytes(100), "Content-Type: image/png"),
    "/json": lambda: answer(b'{"a": 1}', "Content-Type: application/json"),
    "/cut": lambda: answer(ARTICLE[:900], HTML, length=len(ARTICLE)),
    "/cut-unseen": lambda: answer(ARTICLE[:1400], HTML, length=-1),
    "/cut-gzip": lambda: answer(gzip.compress(ARTICLE)[:-40], HTML, "Content-Encoding: gzip"),
    "/bad-gzip": lambda: answer(b"not gzip at all", HTML, "Content-Encoding: gzip"),
    "/bomb": lambda: answer(_bomb(), HTML, "Content-Encoding: gzip"),
    "/stacked": lambda: answer(ARTICLE, HTML, "Content-Encoding: gzip, gzip"),
    "/paywall": lambda: answer(b"<html><body><p>Subscribe to read on.</p></body></html>", HTML),
    "/big-header": lambda: answer(ARTICLE, HTML, "X-Pad: " + "x" * 200_000),
    "/nonsense": lambda: b"\x00\x01\x02 this is no HTTP\r\n\r\n",
    "/empty": lambda: answer(b"", HTML),
}  # fmt: skip


@dataclass
class Server:
    url: str
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def article() -> bytes:
    return ARTICLE


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")
        done = threading.Event()
        thread = threading.Thread(target=_listen, args=(listener, found, done))
        listener.settimeout(0.05)
        thread.start()
        yield found
        done.set()
        thread.join()


def _listen(listener: socket.socket, server: Server, done: threading.Event) -> None:
    while not done.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(2)
            try:
                _serve(connection, server, done)
            except OSError:
                continue


def _serve(connection: socket.socket, server: Server, done: threading.Event) -> None:
    request = connection.recv(65_536).decode("latin-1")
    server.requests.append(request)
    path = request.split(" ")[1]
    if path == "/drip":
        connection.sendall(f"HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n".encode())
        while not done.wait(0.1):
            connection.sendall(b"x")
    elif path == "/reset":
        connection.sendall(answer(ARTICLE[:500], HTML, length=len(ARTICLE)))
        time.sleep(0.05)
        # Zero linger: the kernel sends a reset instead of an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    else:
        connection.sendall(ROUTES[path]())
