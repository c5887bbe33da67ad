"""`bluf daily`: what the briefs of one day claim, from checked claims alone."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.output import say, screen, write_text
from agent.cli.rendering import PIPE_WIDTH, Detail, choose_format
from agent.errors import EvidenceError, SourceError, UsageError
from schemas.filing import Category

if TYPE_CHECKING:
    from datetime import date

    from agent.library import Entry, Library
    from schemas.brief import Brief
    from schemas.daily import LeftOut, RollUp

Format = Literal["terminal", "markdown", "html", "json"]
SHOWN = 5  # days with briefs that are named where the asked one has none


def daily(
    date_: datetime | None = typer.Option(
        None, "--date", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="In UTC; today if absent."
    ),
    category: Category | None = typer.Option(
        None, case_sensitive=False, help="Only briefs filed under it; one without any is other."
    ),
    format_: Format | None = typer.Option(
        None, "--format", "-f", help="By default what FILE ends in, else terminal."
    ),
    output: Path | None = typer.Option(
        None, "--output", "-o", metavar="FILE", dir_okay=False, help="Write there, not to stdout."
    ),
    detail: Detail = typer.Option("compact", help="full: every judgement and all of the outlook."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Roll up the briefs of one day: checked claims, merged and compared; needs no model.

    Examples: bluf daily; bluf daily --date 2025-12-28 --category cyber -o cyber.html
    """
    del debug  # read where a fault is caught
    from agent.config import Config
    from agent.library import read_library

    chosen = choose_format(format_, output)
    if chosen not in ("terminal", "markdown", "html", "json"):
        raise UsageError(f"a roll-up is not written as {chosen}: terminal, markdown, html or json")
    day = date_.date() if date_ else datetime.now(UTC).date()
    with read_library(Config.from_env(os.environ, model="embedded").store) as library:
        entries = library.list_briefs(category=category, day=day)
        if not entries:
            say(_nothing(library, day, category))
        if not entries and chosen != "json":
            return
        with _uncollected():
            rolled = _roll_up(library, entries, day, category)
    write_text(_render(rolled, chosen, output, detail), output)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the garbage collector back, which would take a tenth of the time to find none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _roll_up(
    library: "Library", entries: "tuple[Entry, ...]", day: "date", category: Category | None
) -> "RollUp":
    from agent.daily.rollup import roll_up

    briefs, left_out = _read(library, entries)
    return roll_up(briefs, day=day, category=category, left_out=left_out)


def _read(
    library: "Library", entries: "tuple[Entry, ...]"
) -> "tuple[dict[str, Brief], list[LeftOut]]":
    """Return the briefs to roll up, by their hash, and the others of the day with why not."""
    from schemas.daily import LeftOut

    briefs, left_out = {}, []
    for entry in entries:
        if entry.updated_by:
            why = f"updated by {entry.updated_by}"
            left_out.append(LeftOut(id=entry.id, title=entry.title, why=why))
            continue
        try:
            briefs[entry.sha256] = library.get(entry.id)
        except (EvidenceError, SourceError) as error:
            left_out.append(LeftOut(id=entry.id, title=entry.title, why=str(error)))
    return briefs, left_out


def _nothing(library: "Library", day: "date", category: Category | None) -> str:
    """Return that the day has no brief, and which days have."""
    of = f" filed under {category}" if category else ""
    days = library.days(category)
    if not days:
        return f"bluf: the library has no brief{of}; bluf brief keeps one there"
    named = ", ".join(f"{found} ({count})" for found, count in days[:SHOWN])
    more = f" and {len(days) - SHOWN} more days" if len(days) > SHOWN else ""
    return f"bluf: no brief{of} was written on {day} (UTC); there are some of {named}{more}"


def _render(rolled: "RollUp", format_: str, output: Path | None, detail: Detail) -> str:
    from agent.views import daily as views

    if format_ == "json":
        return views.daily_json(rolled)
    if format_ == "markdown":
        return views.daily_markdown(rolled)
    if format_ == "html":
        from agent.views.daily_html import daily_html

        return daily_html(rolled)
    width, colour = screen(output, piped=PIPE_WIDTH)
    return views.daily_terminal(rolled, width=width, colour=colour, full=detail == "full")
