"""Show the articles of a comparison, or one of them with both briefs side by side, as text."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from agent.errors import EvidenceError, UsageError
from agent.material import cite
from agent.prompts.difference import Segment
from evals.report import figures
from evals.report.articles import Article, Figure, articles, brief_figures, repeat_pairs
from evals.report.beside import Beside, Cell, Row, beside
from evals.report.outputs import Shown
from evals.report.typeset import NARROWEST, columns, fits, hang, side_by_side, typeset, words
from evals.shapes import Comparison, Shift

ROOMY = 100  # from here on two briefs find room next to each other
GONE = ("[-", "-]", "red")
NEW = ("{+", "+}", "green")
MOST_NAMED = 8  # articles that a message lists

Marks = tuple[str, str, str]  # what stands before a differing word, behind it, and its style


def show_items(report: Comparison, *, primary: str, width: int, colour: bool) -> str:
    """Return the articles of a report, the one that lost most on the primary metric first.

    Args:
        report: The comparison.
        primary: The name of the metric that it is about.
        width: Columns.
        colour: Whether the terminal takes colour; words carry the meaning all the same.
    """
    width = max(width, NARROWEST)
    found = articles(report, primary)
    led = next((shift for shift in report.shifts if shift.metric == primary), None)
    about = f"change on {led.title}" if led else f"no article has the primary figure, {primary}"
    lines = [*_head(report, width), *hang(words(about), width=width), Text()]
    lines += _items(found, led, width)
    if found:
        next_one = f"next: bluf eval show {report.id} {found[0].item}"
        lines += [Text(), *hang(words(next_one), width=width, hanging=2)]
    return typeset(lines, width=width, colour=colour)


def show_item(
    report: Comparison,
    shown: Sequence[Shown],
    item: str,
    *,
    repeat: int = 0,
    width: int,
    colour: bool,
) -> str:
    """Return both briefs of one article, the words that differ marked as [-gone-] and {+new+}.

    Args:
        report: The comparison.
        shown: Its briefs.
        item: The article's id.
        repeat: Which of its repeats, from 0.
        width: Columns; from 100 on the briefs stand side by side, else one after the other.
        colour: Whether the terminal takes colour; the marks are there all the same.

    Raises:
        UsageError: The report has no such article or repeat.
        EvidenceError: Its briefs are not among those that were kept.
    """
    width = max(width, NARROWEST)
    article = _find(report, item)
    numbers = _repeat(report, repeat)
    a, b = (_kept(shown, item, side, number) for side, number in zip("ab", numbers, strict=True))
    lines = [*_head(report, width), *hang(words(_told(item, repeat, report)), width=width), Text()]
    lines += _figures(report, brief_figures(report, item, *numbers), article, width)
    for fault in (*_failures(article, numbers), *_lacking(a, b)):
        lines += hang(words(fault, "bold red"), width=width, hanging=2)
    lines += _printed(beside(a.brief, b.brief), width)
    return typeset(lines, width=width, colour=colour)


def _head(report: Comparison, width: int) -> list[Text]:
    a, b = report.a, report.b
    told = (
        f"A = {a.version} {a.digest[:8]}, B = {b.version} {b.digest[:8]}; "
        f"{figures.DECISIONS[report.ruling.decision]}; report {report.id}"
    )
    return hang(words(told), width=width, hanging=2)


def _told(item: str, repeat: int, report: Comparison) -> str:
    return f"{item}, repeat {repeat} of 0 to {len(repeat_pairs(report)) - 1}"


def _items(found: Sequence[Article], led: Shift | None, width: int) -> list[Text]:
    rows = [[Text("article"), Text("A"), Text("B"), Text("change"), Text("")]]
    for article in found:
        figure = article.figure(led.metric) if led else None
        shown = (figure.a, figure.b, figure.change) if figure else (None, None, None)
        mean_a, mean_b, change = shown
        told = (figures.mean(mean_a), figures.mean(mean_b), figures.change(change))
        rows.append([words(article.item), *map(Text, told), words(_remarks(article))])
    lines = columns(rows, left=frozenset((0, 4)))
    if fits(lines, width):
        return lines
    narrow = columns([row[:4] for row in rows], left=frozenset((0,)))
    below = [hang(row[4], width=width, indent=2) if row[4] else [] for row in rows]
    return [line for one, more in zip(narrow, below, strict=True) for line in (one, *more)]


def _remarks(article: Article) -> str:
    """Return what else happened to an article, in a few words."""
    lost = ", ".join(figure.shift.title for figure in article.lost)
    told = [f"lost: {lost}"] if lost else []
    for side in ("a", "b"):
        count = sum(failure.side == side for failure in article.failures)
        told += [f"hard failures in {side.upper()}: {count}"] if count else []
    return "; ".join(told)


def _figures(
    report: Comparison, found: Sequence[Figure], article: Article, width: int
) -> list[Text]:
    """Return the figures of two briefs, beside the change over all repeats where there are more."""
    several = len(repeat_pairs(report)) > 1
    heads = ["", "A", "B", "change", *(["over all"] if several else [])]
    rows = [[Text(head) for head in heads]]
    for figure, over_all in zip(found, article.figures, strict=True):
        told = [figures.mean(figure.a), figures.mean(figure.b), figures.change(figure.change)]
        told += [figures.change(over_all.change)] if several else []
        lost = [Text("lost", "red")] if (figure.gain or 0.0) < 0 else [Text()]
        rows.append([words(figure.shift.title), *map(Text, told), *lost])
    lines = columns(rows, left=frozenset((0, len(heads))))
    return lines if fits(lines, width) else list(_wrapped_figures(rows, width))


def _wrapped_figures(rows: Sequence[Sequence[Text]], width: int) -> Iterator[Text]:
    heads = rows[0]
    for title, *cells in rows[1:]:
        told = [f"{head} {cell}" for head, cell in zip(heads[1:], cells, strict=False)]
        yield from hang(title + Text(": " + ", ".join(told)), width=width, hanging=2)


def _failures(article: Article, numbers: tuple[int, int]) -> Iterator[str]:
    for failure in article.failures:
        if (failure.side, failure.repeat) in {("a", numbers[0]), ("b", numbers[1])}:
            yield f"hard failure in {failure.side.upper()}: {failure.kind}: {failure.what}"


def _lacking(a: Shown, b: Shown) -> Iterator[str]:
    for one in (a, b):
        if one.brief is None:
            yield f"no brief in {one.side.upper()}: {one.failure}"


def _printed(both: Beside, width: int) -> Iterator[Text]:
    for group in both.groups:
        yield Text()
        yield from hang(words(group.title, "bold"), width=width)
        yield from _rows(group.rows, width)
    if both.withheld:
        yield Text()
        yield Text("Withheld", "bold")
        yield from _rows(both.withheld, width)


def _rows(rows: Iterable[Row], width: int) -> Iterator[Text]:
    for row in rows:
        if row.same and row.a:
            yield from hang(_set("=", row.a, GONE), width=width, hanging=2)
        elif width >= ROOMY:
            yield from side_by_side(_set("A", row.a, GONE), _set("B", row.b, NEW), width=width)
        else:
            for name, cell, marks in (("A", row.a, GONE), ("B", row.b, NEW)):
                if cell:
                    yield from hang(_set(name, cell, marks), width=width, hanging=2)


def _set(head: str, cell: Cell | None, marks: Marks) -> Text:
    """Return a sentence with its mark, its differing words in brackets, and its evidence."""
    if cell is None:
        return Text(f"{head} -", "dim")
    line, other = cell.line, " other evidence" if cell.other_cites else ""
    said = Text().join(_marked(segment, marks) for segment in cell.segments)
    cites = words(f"{cite(line.cites)}{other}" if line.cites else "", "dim")
    parts = (Text(head), words(line.mark, "bold"), said, cites, words(line.remark, "yellow"))
    return Text(" ").join(part for part in parts if part)


def _marked(segment: Segment, marks: Marks) -> Text:
    text, changed = segment
    opening, closing, style = marks
    return Text(f"{opening}{text}{closing}", style) if changed else Text(text)


def _find(report: Comparison, item: str) -> Article:
    known = {article.item: article for article in articles(report, "")}
    names = sorted(known)
    if item in known:
        return known[item]
    named = ", ".join([*names[:MOST_NAMED], *(["..."] if len(names) > MOST_NAMED else [])])
    raise UsageError(f"{item}: the report {report.id} has no such article; it has {named}")


def _repeat(report: Comparison, repeat: int) -> tuple[int, int]:
    pairs = repeat_pairs(report)
    if not 0 <= repeat < len(pairs):
        raise UsageError(f"--repeat {repeat}: the report has the repeats 0 to {len(pairs) - 1}")
    return pairs[repeat]


def _kept(shown: Sequence[Shown], item: str, side: str, repeat: int) -> Shown:
    for one in shown:
        if (one.item, one.side, one.repeat) == (item, side, repeat):
            return one
    raise EvidenceError(
        f"{item}: the brief of {side.upper()}, repeat {repeat}, was not kept; make the report "
        "again with bluf eval compare"
    )
