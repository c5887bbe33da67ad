from itertools import pairwise
from typing import get_args

from agent.analysis.estimative import BANDS, phrase
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
