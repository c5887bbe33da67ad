"""Sources that repeat one another count once."""

from hypothesis import given
from hypothesis import strategies as st

from agent.analysis.independence import containment, independent_groups
from tests.builders import LETTER, make_source

OTHER = "Seoul said on Monday that trains with fuel had crossed the bridge at Tumangang again. " * 3


def numbers(*sources):
    return [[source.number for source in group] for group in independent_groups(sources)]


def test_a_wire_copy_under_another_head_counts_once():
    copy = make_source(f"By our own desk.\n\n{LETTER}", number=2, publisher="The Post")
    assert numbers(make_source(LETTER, publisher="The Wire"), copy) == [[1, 2]]


def test_two_stories_of_one_publisher_count_once():
    assert numbers(make_source(LETTER), make_source(OTHER, number=2)) == [[1, 2]]


def test_two_stories_of_two_publishers_count_twice():
    second = make_source(OTHER, number=2, publisher="The Post")
    assert numbers(make_source(LETTER), second) == [[1], [2]]


def test_sources_without_a_publisher_are_told_apart_by_their_text():
    first, second = (
        make_source(LETTER, publisher=None),
        make_source(OTHER, number=2, publisher=None),
    )
    assert numbers(first, second) == [[1], [2]]


def test_two_papers_that_credit_one_wire_in_the_dateline_count_once():
    first = make_source(f"SEOUL (Peninsula Wire) - {LETTER}", publisher="The Post")
    second = make_source(f"SEOUL (Peninsula Wire) - {OTHER}", number=2, publisher="The Herald")
    assert numbers(first, second) == [[1, 2]]


def test_a_source_that_joins_two_groups_makes_them_one():
    one = make_source(LETTER, publisher="A")
    two = make_source(OTHER, number=2, publisher="B")
    both = make_source(f"{LETTER}\n\n{OTHER}", number=3, publisher="C")
    assert numbers(one, two, both) == [[1, 2, 3]]


@given(st.frozensets(st.text(max_size=3)), st.frozensets(st.text(max_size=3)))
def test_containment_is_a_share_and_does_not_depend_on_the_order(one, other):
    assert 0 <= containment(one, other) == containment(other, one) <= 1
