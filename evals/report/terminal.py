"""A comparison as a table for the terminal."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from evals.report import figures
from evals.report.typeset import NARROWEST, columns, fits, hang, typeset, words
from evals.shapes import Comparison, CostShift, Shift

MARKS = {
    "better": "better",
    "worse": "WORSE",
    "inside margin": "inside margin",
    "no difference shown": "no difference shown",
    "inconclusive": "inconclusive",
}
STYLES = {"better": "green", "worse": "bold red", "inconclusive": "yellow"}
LONGEST_NAME = 12  # cells for the name of a version above its column
TITLE, VERDICT = 0, 9  # columns of words; the others hold figures
MOST_PLACES = 4


def terminal(report: Comparison, *, primary: str, number: int, width: int, colour: bool) -> str:
    """Return the report as text.

    Args:
        report: The comparison.
        primary: The name of the metric that it is about.
        number: Which comparison on this set it is; many looks find something by chance.
        width: Columns; no line is longer, and where all figures find no room in one line, the
            less important ones go below.
        colour: Whether the terminal takes colour; words carry the meaning all the same.
    """
    width = max(width, NARROWEST)
    lines: list[Text] = []
    for line in _head(report, number):
        lines += hang(words(line), width=width, hanging=2)
    lines += [Text(), *_table(report, primary, width), Text()]
    for line in _foot(report):
        indent = len(line) - len(line.lstrip())
        lines += hang(words(line), width=width, indent=indent, hanging=2)
    return typeset(lines, width=width, colour=colour)


def _head(report: Comparison, number: int) -> tuple[str, ...]:
    a, b = report.a, report.b
    judge = f"judge {a.judge}" if a.judge else "no judge"
    same = " (the same prompts: other repeats on each side)" if a.digest == b.digest else ""
    return (
        f"bluf eval: {a.version} {a.digest[:8]} -> {b.version} {b.digest[:8]}{same}",
        f"set {report.set}@{report.set_digest[:4]} {report.split}, {report.articles} articles, "
        f"{report.stories} stories, {len(a.repeats)} repeats; comparison no. {number} on this set",
        f"model {a.model}; {judge}",
    )


def _table(report: Comparison, primary: str, width: int) -> list[Text]:
    """Return the table with the most columns that the width has room for."""
    groups = _groups(report, primary)
    rows = [_names(report), *_full_rows(groups)]
    full = columns(rows, left=frozenset((TITLE, VERDICT)), gap=1)
    if fits(full, width):
        return full
    short = columns([_names(report)[:6], *_short_rows(groups)], left=frozenset((TITLE,)))
    return short if fits(short, width) else list(_stacked(report, groups, width))


def _groups(report: Comparison, primary: str) -> list[tuple[str, list[Shift]]]:
    first = [s for s in report.shifts if s.metric == primary]
    guards = [s for s in report.shifts if s.metric != primary and s.margin is not None]
    others = [s for s in report.shifts if s.metric != primary and s.margin is None]
    groups = [("primary", first), ("guards", guards), ("for information", others)]
    return [(heading, shifts) for heading, shifts in groups if shifts]


def _names(report: Comparison) -> list[Text]:
    sides = [words(side.version) for side in (report.a, report.b)]
    for name in sides:
        name.truncate(LONGEST_NAME, overflow="ellipsis")
    titles = ("change", "interval", "W/T/L", "noise", "detects", "margin", "verdict", "p")
    return [Text(), *sides, *map(Text, titles)]


def _full_rows(groups: Sequence[tuple[str, list[Shift]]]) -> Iterator[list[Text]]:
    for heading, shifts in groups:
        yield [Text(heading, "dim")]
        for shift in shifts:
            sure = (figures.percent(shift.noise_share), figures.detects(shift), _margin(shift))
            told = (_label(shift), Text(figures.p_value(shift)))
            yield [_indented(words(shift.title), 2), *_figures(shift), *map(Text, sure), *told]


def _short_rows(groups: Sequence[tuple[str, list[Shift]]]) -> Iterator[list[Text]]:
    for heading, shifts in groups:
        yield [Text(heading, "dim")]
        for shift in shifts:
            yield [_indented(words(shift.title), 2), *_figures(shift)]
            yield [_indented(_told(shift), 4)]


def _stacked(
    report: Comparison, groups: Sequence[tuple[str, list[Shift]]], width: int
) -> Iterator[Text]:
    a, b = report.a.version, report.b.version
    for heading, shifts in groups:
        yield Text(heading, "dim")
        for shift in shifts:
            yield from hang(words(shift.title), width=width, indent=2, hanging=2)
            means = f"{a} {figures.mean(shift.mean_a)}, {b} {figures.mean(shift.mean_b)}, change"
            changed = f"{figures.change(shift.change)} {figures.interval(shift.interval)}"
            yield from hang(words(f"{means} {changed}"), width=width, indent=4, hanging=2)
            yield from hang(_told(shift), width=width, indent=4, hanging=2)


def _figures(shift: Shift) -> list[Text]:
    shown = (
        figures.mean(shift.mean_a),
        figures.mean(shift.mean_b),
        figures.change(shift.change),
        figures.interval(shift.interval),
        figures.balance(shift),
    )
    return [Text(figure) for figure in shown]


def _told(shift: Shift) -> Text:
    """Return the verdict with what has no column on a narrow screen."""
    more = (
        f", p {figures.p_value(shift)}, detects {figures.detects(shift)}, "
        f"noise {figures.percent(shift.noise_share)}"
    )
    margin = f", margin {_margin(shift)}" if shift.margin is not None else ""
    return _label(shift) + Text(more + margin)


def _label(shift: Shift) -> Text:
    return Text(MARKS[shift.label], STYLES.get(shift.label, ""))


def _margin(shift: Shift) -> str:
    return "" if shift.margin is None else f"{shift.margin:g}"


def _indented(text: Text, indent: int) -> Text:
    return Text(" " * indent) + text


def _foot(report: Comparison) -> Iterator[str]:
    for kind in sorted({failure.kind for failure in report.failures}):
        yield _failure_line(report, kind)
    if not report.failures:
        yield "hard failures: none on either side"
    for cost in report.costs:
        yield _cost_line(cost)
    if report.critic:
        yield figures.critic(report.critic)
    yield ""
    yield f"VERDICT {figures.DECISIONS[report.ruling.decision]}: {figures.meaning(report)}"
    for reason in report.ruling.reasons:
        yield f"  {reason}"
    if worst := _worst(report):
        told = "; ".join(f"{item} {figures.change(drop)}" for item, drop in worst.worst)
        yield f"  lost most ({worst.title}): {told}"
        yield f"  next: bluf eval show last {worst.worst[0][0]}"
    yield figures.COVERS
    yield figures.CORRECTED


def _failure_line(report: Comparison, kind: str) -> str:
    sides = []
    for side in ("a", "b"):
        own = [f for f in report.failures if f.kind == kind and f.side == side]
        items = sorted({f.item for f in own})
        more = [f"{len(items) - MOST_PLACES} more"] if len(items) > MOST_PLACES else []
        places = ", ".join([*items[:MOST_PLACES], *more])
        sides.append(f"{len(own)}{f' ({places})' if places else ''}")
    return f"hard failure, {kind}: {sides[0]} -> {sides[1]}"


def _cost_line(cost: CostShift) -> str:
    (a50, b50), (a95, b95) = cost.p50, cost.p95
    return (
        f"{cost.what} per brief: {figures.times(cost)}, "
        f"median {figures.amount(cost.what, a50)} -> {figures.amount(cost.what, b50)}, "
        f"p95 {figures.amount(cost.what, a95)} -> {figures.amount(cost.what, b95)}"
    )


def _worst(report: Comparison) -> Shift | None:
    """Return the metric whose losses are worth a look: the first that decides and lost anywhere."""
    deciding = [shift for shift in report.shifts if shift.worst and shift.margin is not None]
    return min(deciding, key=lambda shift: shift.label != "worse", default=None)
