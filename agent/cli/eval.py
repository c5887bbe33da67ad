"""`bluf eval`: which prompt version is better, by how much, how sure, at what cost."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli import eval_label, eval_show
from agent.cli.outcome import handled, run_async
from agent.cli.output import say, screen, write_text
from agent.cli.tally import Tally
from agent.errors import EvidenceError, UsageError

if TYPE_CHECKING:
    from agent.config import Limits
    from agent.llm.budget import Budget
    from agent.prompts import PromptSet
    from evals.gate import Gate
    from evals.generate import Output
    from evals.items import EvalSet
    from evals.judging.shapes import JudgedRows
    from evals.run import Models, Sides
    from evals.shapes import Comparison

PIPE_WIDTH = 120
REGRESSION = 1
INCONCLUSIVE = 6
Split = Literal["dev", "sealed", "all"]

app = typer.Typer(no_args_is_help=True, help="Compare prompt versions on a set of articles.")


@dataclass(frozen=True)
class Wishes:
    """What the user asked for."""

    a: str
    b: str
    set_name: str
    split: Split
    repeats: int | None
    model: str | None
    judge: str | None
    critic: str | None
    limits: "Limits"
    offline: bool
    recordings: Path | None
    gate: Path | None
    reports: Path


@dataclass(frozen=True)
class Made:
    """The outputs of both sides, who wrote and judged them, and what a critic said of them."""

    a: "list[Output]"
    b: "list[Output]"
    writer: str
    judge: str | None
    judged: "JudgedRows | None"


VERSION = typer.Argument(help="A version that `bluf prompts list` shows, or a version's folder.")
SET = typer.Option("core", "--set", help="A set of bluf, or a folder with your own articles.")
SPLIT = typer.Option("dev", help="sealed: only for a release, never to tune on.")
REPEATS = typer.Option(None, min=1, help="Briefs of each article and version; 3 when live.")
MODEL = typer.Option(None, help="A model at the endpoint, a .gguf file, or a recorded model.")
JUDGE = typer.Option(None, help="The model that checks inferences; none: no model does.")
CRITIC = typer.Option(
    None, help="A model at the endpoint that looks for flaws in the finished briefs."
)
MAX_TOKENS = typer.Option(None, min=1, metavar="N", help="Stop before the calls use more tokens.")
MAX_COST = typer.Option(None, min=0, metavar="USD", help="Stop before the calls cost more.")
DEADLINE = typer.Option(None, min=1, metavar="SECONDS", help="Stop after so long.")
OFFLINE = typer.Option(False, "--offline", help="Recordings only; nothing is asked anywhere.")
RECORDINGS = typer.Option(None, metavar="FOLDER", help="Where recordings lie.")
GATE = typer.Option(None, metavar="FILE", help="The rules of the gate, instead of bluf's own.")
REPORTS = typer.Option(Path("reports"), metavar="FOLDER", help="Where reports go.")
DEBUG = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf.")


@app.command("compare")
@handled
def compare(
    a: str = VERSION,
    b: str = VERSION,
    set_name: str = SET,
    split: Split = SPLIT,
    repeats: int | None = REPEATS,
    model: str | None = MODEL,
    judge: str | None = JUDGE,
    critic: str | None = CRITIC,
    max_tokens: int | None = MAX_TOKENS,
    max_cost: float | None = MAX_COST,
    deadline: float | None = DEADLINE,
    offline: bool = OFFLINE,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what it would take; ask nothing."),
    recordings: Path | None = RECORDINGS,
    gate: Path | None = GATE,
    reports: Path = REPORTS,
    debug: bool = DEBUG,
) -> None:
    """Compare two prompt versions on a set: generate what is missing, score, test, report.

    Ctrl-C is safe: the same command goes on where it stopped.

    Examples: bluf eval compare v1 v2 --offline; bluf eval compare v1 ./prompts/mine --set ./mine
    """
    del debug
    from agent.config import Limits

    wishes = Wishes(
        a=a,
        b=b,
        set_name=set_name,
        split=split,
        repeats=repeats,
        model=model,
        judge=judge,
        critic=critic,
        limits=Limits(max_tokens, max_cost, deadline),
        offline=offline,
        recordings=recordings,
        gate=gate,
        reports=reports,
    )
    if dry_run:
        write_text(_forecast(wishes), None)
        return
    _compare(wishes)


@app.command("gate")
@handled
def gate_verb(
    candidate: str = VERSION,
    against: str | None = typer.Option(
        None, help="The version to hold it against; by default the blessed one."
    ),
    set_name: str = SET,
    split: Split = SPLIT,
    repeats: int | None = REPEATS,
    model: str | None = MODEL,
    judge: str | None = JUDGE,
    critic: str | None = CRITIC,
    max_tokens: int | None = MAX_TOKENS,
    max_cost: float | None = MAX_COST,
    deadline: float | None = DEADLINE,
    offline: bool = OFFLINE,
    recordings: Path | None = RECORDINGS,
    gate: Path | None = GATE,
    reports: Path = REPORTS,
    debug: bool = DEBUG,
) -> None:
    """Compare a version with the blessed one; status 1: regression, 6: inconclusive and forbidden.

    Examples: bluf eval gate v3; bluf eval gate v2 --against v1 --offline --gate release.toml
    """
    del debug
    from agent.config import Limits

    wishes = Wishes(
        a=against or _blessed(reports, set_name),
        b=candidate,
        set_name=set_name,
        split=split,
        repeats=repeats,
        model=model,
        judge=judge,
        critic=critic,
        limits=Limits(max_tokens, max_cost, deadline),
        offline=offline,
        recordings=recordings,
        gate=gate,
        reports=reports,
    )
    report, rules = _compare(wishes)
    if report.ruling.decision == "regression":
        raise typer.Exit(REGRESSION)
    if report.ruling.decision == "inconclusive" and rules.method.on_inconclusive == "fail":
        raise typer.Exit(INCONCLUSIVE)


@app.command("bless")
@handled
def bless(
    report: str = typer.Argument("last", help="The report in which it was the second version."),
    reports: Path = REPORTS,
    debug: bool = DEBUG,
) -> None:
    """Make the second version of a reviewed report the one that `gate` holds others against.

    Examples: bluf eval bless; bluf eval bless reports/v1..v2-1a2b3c4d
    """
    del debug
    from evals import desk

    folder, found = desk.open_report(reports, report)
    if found.ruling.decision == "regression":
        raise UsageError(f"{folder}: its verdict is a regression, and that is not blessed")
    say(f"{found.b.version} {found.b.digest[:8]} is blessed: {desk.bless(reports, found, folder)}")


@app.command("record")
@handled
def record(
    version: str = VERSION,
    set_name: str = SET,
    split: Split = SPLIT,
    repeats: int = typer.Option(2, min=1, help="Briefs of each article."),
    model: str | None = MODEL,
    recordings: Path = typer.Option(Path("recordings"), metavar="FOLDER", help="Where to write."),
    debug: bool = DEBUG,
) -> None:
    """Brief a set with one version and keep every call, so that anybody can compare offline.

    Examples: bluf eval record v2; bluf eval record v3 --repeats 3 --recordings evals/recordings
    """
    del debug
    from agent.config import Config
    from agent.llm.budget import Budget
    from agent.llm.recordings import write_recording
    from evals import run
    from evals.generate import plan
    from evals.items import load_set

    evals, prompts = load_set(set_name, split), _prompts(version)
    config = Config.from_env(os.environ, model=model)
    jobs = plan([prompts], evals.items, range(repeats))

    async def work() -> Path:
        with Tally(len(jobs)) as display:
            async with run.open_live(config, None, display.note, Budget()) as models:
                outputs = await run.collect(
                    jobs, evals, models, lambda made: display.count(made.totals)
                )
                target = run.recording_file(recordings, models.writer.name, evals, prompts)
                write_recording(run.as_recording(outputs, evals, models), target)
                return target

    say(f"recorded: {run_async(work())}")


app.command("show")(handled(eval_show.show))
app.command("label")(eval_label.label)
app.command("calibrate")(eval_label.calibrate)


def _compare(wishes: Wishes) -> "tuple[Comparison, Gate]":
    """Make the comparison, write its files, print its table; return it and its rules."""
    from evals import comparison
    from evals.gate import load_gate
    from evals.items import load_set

    if wishes.critic and wishes.offline:
        raise UsageError("--critic asks a model, and --offline asks none; leave one of them out")
    evals, rules = load_set(wishes.set_name, wishes.split), load_gate(wishes.gate)
    made = run_async(_collect(wishes, evals))
    report = comparison.compare(
        made.a,
        made.b,
        evals,
        rules,
        split=wishes.split,
        model=made.writer,
        judge=made.judge,
        judged=made.judged,
    )
    _write_files(report, made, evals, rules, wishes.reports)
    return report, rules


async def _collect(wishes: Wishes, evals: "EvalSet") -> "Made":
    from agent.llm.budget import Budget
    from evals import run

    budget = Budget(wishes.limits)
    sides, opening = _open(wishes, evals, budget)
    jobs = sides.jobs(evals)
    with Tally(len(jobs)) as display:
        async with opening(display) as models:
            outputs = await run.collect(
                jobs, evals, models, lambda made: display.count(made.totals)
            )
            a, b = sides.split(outputs)
            judged = await _criticise(wishes.critic, (a, b), evals, budget, display)
            judge = models.judge.name if models.judge else None
            return Made(a, b, models.writer.name, judge, judged)


def _counting(display: Tally) -> "Callable[[Output], None]":
    return lambda output: display.count(output.totals)


async def _criticise(
    critic: str | None,
    outputs: "tuple[list[Output], list[Output]]",
    evals: "EvalSet",
    budget: "Budget",
    display: Tally,
) -> "JudgedRows | None":
    from agent.config import Config
    from evals import run
    from evals.judging.judge import judge_kept
    from evals.judging.rubric import load_rubric

    if critic is None:
        return None
    config = Config.from_env(os.environ, model=critic)
    async with run.open_live(config, "none", display.note, budget) as models:
        judged, _ = await judge_kept(
            *outputs, evals, models.writer, store=models.store, rubric=load_rubric()
        )
        return judged


def _open(
    wishes: Wishes, evals: "EvalSet", budget: "Budget"
) -> "tuple[Sides, Callable[[Tally], AbstractAsyncContextManager[Models]]]":
    """Return the two sides, and what opens the models: the endpoint, or the recordings."""
    from agent.config import Config
    from evals import run

    a, b = _prompts(wishes.a), _prompts(wishes.b)
    if not wishes.offline:
        config = Config.from_env(os.environ, model=wishes.model)
        sides = run.Sides.of(a, b, wishes.repeats or run.USUAL_REPEATS)
        return sides, lambda display: run.open_live(config, wishes.judge, display.note, budget)
    found = run.find_recordings([a, b], evals, wishes.recordings, wishes.model)
    recorded = min(recording.about.repeats for recording in found)
    # The repeats of a version against itself are shared out between the two sides.
    most = recorded // 2 if a.digest == b.digest else recorded
    if most < (wishes.repeats or 1):
        raise EvidenceError(
            f"{recorded} repeats are recorded, too few for this; record more with bluf eval record"
        )
    return run.Sides.of(a, b, wishes.repeats or most), lambda _: run.open_recorded(found)


def _write_files(
    report: "Comparison",
    made: Made,
    evals: "EvalSet",
    rules: "Gate",
    reports: Path,
) -> None:
    from evals import desk
    from evals.judging import files as judged
    from evals.report import files, terminal
    from evals.report.html import html
    from evals.report.markdown import markdown
    from evals.report.outputs import FILE, as_shown, write_outputs

    written = {
        desk.REPORT: files.as_json(report),
        FILE: write_outputs(made.a, made.b),
        "report.md": markdown(report),
        "pairs.csv": files.pairs_csv(report, evals.stories),
        "junit.xml": files.junit(report, rules),
    }
    if made.judged:
        written[judged.FILE] = judged.write_judged(made.judged)
    primary, number = report.primary, desk.number_of(reports, report)
    shown = as_shown(made.a, made.b)
    written["report.html"] = html(report, shown, primary=primary, number=number, judged=made.judged)
    folder, _ = desk.save_report(reports, report, written)
    width, colour = screen(None, piped=PIPE_WIDTH)
    table = terminal.terminal(report, primary=primary, number=number, width=width, colour=colour)
    write_text(table, None)
    say(f"report: {folder}")


def _prompts(version: str) -> "PromptSet":
    from agent.prompts import load_prompts, own_folder

    return load_prompts(version, own_folder(os.environ))


def _blessed(reports: Path, set_name: str) -> str:
    from evals import desk

    found = desk.find_blessed(reports, Path(set_name).name)
    if found is None:
        raise UsageError(
            f"{reports}: no version is blessed yet; give --against VERSION, or bless one"
        )
    return found.version


def _forecast(wishes: Wishes) -> str:
    from agent.config import Config
    from agent.llm.budget import Budget
    from evals.forecast import forecast, read_past
    from evals.items import load_set

    evals = load_set(wishes.set_name, wishes.split)
    sides, _ = _open(wishes, evals, Budget())
    if wishes.offline:
        return forecast(sides, evals, None)
    config = Config.from_env(os.environ, model=wishes.model)
    return forecast(sides, evals, read_past(config.store, sides.jobs(evals)))
