"""Three courses that exclude one another cannot have just any three likelihoods."""

import pytest

from agent.analysis.scenarios import find_scenario_fault


def fault(best, worst, most_likely):
    return find_scenario_fault({"best": best, "worst": worst, "most_likely": most_likely})


@pytest.mark.parametrize(
    "bands",
    [
        ("unlikely", "very unlikely", "likely"),
        ("unlikely", "unlikely", "likely"),
        ("almost no chance", "almost no chance", "almost certain"),
        ("roughly even chance", "almost no chance", "roughly even chance"),
    ],
)
def test_bands_that_can_hold_together_have_no_fault(bands):
    assert fault(*bands) is None


def test_no_course_is_likelier_than_the_most_likely():
    found = fault("very likely", "unlikely", "likely")
    assert found == "the most likely course is likely, and another is very likely"


def test_bands_whose_lower_edges_exceed_a_hundred_percent_cannot_hold_together():
    assert fault("likely", "likely", "likely") == "the three bands add up to 165% at the least"
