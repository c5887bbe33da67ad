"""A text that cannot carry a brief is declined before any model is asked."""

import re

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
STAND = """\
A stand collapsed at Northgate on Saturday evening, killing two people.

It gave way after striker Ben Oduya had scored for Northgate in the league.

Coach Ana Reis led her players off the field, and no goal was counted.

The league put off six games until the stands of every club have been looked at.

The club said that it had been looked at on Thursday.
"""
VERSE = "\n".join(
    """\
The soldiers sleep along the wall
their banners folded in the rain
and no one hears the general call
the army home from war again

The minister has lost his keys
the parliament is full of birds
the border wanders through the trees
and has forgotten all its words

The missiles rust beside the hay
the treaty hangs upon a nail
the president has gone away
and left the nation to the snail""".split("\n")
)
LISTING = """\
The government added the following persons to its list of sanctions on 12 May 2026:

1. Karel Domvik, born 3 March 1969, director of Orsk Metals

2. Irina Salk, born 1974, deputy minister of industry

3. Orsk Metals, registration number 771204, export of weapons

4. Vessel Polar Dawn, IMO 9345123, transport of oil

5. Vessel Northern Hope, IMO 9345127, transport of oil

6. Lev Arkin, born 19 July 1958, shareholder of Orsk Metals

7. Banca Tarn, registration number 220881, payments for weapons
"""
CODE = """\
import socket

def send(data, server):
    # A network that is down is not an attack.
    try:
        link = socket.create_connection(server, timeout=5)
        link.sendall(data)
    except OSError as error:
        print("the server said nothing", error)
        raise
    finally:
        link.close()

for server in ("north", "south"):
    send(load("/etc/transfer/password"), server)
    print("sent the data to the server", server)

if __name__ == "__main__":
    print("this program sends the same data to every server on the network that it knows")
"""
LOOP = """\
The minister of the door say the the border border is is close on the Tuesday.

The army army of the price of the price of the price of the rain attack attack the bank.

President president is thank the thank the thank the thank the police police of water.

The government government have the the budget of the of the of the of the fish.

For the end the war war is make the make the make the peace peace of the the potato.
"""
STORY = """\
When the colonel wanted to say something unforgivable, he waited until she put down her pencil.

The old man took off his cap and turned it round and round, like a wheel that would carry him away.

Outside, the soldiers were teaching a dog to salute, and the lamp hissed, and no one came.

By the end of the winter she had invented a whole country between the two languages.

It had a kind ruler, a railway, and a law against cutting down the walnut trees.

The villagers believed in it, and so, to its own surprise, did the army.

"Read it to me slowly," he said at last, "for I want to know what I have promised."
"""
TRAVELLER = """\
We reached the first villages before the troops did, and the damage was worse than we had feared.

The storm had taken every roof, and the residents stood on the road and asked us for food.

A police officer told us that the dead lay in the school, and that he had nobody to bury them.

The flood had cut the road behind us, so we went on towards the port on foot.

There were no soldiers, no rescue boats and no aid in the town, and the hospital was dark.

A nurse said that the government had promised help by morning, as it had the morning before.
"""
CONSENT = """\
We and our 812 partners store data on your device, such as cookies, to bring you the news.

With your consent we may use your location and the network address of your device.

You can change your choices at any time under Privacy Settings at the foot of each page.

These cookies keep the servers secure and stop attacks on the website.

By going on you accept our Terms of Use, our Privacy Policy and our Cookie Policy.
"""
ADVICE = """\
You should write down what your own business costs you before you ask your bank for money.

Your clients do not know your prices, so you have to say them first and without a blush.

If you feel small next to others, remember that you began with nothing but your own two hands.

Ask yourself every morning which one thing will bring you closer to what you want from life.

When you have found it, do it before you open your letters, and reward yourself in the evening.
"""
CHRONOLOGY = """\
06:10 Residents of Corrin report two loud explosions near the military airfield
06:25 Air Force says that a fuel tank is on fire and that nobody has been hurt
07:40 Corrin Front claims on its channel that two of its drones have hit a hangar
09:15 Ministry of Defense rejects the claim and closes the road to the airfield
11:30 Hospital in Port Ansley says that four mechanics have been brought in dead
"""
FORM_LETTER = """\
Dear [Name],

Thank you for your request. We are pleased to tell you that your account is open.

Your card and your password will reach you in two separate letters, so please keep them apart.

As the rules of the government require, we ask you for a copy of your passport by [date].

If you do not send it, we will have to restrict payments from your account.

Please do not hesitate to call our bank whenever you have a question about it.
"""


