"""What a comparison shows of each article: its figures from both versions, and how they changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from evals.report.figures import NOTHING
from evals.shapes import Comparison, Failure, Scored, Shift, Side


@dataclass(frozen=True)
class Figure:
    """One metric of one article, or of one brief of it; None where there is no figure."""

    shift: Shift
    a: float | None
    b: float | None

    @property
    def change(self) -> float | None:
        """The second version minus the first, in the metric's own unit."""
        if self.a is None or self.b is None:
            return None
        return self.b - self.a

    @property
    def gain(self) -> float | None:
        """How far the second version is better; None too for a metric that is neither."""
        if self.change is None or self.shift.better == "neither":
            return None
        gain = self.change if self.shift.better == "higher" else -self.change
        return 0.0 if abs(gain) < NOTHING else gain


@dataclass(frozen=True)
class Article:
    """One article of a comparison.

    Attributes:
        item: Its id.
        figures: One for each metric of the report, over all repeats.
        failures: The hard failures of its briefs, of both versions.
    """

    item: str
    figures: tuple[Figure, ...]
    failures: tuple[Failure, ...]

    def figure(self, metric: str) -> Figure | None:
        """Return the figure of one metric, or None where the report has none."""
        return next((f for f in self.figures if f.shift.metric == metric), None)

    def gain(self, metric: str) -> float | None:
        """Return how far the second version is better by one metric, or None."""
        found = self.figure(metric)
        return found.gain if found else None

    @cached_property
    def lost(self) -> tuple[Figure, ...]:
        """The figures with a margin, so those that decide, in which the second version is worse."""
        deciding = (f for f in self.figures if f.shift.margin is not None)
        return tuple(f for f in deciding if (f.gain or 0.0) < 0)


def articles(report: Comparison, primary: str) -> tuple[Article, ...]:
    """Return every article, the one that lost most by the primary metric first."""
    known, items = means(report.scored), sorted({brief.item for brief in report.scored})
    failures: dict[str, list[Failure]] = {}
    for failure in report.failures:
        failures.setdefault(failure.item, []).append(failure)
    found = [
        Article(item, _figures(report, item, known), tuple(failures.get(item, ())))
        for item in items
    ]
    return tuple(sorted(found, key=lambda article: _order(article, primary)))


def brief_figures(
    report: Comparison, item: str, repeat_a: int, repeat_b: int
) -> tuple[Figure, ...]:
    """Return the figures of one brief of each version."""
    wanted = {("a", repeat_a), ("b", repeat_b)}
    scored = [s for s in report.scored if s.item == item and (s.side, s.repeat) in wanted]
    return _figures(report, item, means(scored))


def means(scored: tuple[Scored, ...] | list[Scored]) -> Mapping[tuple[str, Side, str], float]:
    """Return the mean over repeats by item, side and metric; what has no figure is absent."""
    found: dict[tuple[str, Side, str], list[float]] = {}
    for brief in scored:
        for metric, value in brief.figures.items():
            if value is not None:
                found.setdefault((brief.item, brief.side, metric), []).append(value)
    return {key: sum(values) / len(values) for key, values in found.items()}


def repeat_pairs(report: Comparison) -> tuple[tuple[int, int], ...]:
    """Return which repeats stand side by side; a version held against itself has others in b."""
    return tuple(zip(report.a.repeats, report.b.repeats, strict=False))


def _figures(
    report: Comparison, item: str, known: Mapping[tuple[str, Side, str], float]
) -> tuple[Figure, ...]:
    return tuple(
        Figure(s, known.get((item, "a", s.metric)), known.get((item, "b", s.metric)))
        for s in report.shifts
    )


def _order(article: Article, primary: str) -> tuple[bool, float, int, str]:
    gain = article.gain(primary)
    lacking = sum(1 for f in article.failures if f.side == "b")
    return gain is not None, gain or 0.0, -lacking, article.item
