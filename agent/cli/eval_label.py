"""`bluf eval label` and `bluf eval calibrate`: what people prefer, and whether a judge does too."""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from agent.cli.outcome import handled
from agent.cli.output import say, screen, write_text
from agent.errors import SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evals.judging.calibration import Calibration, Kappa, Share
    from evals.judging.labels import Pair
    from evals.judging.shapes import Choice
    from evals.shapes import Comparison, Side

LABELS = "labels.jsonl"
PIPED = 80
LONGEST_NOTE = 500
QUESTION = "Which is better? 1, 2, tie, skip, article, quit: "
Answer = Literal["1", "2", "tie", "skip", "article", "quit"]
ANSWERS: tuple[Answer, ...] = ("1", "2", "tie", "skip", "article", "quit")

REPORT = typer.Argument("last", help="The folder of a report, its id, or last.")
REPORTS = typer.Option(Path("reports"), metavar="FOLDER", help="Where reports lie.")
DEBUG = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf.")


@handled
def label(
    report: str = REPORT,
    labels: Path | None = typer.Option(
        None, metavar="FILE", dir_okay=False, help="Where labels go; by default into the report."
    ),
    who: str | None = typer.Option(None, metavar="NAME", help="Whose labels; by default $USER."),
    notes: bool = typer.Option(False, "--notes", help="Ask for the flaws of each brief as well."),
    reports: Path = REPORTS,
    debug: bool = DEBUG,
) -> None:
    """Say which of two briefs of an article is better, without knowing which version wrote which.

    The order is drawn for each pair and each person. Answers are kept one by one: stop whenever
    you like, and the same command goes on with what is not labelled yet.

    Examples: bluf eval label; bluf eval label last --who anna --notes --labels labels/anna.jsonl
    """
    del debug  # read where a fault is caught
    from agent.clean import one_line
    from evals import desk
    from evals.judging.labels import pairs_of, read_labels
    from evals.report.outputs import read_outputs

    _open_input()
    name = one_line(who or os.environ.get("USER") or "somebody", limit=60)
    folder, found = desk.open_report(reports, report)
    pairs = pairs_of(read_outputs(folder))
    if not pairs:
        raise UsageError(f"{folder}: no article has two briefs that differ; nothing to label")
    file = labels or folder / LABELS
    known, passed_over = read_labels([file]) if file.is_file() else ((), 0)
    _tell_passed_over(passed_over)
    done = {own.pair for own in known if own.who == name}
    left = [pair for pair in pairs if pair.id not in done]
    say(f"{len(pairs)} pairs, {len(left)} to label as {name}")
    made = _label_all(left, file, found, who=name, notes=notes)
    say(f"{made} labelled, {len(left) - made} left: {file}")


