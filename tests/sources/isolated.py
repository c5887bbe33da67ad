"""Fetch in a network of our own, where any address and any name server can be had.

Started as `unshare -rnm python -m tests.sources.isolated`, it prints what happened as one line of
JSON. In that network 93.184.216.34 is this machine, so that a public site that points at a
private one is no pretence, and nothing can leave.
"""

import json
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import SourceError
from agent.sources.web import fetch_page
from tests.sources.conftest import ARTICLE, running_server

PUBLIC = "93.184.216.34"
A_RECORD = 1


def main() -> None:
    """Run every case, the first of them before there is a network."""
    found = {"offline": offline()}
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{PUBLIC}/32", "dev", "lo"], check=True)
    found |= {"redirected": redirected(), "rebound": rebound()}
    sys.stdout.write(json.dumps(found) + "\n")


def offline() -> dict[str, object]:
    """Return what is said of a name and of an address when there is no network at all."""
    return {"name": fetched("http://news.example/a"), "address": fetched(f"http://{PUBLIC}/a")}


def redirected() -> dict[str, object]:
    """Return what is said when a public site points at a private one, and what that one saw."""
    with running_server() as private, running_server(PUBLIC, 8080) as public:
        said = fetched(f"{public.url}/to={private.url}/article")
        straight = fetched(f"{public.url}/article")
    return {"said": said, "straight": straight, "private": private.requests}


def rebound() -> dict[str, object]:
    """Return how a name fares that is public when first asked for, and private from then on."""
    with running_server(port=8080) as private, running_server(PUBLIC, 8080) as public:
        with _name_server([PUBLIC]) as once:
            straight = fetched("http://rebind.example:8080/article")
        with _name_server([PUBLIC]) as twice:
            said = fetched("http://rebind.example:8080/moved")
    return {
        "straight": straight, "looked_up": len(once), "said": said, "again": len(twice),
        "private": private.requests, "public": len(public.requests),
    }  # fmt: skip


def fetched(url: str) -> str:
    """Return "read" when the article came, or why it did not."""
    try:
        _, body = fetch_page(url, name=url, max_bytes=1_000_000)
    except SourceError as error:
        return error.problem
    return "read" if body == ARTICLE else "something else"


@contextmanager
def _name_server(answers: list[str]) -> Iterator[list[str]]:
    """Be the name server of this network, and yield the names as they are looked up.

    Each look-up gets the next of the answers; when they are used up, 127.0.0.1.
    """
    asked: list[str] = []
    with (
        tempfile.NamedTemporaryFile("w") as settings,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener,
    ):
        Path(settings.name).write_text("nameserver 127.0.0.1\n", encoding="ascii")
        subprocess.run(["mount", "--bind", settings.name, "/etc/resolv.conf"], check=True)
        listener.bind(("127.0.0.1", 53))
        listener.settimeout(0.05)
        done = threading.Event()
        thread = threading.Thread(target=_answer, args=(listener, asked, list(answers), done))
        thread.start()
        try:
            yield asked
        finally:
            done.set()
            thread.join()
            subprocess.run(["umount", "/etc/resolv.conf"], check=True)


def _answer(
    listener: socket.socket, asked: list[str], answers: list[str], done: threading.Event
) -> None:
    while not done.is_set():
        try:
            query, client = listener.recvfrom(512)
        except TimeoutError:
            continue
        end = query.index(0, 12) + 5
        (kind,) = struct.unpack(">H", query[end - 4 : end - 2])
        record = b""
        if kind == A_RECORD:
            asked.append(query[13 : end - 5].decode("latin-1"))
            address = socket.inet_aton(answers.pop(0) if answers else "127.0.0.1")
            record = b"\xc0\x0c" + struct.pack(">HHIH", A_RECORD, 1, 0, 4) + address
        header = query[:2] + struct.pack(">HHHHH", 0x8180, 1, bool(record), 0, 0)
        listener.sendto(header + query[12:end] + record, client)


if __name__ == "__main__":
    main()
