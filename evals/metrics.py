"""Figures of merit for a two-way decision: balanced accuracy, ROC area, calibration, intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Labels = NDArray[np.bool_]
Numbers = NDArray[np.int_]  # of rows


def balanced_accuracy(accepted: Labels, labels: Labels) -> float:
    """Return the mean of the share of true ones accepted and of false ones rejected, in [0, 1].

    Raises:
        ValueError: One of the two kinds is missing, so that its share has no meaning.
    """
    if labels.all() or not labels.any():
        raise ValueError("balanced accuracy needs rows of both labels")
    return float((accepted[labels].mean() + (~accepted[~labels]).mean()) / 2)


def roc_auc(scores: Scores, labels: Labels) -> float:
    """Return the probability that a true one scores above a false one, ties counting half.

    Hanley and McNeil (1982), Radiology 143:29, by ranks (Mann and Whitney).

    Raises:
        ValueError: One of the two kinds is missing.
    """
    hits, misses = int(labels.sum()), int((~labels).sum())
    if not hits or not misses:
        raise ValueError("a ROC area needs rows of both labels")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (counts.cumsum() - (counts - 1) / 2)[place]
    return float((ranks[labels].sum() - hits * (hits + 1) / 2) / (hits * misses))


@dataclass(frozen=True)
class Bin:
    """One bin of a reliability curve.

    Attributes:
        count: Rows whose score falls in the bin.
        score: Their mean score.
        share: The share of them that is true.
    """

    count: int
    score: float
    share: float


def reliability(scores: Scores, labels: Labels, bins: int = 15) -> tuple[Bin, ...]:
    """Return the bins of equal width that are not empty, lowest scores first."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    return tuple(
        Bin(int(own.sum()), float(scores[own].mean()), float(labels[own].mean()))
        for own in (place == n for n in range(bins))
        if own.any()
    )


def calibration_error(scores: Scores, labels: Labels, bins: int = 15) -> float:
    """Return the expected calibration error: mean distance of score and share, by count.

    Guo et al. (2017), On Calibration of Modern Neural Networks, with bins of equal width.
    """
    curve = reliability(scores, labels, bins)
    return sum(b.count * abs(b.score - b.share) for b in curve) / len(scores)


def by_group(groups: Sequence[str], rng: np.random.Generator) -> Numbers:
    """Return row numbers of one bootstrap sample that draws whole groups with replacement."""
    names, place = np.unique(np.array(groups), return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(names) + 1))
    drawn = rng.integers(len(names), size=len(names))
    return np.concatenate([order[starts[n] : starts[n + 1]] for n in drawn])


def bootstrap_interval(
    measure: Callable[[Numbers], float],
    groups: Sequence[str],
    *,
    samples: int = 500,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the 95 percent percentile interval of a measure, whole groups resampled.

    Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 13. A sample on which the
    measure is undefined (ValueError) is drawn anew.
    """
    rng = np.random.default_rng(seed)
    found: list[float] = []
    while len(found) < samples:
        rows = by_group(groups, rng)
        try:
            found.append(measure(rows))
        except ValueError:
            continue
    low, high = np.percentile(found, (2.5, 97.5))
    return float(low), float(high)


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson score interval for a proportion.

    Wilson (1927), J. Am. Stat. Assoc. 22:209. Unlike the normal approximation it stays inside
    [0, 1] and is honest for small `total`.

    Args:
        hits: Successes, 0 <= hits <= total.
        total: Trials, at least 1.
        z: Standard normal quantile; 1.96 gives 95 percent.

    Returns:
        Lower and upper bound, each in [0, 1].

    Raises:
        ValueError: `total` < 1, or `hits` is outside [0, total].
    """
    if total < 1 or not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no proportion")
    share, weight = hits / total, z * z / total
    middle = (share + weight / 2) / (1 + weight)
    half = z * np.sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
