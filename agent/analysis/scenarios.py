"""Scenario generation: whether three likelihoods of three courses can hold together."""

from collections.abc import Mapping

from agent.analysis.estimative import BANDS
from schemas.claims import Likelihood


def find_scenario_fault(bands: Mapping[str, Likelihood]) -> str | None:
    """Return in one line why the bands cannot hold together, or None.

    Courses of events exclude one another, so the lower edges of their bands may not add up to more
    than 100 percent, and none may be likelier than the one called most likely.

    Args:
        bands: The likelihood of each scenario; `most_likely` is one of them.
    """
    ranks = list(BANDS)
    likeliest = max(bands.values(), key=ranks.index)
    if likeliest != bands["most_likely"]:
        return f"the most likely course is {bands['most_likely']}, and another is {likeliest}"
    least = sum(BANDS[band][0] for band in bands.values())
    if least > 100:
        return f"the three bands add up to {least}% at the least"
    return None
