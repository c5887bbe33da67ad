"""Where speakers and sources differ on a figure or a time, all sides stand; no rule guesses."""

from itertools import combinations

import pytest

from agent.analysis.comparison import find_conflicts
from agent.analysis.readings import readings_in
from agent.analysis.speakers import speakers_of
from schemas.sources import Sources
from schemas.sourcing import Conflict
from tests.analysis.articles import (
    EXAMPLES,
    HARBOUR,
    HOSPITAL,
    POLICE,
    agreements,
    conflicts,
    examples,
    told,
)
from tests.builders import make_source

# One of them tells what became of another.
ARTICLES = sorted(path.name for path in EXAMPLES.iterdir() if "follow-up" not in path.name)


def table(found: tuple[Conflict, ...]) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    return [
        (row.what, {side.says: side.evidence for side in row.sides})
        for row in found
        if row.about != "account"
    ]


def test_the_tolls_of_the_dam_stand_side_by_side_with_their_sentences():
    assert table(conflicts(examples("dam-flood.txt"))) == [
        ("dead", {"41 people": ("1.2", "1.5", "1.6"), "at least 112": ("1.2", "1.8")}),
        ("millimeters", {"312 millimeters of rain": ("1.15",), "226 millimeters": ("1.22",)}),
        (
            "gates",
            {"only three of the dam's five spillway gates": ("1.23",), "five gates": ("1.24",)},
        ),
    ]


def test_a_toll_an_hour_and_a_flat_denial_are_found_in_the_market():
    assert table(conflicts(examples("market-bombing.txt"))) == [
        ("dead", {"at least 23 people": ("1.1",), "29 bodies": ("1.14",)}),
        ("attack", {"9:40 a.m.": ("1.2",), "7:15 a.m.": ("1.5",)}),
        ("dead", {"12 dead soldiers": ("1.5", "1.12"), "none of its soldiers": ("1.9",)}),
    ]


def test_the_dead_of_one_army_are_not_set_against_those_of_the_other():
    assert table(conflicts(examples("border-clash.txt"))) == [
        (
            "Vardunan dead",
            {
                "at least 17 Vardunan soldiers": ("1.3", "1.7"),
                "four Vardunan soldiers": ("1.5", "1.10"),
            },
        )
    ]


def test_three_estimates_of_one_cost_are_one_row():
    rows = table(conflicts(examples("grain-levy.html")))
    assert set(dict(rows)["dorins"]) == {
        "11.2 billion dorins",
        "24.6 billion dorins",
        "between 15 billion and 17 billion dorins",
    }


@pytest.mark.parametrize("pair", list(combinations(ARTICLES, 2)), ids="-".join)
def test_stories_of_different_events_never_conflict(pair):
    for row in conflicts(examples(*pair)):
        assert len({id.partition(".")[0] for side in row.sides for id in side.evidence}) == 1


def test_two_exact_figures_differ_though_both_agree_with_a_rounded_one():
    told_of = ("some 1,400", "1,401", "1,402")
    text = "Loma lost {} homes to the flood from the Sanu dam. Loma mourns at the Sanu dam."
    sources = Sources(
        items=tuple(
            make_source(text.format(figure), number=number, publisher=f"Post {number}")
            for number, figure in enumerate(told_of, start=1)
        )
    )
    (conflict,) = find_conflicts(readings_in(sources, speakers_of(sources)), sources)
    assert [side.evidence for side in conflict.sides] == [("1.1", "2.1"), ("3.1",)]


def test_sources_of_one_event_that_differ_stand_side_by_side():
    (row,) = conflicts(told(POLICE, HARBOUR))
    assert [(side.says, side.speakers, side.evidence) for side in row.sides] == [
        ("41 people", ("Police in Tarrasa",), ("1.2",)),
        ("58 people", ("Lena Moran",), ("2.2",)),
    ]


def test_unrelated_speakers_of_two_sources_agree():
    (row,) = agreements(told(POLICE, HOSPITAL))
    assert (row.says, row.evidence, row.independent) == ("41 people", ("1.2", "2.2"), 2)


def test_a_government_that_agrees_with_itself_is_no_agreement():
    ministry = POLICE.replace("Police in Tarrasa", "The Interior Ministry").replace(
        "Police said", "The ministry said"
    )
    assert agreements(told(POLICE, ministry)) == ()


def test_a_sentence_that_another_source_repeats_agrees_with_nobody():
    assert agreements(told(POLICE, POLICE)) == ()


def test_the_same_conflict_in_copies_is_one_row():
    both = f"{POLICE}\n\n{HARBOUR}"
    assert table(conflicts(told(both, both, both))) == table(conflicts(told(both)))


@pytest.mark.parametrize(
    "text",
    [
        "Police said 41 people were killed. The mayor said a 61-year-old man was killed.",
        "Police said 41 people were killed. The mayor said about 40 people were killed.",
        "Police said 41 people were killed. The mayor said if 50 people were killed he would go.",
        "Police said 41 people were killed. The mayor said 3 people were wounded.",
        "Police said 41 people were killed. The mayor said 30 people were killed in a 1998 storm.",
        "Police said 41 people were killed. The mayor said the death penalty awaits 2 people.",
    ],
)
def test_figures_that_only_look_alike_are_not_set_against_one_another(text):
    assert [row for row in conflicts(told(text)) if row.about == "figure"] == []
