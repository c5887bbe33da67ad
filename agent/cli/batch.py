"""`bluf batch INPUT…`: a brief of each of many articles, as a folder with an index."""

import os
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.outcome import run_async
from agent.cli.output import say
from agent.cli.rendering import write_and_keep
from agent.cli.tally import Tally
from agent.errors import BlufError, WriteError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from agent.batch.index import Entry
    from agent.batch.lanes import Batch
    from agent.wishes import Wishes

Format = Literal["json", "markdown", "html"]
ENDINGS: dict[Format, str] = {"json": ".json", "markdown": ".md", "html": ".html"}


@dataclass(frozen=True)
class Plan:
    """What the user asked for beyond what every brief is written with."""

    inputs: list[str]
    folder: Path
    format: Format
    lanes: int | None


def batch(
    inputs: list[str] = typer.Argument(
        help="Files, folders, patterns, JSONL (an article a line), RSS or Atom feeds, addresses.",
        metavar="INPUT...",
    ),
    output: Path = typer.Option(
        ..., "--output", "-o", metavar="FOLDER", file_okay=False, help="Where the briefs go."
    ),
    format_: Format = typer.Option("json", "--format", "-f", help="Of every brief."),
    lanes: int | None = typer.Option(
        None, min=1, help="Briefs at once; by default what keeps the endpoint busy."
    ),
    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = typer.Option(
        None, help="Admiralty code of every source; unknown is F."
    ),
    tlp: Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] | None = typer.Option(
        None, case_sensitive=False, help="TLP 2.0 mark; a stricter one in a source holds."
    ),
    model: str | None = typer.Option(None, help="A model at the endpoint, or a .gguf file."),
    judge: str | None = typer.Option(
        None, help="The model at the endpoint that checks inferences; none: no model does."
    ),
    prompts: str = typer.Option(
        "v3", help="A prompt version: its name, or the path of its folder."
    ),
    max_tokens: int | None = typer.Option(
        None, min=1, metavar="N", help="Stop before all calls use more tokens, in and out."
    ),
    max_cost: float | None = typer.Option(
        None, min=0, metavar="USD", help="Stop before all calls cost more."
    ),
    deadline: float | None = typer.Option(
        None, min=1, metavar="SECONDS", help="Stop the whole batch after so long."
    ),
    force: bool = typer.Option(False, "--force", help="Brief even what would be declined."),
    allow_private: bool = typer.Option(
        False, "--allow-private", help="Fetch addresses of this machine and its network too."
    ),
    quiet: bool = typer.Option(False, "--quiet", help="No progress; failures are still listed."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Brief every article, and go on where an earlier run of the same command stopped.

    The folder gets a file for each brief and index.jsonl, a line for each article. Those that
    failed are listed at the end, and tried again the next time.

    Examples: bluf batch news/ -o briefs; bluf batch articles.jsonl https://example.org/feed.xml
    -o briefs --format html
    """
    del debug  # read where a fault is caught
    from agent.config import Config, Limits
    from agent.llm.budget import Budget
    from agent.prompts import load_prompts, own_folder
    from agent.sources.load import Stated
    from agent.wishes import Wishes

    limits = Limits(tokens=max_tokens, cost_usd=max_cost, deadline_s=deadline)
    config = Config.from_env(os.environ, model=model, limits=limits)
    wishes = Wishes(
        config,
        Budget(config.limits),
        load_prompts(prompts, own_folder(os.environ)),
        judge=judge,
        stated=Stated(reliability=reliability),
        tlp=tlp,
        force=force,
        allow_private=allow_private,
    )
    failed = run_async(_work(Plan(inputs, output, format_, lanes), wishes, quiet=quiet))
    for entry in failed:
        say(f"failed: {entry.key}: {entry.reason}")
    if failed:
        raise typer.Exit(failed[0].status or BlufError.status)


async def _work(plan: Plan, wishes: "Wishes", *, quiet: bool) -> "list[Entry]":
    """Return the articles that failed, in the order in which they did."""
    from agent.batch.articles import find_articles
    from agent.batch.index import Index
    from agent.batch.lanes import Batch, brief_all, made_with
    from agent.llm.calls import open_store
    from agent.writing import open_models

    _make_folder(plan.folder)
    index = Index(plan.folder)
    total = 0
    async for _ in find_articles(plan.inputs, allow_private=wishes.allow_private):
        total += 1
    with Tally(total, quiet=quiet) as tally, open_store(wishes.config.store, tally.note) as store:
        opened = open_models(
            wishes.config,
            wishes.judge,
            store=store,
            run="",
            notify=tally.note,
            budget=wishes.budget,
        )
        async with wishes.budget.in_time(), opened as models:
            batch = Batch(
                models=models,
                wishes=wishes,
                store=store,
                index=index,
                write=lambda brief, file: write_and_keep(
                    brief,
                    plan.format,
                    file,
                    "full",
                    store=wishes.config.store,
                    notify=tally.note,
                ),
                ending=ENDINGS[plan.format],
                made_with=made_with(models, wishes),
            )
            # One brief alone seldom keeps a hosted model busy.
            usual = 1 if models[0].endpoint == "embedded" else models[0].parallel
            found = find_articles(plan.inputs, allow_private=wishes.allow_private)
            try:
                return await _count(
                    brief_all(found, batch, lanes=plan.lanes or usual), batch, tally
                )
            finally:
                index.close()


async def _count(
    entries: "AsyncGenerator[tuple[Entry, bool], None]", batch: "Batch", tally: Tally
) -> "list[Entry]":
    failed, outcomes = [], dict.fromkeys(("done", "duplicate", "declined", "failed"), 0)
    async with aclosing(entries) as coming:
        async for entry, now in coming:
            outcomes[entry.outcome] += 1
            tally.count(batch.store.totals(entry.run) if now and entry.run else None)
            if entry.outcome == "failed":
                failed.append(entry)
    said = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if count)
    say(f"{batch.index.path.parent}: {said or 'no article'}")
    return failed


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{folder}: cannot be made ({error.strerror})") from error