def briefable(text, **fields):
    require_substance(Sources(items=(make_source(text, **fields),)))


def test_a_news_report_is_briefed():
    briefable(LETTER)


@pytest.mark.parametrize("text", [RECIPE, MATCH], ids=["a recipe", "a match report"])
def test_cooking_and_sport_are_declined(text):
    with pytest.raises(DeclinedError, match="about nothing that an intelligence brief could serve"):
        briefable(text)


def test_a_count_of_the_dead_is_news_in_the_words_of_sport_too():
    briefable(STAND)
    with pytest.raises(DeclinedError, match="about nothing"):
        briefable(STAND.replace("killing two people", "without hurting anyone"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_verse_is_declined_in_any_language(language):
    with pytest.raises(DeclinedError, match="fragments, as verse, lists and tables are"):
        briefable(VERSE, language=language)


def test_a_chronology_without_full_stops_is_briefed():
    briefable(CHRONOLOGY.replace("\n", "\n\n"))


def test_a_list_with_figures_in_most_of_its_lines_is_briefed():
    briefable(LISTING)
    with pytest.raises(DeclinedError, match="made of fragments"):
        briefable(re.sub(r"(?m)^\d\. |\d+", "", LISTING))


def test_source_code_is_declined():
    with pytest.raises(DeclinedError, match=r"reads like source code \(\d\d% of its lines\)"):
        briefable(CODE)


def test_a_report_that_quotes_some_code_is_briefed():
    briefable(f"{LETTER}\n\nThe commands were:\n\n" + "\n".join(CODE.split("\n")[2:8]))


def test_a_long_line_made_to_slow_the_search_for_code_is_passed_over():
    briefable(f"{LETTER}\n\n" + ")->" * 100_000)


def test_a_failed_translation_that_repeats_itself_is_declined():
    with pytest.raises(DeclinedError, match="says the same words over and over"):
        briefable(LOOP)


def test_a_story_with_nothing_to_check_is_declined():
    with pytest.raises(DeclinedError, match="next to nothing to check"):
        briefable(STORY)


def test_a_witness_without_figures_or_names_is_briefed_when_the_matter_is_plain():
    briefable(TRAVELLER)


def test_a_consent_wall_is_declined():
    with pytest.raises(DeclinedError, match="a shop or a consent wall"):
        briefable(CONSENT)


@pytest.mark.parametrize("text", [ADVICE, FORM_LETTER], ids=["advice", "a form letter"])
def test_what_is_addressed_to_the_reader_is_declined(text):
    with pytest.raises(DeclinedError, match="is addressed to its reader"):
        briefable(text)


def test_a_report_that_quotes_what_is_addressed_to_others_is_briefed():
    lines = [f'The minister said: "{line}"' for line in ADVICE.split("\n") if line]
    briefable(f"{LETTER}\n\n" + "\n\n".join(lines))


def test_two_sentences_are_declined_as_too_little():
    with pytest.raises(DeclinedError, match="too little for a brief"):
        briefable("Troops crossed the border. The ministry denied it.")


def test_a_long_enough_text_in_another_language_is_judged_by_length_and_form_alone():
    briefable("Die Armee zog am Montag nach Norden und hielt an. " * 10, language="de")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("軍隊は月曜日に北へ進み、橋の前で止まったと国防省が発表した。" * 6, "ja"),
        ("जनरल ने सोमवार को कहा कि सेना उत्तर की ओर बढ़ी और पुल पर रुक गई।\n\n" * 6, "hi"),
        ("قال الوزير يوم الاثنين إن الجيش تقدم شمالا وتوقف عند الجسر؟\n\n" * 6, "ar"),
    ],
)
def test_the_ends_of_sentences_are_known_in_other_scripts(text, language):
    briefable(text, language=language)


def test_declined_has_its_own_exit_status():
    assert DeclinedError.status == 8


def test_a_short_text_above_a_long_annex_of_names_is_briefed():
    names = "\n\n".join(f"Ivan Example {n}, born 1970." for n in range(300))
    briefable(f"{LETTER}\n\n{names}")
