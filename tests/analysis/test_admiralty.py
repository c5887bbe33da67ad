"""Grades: two scales, and a 1 that nobody can give."""

from itertools import product
from typing import get_args

import pytest

from agent.analysis.admiralty import FIGURES, LETTERS, WEIGHTS, earned_credibility, is_interested
from schemas.sections import ItemGradeWords, SpeakerGradeWords
from schemas.sources import Credibility, Reliability


def test_every_word_has_its_letter_or_figure():
    assert tuple(LETTERS) == get_args(SpeakerGradeWords)
    assert tuple(LETTERS.values()) == get_args(Reliability)
    assert tuple(FIGURES) == get_args(ItemGradeWords)


def test_no_grader_can_give_a_1():
    assert 1 not in FIGURES.values()


@pytest.mark.parametrize(
    ("figure", "confirmed"), list(product(get_args(Credibility), (True, False)))
)
def test_only_what_is_probably_true_and_confirmed_elsewhere_earns_a_1(figure, confirmed):
    earned = earned_credibility(figure, confirmed=confirmed)
    assert (earned == 1) == (confirmed and figure <= 2)
    assert earned >= figure or figure == 2


def test_a_more_credible_fact_weighs_more_and_one_that_cannot_be_judged_weighs_1():
    assert sorted((WEIGHTS[n] for n in (1, 2, 3, 4, 5)), reverse=True) == [1.8, 1.4, 1.0, 0.6, 0.2]
    assert WEIGHTS[6] == 1.0


def test_no_judgement_makes_state_media_or_an_armed_group_disinterested():
    assert is_interested("state media", judged=False) is True
    assert is_interested("armed group", judged=False) is True


def test_a_judgement_decides_on_officials_and_without_one_they_are_a_party():
    assert is_interested("official", judged=False) is False
    assert is_interested("official", judged=None) is True
    assert is_interested("unnamed", judged=None) is None
    assert is_interested("witness", judged=None) is False
