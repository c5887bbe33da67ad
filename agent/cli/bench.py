"""`bluf bench`: how good and how fast the parts of bluf are, on data with known answers."""

from pathlib import Path

import typer

from agent.cli.outcome import handled
from agent.cli.output import say, write_text

app = typer.Typer(no_args_is_help=True, help="Measure the verifier on labelled data.")


@app.command("grounding")
@handled
def grounding(
    file: Path = typer.Argument(
        help="JSON Lines with id, dataset, doc, claim, label (1: supported).", metavar="FILE.jsonl"
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    output: Path | None = typer.Option(
        None, "--output", "-o", metavar="FILE", dir_okay=False, help="Write there, not to stdout."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Measure the verifier on labelled pairs of a document and a claim; no LLM is asked.

    Rows that the entailment model was trained on are left out.

    Examples: bluf bench grounding dev.jsonl; bluf bench grounding my.jsonl --json
    """
    del debug  # read where a fault is caught
    from agent.errors import SourceError
    from evals.benchmarks import grounding as bench
    from evals.training.seen import was_seen

    rows = bench.read_rows(file)
    fresh = [row for row in rows if not was_seen(row.doc, row.claim)]
    if len(fresh) < len(rows):
        say(f"{len(rows) - len(fresh)} of {len(rows)} rows left out: the model was trained on them")
    try:
        report = bench.measure(fresh)
    except ValueError as error:
        raise SourceError(str(file), f"{error}; add rows of both") from error
    write_text(bench.as_json(report) if as_json else bench.as_text(report), output)
