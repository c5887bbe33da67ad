"""Sources that differ are shown in every view; cards and grades where there is room for them."""

import json
import re

import pytest

from agent.views.json import as_json
from agent.views.markdown import markdown
from agent.views.terminal import terminal
from schemas.brief import Brief, Confidence, Factor
from schemas.sourcing import (
    Agreement,
    Conflict,
    KeyFact,
    Side,
    SourceCard,
    Sourcing,
    SpeakerCard,
)

SOURCING = Sourcing(
    facts=(
        KeyFact(
            evidence="1.1",
            text="KCNA said 600 had died.",
            speaker="KCNA",
            chain=("KCNA", "Peninsula Wire"),
            kind="state media",
            interested=True,
            reliability="D",
            reliability_basis="speaks for a party to the matter",
            credibility=4,
        ),
    ),
    cards=(
        SourceCard(
            source=1,
            outlet="Peninsula Wire",
            counts_with=(2,),
            facts=1,
            state_media_share=1.0,
            interested_share=1.0,
            unnamed_share=0.0,
            speakers=(
                SpeakerCard(
                    speaker="KCNA",
                    kind="state media",
                    interested=True,
                    reliability="D",
                    reliability_basis="speaks for a party to the matter",
                    facts=("1.1",),
                ),
            ),
        ),
    ),
    conflicts=(
        Conflict(
            about="figure",
            what="dead",
            sides=(
                Side(says="600 soldiers", speakers=("KCNA",), evidence=("1.1",)),
                Side(says="about 2,000", speakers=("Seoul", "Lim"), evidence=("1.4", "2.1")),
            ),
        ),
        Conflict(
            about="account",
            what="account",
            sides=(
                Side(says="Kim said it was so", speakers=("Kim",), evidence=("1.2",)),
                Side(says="denied it", speakers=("Lim",), evidence=("1.3",)),
            ),
        ),
    ),
    agreements=(
        Agreement(
            about="figure",
            what="engineers",
            says="1,000 engineers",
            speakers=("Moscow", "Seoul"),
            evidence=("1.9", "2.2"),
            independent=2,
        ),
    ),
    independent_sources=1,
    state_media_share=1.0,
)


@pytest.fixture
def sourced(brief: Brief) -> Brief:
    confidence = Confidence(
        level="low",
        rule="The lowest counts.",
        factors=(Factor(name="state media", value="all of it", allows="low"),),
        reasons=("all of it: caps at low",),
    )
    return brief.model_copy(update={"sourcing": SOURCING, "confidence": confidence})


def short(brief: Brief) -> str:
    return " ".join(terminal(brief, width=100, colour=False).split())


def full(brief: Brief) -> str:
    return " ".join(terminal(brief, width=100, colour=False, detail=True).split())


def in_markdown(brief: Brief) -> str:
    unescaped = re.sub(r"\\(.)", r"\1", markdown(brief))
    return " ".join(unescaped.replace("**", "").replace("`", "").split())


EVERYWHERE = pytest.mark.parametrize("view", [short, full, in_markdown])
IN_FULL = pytest.mark.parametrize("view", [full, in_markdown])


@EVERYWHERE
def test_both_sides_of_a_conflict_stand_with_speakers_and_sentences(sourced, view):
    page = view(sourced)
    assert "Dead (figure)" in page
    assert "KCNA: 600 soldiers [1.1]" in page
    assert "Seoul; Lim: about 2,000 [1.4, 2.1]" in page


@EVERYWHERE
def test_a_speaker_is_not_named_twice_where_the_words_name_him(sourced, view):
    page = view(sourced)
    assert "Kim said it was so [1.2]" in page
    assert "Lim: denied it [1.3]" in page


@EVERYWHERE
def test_an_agreement_says_how_many_independent_sources_it_has(sourced, view):
    row = "Engineers (figure): 1,000 engineers, say Moscow; Seoul (2 independent sources)"
    assert f"{row} [1.9, 2.2]" in view(sourced)


@EVERYWHERE
def test_the_head_says_on_whom_the_key_facts_rest(sourced, view):
    said = "1, from 1 independent source: state media 1; state media alone vouch for 100%"
    assert f"Key facts: {said}" in view(sourced)


@IN_FULL
def test_a_source_card_has_shares_and_each_speaker_with_both_grades(sourced, view):
    page = view(sourced)
    assert "1 key fact: 100% from state media alone, 100% from interested parties" in page
    assert "counts once together with source 2" in page
    assert "KCNA → Peninsula Wire: state media, interested party; reliability D" in page
    assert "facts with credibility 1.1 (4)" in page


@IN_FULL
def test_the_rule_for_confidence_stands_with_every_input(sourced, view):
    page = view(sourced)
    assert "Confidence: low. The lowest counts." in page
    assert "Allows: low, by state media: all of it" in page


def test_every_cited_sentence_of_a_conflict_can_be_read(sourced):
    page = markdown(sourced)
    for id in ("1.1", "1.4", "2.1", "1.9", "2.2"):
        assert f"- **{id}** " in page


def test_json_carries_all_of_it(sourced):
    assert Brief.model_validate(json.loads(as_json(sourced))).sourcing == SOURCING


def test_a_brief_without_conflicts_has_no_heading_for_them(brief):
    assert "Where the Sources Differ" not in full(brief)
