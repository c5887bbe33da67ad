"""Write the brief to standard output or a file, and everything else to standard error."""

import io
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Literal

from agent.clean import one_line
from agent.errors import WriteError


def say(line: str, *, to: Literal["stderr", "stdout"] = "stderr") -> None:
    """Print one line, without anything in it that could steer a terminal.

    A standard error that nobody reads loses its lines and nothing else.
    """
    shown = one_line(line, limit=1000)
    if to == "stdout":
        write_text(f"{shown}\n", None)
    elif sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{shown}\n")
            sys.stderr.flush()


def write_text(text: str, file: Path | None) -> None:
    """Write a whole text to the file, or to standard output when there is none.

    A file appears under its name only when it is complete. When it cannot be written, the text
    goes to standard output instead, so that what was paid for is not lost.

    Raises:
        WriteError: The file or standard output cannot be written.
    """
    if file is None:
        _print_whole(text)
        return
    try:
        _replace(file, text)
    except OSError as error:
        _print_whole(text)
        reason = error.strerror or str(error)
        raise WriteError(
            f"{file}: cannot be written ({reason}); the brief went to standard output"
        ) from error


def screen(file: Path | None, *, piped: int) -> tuple[int, bool]:
    """Return how many columns to fill, and whether in colour: for a file or pipe `piped`, plain."""
    if file is not None or sys.stdout is None or not sys.stdout.isatty():
        return piped, False
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return shutil.get_terminal_size((piped, 24)).columns, colour


def hush_stdout() -> None:
    """Send what is still buffered for standard output nowhere, so that exit stays quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_whole(text: str) -> None:
    if sys.stdout is None:
        raise WriteError("standard output is closed; give -o FILE")
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        hush_stdout()
        reason = error.strerror or str(error)
        raise WriteError(f"standard output cannot be written ({reason})") from error


def _replace(file: Path, text: str) -> None:
    if file.exists() and (not file.is_file() or _is_a_stream(file)):
        file.write_text(text, encoding="utf-8")
        return
    target = file.resolve()  # behind a link, the file it points to is replaced, not the link
    if not target.parent.is_dir():
        raise FileNotFoundError(2, "no such folder")
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(mode)
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _is_a_stream(file: Path) -> bool:
    # /dev/stdout leads to whatever file it was redirected to: write there, never replace it.
    return file.absolute().parts[1:2] in {("dev",), ("proc",)}


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
