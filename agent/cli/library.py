"""`bluf list`, `bluf show` and `bluf search`: the briefs that were kept."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.clean import one_line
from agent.cli.output import say, screen, write_text
from agent.cli.rendering import Detail, Format, choose_format, write_as
from schemas.filing import Category

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.text import Text

    from agent.library import Entry, Hit, Library
    from schemas.brief import Brief

PIPE_WIDTH = 100  # columns when standard output is no terminal
LEAST_TITLE = 30  # columns
EMPTY = "bluf: the library is empty; bluf brief keeps what it writes there"


def list_briefs(
    category: Category | None = typer.Option(
        None, case_sensitive=False, help="Only briefs filed under it; one without any is other."
    ),
    date: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Only those written on it, in UTC."
    ),
    status: Literal["draft", "reviewed"] | None = typer.Option(None, help="Only these."),
    limit: int = typer.Option(20, min=1, help="How many of the latest."),
    json_: bool = typer.Option(False, "--json", help="As JSON, for scripts."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """List the briefs in the library, newest first.

    Examples: bluf list; bluf list --category cyber --status reviewed --json
    """
    del debug  # read where a fault is caught
    day = date.date() if date else None
    with _library() as library:
        found = library.list_briefs(category=category, day=day, status=status, limit=limit)
        if not found and not json_:
            say("bluf: no brief in the library is like that" if library.days() else EMPTY)
            return
    if json_:
        from agent.views.json import dump

        write_text(dump([_entry_record(entry) for entry in found]), None)
        return
    write_text("".join(f"{line}\n" for line in _table(found)), None)


def show(
    brief: str = typer.Argument(
        help="The id that `bluf list` shows or how it begins, or a brief in JSON.",
        metavar="ID|FILE.json",
    ),
    format_: Format | None = typer.Option(
        None, "--format", "-f", help="By default what FILE ends in, else terminal."
    ),
    output: Path | None = typer.Option(
        None, "--output", "-o", metavar="FILE", dir_okay=False, help="Write there, not to stdout."
    ),
    detail: Detail = typer.Option(
        "compact", help="full: every reason, every withheld claim, every cited sentence."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Show a brief again, in any format.

    Examples: bluf show 20251228-101500; bluf show brief.json -o brief.docx
    """
    del debug  # read where a fault is caught
    from agent.review import as_reviewed

    chosen = choose_format(format_, output)
    write_as(as_reviewed(_find(brief)), chosen, output, detail)


def search(
    words: list[str] = typer.Argument(
        help='All of them have to be found; "words in quotes" stand together.', metavar="WORDS..."
    ),
    limit: int = typer.Option(20, min=1, help="How many lines at most."),
    category: Category | None = typer.Option(
        None, case_sensitive=False, help="Only briefs filed under it; one without any is other."
    ),
    json_: bool = typer.Option(False, "--json", help="As JSON, for scripts."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Search the titles and claims of all briefs in the library.

    Examples: bluf search engineers Kursk; bluf search "party congress" --category diplomacy
    """
    del debug  # read where a fault is caught
    with _library() as library:
        found = library.search(words, limit=limit, category=category)
        if not found and not json_:
            say("bluf: no brief says so" if library.days() else EMPTY)
            return
    if json_:
        from agent.views.json import dump

        write_text(dump([_hit_record(hit) for hit in found]), None)
        return
    write_text(_hits(found), None)


def _library() -> "AbstractContextManager[Library]":
    from agent.config import Config
    from agent.library import read_library

    return read_library(Config.from_env(os.environ, model="embedded").store)


def _find(name: str) -> "Brief":
    """Return the brief in a file, told by its ending or a folder in its name, or the kept one."""
    from agent.briefs import read_brief

    if name.lower().endswith(".json") or Path(name).name != name:
        return read_brief(name)
    with _library() as library:
        return library.get(library.find(name))


def _table(found: "tuple[Entry, ...]") -> list[str]:
    width, _ = screen(None, piped=PIPE_WIDTH)
    ids = max((len(one_line(entry.id)) for entry in found), default=0)
    head = f"{'brief':<{ids}} {'written':<10} {'status':<8} {'filed under':<18} {'TLP':<12} "
    room = max(LEAST_TITLE, width - len(head))
    rows = [
        f"{one_line(entry.id):<{ids}} {entry.generated_at:%Y-%m-%d} {entry.status:<8} "
        f"{entry.category or 'other':<18} {entry.tlp or '-':<12} {_title(entry, room)}"
        for entry in found
    ]
    return [f"{head}title", *rows]


def _title(entry: "Entry", room: int) -> str:
    """Return the title at most so many characters long, and which brief updates this one."""
    updated = f" (updated by {one_line(entry.updated_by)})" if entry.updated_by else ""
    return one_line(entry.title, limit=room) + updated


def _hits(found: "tuple[Hit, ...]") -> str:
    """Return each hit: the brief on one line, and below it the words with what they cite."""
    from io import StringIO

    from agent.views.terminal import console_to

    width, colour = screen(None, piped=PIPE_WIDTH)
    printed = StringIO()
    console = console_to(printed, width, colour)
    for number, hit in enumerate(found):
        if number == 0 or hit.brief.id != found[number - 1].brief.id:
            console.print(_brief_line(hit.brief), soft_wrap=True)
        for line in _words(hit).wrap(console, width - 2):
            line.rstrip()
            console.print("  ", line, sep="", soft_wrap=True)
    return printed.getvalue()


def _brief_line(entry: "Entry") -> "Text":
    from rich.text import Text

    marking = f", TLP:{entry.tlp}" if entry.tlp else ""
    updated = f", updated by {one_line(entry.updated_by)}" if entry.updated_by else ""
    filed = f" ({entry.status}, {entry.category or 'other'}{marking}{updated})"
    return Text.assemble(
        (one_line(entry.id), "bold"),
        f" {entry.generated_at:%Y-%m-%d} ",
        one_line(entry.title),
        (filed, "dim"),
    )


def _words(hit: "Hit") -> "Text":
    """Return the words that match with the claim's mark, odds, citation and remark."""
    from rich.text import Text

    from agent.analysis.estimative import phrase
    from agent.views.lines import MARKS, plain

    line = Text(f"{MARKS[hit.basis]} " if hit.basis else "title: ")
    if hit.likelihood:
        line.append(f"({phrase(hit.likelihood)}) ")
    for piece, matches in hit.snippet:
        line.append(piece, "bold" if matches else "")
    line.append(" ")
    if hit.evidence:
        line.append(plain(f"[{', '.join(hit.evidence)}; {_origins(hit)}]"), "dim")
    if hit.remark:
        line.append(f" {plain(hit.remark)}", "red")
    return line


def _origins(hit: "Hit") -> str:
    return ", ".join(
        f"{origin.name} {origin.published}" if origin.published else origin.name
        for origin in hit.sources
    )


def _entry_record(entry: "Entry") -> dict[str, object]:
    from dataclasses import asdict

    moments = {"published": entry.published, "generated_at": entry.generated_at}
    return asdict(entry) | {name: m and m.isoformat() for name, m in moments.items()}


def _hit_record(hit: "Hit") -> dict[str, object]:
    return {
        "brief": _entry_record(hit.brief),
        "claim": hit.claim,
        "basis": hit.basis,
        "likelihood": hit.likelihood,
        "remark": hit.remark,
        "text": hit.text,
        "snippet": "".join(piece for piece, _ in hit.snippet),
        "evidence": hit.evidence,
        "sources": [
            {"name": o.name, "published": o.published and o.published.isoformat()}
            for o in hit.sources
        ],
    }
