"""Faults that the machine itself produces: full disks, other users, failing writes, terminals.

A command that is given to one of these runs under its fault. Where the machine cannot produce the
fault, the test that wants it is skipped, with the reason.
"""

import atexit
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOBODY = 65534


def python(code: str, *arguments: object) -> list[str]:
    """Return the command that runs a script."""
    return [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]


def bluf(*arguments: object) -> list[str]:
    """Return the command that runs a verb."""
    return [sys.executable, "-m", "agent.cli", *map(str, arguments)]


def on_small_disk(folder: Path, size_kib: int, command: Sequence[str]) -> list[str]:
    """Return the command with a file system of so many KiB mounted at the folder, for it alone."""
    mounted = 'mount -t tmpfs -o size="$0k" none "$1" && shift && exec "$@"'
    unshared = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    _require([*unshared, mounted, "64", str(folder), "true"], "mounting needs user namespaces")
    return [*unshared, mounted, str(size_kib), str(folder), *command]


def as_another_user(command: Sequence[str]) -> list[str]:
    """Return the command run by a user whom permissions bind: nobody in place of root."""
    if os.geteuid() != 0:
        return list(command)
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    readable = "import agent.llm.calls, agent.cli.main"
    _require([*other, *python(readable)], "nobody may not read this folder or its Python")
    return [*other, *command]


def with_failing_sync(command: Sequence[str], *, after: int) -> list[str]:
    """Return the command for which every sync to the disk fails, but the first so many."""
    traced = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]
    _require([*traced, "true"], "strace may not trace here")
    fault = f"inject=fsync,fdatasync:error=EIO:when={after + 1}+"
    return [*traced, "-e", fault, *command]


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """Give a new folder that every user may look into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def run(command: Sequence[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in the root folder, with these variables and none of ours."""
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(**environment), capture_output=True, timeout=600
    )


def on_a_terminal(
    command: Sequence[str], *, columns: int = 80, **environment: str
) -> tuple[int, str]:
    """Return the status of a command and all that it sends to a terminal of so many columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(
        follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24 if columns else 0, columns, 0, 0)
    )
    settings = {"TERM": "xterm-256color", **environment}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean_environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
    ) as process:
        os.close(follower)
        shown = b"".join(iter(lambda: _read(leader), b""))
        status = process.wait(timeout=600)
    os.close(leader)
    return status, shown.decode(errors="surrogateescape").replace("\r\n", "\n")


def clean_environment(**environment: str) -> dict[str, str]:
    """Return our environment without what steers bluf, rich or the width, and with these."""
    dropped = ("OPENAI_", "BLUF_", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    compiled = {"PYTHONPYCACHEPREFIX": _compiled(), "PYTHONDONTWRITEBYTECODE": ""}
    return {**kept, **compiled, **environment}


@cache
def _compiled() -> str:
    """Return a folder for compiled modules, so that each process need not compile them again."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other end is closed
        return b""


def _require(probe: Sequence[str], reason: str) -> None:
    if shutil.which(probe[0]) is None:
        pytest.skip(f"{probe[0]} is not installed")
    if subprocess.run(probe, cwd=ROOT, capture_output=True).returncode:
        pytest.skip(reason)
