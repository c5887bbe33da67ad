"""`bluf check CLAIMS SOURCE…`: anybody's sentences against any sources, one verdict each."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.inputs import standard_input
from agent.cli.outcome import run_async
from agent.cli.output import say, screen, write_text
from agent.errors import UsageError

if TYPE_CHECKING:
    from agent.views.checked import Checked
    from schemas.claims import Claim
    from schemas.sources import Sources

Format = Literal["terminal", "markdown", "json"]
FAILED = 1
PIPE_WIDTH = 100  # columns when standard output is no terminal
LARGEST = 5_000_000  # bytes of a file of claims


def check(
    claims: str = typer.Argument(
        help="A file with a sentence on each line, Markdown, or a brief in JSON; - for stdin.",
        metavar="CLAIMS",
    ),
    sources: list[str] = typer.Argument(
        help="Text, Markdown, HTML or PDF files, or http(s) addresses.", metavar="SOURCE..."
    ),
    format_: Format = typer.Option("terminal", "--format", "-f", help="How to print."),
    output: Path | None = typer.Option(
        None, "--output", "-o", metavar="FILE", dir_okay=False, help="Write there, not to stdout."
    ),
    judge: str = typer.Option(
        "none", help="A model at the endpoint that is asked where the steps are unsure."
    ),
    allow_private: bool = typer.Option(
        False, "--allow-private", help="Fetch addresses of this machine and its network too."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Check sentences against sources; needs no network and no model but its own small one.

    A citation such as [1.3] behind a sentence (source 1, sentence 3) is read first. Exit status 1
    when a sentence does not stand.

    Examples: bluf check summary.md report.pdf; bluf check brief.json a.txt b.txt --format json
    """
    del debug  # read where a fault is caught
    if claims in sources:
        raise UsageError(f"{claims}: it is given as claims and as a source")
    found, read = run_async(_check(claims, sources, judge, allow_private=allow_private))
    write_text(_render(found, read, format_, output), output)
    failing = sum(verdict.label != "supported" for _, verdict in found)
    if failing:
        say(f"bluf: {failing} of {len(found)} claims do not stand")
        raise typer.Exit(FAILED)


async def _check(
    claims: str, names: list[str], judge: str, *, allow_private: bool
) -> "tuple[Checked, Sources]":
    from agent.sources.files import read_file
    from agent.sources.load import load_sources
    from agent.statements import read_statements

    raw = (
        standard_input("the claims", most=LARGEST)
        if claims == "-"
        else read_file(claims, max_bytes=LARGEST)
    )
    sources = await load_sources(names, allow_private=allow_private)
    statements = read_statements(raw, claims, sources)
    return await _verdicts(statements, sources, judge), sources


async def _verdicts(statements: "tuple[Claim, ...]", sources: "Sources", judge: str) -> "Checked":
    from agent.cli.judging import open_judge
    from agent.prompts import load_prompts
    from agent.verify.cascade import check_claims

    async with AsyncExitStack() as stack:
        asked = await open_judge(judge, stack, what="check", notify=say)
        verdicts = await check_claims(statements, sources, asked, load_prompts())
    return [(claim, verdicts[claim.id]) for claim in statements]


def _render(found: "Checked", sources: "Sources", format_: Format, output: Path | None) -> str:
    from agent.views import checked

    if format_ == "json":
        return checked.as_json(found, sources)
    if format_ == "markdown":
        return checked.as_markdown(found, sources)
    width, colour = screen(output, piped=PIPE_WIDTH)
    return checked.as_table(found, sources, width=width, colour=colour)