@handled
def calibrate(
    report: str = REPORT,
    labels: list[Path] | None = typer.Argument(
        None, metavar="LABELS...", help="Files of labels; by default the report's own."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    reports: Path = REPORTS,
    debug: bool = DEBUG,
) -> None:
    """Say how far the judge of a report agrees with people, and people with each other.

    Examples: bluf eval calibrate; bluf eval calibrate last labels/anna.jsonl labels/ben.jsonl
    """
    del debug
    from agent.views.json import dump
    from evals import desk
    from evals.judging.calibration import calibrate as held_against
    from evals.judging.files import read_judged
    from evals.judging.labels import pairs_of, read_labels
    from evals.report.outputs import read_outputs

    folder, _ = desk.open_report(reports, report)
    files = labels or [folder / LABELS]
    absent = [file for file in files if not file.is_file()]
    if absent:
        raise UsageError(f"{absent[0]}: there are no labels; make some with bluf eval label")
    found, passed_over = read_labels(files)
    _tell_passed_over(passed_over)
    result = held_against(read_judged(folder), pairs_of(read_outputs(folder)), found)
    write_text(dump(result.model_dump(mode="json")) if as_json else _as_text(result), None)


def _label_all(
    pairs: "Sequence[Pair]", file: Path, report: "Comparison", *, who: str, notes: bool
) -> int:
    """Ask about pairs until the last or until told to quit; return how many were labelled."""
    from evals.judging.labels import add_label

    made = 0
    for number, pair in enumerate(pairs, start=1):
        say(f"article {pair.item}: pair {number} of {len(pairs)}")
        first = pair.first(who, report.seed)
        choice = _choose(pair, first)
        if choice == "quit":
            break
        if choice != "skip":
            told = _notes(first) if notes else ("", "")
            add_label(file, pair.labelled(who, choice, report=report.id, first=first, notes=told))
            made += 1
    return made


def _choose(pair: "Pair", first: "Side") -> "Choice | Literal['skip', 'quit']":
    """Show a pair until it gets an answer, and return that in terms of the versions."""
    from evals.judging.pages import article_page, pair_page

    width, colour = screen(None, piped=PIPED)
    shown = (pair.printed_a, pair.printed_b)
    one, two = shown if first == "a" else reversed(shown)
    write_text(pair_page(one, two, width=width, colour=colour), None)
    while True:
        answer = _answer()
        if answer == "1":
            return first
        if answer == "2":
            return _other(first)
        if answer != "article":
            return answer
        write_text(article_page(pair.a.sources, width=width, colour=colour), None)


def _answer() -> Answer:
    """Ask until one of the answers is meant: its first letter is enough. No more input is quit."""
    while True:
        said = _line(QUESTION)
        if said is None:
            return "quit"
        meant = [a for a in ANSWERS if said and a.startswith(said.lower())]
        if len(meant) == 1:
            return meant[0]
        say(f"{said or 'nothing'}: not understood")


def _notes(first: "Side") -> tuple[str, str]:
    """Return what is said of the first version and of the second."""
    one, two = (_note(number) for number in ("1", "2"))
    return (one, two) if first == "a" else (two, one)


def _note(number: str) -> str:
    from agent.clean import one_line

    return one_line(_line(f"Flaws of {number}, or nothing: ") or "", limit=LONGEST_NOTE)


def _line(question: str) -> str | None:
    """Return the next line of input, or None when there is none."""
    try:
        return input(question).strip()
    except EOFError:
        return None


def _open_input() -> None:
    if sys.stdin is None:
        raise SourceError("-", "standard input is closed; answers come from there")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _other(side: "Side") -> "Side":
    return "b" if side == "a" else "a"


def _tell_passed_over(lines: int) -> None:
    if lines:
        say(f"{lines} line{'s' if lines > 1 else ''} left out: no labels of this version of bluf")


def _as_text(found: "Calibration") -> str:
    """Return a calibration as lines for people; a figure that cannot be given says so."""
    from agent.clean import one_line

    trusted = "" if found.trusted else " (NOT TRUSTED: it failed its probes)"
    rows = (
        ("judge", found.judge + trusted),
        ("people", ", ".join(found.people)),
        ("labels", f"{found.labels} on {found.labelled} pairs; {found.foreign} of other texts"),
        ("compared", f"{found.compared} pairs, {found.second_looks} of them in both orders"),
        ("agreement", _share(found.agreement)),
        ("kappa", _kappa(found.kappa)),
        ("sensitivity", _share(found.sensitivity)),
        ("specificity", _share(found.specificity)),
        ("flip rate", _share(found.flips)),
        *((f"{' and '.join(two.who)}", f"kappa {_kappa(two.kappa)}") for two in found.among_people),
    )
    return "".join(f"{one_line(name):<12} {one_line(told)}\n" for name, told in rows)


def _share(share: "Share | None") -> str:
    if share is None:
        return "- (no pair to take it of)"
    low, high = share.interval
    return f"{share.hits / share.total:.2f} [{low:.2f}, {high:.2f}], {share.hits} of {share.total}"


def _kappa(kappa: "Kappa | None") -> str:
    if kappa is None:
        return "- (every label is the same one)"
    span = f" [{kappa.interval[0]:.2f}, {kappa.interval[1]:.2f}]" if kappa.interval else ""
    return f"{kappa.kappa:.2f}{span}, {kappa.pairs} pairs"
