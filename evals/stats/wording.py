"""Put a verdict into one line that claims no more than the figures do."""

from math import ceil, floor, log10

from evals.stats.paired import Paired, Uncertainty


def sentence(
    label: str, paired: Paired, *, margin: float | None, p: float | None, most_missing: float
) -> str:
    """Return the line for a verdict: its label, its figures, and what the reader must know.

    It never says that there is no effect, since a comparison cannot show that; it says what
    would have been missed.
    """
    found = paired.uncertainty
    parts = [f"{label} ({_figures(paired, p)})"]
    if found is None:
        parts += ["all articles are of one story, and how stories differ takes two at least"]
    elif label == "worse" and margin:
        parts += [f"the drop is beyond the margin of {margin:g}"]
    elif label == "inside margin":
        parts += [f"the whole interval is above -{margin:g}"]
    elif label == "no difference shown" or found.se == 0:
        parts += _would_be_missed(paired, found, margin or abs(paired.change))
    elif label == "inconclusive" and margin is not None and found.interval[0] <= -margin:
        parts += [f"the interval reaches below -{margin:g}"]
        # More articles would not bring back what is missing.
        parts += _would_settle(paired, margin) if paired.missing.share <= most_missing else []
    if found and label not in ("better", "worse") and paired.smallest_p > 1 - paired.level:
        parts += [_too_few(paired)]
    if paired.missing.scores:
        parts += [_missing(paired, most_missing)]
    return "; ".join(parts)


def _figures(paired: Paired, p: float | None) -> str:
    found = paired.uncertainty
    if found is None or p is None:
        return f"{paired.change:+.3g}"
    scale = found.se or abs(paired.change) or 0.01
    digits = max(0, 1 - floor(log10(scale)))  # two significant digits of the standard error
    low, high = found.interval
    return (
        f"{paired.change:+.{digits}f}, {paired.level * 100:g}% interval {low:+.{digits}f} to "
        f"{high:+.{digits}f}, p {p:.3g}"
    )


def _would_be_missed(paired: Paired, found: Uncertainty, effect: float) -> list[str]:
    if found.se == 0:
        # Hanley and Lippman-Hand (1983), JAMA 249:1743: what never happened may still be common.
        unseen = 1 - (1 - paired.level) ** (1 / paired.clusters)
        same = "the same" if not paired.change else "the same change"
        return [
            f"{same} on all {paired.articles} articles, and {unseen:.0%} of stories could "
            "still be different"
        ]
    if found.detectable is None:
        return []
    missed = f"changes under {found.detectable:.2g} would be missed with {paired.articles} articles"
    return [missed, *(f"{cure} would show {effect:.2g}" for cure in _cures(paired, effect))]


def _would_settle(paired: Paired, margin: float) -> list[str]:
    """Return what would show, if the change is what it seems, on which side of the margin it is."""
    apart = paired.change + margin
    effect = apart if apart > 0 else -paired.change
    return [f"{cure} would settle it" for cure in _cures(paired, effect)]


def _cures(paired: Paired, effect: float) -> list[str]:
    """Return how many repeats, where runs make most of the noise, or else how many articles.

    Empty when as many are there already, or nobody knows.
    """
    if not effect > 0:
        return []
    if (paired.noise_share or 0) > 0.5:
        repeats = paired.repeats_for(effect)
        if repeats is not None and repeats > max(paired.repeats):
            return [f"about {_rounded(repeats):,} repeats"]
    articles = paired.articles_for(effect) or 0
    return [f"about {_rounded(articles):,} articles"] if articles > paired.articles else []


def _too_few(paired: Paired) -> str:
    return (
        f"{paired.clusters} stories can never reach p {1 - paired.level:.2g}, the least they can "
        f"give is {paired.smallest_p:.3g}"
    )


def _missing(paired: Paired, most_missing: float) -> str:
    gone = paired.missing
    count = (
        f"{gone.pairs} of {gone.planned_pairs} pairs"
        if gone.pairs
        else f"{gone.scores} of {gone.planned_scores} scores"
    )
    too_many = f" (over {most_missing:.0%})" if gone.share > most_missing else ""
    return f"missing: {count}{too_many}, {gone.bounds[0]:+.3g} if all had gone against it"


def _rounded(count: int) -> int:
    """Return the count rounded up to two digits, since no more of it is known."""
    step = int(10 ** max(0, len(str(count)) - 2))
    return ceil(count / step) * step
