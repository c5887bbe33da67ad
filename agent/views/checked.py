"""The verdicts on anybody's claims as a table for a terminal, as Markdown, and as JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from agent.clean import cut
from agent.views.json import dump
from agent.views.lines import plain
from agent.views.markdown import escape
from agent.views.terminal import NARROWEST, ROOMY, WIDEST, console_to
from schemas.claims import Claim, Verdict, VerdictLabel
from schemas.sources import Sources

MARKS: Mapping[VerdictLabel, str] = {
    "supported": "✓",
    "partial": "~",
    "contradicted": "✗",
    "unsupported": "✗",
    "not checkable": "?",
}
STYLES = {"supported": "bold green", "partial": "bold yellow", "not checkable": "bold yellow"}

LONGEST = 160  # characters of a sentence that are shown; its id opens the rest

Checked = Sequence[tuple[Claim, Verdict]]


def as_table(checked: Checked, sources: Sources, *, width: int, colour: bool) -> str:
    """Return one row for each claim, then how many stand; without colour no control character.

    The width, in cells, is held between 40 and 100. Where it leaves no room for columns, the
    claim stands below its verdict.
    """
    width = max(NARROWEST, min(width, WIDEST))
    rows = [(_told(claim, verdict), _said(claim, verdict, sources)) for claim, verdict in checked]
    printed = StringIO()
    console = console_to(printed, width, colour)
    if width >= ROOMY:
        console.print(_table(rows, width))
    else:
        for told, said in rows:
            console.print(Text(" ").join(told), said, sep="\n")
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    return "\n".join([*lines, summary(checked)]) + "\n"


def as_markdown(checked: Checked, sources: Sources) -> str:
    """Return the claims as a Markdown table."""
    rows = ["| # | verdict | score | step | claim | what decided |", "|--:|---|--:|---|---|---|"]
    for claim, verdict in checked:
        cells = (
            escape(claim.id),
            f"{MARKS[verdict.label]} {verdict.label}",
            f"{verdict.score:.2f}",
            escape(verdict.method),
            escape(claim.text),
            escape(_decided(verdict, sources)),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([*rows, "", summary(checked)]) + "\n"


def as_json(checked: Checked, sources: Sources) -> str:
    """Return the claims with their verdicts and passages, and counts by label, in ASCII."""
    claims = [
        {
            "id": claim.id,
            "text": claim.text,
            "basis": claim.basis,
            "cited": list(claim.evidence),
            "verdict": verdict.label,
            "method": verdict.method,
            "score": round(verdict.score, 4),
            "evidence": list(verdict.evidence),
            "reason": verdict.reason,
            "passage": [{"id": id, "text": sources.sentences[id].text} for id in verdict.evidence],
        }
        for claim, verdict in checked
    ]
    counts = Counter(verdict.label for _, verdict in checked)
    found = {"claims": claims, "counts": {label: counts[label] for label in MARKS}}
    return dump(found)


def summary(checked: Checked) -> str:
    """Return one line with how many claims stand and how many do not, by verdict."""
    counts = Counter(verdict.label for _, verdict in checked)
    others = ", ".join(f"{counts[label]} {label}" for label in MARKS if counts[label])
    return f"{counts['supported']} of {len(checked)} claims stand ({others})"


def _told(claim: Claim, verdict: Verdict) -> tuple[Text, ...]:
    style = STYLES.get(verdict.label, "bold red")
    return (
        Text(plain(claim.id)),
        Text(f"{MARKS[verdict.label]} {verdict.label}", style=style),
        Text(f"{verdict.score:.2f}"),
        Text(plain(verdict.method)),
    )


def _said(claim: Claim, verdict: Verdict, sources: Sources) -> Text:
    return Text(plain(claim.text)) + Text(f"\n{_decided(verdict, sources)}\n", style="dim")


def _table(rows: Sequence[tuple[tuple[Text, ...], Text]], width: int) -> Table:
    table = Table(box=SIMPLE_HEAD, width=width, pad_edge=False, show_edge=False)
    for name in ("", "verdict", "score", "step"):
        table.add_column(name, no_wrap=True)
    table.add_column("claim, and what decided", ratio=1)
    for told, said in rows:
        table.add_row(*told, said)
    return table


def _decided(verdict: Verdict, sources: Sources) -> str:
    reason = plain(verdict.reason)
    if not verdict.evidence:
        return reason
    first = verdict.evidence[0]
    said = plain(sources.sentences[first].text)
    shown = said if len(said) <= LONGEST else f"{cut(said, LONGEST - 1)}…"
    return f"{reason}: [{plain(first)}] {shown}"
