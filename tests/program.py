"""Run the program in processes of their own that find the slow imports done.

A process of ours takes two seconds to import its SDKs, and the tests start a hundred. Each of these
is forked from one that has imported them and done nothing else; it has its own standard streams,
environment, folder, signals and exit status. What depends on how a process starts is tested with
a process from scratch.
"""

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

IMPORTED = [
    "agent.cli.main",
    "agent.library",
    "agent.llm.openai_model",
    "agent.llm.prices",
    "agent.sources.load",
    "agent.views.html",
    "agent.writing",
    "evals.comparison",
    "evals.report.html",
    "evals.run",
    "openai.types.chat",
]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(IMPORTED)


def run_program(
    *arguments: object,
    env: Mapping[str, str],
    stdin: bytes | None = None,
    cwd: Path | None = None,
    timeout_s: float = 300,
) -> subprocess.CompletedProcess[bytes]:
    """Return how `bluf` with these arguments ended, and what it wrote, as `subprocess.run` would.

    Raises:
        subprocess.TimeoutExpired: It did not end in time; it was killed.
    """
    command = ["bluf", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("in", "out", "err")]
        streams[0].write_bytes(stdin or b"")
        process = FORKS.Process(
            target=_become,
            args=(command, dict(env), str(cwd or Path.cwd()), list(map(str, streams))),
        )
        process.start()
        process.join(timeout_s)
        if process.is_alive():
            process.kill()
            raise subprocess.TimeoutExpired(command, timeout_s)
        out, err = (stream.read_bytes() for stream in streams[1:])
        return subprocess.CompletedProcess(command, process.exitcode or 0, out, err)


def _become(command: list[str], env: dict[str, str], cwd: str, streams: list[str]) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = command
    modes = (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_TRUNC] * 2)
    for number, (name, mode) in enumerate(zip(streams, modes, strict=True)):
        opened = os.open(name, mode)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb", closefd=False), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8")
    sys.stderr = io.TextIOWrapper(
        os.fdopen(2, "wb", closefd=False), "utf-8", "backslashreplace", line_buffering=True
    )
    from agent.cli.__main__ import run

    run()
