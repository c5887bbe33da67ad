"""What the pipeline says while it works; only the command line shows it."""

from typing import Literal, Protocol

State = Literal["started", "finished"]


class Progress(Protocol):
    """Receives each stage's start and end, and notes for the reader."""

    def stage(self, name: str, state: State, detail: str = "") -> None:
        """Take note that a stage, such as `hypotheses`, started or finished."""

    def note(self, line: str) -> None:
        """Take one line that the reader should see, such as a retry or a fallback."""


class Silent:
    """A Progress that keeps everything to itself."""

    def stage(self, name: str, state: State, detail: str = "") -> None:
        """Do nothing."""

    def note(self, line: str) -> None:
        """Do nothing."""
