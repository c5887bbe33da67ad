"""Run a reader in a process of its own, so that no input can take the program's time or memory."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any

from agent.clean import one_line
from agent.errors import SourceError
from agent.sources.worker import packed

MEMORY_BYTES = 1 << 30
# A parser of hostile bytes has no use for the rest, API keys first of all.
PASSED_ON = (
    "PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "TZ",
)  # fmt: skip


async def run_child(
    module: str, job: dict[str, Any], body: bytes, *, name: str, limit_s: int
) -> tuple[dict[str, Any], bytes]:
    """Return what `module` answers to a job, run as `python -m module`.

    The child gets 1 GiB of address space and `limit_s` seconds, and is ended when this
    task is cancelled.

    Raises:
        SourceError: The child found the source unreadable, crashed, or hit a limit.
    """
    job = {**job, "name": name, "limit_s": limit_s, "memory_bytes": MEMORY_BYTES}
    process = await _start(module)
    try:
        async with asyncio.timeout(limit_s):
            out, err = await process.communicate(packed(job, body))
    except TimeoutError:
        raise SourceError(name, f"gave up after {limit_s} s; {_advice(module)}") from None
    finally:
        await _end(process)
    if process.returncode != 0:
        raise SourceError(name, f"it cannot be read and may be damaged ({_last_words(err)})")
    line, _, rest = out.partition(b"\n")
    head: dict[str, Any] = json.loads(line)
    if "problem" in head:
        raise SourceError(name, head["problem"])
    return head, rest


async def _start(module: str) -> Process:
    # -P: the folder that the user stands in must not supply modules.
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", module, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment()
    )


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    # On machines with many cores the numeric libraries reserve memory for each.
    return {**kept, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.communicate()


def _last_words(err: bytes) -> str:
    lines = err.decode("utf-8", "replace").strip().splitlines()
    return one_line(lines[-1], 120) if lines else "the reader crashed"


def _advice(module: str) -> str:
    if module.endswith("web"):
        return "the server is too slow; try later, or save the page and give the file"
    return "it takes too long to read; save its text to a file and give that"
