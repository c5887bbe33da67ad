"""A comparison as Markdown, to be pasted into a pull request."""

from agent.views.markdown import escape
from evals.report import figures
from evals.shapes import Comparison, Shift


def markdown(report: Comparison) -> str:
    """Return the report as Markdown in which nothing from outside is alive."""
    a, b = report.a, report.b
    lines = [
        f"### bluf eval: {escape(a.version)} ({escape(a.digest[:8])}) → {escape(b.version)} "
        f"({escape(b.digest[:8])}): {figures.DECISIONS[report.ruling.decision]}",
        "",
        escape(figures.meaning(report)),
        "",
        *(f"- {escape(reason)}" for reason in report.ruling.reasons),
        "",
        f"| metric | {escape(a.version)} | {escape(b.version)} | change | interval | W/T/L "
        "| margin | p | verdict |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
        *(_row(shift) for shift in report.shifts),
        "",
        *(f"- {cost.what} per brief: {figures.times(cost)}" for cost in report.costs),
        *_failures(report),
        *([f"- {escape(figures.critic(report.critic))}"] if report.critic else []),
        "",
        f"Set {escape(report.set)} ({escape(report.set_digest[:8])}) {escape(report.split)}: "
        f"{report.articles} articles, {report.stories} stories, {len(a.repeats)} repeats. "
        f"Model {escape(a.model)}, {f'judge {escape(a.judge)}' if a.judge else 'no judge'}. "
        f"Gate {escape(report.gate_digest[:8])}. Comparison {report.id}. {figures.COVERS} "
        f"{figures.CORRECTED}",
    ]
    return "\n".join(lines) + "\n"


def _row(shift: Shift) -> str:
    cells = (
        escape(shift.title),
        figures.mean(shift.mean_a),
        figures.mean(shift.mean_b),
        figures.change(shift.change),
        figures.interval(shift.interval),
        figures.balance(shift),
        "" if shift.margin is None else f"{shift.margin:g}",
        figures.p_value(shift).replace("<", "\\<"),
        escape(shift.sentence),
    )
    return f"| {' | '.join(cells)} |"


def _failures(report: Comparison) -> list[str]:
    """Return a line for each kind of hard failure, or one that says that there is none."""
    kinds = sorted({failure.kind for failure in report.failures})
    counts = [
        [sum(f.kind == kind and f.side == side for f in report.failures) for side in ("a", "b")]
        for kind in kinds
    ]
    return [
        f"- hard failure, {escape(kind)}: {before} → {now}"
        for kind, (before, now) in zip(kinds, counts, strict=True)
    ] or ["- hard failures: none on either side"]
