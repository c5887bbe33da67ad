"""Copies of one story count once, in whatever briefs they are cited."""

from agent.daily.events import Events
from agent.daily.merging import same_facts
from agent.daily.setting import line_of
from agent.daily.statements import checked_statements
from agent.daily.stories import find_stories
from tests.builders import LETTER
from tests.daily.day import OTHER_EVENT, OTHER_TELLING, brief_of, reported

SAID = "Kim praised the soldiers whom he sent to Russia."


def line(*briefs):
    said = [statement for brief in briefs for statement in checked_statements(brief)]
    (group,) = same_facts(said, (), Events())
    return line_of(group, find_stories([group]))


def told(number, text, publisher):
    return brief_of(number, reported(SAID), text=text, publisher=publisher)


def test_two_briefs_on_one_text_rest_on_one_source():
    found = line(told(1, LETTER, "Peninsula Wire"), told(2, LETTER, "Harbour Post"))
    assert (len(found.cites), found.independent_sources) == (2, 1)


def test_a_copy_with_another_ending_and_a_second_story_of_one_publisher_count_once():
    copied = told(2, f"{LETTER}\n\nHarbour Post.", "Harbour Post")
    assert line(told(1, LETTER, "Peninsula Wire"), copied).independent_sources == 1
    second = told(2, OTHER_TELLING, "Peninsula Wire")
    assert line(told(1, LETTER, "Peninsula Wire"), second).independent_sources == 1


def test_two_outlets_with_stories_of_their_own_count_twice():
    found = line(told(1, LETTER, "Peninsula Wire"), told(2, OTHER_TELLING, "Harbour Post"))
    assert found.independent_sources == 2


def test_sources_that_no_line_joins_get_stories_of_their_own():
    briefs = [told(1, LETTER, "Wire"), told(2, OTHER_EVENT, "Wire")]
    said = [statement for brief in briefs for statement in checked_statements(brief)]
    stories = find_stories(same_facts(said, (), Events()))
    assert len(set(stories.values())) == 2


def test_a_brief_that_says_it_twice_on_the_same_evidence_is_cited_once():
    twice = brief_of(
        1,
        reported(SAID, "1.1"),
        reported(SAID, "1.1", id="outlook.best.1"),
        reported(SAID, "1.2", id="outlook.best.2"),
    )
    assert [cite.evidence for cite in line(twice).cites] == [("1.1",), ("1.2",)]
