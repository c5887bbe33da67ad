"""Who speaks in each sentence, found without a model."""

import pytest

from agent.analysis.speakers import kind_of, same_party, speakers_of
from tests.analysis.articles import examples, told


def speakers(sources):
    return {
        id: [(speaker.name, speaker.kind) for _, speaker in voices]
        for id, voices in speakers_of(sources).items()
    }


def test_every_sentence_has_a_speaker_and_the_first_begins_at_its_start():
    for voices in speakers_of(examples("letter.txt", "dam-flood.txt")).values():
        assert voices[0][0] == 0


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The army said roads were shut.", "The army", "military"),
        ('"We are lost," said Ana Ruiz, 52, a shopkeeper in Loma.', "Ana Ruiz", "witness"),
        ("Roads were shut, said Col. Maeve Tierney, a chief.", "Col. Maeve Tierney", "military"),
        ("BELAKO, Feb. 8 (Lakeshore Agency) - Police said roads were shut.", "Police", "official"),
        ("A group that calls itself BrineLock said it had the data.", "BrineLock", "other"),
        ("Roads were shut, according to Lena Moran, an analyst at the bank.", "Lena Moran",
         "independent expert"),
        ("A diplomat, who was not authorized to be named, said roads were shut.", "A diplomat",
         "unnamed"),
        ("KCNA said Kim had sent a letter.", "KCNA", "state media"),
        ("The mayor did not say why roads were shut.", "the outlet", "the outlet"),
        ("Roads were shut.", "the outlet", "the outlet"),
        ("Last month, the roads said nothing.", "the outlet", "the outlet"),
    ],
)  # fmt: skip
def test_the_speaker_of_a_sentence_and_on_whose_behalf(text, name, kind):
    assert speakers(told(text))["1.1"] == [(name, kind)]


def test_a_pronoun_a_last_name_and_a_quotation_that_goes_on_are_who_spoke_before():
    found = speakers(
        told(
            "Lena Moran, an analyst at the bank, said rates would rise. She said it was late. "
            '"It is late," Moran said. "It may be too late for some."'
        )
    )
    assert {speaker for voices in found.values() for speaker in voices} == {
        ("Lena Moran", "independent expert")
    }


def test_two_speakers_of_one_sentence_begin_where_they_speak():
    text = "The government says 41 died, and a relief agency says 112 died."
    (first, second) = speakers_of(told(text))["1.1"]
    assert (first[1].name, second[1].name) == ("The government", "a relief agency")
    assert text[second[0] :].startswith("a relief agency")


def test_a_ministry_and_its_minister_are_one_party_and_an_analyst_is_another():
    found = speakers_of(
        told(
            "The Interior Ministry said 41 died. Interior Minister Josefa Lindo said it was grave. "
            "Ana Ruiz, an analyst, said it was worse."
        )
    )
    ministry, minister, analyst = (found[f"1.{n}"][0][1] for n in (1, 2, 3))
    assert same_party(ministry, minister)
    assert not same_party(minister, analyst)


def test_a_rebel_captain_is_no_officer():
    assert kind_of("Capt. Yaro, a spokesman for the rebel Front") == "armed group"
