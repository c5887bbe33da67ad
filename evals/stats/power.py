"""What a comparison can detect, and how many articles or repeats it would take to detect more."""

from functools import lru_cache
from math import ceil, isnan, sqrt

from scipy.special import nctdtr, stdtrit

from evals.stats.clustered import attainable

POWER = 0.8  # the chance of being shown that a change must have to count as detectable
NORMAL_FROM = 1_000_000  # clusters: from here on t is the normal distribution


def detectable(se: float, clusters: int, level: float = 0.95) -> float | None:
    """Return the change that would be shown with 80 percent probability, in the score's unit.

    About 2.8 standard errors for many clusters, 4.0 for six. None for so few that no change could
    be shown at this level, however large.
    """
    apart = standard_errors(clusters, level)
    return None if apart is None else se * apart


def articles_needed(
    effect: float, *, se: float, articles: int, clusters: int, level: float = 0.95
) -> int | None:
    """Return how many articles would detect a change, with clusters as large as they are.

    Args:
        effect: The change to detect, above zero.
        se: The standard error found with `articles` articles in `clusters` clusters.
        articles: See `se`.
        clusters: See `se`.
        level: Of the test; there are always enough clusters for it to be reached at all.

    Returns:
        The number in all, not the number to add; None when `se` is zero, since nothing was seen of
        how much articles differ.

    Raises:
        ValueError: `effect` is not above zero.
    """
    _demand_above_zero(effect)
    if not se:
        return None
    spread = se * sqrt(clusters)
    low, high = 1, 2
    while not _shows(effect, spread, high, level):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _shows(effect, spread, middle, level) else (middle, high)
    return ceil(high * articles / clusters)


def repeats_needed(
    effect: float, *, se: float, noise_se: float, repeats: int, clusters: int, level: float = 0.95
) -> int | None:
    """Return how many repeats of the same articles would detect a change, or None if none would.

    None can come of too few clusters for the level, or of what more repeats do not lower.

    Args:
        effect: The change to detect, above zero.
        se: The standard error found with `repeats` repeats.
        noise_se: The part of it that the runs make, as a standard error; more repeats lower this
            part alone.
        repeats: See `se`.
        clusters: How many clusters the articles are in.
        level: Of the test.

    Raises:
        ValueError: `effect` is not above zero.
    """
    _demand_above_zero(effect)
    apart = standard_errors(clusters, level)
    if apart is None:
        return None
    wanted = (effect / apart) ** 2
    noise = min(noise_se, se) ** 2
    rest = wanted - (se**2 - noise)
    return max(1, ceil(repeats * noise / rest - 1e-9)) if rest > 0 else None


@lru_cache(maxsize=256)
def standard_errors(clusters: int, level: float = 0.95) -> float | None:
    """Return the detectable change in standard errors, or None when none is detectable.

    By the noncentral t distribution with `clusters` - 1 degrees of freedom (Cohen, 1988, ch. 2), at
    the level that the sign flip really has: with few clusters that is less than the nominal one.
    """
    if not attainable(1 - level, clusters):
        return None
    low, high = 0.0, 1.0
    while _power(high, clusters, level) < POWER:
        low, high = high, 2 * high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if _power(middle, clusters, level) >= POWER else (middle, high)
    return high


def _demand_above_zero(effect: float) -> None:
    if not effect > 0:
        raise ValueError(f"a change to detect must be above zero, not {effect}")


def _shows(effect: float, spread: float, clusters: int, level: float) -> bool:
    return _power(effect / spread * sqrt(clusters), clusters, level) >= POWER


def _power(standard_errors: float, clusters: int, level: float) -> float:
    """Return the probability that a change is shown, in its own direction."""
    alpha = attainable(1 - level, clusters)
    if not alpha:
        return 0.0
    free = min(clusters, NORMAL_FROM) - 1
    missed = float(nctdtr(free, standard_errors, stdtrit(free, 1 - alpha / 2)))
    return 1.0 if isnan(missed) else 1 - missed  # it is NaN only where the change is beyond doubt
