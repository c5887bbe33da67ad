"""What a mean over articles tells when the articles of one story move together."""

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr, stdtrit

from evals.stats.pairs import ROUNDING, Floats, Numbers

EXACT_TO = 13  # clusters: 8,192 flips, fewer than are drawn at random beyond
CELLS = 1_000_000  # random numbers held at a time


def standard_error(changes: Floats, place: Numbers) -> float:
    """Return the cluster-robust standard error of the mean over articles.

    Liang and Zeger (1986), Biometrika 73:13, for a mean, with the factor G/(G-1) for few clusters
    that Miller (2024), arXiv:2411.00640, and Stata use. With clusters of one article it is the
    textbook sd / sqrt(N).

    Raises:
        ValueError: There are fewer than two clusters.
    """
    clusters = int(place.max()) + 1
    if clusters < 2:
        raise ValueError("one cluster shows nothing of how much clusters differ")
    apart = changes - changes.mean()
    if np.abs(apart).max() <= ROUNDING * np.abs(changes).max():
        return 0.0
    sums = np.bincount(place, weights=apart)
    return float(np.sqrt(clusters / (clusters - 1) * (sums**2).sum()) / len(changes))


def t_interval(mean: float, se: float, clusters: int, level: float) -> tuple[float, float]:
    """Return the interval by Student's t with one degree of freedom fewer than clusters."""
    half = float(stdtrit(clusters - 1, (1 + level) / 2)) * se
    return mean - half, mean + half


def sign_flip(
    sums: Floats,
    *,
    flips: int = 10_000,
    exact_to: int = EXACT_TO,
    seed: int | np.random.Generator = 0,
) -> float:
    """Return the two-sided p value of the sign-flip test on the sums of whole clusters.

    Fisher (1935), The Design of Experiments, sec. 21. If the versions can be exchanged, each
    cluster's sum is as likely with the other sign. Up to `exact_to` clusters every pattern of signs
    is tried; beyond, `flips` random ones, with the observed one counted in, so that p is never 0
    (Phipson and Smyth, 2010, Stat. Appl. Genet. Mol. Biol. 9:39).
    """
    # The same terms added in another order differ in the last bits, and still are a tie.
    reach = abs(sums.sum()) - ROUNDING * np.abs(sums).sum()
    if len(sums) <= exact_to:
        patterns = np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums)) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ sums) >= reach))
    rng = np.random.default_rng(seed)
    extreme = 0
    for rows in _blocks(flips, len(sums)):
        signs = 1 - 2 * rng.integers(2, size=(rows, len(sums)), dtype=np.int8)
        extreme += int((np.abs(signs @ sums) >= reach).sum())
    return (extreme + 1) / (flips + 1)


def smallest_p(clusters: int, flips: int = 10_000, exact_to: int = EXACT_TO) -> float:
    """Return the least p value that `sign_flip` can give for so many clusters."""
    return 2 / 2**clusters if clusters <= exact_to else 1 / (flips + 1)


def attainable(alpha: float, clusters: int, exact_to: int = EXACT_TO) -> float:
    """Return the greatest p value up to `alpha` that `sign_flip` can give, 0.0 for none."""
    if clusters > exact_to:
        return alpha
    pairs_of_patterns = 1 << (clusters - 1)  # one and its opposite are equally extreme
    return int(alpha * pairs_of_patterns) / pairs_of_patterns


def resampled_interval(
    sums: Floats,
    sizes: Numbers,
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int | np.random.Generator = 0,
) -> tuple[float, float]:
    """Return the bootstrap interval of the mean change, whole clusters drawn with replacement.

    The expanded percentile interval of Hesterberg (2015), Am. Stat. 69:371: the plain one is too
    narrow by sqrt((G-1)/G) and by the use of normal for t quantiles, so its two levels are moved.

    Args:
        sums: Sum of the changes in each cluster, at least two clusters.
        sizes: Articles in each.
        level: Nominal coverage.
        resamples: How many samples to draw.
        seed: For the draws.
    """
    clusters, rng = len(sums), np.random.default_rng(seed)
    means = []
    for rows in _blocks(resamples, clusters):
        drawn = rng.integers(clusters, size=(rows, clusters))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    tail = expanded_tail(clusters, level)
    low, high = np.quantile(np.concatenate(means), (tail, 1 - tail))
    return float(low), float(high)


def expanded_tail(clusters: int, level: float) -> float:
    """Return the share to cut off at each end so that few clusters still give the nominal level."""
    return float(ndtr(np.sqrt(clusters / (clusters - 1)) * stdtrit(clusters - 1, (1 - level) / 2)))


def _blocks(rows: int, columns: int) -> Iterator[int]:
    """Yield row counts that add up to `rows`, so that a large set does not fill the memory."""
    most = max(1, CELLS // columns)
    for done in range(0, rows, most):
        yield min(most, rows - done)
