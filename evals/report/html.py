"""A comparison as one HTML page, without network: verdict, figures, every article side by side.

The page holds no script. Every text in it passes `_shown` on its way, which cleans it, and is then
escaped by jinja2, so nothing from a source or a model is ever read as HTML.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from agent.clean import clean_text
from agent.views.lines import plain
from evals.judging.shapes import JudgedBrief, JudgedPair, JudgedRows
from evals.report import figures
from evals.report.articles import Article, articles, repeat_pairs
from evals.report.beside import Beside, beside
from evals.report.forest import forest
from evals.report.outputs import Shown
from evals.shapes import Comparison, Side
from schemas.brief import Brief

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
SIDES: tuple[Side, Side] = ("a", "b")


def html(
    report: Comparison,
    shown: Sequence[Shown],
    *,
    primary: str,
    number: int,
    judged: JudgedRows | None = None,
) -> str:
    """Return the report as one HTML page.

    Args:
        report: The comparison.
        shown: Its briefs.
        primary: The name of the metric that it is about.
        number: Which comparison on this set it is; many looks find something by chance.
        judged: What a critic said of each brief, if one was asked.
    """
    pages = tuple(_pages(report, shown, primary, judged))
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            policy=POLICY,
            figures=figures,
            report=report,
            number=number,
            primary=next((s for s in report.shifts if s.metric == primary), None),
            shifts=sorted(report.shifts, key=lambda s: (s.metric != primary, s.margin is None)),
            plots=_plots(report),
            judged=judged,
            pages=pages,
            filters=_filters(pages),
            kinds=_kinds(report),
            known={page.article.item for page in pages},
            repeats=max(len(report.a.repeats), len(report.b.repeats)),
        )
    )


@dataclass(frozen=True)
class Repeat:
    """One brief of each version, side by side.

    Attributes:
        number: Which repeat, from 1.
        beside: The two briefs; what one lacks stands beside nothing.
        lacking: By side, why there is no brief.
        judged: By side, what the critic said.
    """

    number: int
    beside: Beside
    lacking: Mapping[Side, str]
    judged: Mapping[Side, JudgedBrief]


@dataclass(frozen=True)
class Page:
    """What the page shows of one article.

    Attributes:
        article: Its figures and hard failures.
        title: What the article is called.
        repeats: The first is shown in full, the others folded.
        cited: The sentences of the article that a line rests on, with their ids.
        preferred: Which brief the critic preferred, where figures and flaws disagree.
        marks: By which filters it is found.
    """

    article: Article
    title: str
    repeats: tuple[Repeat, ...]
    cited: tuple[tuple[str, str], ...]
    preferred: tuple[JudgedPair, ...]
    marks: frozenset[str]

    @property
    def faults(self) -> tuple[tuple[str, Side, tuple[str, ...]], ...]:
        """The hard failures: kind, side, and what failed, once however many repeats it did in."""
        found: dict[tuple[str, Side], dict[str, None]] = {}
        for failure in self.article.failures:
            found.setdefault((failure.kind, failure.side), {})[failure.what] = None
        return tuple((kind, side, tuple(what)) for (kind, side), what in found.items())

    @property
    def differing(self) -> int:
        """In how many printed lines the first briefs differ."""
        return self.repeats[0].beside.differing if self.repeats else 0


def _pages(
    report: Comparison, shown: Sequence[Shown], primary: str, judged: JudgedRows | None
) -> Iterator[Page]:
    kept = {(one.item, one.side, one.repeat): one for one in shown}
    said = {(one.item, one.side, one.repeat): one for one in judged.briefs} if judged else {}
    pairs = judged.pairs if judged else ()
    for article in articles(report, primary):
        item, repeats, briefs = article.item, [], []
        for number, (a, b) in enumerate(repeat_pairs(report), start=1):
            one, other = (item, SIDES[0], a), (item, SIDES[1], b)
            pair = (kept.get(one), kept.get(other))
            briefs += [found.brief for found in pair if found and found.brief]
            notes = {key[1]: said[key] for key in (one, other) if key in said}
            repeats.append(_repeat(number, pair, notes))
        yield Page(
            article,
            title=briefs[0].title if briefs else "",
            repeats=tuple(repeats),
            cited=tuple(_cited(repeats, briefs)),
            preferred=tuple(pair for pair in pairs if pair.item == item),
            marks=frozenset(_marks(article, primary, repeats)),
        )


def _repeat(
    number: int, pair: tuple[Shown | None, Shown | None], judged: Mapping[Side, JudgedBrief]
) -> Repeat:
    a, b = (one.brief if one else None for one in pair)
    lacking = {
        side: (one.failure if one else None) or "it was not kept"
        for side, one in zip(SIDES, pair, strict=True)
        if one is None or one.brief is None
    }
    return Repeat(number, beside(a, b), lacking, judged)


def _cited(repeats: Sequence[Repeat], briefs: Sequence[Brief]) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of each sentence that any line rests on, in reading order."""
    wanted = {
        id
        for repeat in repeats
        for row in repeat.beside.rows
        for cell in (row.a, row.b)
        if cell
        for id in cell.line.cites
    }
    for source in briefs[0].sources if briefs else ():
        for sentence in source.sentences:
            if plain(sentence.id) in wanted:
                yield plain(sentence.id), sentence.text


def _marks(article: Article, primary: str, repeats: Sequence[Repeat]) -> Iterator[str]:
    if (article.gain(primary) or 0.0) < 0:
        yield "lost"
    if article.lost:
        yield "guard"
    if article.failures:
        yield "hard"
    if any(repeat.beside.differing for repeat in repeats):
        yield "differs"


def _filters(pages: Sequence[Page]) -> tuple[tuple[str, str, int], ...]:
    """Return each filter that finds something: its mark, what it is called, how many it finds."""
    titles = {
        "lost": "lost on the primary metric",
        "guard": "lost on any metric that decides",
        "hard": "with a hard failure",
        "differs": "with sentences that differ",
    }
    counts = {mark: sum(mark in page.marks for page in pages) for mark in titles}
    return tuple((mark, title, counts[mark]) for mark, title in titles.items() if counts[mark])


def _kinds(report: Comparison) -> tuple[tuple[str, int, int], ...]:
    """Return each kind of hard failure with how many there are in either version."""
    counts = Counter((failure.kind, failure.side) for failure in report.failures)
    kinds = sorted({failure.kind for failure in report.failures})
    return tuple((kind, counts[kind, "a"], counts[kind, "b"]) for kind in kinds)


def _plots(report: Comparison) -> tuple[Markup, ...]:
    """Return the drawings: shares on one axis, every other metric on its own, for its own unit."""
    shares = [shift for shift in report.shifts if shift.better == "higher"]
    others = [[shift] for shift in report.shifts if shift.better != "higher"]
    names = (report.a.version, report.b.version)
    drawn = (
        forest(group, id=f"plot-{number}", title=_plot_title(number, report), names=names)
        for number, group in enumerate([shares, *others])
        if group
    )
    # Drawn by our own code, in which ElementTree escapes every text.
    return tuple(Markup(svg) for svg in drawn)


def _plot_title(number: int, report: Comparison) -> str:
    what = "Changes in shares" if number == 0 else "Change"
    return f"{what} from {report.a.version} to {report.b.version}, with intervals and margins"


def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("evals.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain  # for what names a place and what leads to it
    return environment


def _shown(value: object) -> object:
    """Return text without what no reader can see, whatever field it comes from."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean_text(value)[0]
    return value
