"""The verdicts on anybody's claims as a table for a terminal, as Markdown, and as JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from agent.views.lines import plain
from agent.views.markdown import escape
from agent.views.terminal import console_to
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

Checked = Sequence[tuple[Claim, Verdict]]


def as_table(checked: Checked, sources: Sources, *, width: int, colour: bool) -> str:
    """Return one row for each claim, then how many stand; without colour no control character."""
    table = Table(box=SIMPLE_HEAD, width=width, pad_edge=False, show_edge=False)
    for name in ("", "verdict", "score", "step"):
        table.add_column(name, no_wrap=True)
    table.add_column("claim, and what decided", ratio=1)
    for claim, verdict in checked:
        style = STYLES.get(verdict.label, "bold red")
        table.add_row(
            Text(claim.id),
            Text(f"{MARKS[verdict.label]} {verdict.label}", style=style),
            Text(f"{verdict.score:.2f}"),
            Text(verdict.method),
            Text(plain(claim.text)) + Text(f"\n{_decided(verdict, sources)}\n", style="dim"),
        )
    printed = StringIO()
    console_to(printed, width, colour).print(table)
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    return "\n".join([*lines, summary(checked)]) + "\n"


def as_markdown(checked: Checked, sources: Sources) -> str:
    """Return the claims as a Markdown table."""
    rows = ["| # | verdict | score | step | claim | what decided |", "|--:|---|--:|---|---|---|"]
    for claim, verdict in checked:
        cells = (
            claim.id,
            f"{MARKS[verdict.label]} {verdict.label}",
            f"{verdict.score:.2f}",
            verdict.method,
            escape(plain(claim.text)),
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
    return json.dumps(found, ensure_ascii=True, indent=2) + "\n"


def summary(checked: Checked) -> str:
    """Return one line with how many claims stand and how many do not, by verdict."""
    counts = Counter(verdict.label for _, verdict in checked)
    others = ", ".join(f"{counts[label]} {label}" for label in MARKS if counts[label])
    return f"{counts['supported']} of {len(checked)} claims stand ({others})"


def _decided(verdict: Verdict, sources: Sources) -> str:
    reason = plain(verdict.reason)
    if not verdict.evidence:
        return reason
    first = verdict.evidence[0]
    said = plain(sources.sentences[first].text)
    return f"{reason}: [{first}] {said if len(said) <= 160 else said[:159] + '…'}"
