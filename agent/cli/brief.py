"""`bluf brief SOURCE…`: read, draft, check, print."""

import asyncio
import os
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.display import PlainDisplay, choose_display
from agent.cli.inputs import refuse_overwriting, standard_input
from agent.cli.outcome import run_async
from agent.cli.output import say
from agent.cli.rendering import Detail, Format, choose_format, note_faults, write_and_keep

if TYPE_CHECKING:
    from agent.config import Config
    from agent.llm.budget import Budget
    from agent.wishes import Wishes
    from schemas.brief import Brief
    from schemas.sources import Credibility

CREDIBILITY: "dict[str, Credibility]" = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}
UNSUPPORTED = 1


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
    tlp: Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] | None = typer.Option(
        None, case_sensitive=False, help="TLP 2.0 mark; a stricter one in a source holds."
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
    category: Literal[
        "regional conflicts",
        "counter-terrorism",
        "cyber",
        "national security",
        "economy",
        "disasters",
        "diplomacy",
        "other",
    ]
    | None = typer.Option(None, help="What to file it under, instead of the model's choice."),
    prompts: str = typer.Option(
        "v3", help="A prompt version: its name, or the path of its folder."
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
    from agent.prompts import load_prompts, own_folder
    from agent.sources.load import Stated
    from agent.wishes import Wishes

    stated = Stated(
        title=title,
        publisher=publisher,
        author=author,
        published=published.date() if published else None,
        reliability=reliability,
        credibility=CREDIBILITY[credibility] if credibility else None,
    )
    chosen = choose_format(format_, output)
    refuse_overwriting(output, sources)
    limits = Limits(tokens=max_tokens, cost_usd=max_cost, deadline_s=deadline)
    config = Config.from_env(os.environ, model=model, use_cache=not no_cache, limits=limits)
    wishes = Wishes(
        config,
        Budget(config.limits),
        load_prompts(prompts, own_folder(os.environ)),
        judge=judge,
        stated=stated,
        tlp=tlp,
        category=category,
        force=force,
        allow_private=allow_private,
    )
    with choose_display(quiet=quiet) as display:
        written = run_async(_write(sources, wishes, display))
        note_faults(written, display)
    write_and_keep(written, chosen, output, detail, store=config.store, notify=display.note)
    if strict and written.withheld:
        drafted = sum(1 for claim in written.ledger if claim.author == "model")
        say(f"bluf: {len(written.withheld)} of {drafted} claims were withheld")
        raise typer.Exit(UNSUPPORTED)


async def _write(names: list[str], wishes: "Wishes", display: PlainDisplay) -> "Brief":
    from agent.llm.calls import open_store
    from agent.llm.client import warm_up
    from agent.sources.load import load_sources
    from agent.triage import require_substance

    _check_price(wishes.config, wishes.budget)
    # The SDKs take longer to import than a source takes to read.
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    display.stage("sources", "started")
    async with wishes.budget.in_time():
        sources = await load_sources(
            names,
            stated=wishes.stated,
            stdin=standard_input() if "-" in names else None,
            allow_private=wishes.allow_private,
            force=wishes.force,
        )
        count = len(sources.sentences)
        display.stage("sources", "finished", f"{len(sources.items)} read, {count} sentences")
        if not wishes.force:
            require_substance(sources)
        await warming
        from agent.writing import write_on

        with open_store(wishes.config.store, display.note) as store:
            return await write_on(sources, wishes, store, display)


def _check_price(config: "Config", budget: "Budget") -> None:
    """Refuse a limit of cost before any work, where the model is known by now."""
    if config.limits.cost_usd is None or config.model is None or config.base_url is None:
        return
    from agent.llm.prices import cost_usd

    budget.require_price(partial(cost_usd, config.model, config.base_url), config.model)
