"""`bluf update BRIEF NEW_SOURCE…`: an earlier brief written anew, and what changed since."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.brief import CREDIBILITY
from agent.cli.display import PlainDisplay, choose_display
from agent.cli.inputs import refuse_overwriting, standard_input
from agent.cli.outcome import run_async
from agent.cli.rendering import Detail, Format, choose_format, note_faults, write_and_keep

if TYPE_CHECKING:
    from agent.wishes import Wishes
    from schemas.brief import Brief


def update(
    brief: str = typer.Argument(help="The earlier brief, in JSON.", metavar="BRIEF"),
    sources: list[str] = typer.Argument(
        help="New text, Markdown, HTML or PDF files, http(s) addresses, or -.",
        metavar="NEW_SOURCE...",
    ),
    format_: Format | None = typer.Option(
        None, "--format", "-f", help="By default what FILE ends in, else terminal."
    ),
    output: Path | None = typer.Option(
        None, "--output", "-o", metavar="FILE", dir_okay=False, help="Write there, not to stdout."
    ),
    tlp: Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] | None = typer.Option(
        None, case_sensitive=False, help="TLP 2.0 mark; a stricter one that is there already holds."
    ),
    detail: Detail = typer.Option(
        "compact", help="full: every reason, every withheld claim, every cited sentence."
    ),
    publisher: str | None = typer.Option(None, help="Who published the new source."),
    published: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="When the new source appeared."
    ),
    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = typer.Option(
        None, help="Admiralty code of the new sources; unknown is F."
    ),
    credibility: Literal["1", "2", "3", "4", "5", "6"] | None = typer.Option(
        None, help="Admiralty code of the new information; unknown is 6."
    ),
    model: str | None = typer.Option(None, help="A model at the endpoint, or a .gguf file."),
    judge: str | None = typer.Option(
        None, help="The model at the endpoint that checks inferences; none: no model does."
    ),
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
    force: bool = typer.Option(False, "--force", help="Take what would be declined, too."),
    allow_private: bool = typer.Option(
        False, "--allow-private", help="Fetch addresses of this machine and its network too."
    ),
    quiet: bool = typer.Option(False, "--quiet", help="No progress and no notes."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Write an earlier brief anew with new sources: what is new, changed, dropped, what fired.

    The earlier texts come from the brief itself and keep their numbers; new sources are numbered
    behind them. The new brief names the earlier one by its hash.

    Examples: bluf update brief.json follow-up.txt; bluf update brief.json https://example.org/b -o
    brief-2.json
    """
    del debug  # read where a fault is caught
    from agent.config import Config, Limits
    from agent.llm.budget import Budget
    from agent.prompts import load_prompts, own_folder
    from agent.sources.load import Stated
    from agent.wishes import Wishes

    chosen = choose_format(format_, output)
    refuse_overwriting(output, [brief, *sources])
    limits = Limits(tokens=max_tokens, cost_usd=max_cost, deadline_s=deadline)
    config = Config.from_env(os.environ, model=model, use_cache=not no_cache, limits=limits)
    wishes = Wishes(
        config,
        Budget(config.limits),
        load_prompts(prompts, own_folder(os.environ)),
        judge=judge,
        stated=Stated(
            publisher=publisher,
            published=published.date() if published else None,
            reliability=reliability,
            credibility=CREDIBILITY[credibility] if credibility else None,
        ),
        tlp=tlp,
        force=force,
        allow_private=allow_private,
    )
    with choose_display(quiet=quiet) as display:
        written = run_async(_update(brief, sources, wishes, display))
        note_faults(written, display)
    write_and_keep(written, chosen, output, detail, store=config.store, notify=display.note)


async def _update(name: str, names: list[str], wishes: "Wishes", display: PlainDisplay) -> "Brief":
    from dataclasses import replace

    from agent.analysis.tlp import strictest
    from agent.briefs import read_brief
    from agent.llm.calls import open_store
    from agent.sources.load import load_sources
    from agent.triage import require_substance

    earlier = read_brief(name)
    # Mark and category that the earlier brief has hold for what is built on it.
    mark = strictest([wishes.tlp, earlier.tlp])
    wishes = replace(wishes, tlp=mark, category=earlier.category)
    display.stage("sources", "started")
    async with wishes.budget.in_time():
        added = await load_sources(
            names,
            stated=wishes.stated,
            stdin=standard_input() if "-" in names else None,
            allow_private=wishes.allow_private,
            force=wishes.force,
        )
        count = len(added.sentences)
        display.stage("sources", "finished", f"{len(added.items)} new, {count} sentences")
        if not wishes.force:
            require_substance(added)
        from agent.update.brief import update_brief

        with open_store(wishes.config.store, display.note) as store:
            return await update_brief(earlier, added, wishes, store, display)
