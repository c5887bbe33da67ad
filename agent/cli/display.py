"""Show progress on standard error: a live line per stage on a terminal, plain lines otherwise."""

import os
import sys
import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING

from agent.clean import one_line
from agent.cli.output import say
from agent.progress import State

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text


class PlainDisplay(AbstractContextManager["PlainDisplay"]):
    """One line on standard error for each finished stage and each note."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def stage(self, name: str, state: State, detail: str = "") -> None:
        """Print a finished stage with the seconds since the start."""
        if state == "finished":
            seconds = time.monotonic() - self.began
            say(f"{seconds:6.1f} s  {name}{': ' if detail else ''}{detail}")

    def note(self, line: str) -> None:
        """Print the note."""
        say(line)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing to undo."""


class QuietDisplay(PlainDisplay):
    """Nothing but what went wrong, which is not told through a display."""

    def stage(self, name: str, state: State, detail: str = "") -> None:
        """Print nothing."""

    def note(self, line: str) -> None:
        """Print nothing."""


class LiveDisplay(PlainDisplay):
    """A block of lines that is redrawn in place, gone once the brief is done."""

    def __init__(self) -> None:
        super().__init__()
        self.stages: dict[str, str] = {}
        self.live: Live | None = None

    def __enter__(self) -> "LiveDisplay":
        """Start drawing."""
        from rich.console import Console
        from rich.live import Live

        self.live = Live(
            console=Console(stderr=True),
            transient=True,
            refresh_per_second=8,
            get_renderable=self._block,
        )
        self.live.start()
        return self

    def stage(self, name: str, state: State, detail: str = "") -> None:
        """Take note of the stage for the next redraw."""
        mark = "…" if state == "started" else "✓"
        self.stages[name] = one_line(f"{mark} {name}{': ' if detail else ''}{detail}")

    def _block(self) -> "Text":
        from rich.text import Text

        done = sum(1 for line in self.stages.values() if line.startswith("✓"))
        seconds = time.monotonic() - self.began
        head = f"{done} of {len(self.stages)} stages, {seconds:.0f} s"
        return Text("\n".join((head, *self.stages.values())))

    def note(self, line: str) -> None:
        """Print the note above the block."""
        if self.live is None:
            say(line)
        else:
            from rich.text import Text

            # As `Text`, or rich would read codes for emoji in it.
            self.live.console.print(Text(one_line(line, limit=1000)))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the block off the screen."""
        if self.live is not None:
            self.live.stop()


def choose_display(*, quiet: bool) -> PlainDisplay:
    """Return the display that suits standard error."""
    if quiet:
        return QuietDisplay()
    on_screen = sys.stderr is not None and sys.stderr.isatty()
    # A dumb terminal cannot move its cursor.
    redraws = on_screen and os.environ.get("TERM") not in {None, "", "dumb", "unknown"}
    return LiveDisplay() if redraws else PlainDisplay()
