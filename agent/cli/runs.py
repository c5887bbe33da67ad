"""`bluf runs list` and `bluf runs show`: what was asked, answered, spent."""

import os
from typing import TYPE_CHECKING

import typer

from agent.clean import one_line
from agent.cli.outcome import handled
from agent.cli.output import write_text
from agent.errors import UsageError

if TYPE_CHECKING:
    from agent.llm.calls import KeptCall, RunSummary

app = typer.Typer(help="What earlier runs asked, got and spent.", no_args_is_help=True)


def list_runs(
    limit: int = typer.Option(20, min=1, help="How many of the latest."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """List the latest runs, newest first; one that was killed is shown as interrupted.

    Examples: bluf runs list; bluf runs list --limit 100
    """
    del debug
    from agent.config import Config
    from agent.llm.calls import read_store

    with read_store(Config.from_env(os.environ, model="embedded").store) as store:
        found = store.list_runs(limit)
    head = f"{'run':<24} {'status':<11} {'calls':>5} {'kept':>5} {'tokens':>7} {'cost':>9}  what"
    write_text("\n".join((head, *map(_run_line, found))) + "\n", None)


def show_run(
    run: str = typer.Argument(help="The id that `bluf runs list` shows."),
    full: bool = typer.Option(False, "--full", help="With every request and answer, as JSON."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Show the calls of one run, in the order in which they were asked.

    Examples: bluf runs show 20251228-101500-1a2b3c; bluf runs show 20251228-101500-1a2b3c --full
    """
    del debug
    from agent.config import Config
    from agent.llm.calls import read_store

    with read_store(Config.from_env(os.environ, model="embedded").store) as store:
        try:
            calls = store.show_run(run)
        except KeyError:
            raise UsageError(f"no run {run!r}; `bluf runs list` shows which there are") from None
    if full:
        from agent.views.json import dump

        write_text(dump([_call_record(kept) for kept in calls]), None)
        return
    head = (
        f"{'prompt':<18} {'outcome':<10} {'from':<8} {'seconds':>7} "
        f"{'in':>6} {'cached':>6} {'out':>5} {'cost':>9}"
    )
    write_text("\n".join((head, *map(_call_line, calls))) + "\n", None)


app.command("list")(handled(list_runs))
app.command("show")(handled(show_run))


def _run_line(run: "RunSummary") -> str:
    totals = run.totals
    tokens = totals.tokens_in + totals.tokens_out
    return (
        f"{one_line(run.id):<24} {one_line(run.status):<11} {totals.calls:>5} "
        f"{totals.calls_from_store:>5} {tokens:>7} {_dollars(totals.cost_usd):>9}  "
        f"{one_line(run.what, limit=60)}"
    )


def _call_line(kept: "KeptCall") -> str:
    usage = kept.call.usage
    origin = "store" if kept.from_store else "endpoint"
    tokens = (usage.tokens_in, usage.tokens_cached, usage.tokens_out)
    in_, cached, out = ("?" if count is None else str(count) for count in tokens)
    return (
        f"{one_line(kept.call.prompt):<18} {one_line(kept.call.outcome):<10} {origin:<8} "
        f"{usage.seconds:>7.2f} "
        f"{in_:>6} {cached:>6} {out:>5} {_dollars(usage.cost_usd):>9}"
    )


def _dollars(cost_usd: float | None) -> str:
    return "unknown" if cost_usd is None else f"${cost_usd:.4f}"


def _call_record(kept: "KeptCall") -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(kept.call), "from_store": kept.from_store, "asked_at": str(kept.asked_at)}
