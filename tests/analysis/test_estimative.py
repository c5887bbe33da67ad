from itertools import pairwise
from typing import get_args

import pytest

from agent.analysis.estimative import BANDS, middle, phrase, reword
from schemas.claims import Likelihood


def test_the_bands_are_those_of_icd_203():
    assert list(BANDS.values()) == [
        (1, 5),
        (5, 20),
        (20, 45),
        (45, 55),
        (55, 80),
        (80, 95),
        (95, 99),
    ]


def test_every_term_has_a_band_and_neighbours_meet():
    assert tuple(BANDS) == get_args(Likelihood)
    assert all(below[1] == above[0] for below, above in pairwise(BANDS.values()))


def test_a_phrase_has_the_term_and_its_band():
    assert phrase("likely") == "likely, 55-80%"
    assert phrase("roughly even chance") == "roughly even chance, 45-55%"


def test_the_middle_of_a_band_is_its_probability():
    assert middle("likely") == 0.675
    assert middle("almost no chance") == 0.03


def test_every_term_keeps_its_own_middle_and_both_its_edges():
    for term, (low, high) in BANDS.items():
        assert {reword(term, p) for p in (middle(term), low / 100, high / 100)} == {term}


@pytest.mark.parametrize(
    ("term", "probability", "said"),
    [
        ("likely", 0.54, "roughly even chance"),
        ("likely", 0.45, "roughly even chance"),
        ("likely", 0.44, "unlikely"),
        ("likely", 0.81, "very likely"),
        ("likely", 0.95, "very likely"),
        ("unlikely", 0.46, "roughly even chance"),
        ("unlikely", 0.999, "almost certain"),
        ("almost certain", 0.999, "almost certain"),
        ("likely", 0.001, "almost no chance"),
        ("almost no chance", 0.0, "almost no chance"),
    ],
)
def test_a_probability_outside_the_band_gets_the_nearest_term_on_its_way(term, probability, said):
    assert reword(term, probability) == said
