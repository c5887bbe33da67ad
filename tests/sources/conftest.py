"""A server on the loopback that answers each path with one fault."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.sources import bombs

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


BUSY = b"<html><body>come back later</body></html>"
OVERLOADED = "503 Service Unavailable"
HTML = "Content-Type: text/html; charset=utf-8"


PITCH = b"<html><body><p>Subscribe to read on.</p></body></html>"


ROUTES: dict[str, Callable[[], bytes]] = {
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
    "/bomb": lambda: answer(bombs.gzipped(), HTML, "Content-Encoding: gzip"),
    "/stacked": lambda: answer(bombs.gzipped_twice(), HTML, "Content-Encoding: gzip, gzip"),
    "/brotli": lambda: answer(b"\x0b\x02\x80hello\x03", HTML, "Content-Encoding: br"),
    "/paywall": lambda: answer(PITCH, HTML),
    "/410": lambda: answer(ARTICLE, HTML, status="410 Gone"),
    "/451": lambda: answer(ARTICLE, HTML, status="451 Unavailable For Legal Reasons"),
    "/503-for-a-day": lambda: answer(BUSY, "Retry-After: 86400", status=OVERLOADED),
    "/503-for-ever": lambda: answer(BUSY, "Retry-After: 0", status=OVERLOADED),
    "/to-ftp": lambda: answer(b"", "Location: ftp://127.0.0.1/a", status="302 Found"),
    "/untyped": lambda: answer(ARTICLE),
    "/many-headers": lambda: answer(ARTICLE, HTML, *(f"X-{n}: x" for n in range(2_000))),
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
    with running_server() as found:
        yield found


@contextmanager
def running_server(address: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Serve the routes from a thread of this process until the block ends."""
    with socket.create_server((address, port)) as listener:
        found = Server(f"http://{address}:{listener.getsockname()[1]}")
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
    asked = sum(path in r.split("\r\n")[0] for r in server.requests)
    if path == "/drip":
        connection.sendall(f"HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n".encode())
        while not done.wait(0.1):
            connection.sendall(b"x")
    elif path == "/endless":
        connection.sendall(f"HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n".encode())
        while not done.is_set():
            connection.sendall(b"<p>and so on</p>" * 5_000)
    elif path == "/silent":
        done.wait(20)
    elif path.startswith("/to="):
        connection.sendall(answer(b"", f"Location: {path[4:]}", status="302 Found"))
    elif path.startswith("/503-once"):
        wait = path.rpartition("=")[2].replace("%20", " ")
        busy = answer(BUSY, f"Retry-After: {wait}", status=OVERLOADED)
        connection.sendall(busy if asked == 1 else answer(ARTICLE, HTML))
    elif path == "/reset":
        connection.sendall(answer(ARTICLE[:500], HTML, length=len(ARTICLE)))
        time.sleep(0.05)
        # Zero linger: the kernel sends a reset instead of an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    else:
        connection.sendall(ROUTES[path]())
