"""Compare what two versions cost, in tokens, seconds or money, on the same articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import numpy as np

from evals.stats.paired import Paired, paired
from evals.stats.pairs import Floats, Scores, in_both, matrix


@dataclass(frozen=True)
class Ratio:
    """How many times as much the second version takes as the first.

    Attributes:
        ratio: Geometric mean over articles of second / first.
        interval: Its interval, by Student's t on logarithms; None with a single cluster.
        p50: Median of all single runs, of the first version and of the second.
        p95: Their 95th percentile.
        logs: The comparison of natural logarithms behind it; its `wins` are articles on which
            the second version takes more.
    """

    ratio: float
    interval: tuple[float, float] | None
    p50: tuple[float, float]
    p95: tuple[float, float]
    logs: Paired


def paired_ratio(
    a: Scores,
    b: Scores,
    clusters: Mapping[str, str],
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int | np.random.Generator = 0,
) -> Ratio:
    """Return how many times as much version `b` takes as version `a`.

    Costs and times are multiplied rather than added to by a change, so logarithms are compared.
    The arguments are those of `evals.stats.paired.paired`.

    Raises:
        ValueError: A number is zero or less, or what `paired` raises.
    """
    articles = sorted(clusters.keys() | a.keys() | b.keys())
    runs_a, runs_b = _costs(a, articles), _costs(b, articles)
    logs = paired(
        dict(zip(articles, np.log(runs_a).tolist(), strict=True)),
        dict(zip(articles, np.log(runs_b).tolist(), strict=True)),
        clusters,
        level=level,
        resamples=resamples,
        seed=seed,
    )
    low_high = logs.uncertainty.interval if logs.uncertainty else None
    both = in_both(runs_a, runs_b)
    p50_a, p95_a = np.nanpercentile(runs_a[both], (50, 95))
    p50_b, p95_b = np.nanpercentile(runs_b[both], (50, 95))
    return Ratio(
        ratio=exp(logs.change),
        interval=(exp(low_high[0]), exp(low_high[1])) if low_high else None,
        p50=(float(p50_a), float(p50_b)),
        p95=(float(p95_a), float(p95_b)),
        logs=logs,
    )


def _costs(costs: Scores, articles: list[str]) -> Floats:
    runs = matrix(costs, articles)
    for article, own in zip(articles, runs, strict=True):
        if (own <= 0).any():
            raise ValueError(
                f"article {article}: a ratio needs costs above zero, not {np.nanmin(own)}"
            )
    return runs
