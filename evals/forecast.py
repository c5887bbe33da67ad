"""Say beforehand what a comparison would take and what it could show; nothing is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.llm.calls import RunSummary, read_store
from evals.generate import Job, describe_job
from evals.items import EvalSet
from evals.run import Sides
from evals.stats.power import standard_errors

# Spread of the change between articles: what is usual, from docs/statistics.md.
USUAL_SPREAD = 0.15
MOST_RUNS = 10_000
JUDGING_CALLS, SMALL_CALLS = 28, 9


@dataclass(frozen=True)
class Past:
    """What earlier evals in the same store tell.

    Attributes:
        finished: How many of the planned briefs are there already.
        calls: Calls a brief took on average; None before the first.
        tokens: Tokens a brief took on average.
        seconds: Seconds a brief took on average.
        cost_usd: What a brief cost on average; None when a price is unknown.
    """

    finished: int
    calls: float | None
    tokens: float | None
    seconds: float | None
    cost_usd: float | None


def read_past(store: Path, jobs: Sequence[Job]) -> Past:
    """Return what the store knows of these jobs and of others like them."""
    with read_store(store) as kept:
        runs = [r for r in kept.list_runs(MOST_RUNS) if r.what.startswith("eval ")]
    done = [run for run in runs if run.status == "done" and run.totals.calls]
    wanted = {describe_job(job) for job in jobs}
    finished = len({run.what for run in done} & wanted)
    if not done:
        return Past(finished, None, None, None, None)
    costs = [run.totals.cost_usd for run in done]
    known = [cost for cost in costs if cost is not None]
    return Past(
        finished,
        calls=_mean([run.totals.calls for run in done]),
        tokens=_mean([run.totals.tokens_in + run.totals.tokens_out for run in done]),
        seconds=_mean([_wall_s(run) for run in done]),
        cost_usd=_mean(known) if len(known) == len(costs) else None,
    )


def forecast(sides: Sides, evals: EvalSet, past: Past | None) -> str:
    """Return the forecast as lines of text.

    Args:
        sides: The versions and their repeats.
        evals: The set.
        past: What earlier runs tell; None when recordings answer.
    """
    jobs = sides.jobs(evals)
    stories = len(set(evals.stories.values()))
    lines = [
        f"{len(evals.items)} articles ({stories} stories) x {len(sides.repeats_a)} repeats x "
        f"2 versions = {len(jobs)} briefs"
    ]
    lines += ["all of them from recordings: 0 calls, $0.00"] if past is None else _cost(jobs, past)
    return "\n".join((*lines, _reach(stories))) + "\n"


def _cost(jobs: Sequence[Job], past: Past) -> list[str]:
    left = len(jobs) - past.finished
    lines = [f"{past.finished} are in the store already, {left} are to be made"]
    if past.calls is None or past.tokens is None or past.seconds is None:
        return [
            *lines,
            f"about {left * SMALL_CALLS} calls with a small model, {left * JUDGING_CALLS} with one "
            "that judges; tokens, cost and time are known after the first brief",
        ]
    cost = "unknown" if past.cost_usd is None else f"${left * past.cost_usd:.2f}"
    return [
        *lines,
        f"about {left * past.calls:.0f} calls, {left * past.tokens / 1000:.0f}k tokens, "
        f"cost {cost}, {left * past.seconds / 60:.0f} min one after the other "
        "(by earlier briefs in this store)",
    ]


def _reach(stories: int) -> str:
    spread_se = standard_errors(stories) if stories > 1 else None
    if spread_se is None:
        return (
            f"with {stories} stories nothing can be shown: under 6 stories no p value reaches "
            "0.05; add articles of other stories"
        )
    change = spread_se * USUAL_SPREAD / stories**0.5
    return (
        f"detectable change: about {change:.2f} in a share, if it varies by {USUAL_SPREAD} from "
        "story to story, as is usual"
    )


def _wall_s(run: RunSummary) -> float:
    return (run.ended_at - run.started_at).total_seconds() if run.ended_at else 0.0


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
