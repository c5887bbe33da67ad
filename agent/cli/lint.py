"""`bluf lint FILE`: what a product says looser than ICD 203 lets it."""

import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

import typer

from agent.cli.output import say, screen, write_text
from agent.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from agent.analysis.tradecraft import Fault
    from schemas.brief import Brief

FOUND = 1
MAX_BYTES = 2_000_000
NARROWEST, WIDEST = 64, 120  # cells; less cuts the words off, a longer line is hard to read
PIPED_MARKDOWN = re.compile(r"^(?:#{1,6} \S|```|> \S|\|[ :]*-{3,})", re.MULTILINE)
BEFORE = 30  # characters of a sentence that are shown before the words


def lint(
    file: str = typer.Argument(
        help="Text, Markdown, a brief in JSON, or - for standard input.", metavar="FILE"
    ),
    as_json: bool = typer.Option(False, "--json", help="A JSON object: counts and faults."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a fault in bluf."),
) -> None:
    """Find the faults of tradecraft in a product: loose words, forecasts without a likelihood.

    Also confidence and likelihood in one sentence, terms of both rows of ICD 203, judgements
    without a premise, and hypotheses or scenarios without an alternative. Exit status: 0 no fault,
    1 faults, 2 usage, 3 FILE cannot be read.

    Examples: bluf lint report.md; bluf lint brief.json --json; cat report.txt | bluf lint -
    """
    del debug  # read where a fault is caught
    faults = _faults(_read(file), file)
    columns, colour = screen(None, piped=80)
    on_screen = sys.stdout is not None and sys.stdout.isatty()
    if as_json:
        write_text(_json(faults, file), None)
    elif faults and on_screen and columns >= NARROWEST:
        write_text(_table(faults, width=min(columns, WIDEST), colour=colour), None)
    else:
        write_text(_lines(faults, file), None)
    say(f"{file}: {_summary(faults)}")
    if faults:
        raise typer.Exit(FOUND)


def _read(name: str) -> bytes:
    from agent.clean import one_line
    from agent.sources.files import checked_size, read_file

    if name != "-":
        return read_file(name, max_bytes=MAX_BYTES)
    if sys.stdin is None:
        raise SourceError(name, "standard input is closed; send the product to it")
    return checked_size(sys.stdin.buffer.read(MAX_BYTES + 1), one_line(name), max_bytes=MAX_BYTES)


def _faults(raw: bytes, name: str) -> "tuple[Fault, ...]":
    from agent.analysis.tradecraft import faults_in_brief, faults_in_text
    from agent.sources.decoding import decode
    from agent.sources.kinds import find_kind

    if name.lower().endswith(".json") or raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return faults_in_brief(_brief(raw, name))
    kind = find_kind(raw, name=name)
    if kind not in {"text", "markdown"}:
        what = {"html": "a web page", "pdf": "a PDF file"}[kind]
        raise SourceError(name, f"it is {what}; give text, Markdown or a brief in JSON")
    text, _ = decode(raw, name=name)
    # What comes on standard input has no ending that could tell.
    piped = name == "-" and PIPED_MARKDOWN.search(text) is not None
    return faults_in_text(text, markdown=piped or kind == "markdown")


def _brief(raw: bytes, name: str) -> "Brief":
    from pydantic import ValidationError

    from schemas.brief import Brief

    try:
        return Brief.model_validate_json(raw.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        problem = f"{place}: {first['msg']}" if place else first["msg"]
        advice = "give what `bluf brief --format json` wrote"
        raise SourceError(name, f"it is no brief in JSON ({problem}); {advice}") from error


def _lines(faults: "Sequence[Fault]", name: str) -> str:
    from agent.clean import one_line

    lines = (f"{name}:{_place(f)}: {f.kind}: {f.words} - {f.advice}" for f in faults)
    return "".join(f"{one_line(line, limit=1000)}\n" for line in lines)


def _json(faults: "Sequence[Fault]", name: str) -> str:
    from dataclasses import asdict
    from typing import get_args

    from agent.analysis.tradecraft import Kind
    from agent.views.json import dump

    found = Counter(fault.kind for fault in faults)
    report = {
        "file": name,
        "counts": {kind: found[kind] for kind in get_args(Kind)},
        "faults": [asdict(fault) for fault in faults],
    }
    return dump(report)


def _summary(faults: "Sequence[Fault]") -> str:
    if not faults:
        return "no fault of tradecraft found"
    found = Counter(fault.kind for fault in faults)
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.most_common())
    return f"{len(faults)} fault{'s' if len(faults) > 1 else ''}: {kinds}"


def _place(fault: "Fault") -> str:
    return fault.claim or f"{fault.line}:{fault.column}"


def _table(faults: "Sequence[Fault]", *, width: int, colour: bool) -> str:
    """Return the faults as a table, those that ask for the same together under what they ask."""
    from io import StringIO

    from rich.table import Table
    from rich.text import Text

    from agent.clean import one_line
    from agent.views.terminal import console_to

    printed = StringIO()
    console = console_to(printed, width, colour)
    places = max(len(one_line(_place(fault))) for fault in faults)
    for kind, advice in dict.fromkeys((fault.kind, fault.advice) for fault in faults):
        alike = [f for f in faults if (f.kind, f.advice) == (kind, advice)]
        console.print(
            Text.assemble((f"{kind}, {len(alike)}", "bold cyan"), f": {one_line(advice)}")
        )
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 2), expand=True)
        table.add_column(justify="right", no_wrap=True, width=places)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for fault in alike:
            table.add_row(Text(one_line(_place(fault)), "dim"), _excerpt(fault))
        console.print(table)
        console.print()
    return "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


def _excerpt(fault: "Fault") -> "Text":
    """Return the fault's words where they stand, the beginning of a long sentence cut."""
    from rich.text import Text

    from agent.clean import clean_text

    before, after = fault.sentence[: fault.at], fault.sentence[fault.at + len(fault.words) :]
    if len(before) > BEFORE:
        before = "…" + before[-BEFORE:].partition(" ")[2]
    words = fault.sentence[fault.at : fault.at + len(fault.words)]
    parts = [clean_text(part)[0] for part in (before, words, after)]
    return Text.assemble(parts[0], (parts[1], "bold yellow"), parts[2])
