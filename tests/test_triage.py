"""A text that cannot carry a brief is declined before any model is asked."""

import pytest

from agent.errors import DeclinedError
from agent.triage import require_substance
from schemas.sources import Sources
from tests.builders import LETTER, make_source

RECIPE = """\
Preheat the oven to 200 degrees and butter a large baking dish.

Whisk the eggs with the cream, two tablespoons of mustard and a pinch of salt until smooth.

Chop the garlic and the onions and simmer them in butter for ten minutes, until they are soft.

Spread the dough in the dish, scatter the onions over it and pour the eggs on top.

Bake the tart for 35 minutes, let it rest on a rack, and serve it with a green salad.

The recipe serves six, and leftovers keep for two days when they are covered.
"""
MATCH = """\
Northgate scored twice in the last ten minutes to beat Harrow Vale 3-1 on Saturday evening.

Striker Ben Oduya opened the game with a header before halftime, his ninth goal of the season.

Harrow Vale pulled level through a penalty kick after the break and looked the better side.

Coach Ana Reis brought on two midfielders, and the change turned the match within minutes.

The goalkeeper saved three times late on, and the crowd stood for the last of them.

Northgate stay third in the league, four points behind the leaders with six games to go.
"""


def briefable(text, **fields):
    require_substance(Sources(items=(make_source(text, **fields),)))


def test_a_news_report_is_briefed():
    briefable(LETTER)


@pytest.mark.parametrize("text", [RECIPE, MATCH], ids=["a recipe", "a match report"])
def test_cooking_and_sport_are_declined(text):
    with pytest.raises(DeclinedError, match="about nothing that an intelligence brief could serve"):
        briefable(text)


def test_two_sentences_are_declined_as_too_little():
    with pytest.raises(DeclinedError, match="too little for a brief"):
        briefable("Troops crossed the border. The ministry denied it.")


def test_a_long_enough_text_in_another_language_is_judged_by_length_alone():
    briefable("Die Armee zog am Montag nach Norden und hielt an. " * 10, language="de")


def test_declined_has_its_own_exit_status():
    assert DeclinedError.status == 8


def test_a_short_text_above_a_long_annex_of_names_is_briefed():
    names = "\n\n".join(f"Ivan Example {n}, born 1970." for n in range(300))
    briefable(f"{LETTER}\n\n{names}")
