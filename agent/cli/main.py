"""The `bluf` command: verbs are declared here, each does its work in a file of its own."""

import sys
from contextlib import redirect_stderr

import typer

from agent import __version__
from agent.cli import (
    batch,
    bench,
    brief,
    check,
    daily,
    doctor,
    eval,
    library,
    lint,
    prompts,
    review,
    runs,
    schema,
    update,
    verify,
)
from agent.cli.outcome import handled
from agent.cli.output import CleanStream, say

STATUSES = (
    "Exit status: 0 done; 1 a check failed; 2 usage; 3 a source cannot be read; 4 the endpoint "
    "failed; 5 the store or the output cannot be written; 6 inconclusive under a gate that forbids "
    "it; 7 budget or deadline reached; 8 declined, the text cannot carry a brief; 9 a recording is "
    "missing, or evidence does not match its hash; 70 a fault in bluf; 130 interrupted."
)
EXAMPLES = (
    "Examples: bluf brief examples/letter.txt; "
    "bluf brief a.txt https://example.org/b.html --format json -o brief.json."
)

app = typer.Typer(
    name="bluf",
    epilog=f"{EXAMPLES} {STATUSES}",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich would take a third of the time that --help may take
    pretty_exceptions_enable=False,
)
app.command("brief", epilog=STATUSES)(handled(brief.brief))
app.command("batch", epilog=STATUSES)(handled(batch.batch))
app.command("check", epilog=STATUSES)(handled(check.check))
app.command("review", epilog=STATUSES)(handled(review.review))
app.command("verify", epilog=STATUSES)(handled(verify.verify))
app.command("update", epilog=STATUSES)(handled(update.update))
app.command("list", epilog=STATUSES)(handled(library.list_briefs))
app.command("show", epilog=STATUSES)(handled(library.show))
app.command("search", epilog=STATUSES)(handled(library.search))
app.command("daily", epilog=STATUSES)(handled(daily.daily))
app.command("lint", epilog=STATUSES)(handled(lint.lint))
app.command("doctor")(handled(doctor.doctor))
app.command("schema")(handled(schema.schema))
app.add_typer(bench.app, name="bench")
app.add_typer(eval.app, name="eval")
app.add_typer(prompts.app, name="prompts")
app.add_typer(runs.app, name="runs")


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"bluf {__version__}", to="stdout")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_print_version, is_eager=True
    ),
) -> None:
    """Turn open-source articles into a brief whose every sentence is cited and checked."""


def run() -> None:
    """Run the command line; never returns."""
    if all(argument.isprintable() for argument in sys.argv):
        app()
    # The parser's messages print an argument as it is, such as the name of a file that * found.
    with redirect_stderr(CleanStream(sys.stderr)):
        app()
