"""`bluf verify BRIEF.json`: what of a stored brief holds when it is worked out again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.outcome import run_async
from agent.cli.output import say, screen, write_text

if TYPE_CHECKING:
    from schemas.recheck import Recheck

Format = Literal["terminal", "json"]
CONCLUSIONS_FAIL, EVIDENCE_FAILS = 1, 9
PIPE_WIDTH = 100  # columns when standard output is no terminal


def verify(
    brief: str = typer.Argument(help="A brief in JSON.", metavar="BRIEF"),
    sources: list[str] | None = typer.Argument(
        None,
        help="The articles it was made from, to compare with its texts.",
        metavar="[SOURCE]...",
    ),
    format_: Format = typer.Option("terminal", "--format", "-f", help="How to print."),
    output: Path | None = typer.Option(
        None, "--output", "-o", metavar="FILE", dir_okay=False, help="Write there, not to stdout."
    ),
    allow_private: bool = typer.Option(
        False, "--allow-private", help="Fetch addresses of this machine and its network too."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Work a stored brief out again, offline: hashes, offsets, citations, steps, figures.

    Needs no model but the small one that ships. Exit status: 0 all of it holds; 1 a claim fails a
    step, or a figure comes out otherwise; 3 BRIEF is no brief; 9 evidence does not match its
    hash, offset or citation.

    Examples: bluf verify brief.json; bluf verify brief.json letter.txt --format json
    """
    del debug  # read where a fault is caught
    found = run_async(_recheck(brief, sources or [], allow_private=allow_private))
    write_text(_render(found, format_, output), output)
    status = EVIDENCE_FAILS if found.faults("evidence") else CONCLUSIONS_FAIL
    if found.faults("evidence") or found.faults("conclusions"):
        from agent.views.rechecked import summary

        say(f"bluf: {brief}: {summary(found)}")
        raise typer.Exit(status)


async def _recheck(name: str, originals: list[str], *, allow_private: bool) -> "Recheck":
    from agent.briefs import read_brief
    from agent.prompts import load_prompts, own_folder
    from agent.recheck.brief import recheck_brief
    from agent.sources.load import load_sources

    stored = read_brief(name)
    # With force: a page that was briefed by force has to be read to be compared.
    loaded = (
        (await load_sources(originals, allow_private=allow_private, force=True)).items
        if originals
        else ()
    )
    own = own_folder(os.environ)
    return await recheck_brief(stored, load_prompts(), own=own, originals=loaded)


def _render(found: "Recheck", format_: Format, output: Path | None) -> str:
    from agent.views import rechecked

    if format_ == "json":
        return rechecked.as_json(found)
    width, colour = screen(output, piped=PIPE_WIDTH)
    return rechecked.as_table(found, width=width, colour=colour)
