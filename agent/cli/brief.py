"""`bluf brief SOURCE…`: read, draft, check, print."""

import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.display import PlainDisplay, choose_display
from agent.cli.outcome import run_async
from agent.cli.output import say, screen, write_text
from agent.errors import ModelError, SourceError, UsageError, WindowError

if TYPE_CHECKING:
    from agent.config import Config
    from agent.llm.budget import Budget
    from agent.llm.calls import CallStore
    from agent.llm.judge import Judge
    from agent.llm.openai_model import OpenAIModel
    from agent.prompts import PromptSet
    from agent.sources.load import Stated
    from schemas.brief import Brief, Run
    from schemas.sources import Credibility, Sources

Format = Literal["terminal", "markdown", "json"]
Detail = Literal["compact", "full"]
SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "terminal",
}
CREDIBILITY: "dict[str, Credibility]" = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}
UNSUPPORTED = 1
EMBEDDED = (
    "no model is set, so the small embedded one writes, and what it gets wrong is withheld; for a "
    "stronger one set OPENAI_BASE_URL or OPENAI_API_KEY, and BLUF_MODEL, or give --model file.gguf"
)
PIPE_WIDTH = 80  # columns when standard output is no terminal


@dataclass(frozen=True)
class Wishes:
    """What the user asked for, beyond the settings of the endpoint."""

    names: list[str]
    stated: "Stated"
    config: "Config"
    budget: "Budget"
    judge: str | None
    prompts: str
    force: bool
    allow_private: bool


