"""Read the bytes of a file or of standard input, without ever waiting on a device."""

import os
import stat
from pathlib import Path

from agent.errors import SourceError

SPECIAL = (
    (stat.S_ISDIR, "it is a folder; give the files in it"),
    (stat.S_ISFIFO, "it is a pipe; give - and send the text to standard input"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a device, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
)


def read_file(name: str, *, max_bytes: int) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        SourceError: There is none, it is no regular file, may not be read, or is too large.
    """
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
        handle = os.open(Path(name).expanduser(), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(name, _refusal(name, error)) from error
    mode = os.fstat(handle).st_mode
    if problem := next((what for is_kind, what in SPECIAL if is_kind(mode)), None):
        os.close(handle)
        raise SourceError(name, problem)
    with os.fdopen(handle, "rb") as file:
        try:
            raw = file.read(max_bytes + 1)
        except OSError as error:
            raise SourceError(name, f"it cannot be read ({error.strerror})") from error
    return checked_size(raw, name, max_bytes=max_bytes)


def checked_size(raw: bytes, name: str, *, max_bytes: int) -> bytes:
    """Return the bytes as they are.

    Raises:
        SourceError: They are more than `max_bytes`.
    """
    if len(raw) > max_bytes:
        raise SourceError(name, too_large(max_bytes))
    return raw


def too_large(max_bytes: int) -> str:
    """Return the sentence that says what the limit is."""
    return f"it is larger than {max_bytes / 1e6:,.0f} MB; give a part of it"


def _refusal(name: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        looks_like_host = "." in name.partition("/")[0] and "/" in name and not name.startswith(".")
        hint = f"; for a web page write https://{name}" if looks_like_host else "; check the path"
        return "there is no such file" + hint
    if isinstance(error, PermissionError):
        return "you may not read it; check its permissions"
    if isinstance(error, IsADirectoryError):
        return SPECIAL[0][1]
    reason = error.strerror if isinstance(error, OSError) else "it is no valid path"
    return f"it cannot be opened ({reason})"
