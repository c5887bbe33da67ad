"""Whole briefs on a scripted model: who says what, how it is graded, what copies are worth."""

import asyncio

import pytest

from agent.errors import EndpointError, SchemaError
from agent.pipeline import write_brief
from agent.progress import Silent
from agent.prompts import load_prompts
from schemas.brief import Brief
from schemas.sources import Sources
from tests.analysis.articles import HOSPITAL, POLICE, told
from tests.builders import (
    LETTER,
    Scripted,
    good_answers,
    graded_items,
    graded_speakers,
    make_source,
)
from tests.test_pipeline import RUN


class OnlyGrades(Scripted):
    """A model that grades, names one tag, and has no usable answer to anything else."""

    async def ask(self, shape, request, *, repeat=0):
        if request.prompt not in {"grade_speakers", "grade_items", "tags"}:
            raise SchemaError(prompt=request.prompt, shape="Shape", attempts=3, last="empty")
        return await super().ask(shape, request, repeat=repeat)


def write_of_others(sources, **changes) -> Brief:
    """Return a brief on sources that the good answers do not fit."""
    tag = {"tags": [{"evidence": ["1.1"], "tag": tag} for tag in ("ferry", "road", "night")]}
    return write(sources, kind=OnlyGrades, tags=tag, **changes)[0]


def write(sources, *, judges=True, judge=False, kind=Scripted, **changes):
    model = kind(**{**good_answers(), **changes})
    model.judges = judges
    brief = asyncio.run(
        write_brief(
            sources,
            model,
            load_prompts("v1"),
            Silent(),
            judge=model if judge else None,
            describe_run=lambda: RUN,
        )
    )
    return brief, model


def graded(word):
    def answer(request):
        grades = graded_items(request)["grades"]
        return {"grades": [{**grade, "credibility": word} for grade in grades]}

    return answer


def copies(count: int) -> Sources:
    return Sources(
        items=tuple(
            make_source(
                f"{LETTER}\n\nThe {name} has more on this inside.",
                number=n,
                publisher=f"The {name}",
                title=f"{name} says it first",
            )
            for n, name in enumerate(
                ("Post", "Herald", "Mirror", "Gazette", "Chronicle")[:count], start=1
            )
        )
    )


def test_the_same_wire_story_five_times_earns_what_it_earns_once_and_says_so():
    once, _ = write(copies(1))
    five, _ = write(copies(5))
    assert five.confidence.level == once.confidence.level
    assert five.sourcing.independent_sources == once.sourcing.independent_sources == 1
    assert five.sourcing.conflicts == once.sourcing.conflicts
    assert five.sourcing.agreements == once.sourcing.agreements == ()
    assert five.sourcing.cards[0].counts_with == (2, 3, 4, 5)


def test_the_reason_names_the_copies_when_they_are_all_cited():
    tags = {"tags": [{"evidence": [f"{n}.1"], "tag": "alliance"} for n in (1, 2, 3)]}
    brief, _ = write(copies(3), tags=tags)
    assert brief.confidence.factors[0].allows == "moderate"
    said = brief.confidence.factors[0].value
    assert said.startswith("one independent source caps at moderate")


def test_one_article_never_earns_a_1(sources):
    brief, _ = write(sources, grade_items=graded("probably true"))
    assert {fact.credibility for fact in brief.sourcing.facts} == {2}


def test_two_unrelated_sources_earn_a_1_where_they_agree():
    brief = write_of_others(told(POLICE, HOSPITAL), grade_items=graded("probably true"))
    earned = {fact.evidence: fact.credibility for fact in brief.sourcing.facts}
    assert (earned["1.2"], earned["2.2"]) == (1, 1)
    assert set(earned.values()) == {1, 2}


def test_copies_do_not_confirm_one_another():
    brief = write_of_others(told(POLICE, POLICE), grade_items=graded("probably true"))
    assert 1 not in {fact.credibility for fact in brief.sourcing.facts}


def test_the_two_grades_are_asked_for_apart_and_neither_sees_the_other(sources):
    _, model = write(sources)
    speakers = [a.text for a in model.asked if a.prompt == "grade_speakers"]
    items = [a.text for a in model.asked if a.prompt == "grade_items"]
    assert (len(speakers), len(items)) == (1, 1)
    assert "[1.5] Lim Dae-sung (independent expert), in source 1: 1.5" in speakers[0]
    assert "Lim Dae-sung (" not in items[0]


def test_a_model_too_small_to_judge_is_not_asked_and_everything_is_f6(sources):
    brief, model = write(sources, judges=False)
    assert not {"grade_speakers", "grade_items"} & {asked.prompt for asked in model.asked}
    assert {(f.reliability, f.credibility) for f in brief.sourcing.facts} == {("F", 6)}


def test_graders_without_a_usable_answer_leave_f6_and_the_brief_whole(sources):
    failed = SchemaError(prompt="grade_items", shape="ItemGrades", attempts=3, last="empty")
    brief, _ = write(sources, grade_items=failed)
    assert {(f.reliability, f.credibility) for f in brief.sourcing.facts} == {("C", 6)}


def test_an_endpoint_that_fails_the_graders_ends_the_run(sources):
    with pytest.raises(EndpointError):
        write(sources, grade_speakers=EndpointError("grade_speakers", "refused"))


def test_figures_dates_quotations_and_the_chain_are_carried_as_they_stand():
    text = (
        'Gen. Odilbek told reporters on March 9 that "the road is shut" to about 2,300 people. '
        "Nobody else spoke. The road was shut before. It will be opened again. It was long."
    )
    brief = write_of_others(told(text, POLICE))
    fact = next(f for f in brief.sourcing.facts if f.evidence == "1.1")
    assert fact.text == text.partition(" Nobody")[0]
    assert fact.figures == ("2,300",)
    assert fact.dates == ("March 9",)
    assert fact.quotations == ("the road is shut",)
    assert fact.chain == ("Gen. Odilbek", "Coast Courier")
    assert (fact.kind, fact.interested) == ("military", False)


def test_who_reports_that_somebody_spoke_stands_in_the_chain(sources):
    brief, _ = write(sources)
    fact = next(f for f in brief.sourcing.facts if f.evidence == "1.1")
    assert fact.speaker == "state media"
    assert fact.chain[1:] == ("state media", "Peninsula Wire")
    assert brief.sourcing.state_media_share == pytest.approx(1 / 6)
    assert brief.sourcing.cards[0].state_media_share == pytest.approx(1 / 6)


def test_credibility_weighs_the_matrix_and_the_assessment_says_so(sources):
    brief, _ = write(sources, judge=True, grade_items=graded("doubtful"))
    ach = brief.techniques[0].ach
    assert ach is not None
    assert {row.weight for row in ach.rows} == {0.6}
    assert "over 4 of 6 signals, weighed by credibility: A 0, B 1.8, C 0.6" in (
        brief.techniques[0].result
    )


def test_sourcing_is_the_same_every_time(sources):
    assert write(sources)[0].sourcing == write(sources)[0].sourcing


def test_a_speaker_that_gains_makes_no_fact_of_others_interested(sources):
    def interested(request):
        grades = graded_speakers(request)["grades"]
        return {"grades": [{**g, "interested": "yes"} for g in grades[:1]]}

    brief, _ = write(sources, grade_speakers=interested)
    assert {f.interested for f in brief.sourcing.facts if f.kind == "independent expert"} == {False}