def brief(
    sources: list[str] = typer.Argument(
        help="Text, Markdown, HTML or PDF files, http(s) addresses, or - for standard input.",
        metavar="SOURCE...",
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
    title: str | None = typer.Option(None, help="The title, instead of the one in the source."),
    publisher: str | None = typer.Option(None, help="Who published the source."),
    author: str | None = typer.Option(None, help="Who wrote the source."),
    published: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="When the source appeared."
    ),
    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = typer.Option(
        None, help="Admiralty code of the source; unknown is F."
    ),
    credibility: Literal["1", "2", "3", "4", "5", "6"] | None = typer.Option(
        None, help="Admiralty code of the information; unknown is 6."
    ),
    model: str | None = typer.Option(None, help="A model at the endpoint, or a .gguf file."),
    judge: str | None = typer.Option(
        None, help="The model at the endpoint that checks inferences; none: no model does."
    ),
    prompts: str = typer.Option(
        "v1", help="A prompt version: its name, or the path of its folder."
    ),
    max_tokens: int | None = typer.Option(
        None, min=1, metavar="N", help="Stop before the calls use more tokens, in and out."
    ),
    max_cost: float | None = typer.Option(
        None, min=0, metavar="USD", help="Stop before the calls cost more."
    ),
    deadline: float | None = typer.Option(
        None, min=1, metavar="SECONDS", help="Stop the whole run after so long."
    ),
    no_cache: bool = typer.Option(False, "--no-cache", help="Ask everything again."),
    force: bool = typer.Option(False, "--force", help="Brief even what would be declined."),
    strict: bool = typer.Option(False, "--strict", help="Exit 1 when a claim was withheld."),
    allow_private: bool = typer.Option(
        False, "--allow-private", help="Fetch addresses of this machine and its network too."
    ),
    quiet: bool = typer.Option(False, "--quiet", help="No progress and no notes."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Write a brief of the sources, every sentence cited and checked.

    Examples: bluf brief examples/letter.txt; cat page.html | bluf brief - --publisher "The Wire"
    --format markdown -o brief.md
    """
    del debug  # read where a fault is caught
    from agent.config import Config, Limits
    from agent.llm.budget import Budget
    from agent.sources.load import Stated

    stated = Stated(
        title=title,
        publisher=publisher,
        author=author,
        published=published.date() if published else None,
        reliability=reliability,
        credibility=CREDIBILITY[credibility] if credibility else None,
    )
    chosen = _format(format_, output)
    _check_output(output, sources)
    limits = Limits(tokens=max_tokens, cost_usd=max_cost, deadline_s=deadline)
    config = Config.from_env(os.environ, model=model, use_cache=not no_cache, limits=limits)
    budget = Budget(config.limits)
    wishes = Wishes(sources, stated, config, budget, judge, prompts, force, allow_private)
    with choose_display(quiet=quiet) as display:
        written = run_async(_write_in_time(wishes, display))
        _lint(written, display)
    write_text(_render(written, chosen, output, detail), output)
    if strict and written.withheld:
        drafted = sum(1 for claim in written.ledger if claim.author == "model")
        say(f"bluf: {len(written.withheld)} of {drafted} claims were withheld")
        raise typer.Exit(UNSUPPORTED)


def _lint(written: "Brief", display: PlainDisplay) -> None:
    from agent.analysis.tradecraft import faults_in_brief

    for fault in faults_in_brief(written):
        display.note(f"tradecraft: {fault.claim}: {fault.kind}: {fault.words} - {fault.advice}")


async def _write_in_time(wishes: Wishes, display: PlainDisplay) -> "Brief":
    try:
        async with asyncio.timeout(wishes.budget.left_s()) as clock:
            return await _write(wishes, display)
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise wishes.budget.out_of_time() from error


async def _write(wishes: Wishes, display: PlainDisplay) -> "Brief":
    from agent.llm.calls import open_store
    from agent.llm.client import warm_up
    from agent.prompts import load_prompts, own_folder
    from agent.sources.load import load_sources
    from agent.triage import require_substance

    _check_price(wishes.config, wishes.budget)
    prompts = load_prompts(wishes.prompts, own_folder(os.environ))
    # The SDKs take longer to import than a source takes to read.
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    display.stage("sources", "started")
    sources = await load_sources(
        wishes.names,
        stated=wishes.stated,
        stdin=_standard_input() if "-" in wishes.names else None,
        allow_private=wishes.allow_private,
        force=wishes.force,
    )
    count = len(sources.sentences)
    display.stage("sources", "finished", f"{len(sources.items)} read, {count} sentences")
    if not wishes.force:
        require_substance(sources)
    await warming
    with open_store(wishes.config.store, display.note) as store:
        return await _write_run(sources, prompts, wishes, store, display)


def _check_price(config: "Config", budget: "Budget") -> None:
    """Refuse a limit of cost before any work, where the model is known by now."""
    if config.limits.cost_usd is None or config.model is None or config.base_url is None:
        return
    from agent.llm.prices import cost_usd

    budget.require_price(partial(cost_usd, config.model, config.base_url), config.model)


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise SourceError("-", "standard input is closed; send the article to it")
    return sys.stdin.buffer.read()


async def _write_run(
    sources: "Sources",
    prompts: "PromptSet",
    wishes: Wishes,
    store: "CallStore",
    display: PlainDisplay,
) -> "Brief":
    from agent.runs import kept_run

    what = ", ".join(source.name for source in sources.items)
    with kept_run(store, what=what, model=wishes.config.model or "embedded") as run:
        try:
            return await _write_to_fit(sources, prompts, wishes, store, run, display)
        except ModelError:
            display.note(f"what the endpoint answered is kept: bluf runs show {run} --full")
            raise


async def _write_to_fit(
    sources: "Sources",
    prompts: "PromptSet",
    wishes: Wishes,
    store: "CallStore",
    run: str,
    display: PlainDisplay,
) -> "Brief":
    """Return the brief; where the window turns out to be smaller, the sources go in parts."""
    try:
        return await _ask_for(sources, prompts, wishes, store, run, display)
    except WindowError as error:
        config, window_tokens = wishes.config, error.allowed_tokens
        if window_tokens is None or (config.context_tokens or window_tokens + 1) <= window_tokens:
            raise
        display.note(f"{error}; that is done now, for a window of {window_tokens:,} tokens")
        smaller = replace(wishes, config=replace(config, context_tokens=window_tokens))
        return await _ask_for(sources, prompts, smaller, store, run, display)


async def _ask_for(
    sources: "Sources",
    prompts: "PromptSet",
    wishes: Wishes,
    store: "CallStore",
    run: str,
    display: PlainDisplay,
) -> "Brief":
    from agent.pipeline import write_brief
    from agent.runs import describe_run

    began = time.monotonic()
    async with AsyncExitStack() as stack:
        writer, judge = await _open_models(wishes, store, run, display, stack)

        def describe() -> "Run":
            checked_by = judge.name if judge else None
            return describe_run(run, store, writer, checked_by, prompts, began=began)

        return await write_brief(
            sources, writer, prompts, display, judge=judge, describe_run=describe
        )


async def _open_models(
    wishes: Wishes, store: "CallStore", run: str, display: PlainDisplay, stack: AsyncExitStack
) -> "tuple[OpenAIModel, Judge | None]":
    """Return the writer and the judge: another model, the same in a pass of its own, or none."""
    from agent.llm.client import open_model
    from agent.llm.judge import Judge

    config = wishes.config
    if config.base_url is None and wishes.judge not in {None, "none"}:
        raise UsageError("--judge names a model at an endpoint: set OPENAI_BASE_URL, or give none")
    opened = partial(open_model, store=store, run=run, notify=display.note, budget=wishes.budget)
    writer = await stack.enter_async_context(opened(config))
    if config.base_url is None and config.weights is None:
        display.note(EMBEDDED)
    if wishes.judge == "none" or (wishes.judge is None and not writer.judges):
        return writer, None
    if wishes.judge is None:
        return writer, Judge(writer, display.note)
    judge = await stack.enter_async_context(opened(replace(config, model=wishes.judge)))
    if not judge.judges:
        raise UsageError(f"{wishes.judge} is too small to judge; name another model, or none")
    return writer, Judge(judge, display.note)


def _format(asked: Format | None, output: Path | None) -> Format:
    if asked is not None:
        return asked
    if output is None or not output.suffix:
        return "terminal"
    if output.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise UsageError(f"{output}: no format goes with this ending; give --format, or {known}")
    return SUFFIXES[output.suffix.lower()]


def _check_output(output: Path | None, names: list[str]) -> None:
    if output is None or not output.exists():
        return
    if any(Path(name).exists() and output.samefile(name) for name in names):
        raise UsageError(f"{output}: it is one of the sources and would be overwritten")


def _render(written: "Brief", format_: Format, output: Path | None, detail: Detail) -> str:
    if format_ == "json":
        from agent.views.json import as_json

        return as_json(written)
    if format_ == "markdown":
        from agent.views.markdown import markdown

        return markdown(written)
    from agent.views.terminal import terminal

    width, colour = screen(output, piped=PIPE_WIDTH)
    return terminal(written, width=width, colour=colour, detail=detail == "full")
