"""Show how far work on many briefs has come: rate, cost so far, time left."""

import sys
import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING

from agent.clean import one_line
from agent.cli.output import say

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

    from agent.llm.calls import Totals

EVERY_S = 30.0  # seconds between two lines where nothing can be redrawn


class Tally(AbstractContextManager["Tally"]):
    """One line that is redrawn on a terminal, and a line now and then elsewhere.

    Attributes:
        total: How many briefs there are to make.
        done: How many are made.
    """

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self.total, self.done = total, 0
        self._quiet = quiet
        self._paid_usd: float | None = 0.0
        self._asked = 0
        self._began = self._told = time.monotonic()
        self._live: Live | None = None

    def __enter__(self) -> "Tally":
        """Start drawing, where standard error is a terminal."""
        if not self._quiet and sys.stderr is not None and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                console=Console(stderr=True),
                transient=True,
                refresh_per_second=4,
                get_renderable=self._line,
            )
            self._live.start()
        return self

    def count(self, totals: "Totals | None") -> None:
        """Count one brief, and what was paid for it now; None where nothing was asked."""
        self.done += 1
        if totals and totals.calls > totals.calls_from_store:
            self._asked += 1
            spent = totals.spent_usd
            known = self._paid_usd is not None and spent is not None
            self._paid_usd = (self._paid_usd or 0.0) + (spent or 0.0) if known else None
        now = time.monotonic()
        if not self._quiet and self._live is None and self._asked and now - self._told > EVERY_S:
            self._told = now
            say(self.describe(now - self._began))

    def note(self, line: str) -> None:
        """Print one line that the user should see, above the one that is redrawn."""
        if self._quiet:
            return
        if self._live is None:
            say(line)
        else:
            from rich.text import Text

            self._live.console.print(Text(one_line(line, limit=1000)))

    def describe(self, seconds: float) -> str:
        """Return where things stand after so many seconds."""
        parts = [f"{self.done} of {self.total} briefs"]
        # Those from the store take no time and would make the rate a dream.
        if self._asked:
            each_s = seconds / self._asked
            left_s = each_s * (self.total - self.done)
            parts.append(f"{each_s:.0f} s a brief, about {left_s / 60:.0f} min left at most")
        cost = "cost unknown" if self._paid_usd is None else f"${self._paid_usd:.2f} so far"
        return ", ".join((*parts, cost))

    def _line(self) -> "Text":
        from rich.text import Text

        return Text(self.describe(time.monotonic() - self._began))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line off the screen."""
        if self._live is not None:
            self._live.stop()
