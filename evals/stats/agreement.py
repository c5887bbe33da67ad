"""How far a judge agrees with people: Cohen's kappa, sensitivity and specificity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from evals.metrics import wilson
from evals.stats.pairs import Floats

Labels = Mapping[str, str | bool | None]
Calls = Mapping[str, bool | None]
L = TypeVar("L")


@dataclass(frozen=True)
class Agreement:
    """Agreement of two raters beyond chance.

    Attributes:
        kappa: Cohen's kappa, at most 1; 0 is what chance gives.
        interval: Its large-sample interval at 95 percent; None when all labels agree, where the
            formula knows of no error however few they are.
        items: Items that both have labelled.
        dropped: Items that only one of them has.
    """

    kappa: float
    interval: tuple[float, float] | None
    items: int
    dropped: int


@dataclass(frozen=True)
class Rate:
    """A share with its count.

    Attributes:
        hits: How many.
        total: Of how many.
        interval: Wilson score interval at 95 percent.
    """

    hits: int
    total: int
    interval: tuple[float, float]

    @property
    def share(self) -> float:
        """`hits` / `total`, in [0, 1]."""
        return self.hits / self.total


def kappa(first: Labels, second: Labels) -> Agreement:
    """Return Cohen's kappa of two raters' labels by item id; None and absence are gaps.

    Cohen (1960), Educ. Psychol. Meas. 20:37; the interval by the standard error of Fleiss, Cohen
    and Everitt (1969), Psychol. Bull. 72:323.

    Raises:
        ValueError: No item has both labels, or both raters gave one and the same label to all,
            so that chance alone agrees fully.
    """
    both, dropped = _aligned(first, second)
    if not both:
        raise ValueError("no item has a label from both")
    names = sorted({str(label) for labels in both for label in labels})
    if len(names) < 2:
        raise ValueError(f"both gave the one label {names[0]!r} to all: kappa has no meaning")
    table = np.zeros((len(names), len(names)))
    for mine, theirs in both:
        table[names.index(str(mine)), names.index(str(theirs))] += 1
    value, error = _kappa_and_error(table / len(both), len(both))
    return Agreement(
        kappa=value,
        interval=(max(-1.0, value - 1.96 * error), min(1.0, value + 1.96 * error))
        if error
        else None,
        items=len(both),
        dropped=dropped,
    )


def sensitivity(judge: Calls, people: Calls) -> Rate:
    """Return the share of what people called true that the judge called true, by item id.

    Raises:
        ValueError: People called no item true that the judge has a call for.
    """
    return _rate(judge, people, truth=True)


def specificity(judge: Calls, people: Calls) -> Rate:
    """Return the share of what people called false that the judge called false, by item id.

    Raises:
        ValueError: People called no item false that the judge has a call for.
    """
    return _rate(judge, people, truth=False)


def _kappa_and_error(shares: Floats, items: int) -> tuple[float, float]:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    agreed, chance = float(np.trace(shares)), float(rows @ columns)
    value = (agreed - chance) / (1 - chance)
    # Fleiss, Cohen and Everitt (1969), eq. 13, with the sum over all cells of what it subtracts.
    weights = np.eye(len(shares)) - (1 - value) * (columns[:, None] + rows)
    variance = (shares * weights**2).sum() - (value - chance * (1 - value)) ** 2
    return value, float(np.sqrt(max(0.0, variance) / items)) / (1 - chance)


def _rate(judge: Calls, people: Calls, *, truth: bool) -> Rate:
    both, _ = _aligned(judge, people)
    calls = [call for call, said in both if said is truth]
    if not calls:
        raise ValueError(
            f"people called no item {str(truth).lower()} that the judge has a call for"
        )
    hits = sum(call is truth for call in calls)
    return Rate(hits, len(calls), wilson(hits, len(calls)))


def _aligned(
    first: Mapping[str, L | None], second: Mapping[str, L | None]
) -> tuple[list[tuple[L, L]], int]:
    """Return the pairs of labels that both have, and how many items only one has."""
    kept = [{x: own for x, own in side.items() if own is not None} for side in (first, second)]
    shared = sorted(kept[0].keys() & kept[1].keys())
    dropped = len(kept[0].keys() ^ kept[1].keys())
    return [(kept[0][x], kept[1][x]) for x in shared], dropped
