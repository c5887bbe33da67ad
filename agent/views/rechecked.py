"""A re-check of a stored brief as a table for a terminal, and as JSON."""

from collections.abc import Iterator, Mapping
from io import StringIO
from types import MappingProxyType

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.views.json import dump
from agent.views.lines import plain
from agent.views.terminal import NARROWEST, ROOMY, WIDEST, console_to
from schemas.recheck import Check, Means, Recheck, Reproduction

HOLDS, FAILS, SKIPPED, NOTED = ("✓", "green"), ("✗", "bold red"), ("-", "yellow"), ("·", "dim")
RESTING: Mapping[Means, str] = MappingProxyType(
    {
        "the source itself": "by copying the source",
        "exact rules": "by exact rules",
        "the entailment model": "by the local entailment model, within 0.05 of the score",
        "a judge": "by a judge, not to be had again offline (their passages are there)",
        "a person": "by the reviewer, not to be had again",
        "nothing": "that no model could give, so that nothing was printed",
    }
)
MARGIN = 4  # cells left of what is said below the table
# More would bury the rest; JSON has them all.
MOST_SHOWN = 40
MOST_IDS = 12


def as_table(recheck: Recheck, *, width: int, colour: bool) -> str:
    """Return one line for each check, then each fault and note; last, how the verdicts came out.

    Without colour there is no control character but the newline. The width, in cells, is held
    between 40 and 100.
    """
    width = max(NARROWEST, min(width, WIDEST))
    printed = StringIO()
    console = console_to(printed, width, colour)
    for line in _head(recheck):
        console.print(Text(plain(line)))
    console.print()
    console.print(_table(recheck, width))
    for check in recheck.checks:
        _print_below(check, console)
    console.print()
    for line in _told(recheck):
        console.print(Text(plain(line)))
    return "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


def as_json(recheck: Recheck) -> str:
    """Return the whole re-check in ASCII, with whether everything holds on top."""
    holds = {"holds": not (recheck.faults("evidence") or recheck.faults("conclusions"))}
    return dump(holds | recheck.model_dump(mode="json"))


def summary(recheck: Recheck) -> str:
    """Return in one line whether everything holds, or how many faults of which kind there are."""
    evidence, conclusions = recheck.faults("evidence"), recheck.faults("conclusions")
    skipped = [check.name for check in recheck.checks if check.skipped]
    left_out = f"; not looked at: {', '.join(skipped)}" if skipped else ""
    if not evidence and not conclusions:
        return f"everything that can be worked out again holds{left_out}"
    return (
        f"{_count(len(evidence), 'fault')} of evidence, {_count(len(conclusions), 'fault')} of "
        f"what was made of it{left_out}"
    )


def _head(recheck: Recheck) -> Iterator[str]:
    yield recheck.title
    yield f"written by bluf {recheck.bluf_version}, run {recheck.run}; {recheck.status}"
    yield f"SHA-256 of the brief {recheck.sha256}"


def _table(recheck: Recheck, width: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for check in recheck.checks:
        mark, style = _mark(check)
        said = check.asked if width >= ROOMY else ""
        table.add_row(Text(mark, style), Text(check.name), _counted(check), Text(said, "dim"))
    return table


def _mark(check: Check) -> tuple[str, str]:
    if check.skipped:
        return SKIPPED
    if check.faults:
        return FAILS
    return NOTED if check.name == "tradecraft" and check.notes else HOLDS


def _counted(check: Check) -> Text:
    if check.skipped:
        return Text("not run", "yellow")
    failing = f"{len(check.faults)} of " if check.faults else ""
    return Text(f"{failing}{check.count}")


def _print_below(check: Check, console: Console) -> None:
    """Print what is wrong with what, and what else is worth knowing, below the table."""
    faults = [(f.where, f.problem, "bold red") for f in check.faults[:MOST_SHOWN]]
    notes = [("note", note, "yellow") for note in check.notes[:MOST_SHOWN]]
    if not faults and not notes:
        return
    console.print()
    console.print(Text(f"{check.name}:", "bold"))
    for where, said, style in (*faults, *notes):
        line = Text(plain(where), style) + Text(f": {plain(said)}")
        console.print(Padding(line, (0, 0, 0, MARGIN)))
    more = max(len(check.faults) - MOST_SHOWN, 0) + max(len(check.notes) - MOST_SHOWN, 0)
    if more:
        console.print(Padding(Text(f"{more} more in --format json", "dim"), (0, 0, 0, MARGIN)))


def _told(recheck: Recheck) -> Iterator[str]:
    """Yield how the verdicts came out again, by what they rest on."""
    for found in recheck.verdicts:
        yield f"{_count(len(found.claims), 'verdict')} {RESTING[found.means]}: {_again(found)}"
    yield summary(recheck)


def _again(found: Reproduction) -> str:
    if found.same is not None:
        return f"{found.same} the same again"
    rest = len(found.claims) - MOST_IDS
    return ", ".join(found.claims[:MOST_IDS]) + (f" and {rest} more" if rest > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
