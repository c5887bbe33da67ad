"""How likely a judgement is, in the words and percentages of ICD 203."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.claims import Likelihood

# Percent, lowest to highest; neighbours share an edge, and no band reaches 0 or 100.
BANDS: Mapping[Likelihood, tuple[int, int]] = MappingProxyType(
    {
        "almost no chance": (1, 5),
        "very unlikely": (5, 20),
        "unlikely": (20, 45),
        "roughly even chance": (45, 55),
        "likely": (55, 80),
        "very likely": (80, 95),
        "almost certain": (95, 99),
    }
)


def phrase(likelihood: Likelihood) -> str:
    """Return the term with its band in percent, such as "likely, 55-80%".

    Intelligence Community Directive 203 (2015), D.6.e(2)(a), first row of terms. The two stand
    together because readers put the bare words anywhere: see docs/brief.md.
    """
    low, high = BANDS[likelihood]
    return f"{likelihood}, {low}-{high}%"


def middle(likelihood: Likelihood) -> float:
    """Return the middle of the term's band as a probability, such as 0.675 for likely."""
    low, high = BANDS[likelihood]
    return (low + high) / 200


def reword(likelihood: Likelihood, probability: float) -> Likelihood:
    """Return the term for a probability in [0, 1]: the given one where its band still fits.

    Bands share their edges; a probability on an edge, or beyond the outermost bands, gets the
    nearest term on its side of the given one.
    """
    percent = round(100 * probability, 6)  # 100 * 0.55 is a trifle more than 55
    low, high = BANDS[likelihood]
    terms = list(BANDS)
    if percent < low:
        below = terms[: terms.index(likelihood)] or [likelihood]
        return next((term for term in reversed(below) if percent >= BANDS[term][0]), below[0])
    if percent > high:
        above = terms[terms.index(likelihood) + 1 :] or [likelihood]
        return next((term for term in above if percent <= BANDS[term][1]), above[-1])
    return likelihood
