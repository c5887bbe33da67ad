"""What all verbs that read sources do: take standard input, and write over nothing they read."""

import sys
from collections.abc import Sequence
from pathlib import Path

from agent.errors import SourceError, UsageError


def standard_input(what: str = "the article", *, most: int = -1) -> bytes:
    """Return the bytes on standard input.

    Args:
        what: What should come there, for the message.
        most: How many bytes to read at most; -1 for all.

    Raises:
        SourceError: It is closed.
    """
    if sys.stdin is None:
        raise SourceError("-", f"standard input is closed; send {what} to it")
    return sys.stdin.buffer.read(most)


def refuse_overwriting(output: Path | None, names: Sequence[str]) -> None:
    """Do nothing, unless the output is one of the inputs.

    Raises:
        UsageError: It is.
    """
    if output is None or not output.exists():
        return
    if any(Path(name).exists() and output.samefile(name) for name in names):
        raise UsageError(f"{output}: it is one of the sources and would be overwritten")
