"""Say what a comparison shows, in words that claim no more than it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from evals.shapes import Label
from evals.stats.paired import Paired, Uncertainty
from evals.stats.wording import sentence


@dataclass(frozen=True)
class Verdict:
    """What a comparison shows.

    Attributes:
        label: "better" and "worse" are claims, with a corrected p value behind them. "inside
            margin" is a drop that is too small to matter. "no difference shown" is not a claim
            that there is none. Only "inconclusive" leaves open whether the drop is too large.
        sentence: The same in one line, with what would have been missed.
    """

    label: Label
    sentence: str


def verdict(
    paired: Paired,
    *,
    margin: float | None,
    holm_p: float | None = None,
    most_missing: float = 0.05,
) -> Verdict:
    """Return what a comparison shows.

    Args:
        paired: The comparison.
        margin: The largest drop that does not matter, fixed before the run: the version passes
            when the whole interval lies above minus the margin (non-inferiority). None asks only
            whether there is a difference.
        holm_p: Its p value after correction for the other metrics, by `holm`; None stands for
            the comparison's own.
        most_missing: The share of missing pairs or scores from which nothing is concluded.

    Raises:
        ValueError: `margin` is below zero, or `holm_p` is not above 0 and at most 1.
    """
    if margin is not None and not margin >= 0:
        raise ValueError(f"a margin of {margin} is below zero")
    if holm_p is not None and not 0 < holm_p <= 1:
        raise ValueError(f"{holm_p} is no p value")
    found = paired.uncertainty
    p = holm_p if holm_p is not None or found is None else found.p
    if found is None or p is None or paired.missing.share > most_missing:
        label: Label = "inconclusive"
    else:
        label = _label(paired.change, found, margin, shown=p <= 1 - paired.level)
    return Verdict(label, sentence(label, paired, margin=margin, p=p, most_missing=most_missing))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return the p values of several metrics, corrected so that one false alarm in all is rare.

    Holm (1979), Scand. J. Stat. 6:65. Nothing is assumed of how the metrics depend on each other.

    Raises:
        ValueError: A value is no probability.
    """
    for name, p in p_values.items():
        if not 0 <= p <= 1:
            raise ValueError(f"{name}: {p} is no p value")
    ranked = sorted(p_values, key=p_values.__getitem__)
    steps = [min(1.0, (len(ranked) - n) * p_values[name]) for n, name in enumerate(ranked)]
    corrected = dict(zip(ranked, accumulate(steps, max), strict=True))
    return {name: corrected[name] for name in p_values}


def _label(change: float, found: Uncertainty, margin: float | None, *, shown: bool) -> Label:
    low, high = found.interval
    if shown and low > 0:
        return "better"
    if shown and high < 0 and change < -(margin or 0):
        return "worse"
    if margin is None:
        return "no difference shown"
    # That a handful of stories do not differ says next to nothing of how others would.
    blind = found.se == 0 and found.detectable is None
    if low <= -margin or blind:
        return "inconclusive"
    return "inside margin" if high < 0 else "no difference shown"
