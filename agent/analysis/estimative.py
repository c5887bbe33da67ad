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
