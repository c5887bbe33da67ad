"""Write the brief to standard output or a file, and everything else to standard error."""

import codecs
import errno
import io
import os
import shutil
import sys
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Literal, TextIO

from agent.clean import clean_text, cut, one_line
from agent.errors import WriteError

# What a screen shows that has no such sign, such as one set to ASCII.
STAND_INS = {
    "►": ">", "→": "->", "✗": "x", "✓": "+", "·": ".", "•": "*", "…": "...",
    "─": "-", "—": "-", "–": "-", "“": '"', "”": '"', "‘": "'", "’": "'",
}  # fmt: skip


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

    A file appears under its name only when it is complete, and until then an older one stays as
    it is. When it cannot be written, the text goes to standard output instead, so that what was
    paid for is not lost.

    Raises:
        WriteError: The file or standard output cannot be written. A folder, a file that is
            write-protected, and a link that leads nowhere or is somebody else's are refused.
    """
    if file is None:
        _print_whole(text)
        return
    try:
        _replace(file, text.encode())
    except OSError as error:
        _print_whole(text)
        raise _not_written(file, error, "the text went to standard output") from error


def write_bytes(content: bytes, file: Path | None) -> None:
    """Write a binary file as `write_text` writes a text; what is not for a screen stays off it.

    Raises:
        WriteError: The file or standard output cannot be written.
    """
    if file is None:
        _print_bytes(content)
        return
    try:
        _replace(file, content)
    except OSError as error:
        kept = "the brief is kept, and bluf show writes it elsewhere"
        raise _not_written(file, error, kept) from error


def screen(file: Path | None, *, piped: int) -> tuple[int, bool]:
    """Return how many columns to fill, and whether in colour: for a file or pipe `piped`, plain."""
    if file is not None or sys.stdout is None or not sys.stdout.isatty():
        return piped, False
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return shutil.get_terminal_size((piped, 24)).columns, colour


class CleanStream(io.TextIOBase):
    """A stream for text that is printed by others, without what could steer a terminal in it."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text cleaned; its length comes back, as a caller expects."""
        if self._stream is not None:
            self._stream.write(clean_text(text)[0])
        return len(text)

    def flush(self) -> None:
        """Flush the stream that is behind."""
        if self._stream is not None:
            self._stream.flush()


def hush_stdout() -> None:
    """Send what is still buffered for standard output nowhere, so that exit stays quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _not_written(file: Path, error: OSError, then: str) -> WriteError:
    return WriteError(f"{file}: cannot be written ({error.strerror or error}); {then}")


def _print_bytes(content: bytes) -> None:
    if sys.stdout is None:
        raise WriteError("standard output is closed; give -o FILE")
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        hush_stdout()
        raise WriteError(f"standard output cannot be written ({error.strerror})") from error


def _print_whole(text: str) -> None:
    if sys.stdout is None:
        raise WriteError("standard output is closed; give -o FILE")
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            codecs.register_error("stand-in", _stand_in)
            sys.stdout.reconfigure(errors="stand-in")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        hush_stdout()
        reason = error.strerror or str(error)
        raise WriteError(f"standard output cannot be written ({reason})") from error


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """Return signs that every screen has for those that this one lacks.

    Letters lose their accents; whatever else would change its meaning is shown by its number.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_in_ascii, error.object[error.start : error.end])), error.end


def _in_ascii(sign: str) -> str:
    if sign in STAND_INS:
        return STAND_INS[sign]
    letter, *marks = tuple(unicodedata.normalize("NFD", sign))
    if letter.isascii() and all(unicodedata.combining(mark) for mark in marks):
        return letter
    return sign.encode("ascii", "backslashreplace").decode()


def _replace(file: Path, content: bytes) -> None:
    if file.exists() and not file.is_dir() and (not file.is_file() or _is_a_stream(file)):
        file.write_bytes(content)
        return
    target = _target(file)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{cut(target.name, 30)}.")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(mode)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _target(file: Path) -> Path:
    """Return the file to replace: behind a link, the file that it points to, not the link.

    Raises:
        OSError: It is not a file, or not one that should be replaced.
    """
    if file.is_symlink():
        owner = file.lstat().st_uid
        # As the kernel does where anybody may leave links (proc(5), protected_symlinks).
        if os.name == "posix" and owner not in {os.geteuid(), file.parent.stat().st_uid}:
            raise PermissionError(errno.EPERM, "it is a link that another user made")
        if not file.exists():
            raise FileNotFoundError(errno.ENOENT, "it is a link that leads nowhere")
    target = file.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder; give the name of a file in it")
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder")
    if target.exists() and not target.stat().st_mode & 0o222:
        raise PermissionError(errno.EACCES, "the file is write-protected")
    return target


def _is_a_stream(file: Path) -> bool:
    # /dev/stdout leads to whatever file it was redirected to: write there, never replace it.
    return file.absolute().parts[1:2] in {("dev",), ("proc",)}


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
