"""Put the scores of two versions side by side, article by article; a gap is never a zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int_]
Scores = Mapping[str, Sequence[float | None]]
Limits = tuple[float, float]
ROUNDING = 1e-12  # of the numbers compared: what the order of a sum can change, and more


@dataclass(frozen=True)
class Missing:
    """What was planned and did not come.

    Attributes:
        pairs: Articles without any score from one version or both.
        planned_pairs: Articles that were to be compared.
        scores: Single scores that are missing, those of missing pairs among them.
        planned_scores: Single scores that were to be had, from both versions together.
        bounds: The change if every missing score had gone against the second version, and if
            every one had gone for it.
    """

    pairs: int
    planned_pairs: int
    scores: int
    planned_scores: int
    bounds: tuple[float, float]

    @property
    def share(self) -> float:
        """The larger of the missing shares of pairs and of scores, in [0, 1]."""
        return max(self.pairs / self.planned_pairs, self.scores / self.planned_scores)


@dataclass(frozen=True)
class Pairs:
    """The articles that both versions have a score for.

    Attributes:
        articles: Their ids, sorted.
        a: Mean over the repeats of the first version, one number for each article.
        b: The same of the second.
        place: The number of each article's cluster, from 0, in order of appearance.
        repeats: The most repeats that any article has, of the first version and of the second.
        noise: The variance that one article's change owes to its runs, or None when no article
            was run twice by each version.
        missing: What did not come.
    """

    articles: tuple[str, ...]
    a: Floats
    b: Floats
    place: Numbers
    repeats: tuple[int, int]
    noise: float | None
    missing: Missing

    @property
    def changes(self) -> Floats:
        """Second minus first for each article; a difference made by rounding alone is zero."""
        found = self.b - self.a
        found[np.abs(found) <= ROUNDING * np.maximum(np.abs(self.a), np.abs(self.b))] = 0.0
        return found


def pair(a: Scores, b: Scores, clusters: Mapping[str, str], limits: Limits | None) -> Pairs:
    """Return the pairs of two versions' scores.

    Args:
        a: Scores of the first version by article, one for each repeat; None and NaN are gaps.
        b: The same of the second.
        clusters: The cluster of every article that was to be compared.
        limits: The lowest and highest score there can be, for the bounds; None stands for the
            lowest and highest that was seen.

    Raises:
        ValueError: An article has no cluster, a score is infinite or outside the limits, or no
            article has a score from both versions.
    """
    if strays := sorted((a.keys() | b.keys()) - clusters.keys()):
        raise ValueError(f"no cluster is given for {', '.join(strays[:5])}")
    articles = sorted(clusters)
    runs_a, runs_b = matrix(a, articles), matrix(b, articles)
    both = in_both(runs_a, runs_b)
    if not both.any():
        raise ValueError("no article has a score from both versions")
    names = [article for article, kept in zip(articles, both, strict=True) if kept]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(clusters[x] for x in names))}
    return Pairs(
        articles=tuple(names),
        a=np.nanmean(runs_a[both], axis=1),
        b=np.nanmean(runs_b[both], axis=1),
        place=np.array([numbers[clusters[article]] for article in names]),
        repeats=(runs_a.shape[1], runs_b.shape[1]),
        noise=_noise(runs_a[both], runs_b[both]),
        missing=_missing(runs_a, runs_b, int((~both).sum()), limits),
    )


def matrix(scores: Scores, articles: Sequence[str]) -> Floats:
    """Return one row for each article and one column for each repeat, NaN where there is none.

    Raises:
        ValueError: A score is infinite.
    """
    repeats = max((len(scores.get(article, ())) for article in articles), default=0)
    found = np.full((len(articles), repeats), np.nan)
    for row, article in enumerate(articles):
        own = [np.nan if score is None else score for score in scores.get(article, ())]
        if np.isinf(own).any():
            raise ValueError(f"article {article}: a score is infinite")
        found[row, : len(own)] = own
    return found


def in_both(a: Floats, b: Floats) -> NDArray[np.bool_]:
    """Return for each row whether it has a number in both matrices."""
    count_a, count_b = (~np.isnan(a)).sum(axis=1), (~np.isnan(b)).sum(axis=1)
    found: NDArray[np.bool_] = (count_a > 0) & (count_b > 0)
    return found


def _noise(a: Floats, b: Floats) -> float | None:
    """Return the variance of an article's change about what endless repeats would give.

    Sections that are the same in both versions share their calls, so a repeat of one and the same
    repeat of the other may go up and down together; their covariance then makes less noise.
    """
    own_a, own_b = _covariance(a, a), _covariance(b, b)
    if own_a is None or own_b is None:
        return None
    count_a, count_b = (~np.isnan(a)).sum(axis=1), (~np.isnan(b)).sum(axis=1)
    width = min(a.shape[1], b.shape[1])
    a, b = a[:, :width], b[:, :width]
    shared = (~np.isnan(a + b)).sum(axis=1)
    common = 2 * (_covariance(a, b) or 0.0) * shared / (count_a * count_b)
    return max(0.0, float(np.mean(own_a / count_a + own_b / count_b - common)))


def _covariance(a: Floats, b: Floats) -> float | None:
    """Return the covariance of repeats within articles, pooled, or None without repeats."""
    present = ~np.isnan(a + b)
    counts = present.sum(axis=1)
    free = int((counts[counts > 0] - 1).sum())
    if not free:
        return None
    share = present / np.maximum(counts, 1)[:, None]
    a, b = (np.where(present, x, 0.0) for x in (a, b))
    apart_a, apart_b = (x - (x * share).sum(axis=1, keepdims=True) for x in (a, b))
    return float((apart_a * apart_b * present).sum()) / free


def _missing(a: Floats, b: Floats, pairs: int, limits: Limits | None) -> Missing:
    seen = np.concatenate((a, b), axis=None)
    lowest, highest = float(np.nanmin(seen)), float(np.nanmax(seen))
    low, high = limits or (lowest, highest)
    if lowest < low or highest > high:
        raise ValueError(f"a score lies outside {low} to {high}")
    return Missing(
        pairs=pairs,
        planned_pairs=len(a),
        scores=int(np.isnan(seen).sum()),
        planned_scores=len(seen),
        bounds=(_filled(b, low) - _filled(a, high), _filled(b, high) - _filled(a, low)),
    )


def _filled(runs: Floats, value: float) -> float:
    return float(np.where(np.isnan(runs), value, runs).mean())
