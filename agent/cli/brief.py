"""`bluf brief SOURCE…`: read, draft, check, print."""

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.display import choose_display
from agent.cli.output import say, write_text
from agent.errors import UsageError

if TYPE_CHECKING:
    from agent.config import Config
    from agent.progress import Progress
    from agent.sources.load import Stated
    from schemas.brief import Brief

Format = Literal["terminal", "markdown", "json"]
SUFFIXES: dict[str, Format] = {".json": "json", ".md": "markdown", ".txt": "terminal"}
UNSUPPORTED = 1


def brief(
    sources: list[str] = typer.Argument(
        help="Text, Markdown, HTML or PDF files, http(s) addresses, or - for standard input.",
        metavar="SOURCE...",
    ),
    format_: Format = typer.Option(
        None, "--format", "-f", help="By default what FILE ends in, else terminal."
    ),
    output: Path = typer.Option(None, "--output", "-o", metavar="FILE", help="Instead of stdout."),
    detail: Literal["compact", "full"] = typer.Option(
        "compact", help="full: every reason, every withheld claim, every cited sentence."
    ),
    title: str = typer.Option(None, help="The title, instead of the one in the source."),
    publisher: str = typer.Option(None, help="Who published the source."),
    author: str = typer.Option(None, help="Who wrote the source."),
    published: datetime = typer.Option(None, formats=["%Y-%m-%d"], help="When it appeared."),
    reliability: Literal["A", "B", "C", "D", "E", "F"] = typer.Option(
        None, help="Admiralty code of the source; unknown is F."
    ),
    credibility: int = typer.Option(
        None, min=1, max=6, help="Admiralty code of the information; unknown is 6."
    ),
    model: str = typer.Option(None, help="A model's name at the endpoint, or a .gguf file."),
    judge: str = typer.Option(
        None, help="The model that checks inferences, at the same endpoint; none for no model."
    ),
    prompts: str = typer.Option("v1", help="The prompt version."),
    cache: bool = typer.Option(True, help="Whether answers kept from earlier runs may serve."),
    force: bool = typer.Option(False, "--force", help="Brief a text that would be declined."),
    strict: bool = typer.Option(False, "--strict", help="Exit 1 when a claim was withheld."),
    allow_private: bool = typer.Option(
        False, "--allow-private", help="Fetch addresses of this machine and its network too."
    ),
    quiet: bool = typer.Option(False, "--quiet", help="No progress and no notes."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Write a brief of the sources, every sentence cited and checked.

    Examples: bluf brief examples/letter.txt; cat page.html | bluf brief - --publisher "The Wire" -o
    brief.md
    """
    del debug  # read where a fault is caught
    from agent.config import Config
    from agent.sources.load import Stated

    stated = Stated(
        title=title,
        publisher=publisher,
        author=author,
        published=published.date() if published else None,
        reliability=reliability,
        credibility=credibility,
    )
    config = Config.from_env(model=model, judge=judge, prompts=prompts, use_cache=cache)
    with choose_display(quiet=quiet) as display:
        written = asyncio.run(
            _brief(sources, stated, config, display, force=force, allow_private=allow_private)
        )
    write_text(_rendered(written, _format(format_, output), output, detail), output)
    if strict and written.withheld:
        say(f"bluf: {len(written.withheld)} of {len(written.ledger)} claims were withheld")
        raise typer.Exit(UNSUPPORTED)
