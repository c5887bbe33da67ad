"""Where briefs differ both sides stand; where they do not, nothing is made up."""

import pytest

from agent.daily import differences
from agent.daily.events import Events
from agent.daily.merging import same_facts
from agent.daily.statements import checked_statements
from agent.daily.stories import find_stories
from tests.analysis.products import claim
from tests.builders import LETTER
from tests.daily.day import OTHER_EVENT, OTHER_TELLING, brief_of, reported

DEAD = "Officials estimate that about 2,000 of North Korea's soldiers have been killed in Russia."


def found(*briefs):
    said = [statement for brief in briefs for statement in checked_statements(brief)]
    events = Events()
    groups = same_facts(said, (), events)
    return differences.find_differences(groups, find_stories(groups), events)[0]


def sides(difference):
    return [(side.says, [line.text for line in side.lines]) for side in difference.sides]


def other(*claims, number=2, text=OTHER_TELLING, **known):
    return brief_of(number, *claims, text=text, publisher="Harbour Post", **known)


def test_two_figures_for_the_dead_of_one_event_stand_side_by_side_with_citations():
    theirs = reported("Seoul says that about 600 of North Korea's soldiers were killed.", "1.3")
    (difference,) = found(brief_of(1, reported(DEAD, "1.2")), other(theirs))
    assert (difference.about, difference.what) == ("figure", "dead")
    assert sides(difference) == [
        ("about 2,000 of North Korea's soldiers", [DEAD]),
        ("about 600 of North Korea's soldiers", [theirs.text]),
    ]
    cites = [cite for side in difference.sides for line in side.lines for cite in line.cites]
    assert [(c.brief, c.evidence, c.sources[0].name) for c in cites] == [
        (brief_of(1).run.id, ("1.2",), "Peninsula Wire"),
        (brief_of(2).run.id, ("1.3",), "Harbour Post"),
    ]


def test_figures_of_different_events_are_never_set_against_one_another():
    theirs = reported("About 600 of the soldiers were killed, Aranda said.")
    assert found(brief_of(1, reported(DEAD)), other(theirs, text=OTHER_EVENT)) == ()


def test_figures_that_only_one_brief_gives_are_its_own_matter():
    one = brief_of(1, reported(DEAD), reported(DEAD.replace("2,000", "600"), id="bluf.what.2"))
    assert found(one) == ()


def test_a_rounded_figure_does_not_differ_from_the_exact_one():
    exact = DEAD.replace("about 2,000", "2,013").replace("Officials estimate", "Seoul says")
    assert found(brief_of(1, reported(DEAD)), other(reported(exact))) == ()


def test_only_checked_reports_are_compared():
    theirs = reported(DEAD.replace("2,000", "600"), verdict="partial")
    assert found(brief_of(1, reported(DEAD)), other(theirs)) == ()
    judged = claim("implications.overall.1", DEAD.replace("2,000", "600"))
    assert found(brief_of(1, reported(DEAD)), other(judged)) == ()


def test_a_statement_and_its_denial_stand_side_by_side():
    said = "Russia paid for the soldiers with fuel and money, Pyongyang says."
    denied = said.replace("paid", "never paid")
    (difference,) = found(brief_of(1, reported(said)), other(reported(denied)))
    assert difference.about == "account"
    assert sides(difference) == [("so", [said]), ("not so", [denied])]
    assert found(brief_of(1, reported(said)), other(reported(denied), text=OTHER_EVENT)) == ()


def test_two_negations_are_no_denial_of_one_another():
    said = "Russia never paid for the soldiers with fuel and money, Pyongyang says."
    again = said.replace("never", "did not", 1).replace("paid", "pay", 1)
    assert found(brief_of(1, reported(said)), other(reported(again))) == ()


def test_a_judgement_that_two_briefs_hold_for_more_and_less_likely_is_a_difference():
    said = "Kim sends a second group of engineers to Russia."
    likely = brief_of(1, claim("implications.overall.1", said))
    unlikely = other(claim("implications.overall.1", said, likelihood="unlikely"))
    (difference,) = found(likely, unlikely)
    assert difference.about == "likelihood"
    assert sides(difference) == [("likely, 55-80%", [said]), ("unlikely, 20-45%", [said])]
    same = other(claim("implications.overall.1", said))
    assert found(likely, same) == ()


def test_what_most_briefs_take_part_in_comes_first():
    fuel = "Russia paid for the soldiers with fuel and money, Pyongyang says."
    briefs = [
        brief_of(1, reported(fuel), reported(DEAD, id="bluf.what.2")),
        other(reported(fuel.replace("paid", "never paid"))),
        other(reported(DEAD.replace("2,000", "600")), number=3),
        other(reported(DEAD.replace("2,000", "9,000")), number=4),
    ]
    assert [difference.about for difference in found(*briefs)] == ["figure", "account"]
    assert len(found(*briefs)[0].sides) == 3


def test_figures_beyond_the_first_three_hundred_on_one_matter_are_counted_not_compared():
    many = [
        reported(DEAD.replace("2,000", f"{number:,}"), id=f"bluf.what.{number}")
        for number in range(3_000, 3_350)
    ]
    briefs = [brief_of(1, reported(DEAD)), other(*many)]
    said = [statement for brief in briefs for statement in checked_statements(brief)]
    events = Events()
    groups = same_facts(said, (), events)
    _, left = differences.find_differences(groups, find_stories(groups), events)
    assert left >= 351 - differences.MOST_READINGS


@pytest.mark.parametrize("text", ["", "\u202e\x00", "<script>2,000 killed</script>", "0 0 0 %%"])
def test_odd_texts_differ_from_nothing(text):
    assert found(brief_of(1, reported(text)), other(reported(DEAD), text=LETTER)) == ()
