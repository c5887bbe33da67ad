"""The inside of a child process: take one job, work within limits, answer with one value."""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from agent.errors import SourceError

if sys.platform != "win32":
    import resource

Handler = Callable[[dict[str, Any], bytes], tuple[dict[str, Any], bytes]]


def serve(handle: Handler) -> None:
    """Answer the job on standard input: a line of JSON, then bytes, in both directions.

    A `SourceError` becomes `{"problem": …}`; what was not foreseen ends the process with a
    traceback, which the parent reports as a file that cannot be read.
    """
    job, body = receive(sys.stdin.buffer)
    # Libraries may print; the answer goes to a descriptor that they do not know.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit(seconds=job["limit_s"], memory_bytes=job["memory_bytes"])
    try:
        head, rest = handle(job, body)
    except SourceError as error:
        head, rest = {"problem": error.problem}, b""
    except MemoryError:
        head, rest = {"problem": "reading it takes more memory than is allowed"}, b""
    except RecursionError:
        head, rest = {"problem": "it is nested too deeply to be read"}, b""
    with answer:
        answer.write(packed(head, rest))


def packed(head: dict[str, Any], body: bytes) -> bytes:
    """Return one message: the head as a line of JSON, then the body."""
    return json.dumps(head).encode() + b"\n" + body


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Return the head and the body of the one message on a stream."""
    head: dict[str, Any] = json.loads(stream.readline())
    return head, stream.read()


def _limit(*, seconds: int, memory_bytes: int) -> None:
    """Bound this process, so that it also ends when its parent was killed."""
    if sys.platform == "win32":
        return
    signal.alarm(seconds + 2)
    # macOS refuses to bound the address space; the time limit still holds there.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
