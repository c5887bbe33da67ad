"""Compare two versions that were scored on the same articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from evals.stats.clustered import (
    resampled_interval,
    sign_flip,
    smallest_p,
    standard_error,
    t_interval,
)
from evals.stats.pairs import ROUNDING, Floats, Limits, Missing, Numbers, Pairs, Scores, pair
from evals.stats.power import articles_needed, detectable, repeats_needed


@dataclass(frozen=True)
class Uncertainty:
    """How far the change may be off, over the choice of articles and the noise of runs.

    Attributes:
        se: Cluster-robust standard error of the change.
        interval: The change's interval, by Student's t.
        p: Two-sided p value of the cluster sign flip; never 0.
        resampled: The change's interval by bootstrap of clusters, a second opinion.
        detectable: The change that would be shown with 80 percent probability; None with so few
            clusters that none could be.
    """

    se: float
    interval: tuple[float, float]
    p: float
    resampled: tuple[float, float]
    detectable: float | None


@dataclass(frozen=True)
class Paired:
    """How the second version differs from the first, and how sure that is.

    Attributes:
        articles: Articles with a score from both versions; every figure is over these.
        clusters: How many clusters (stories) they are in.
        repeats: The most repeats that an article has, of the first version and of the second.
        mean_a: Mean score of the first version, each article counting once.
        mean_b: The same of the second.
        change: Second minus first.
        level: Nominal coverage of the intervals.
        smallest_p: The least p value that so many clusters can give.
        uncertainty: None when there is one cluster, which shows nothing of how clusters differ.
        wins: Articles on which the second version is better.
        ties: Articles on which both are the same.
        losses: Articles on which the second version is worse.
        worst: Up to three articles that lost most, each with its change, the worst first.
        noise_share: The share of the variance between articles' changes that the runs make, in
            [0, 1]; None without repeats of both versions, or without any variance.
        noise_se: The part of the standard error that the runs make; None without repeats of both.
        missing: What was planned and did not come.
    """

    articles: int
    clusters: int
    repeats: tuple[int, int]
    mean_a: float
    mean_b: float
    change: float
    level: float
    smallest_p: float
    uncertainty: Uncertainty | None
    wins: int
    ties: int
    losses: int
    worst: tuple[tuple[str, float], ...]
    noise_share: float | None
    noise_se: float | None
    missing: Missing

    def articles_for(self, effect: float) -> int | None:
        """Return how many articles in all would detect a change, or None if that is unknown.

        Raises:
            ValueError: `effect` is not above zero.
        """
        if self.uncertainty is None:
            return None
        return articles_needed(
            effect,
            se=self.uncertainty.se,
            articles=self.articles,
            clusters=self.clusters,
            level=self.level,
        )

    def repeats_for(self, effect: float) -> int | None:
        """Return how many repeats of each article would detect a change, or None if none would.

        Raises:
            ValueError: `effect` is not above zero.
        """
        if self.uncertainty is None or self.noise_se is None:
            return None
        return repeats_needed(
            effect,
            se=self.uncertainty.se,
            noise_se=self.noise_se,
            repeats=max(self.repeats),
            clusters=self.clusters,
            level=self.level,
        )


def paired(
    a: Scores,
    b: Scores,
    clusters: Mapping[str, str],
    *,
    limits: Limits | None = None,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int | np.random.Generator = 0,
) -> Paired:
    """Return how version `b` differs from version `a` on the same articles.

    Repeats are averaged first, and the articles of one cluster count as one draw. A higher score
    is a better one. docs/statistics.md has the formulas, and how often they are wrong.

    Args:
        a: Scores of the first version by article, one for each repeat; None and NaN are gaps.
        b: The same of the second.
        clusters: The cluster of every article that was to be compared. One that is in neither
            `a` nor `b` is a missing pair.
        limits: The lowest and highest score there can be, for the bounds on what is missing;
            None stands for the lowest and highest that was seen.
        level: Nominal coverage of the intervals.
        resamples: Random flips and bootstrap samples.
        seed: For both.

    Raises:
        ValueError: An article has no cluster, a score is infinite or outside the limits, no
            article has a score from both versions, or `level` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level of {level} is not between 0 and 1")
    pairs = pair(a, b, clusters, limits)
    changes = pairs.changes
    count = int(pairs.place.max()) + 1
    return Paired(
        articles=len(changes),
        clusters=count,
        repeats=pairs.repeats,
        mean_a=float(pairs.a.mean()),
        mean_b=float(pairs.b.mean()),
        change=float(changes.mean()),
        level=level,
        smallest_p=smallest_p(count, resamples),
        uncertainty=_uncertainty(changes, pairs.place, level, resamples, seed),
        wins=int((changes > 0).sum()),
        ties=int((changes == 0).sum()),
        losses=int((changes < 0).sum()),
        worst=_worst(pairs, changes),
        noise_share=_noise_share(pairs.noise, changes),
        noise_se=None if pairs.noise is None else sqrt(pairs.noise / len(changes)),
        missing=pairs.missing,
    )


def _uncertainty(
    changes: Floats,
    place: Numbers,
    level: float,
    resamples: int,
    seed: int | np.random.Generator,
) -> Uncertainty | None:
    sums: Floats = np.bincount(place, weights=changes).astype(np.float64)
    sizes = np.bincount(place)
    if len(sums) < 2:
        return None
    se, rng = standard_error(changes, place), np.random.default_rng(seed)
    return Uncertainty(
        se=se,
        interval=t_interval(float(changes.mean()), se, len(sums), level),
        p=sign_flip(sums, flips=resamples, seed=rng),
        resampled=resampled_interval(sums, sizes, level=level, resamples=resamples, seed=rng),
        detectable=detectable(se, len(sums), level),
    )


def _worst(pairs: Pairs, changes: Floats, most: int = 3) -> tuple[tuple[str, float], ...]:
    order = np.argsort(changes, kind="stable")[:most]
    return tuple((pairs.articles[n], float(changes[n])) for n in order if changes[n] < 0)


def _noise_share(noise: float | None, changes: Floats) -> float | None:
    if noise is None or np.ptp(changes) <= ROUNDING * np.abs(changes).max():
        return None
    return min(1.0, noise / float(changes.var(ddof=1)))
