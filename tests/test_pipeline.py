"""The whole flow on a scripted model: what stands is printed, what does not is listed."""

import asyncio

import pytest

from agent.errors import EndpointError, ModelError, SchemaError
from agent.pipeline import write_brief
from agent.progress import Silent
from agent.prompts import load_prompts
from schemas.brief import Brief, Run
from tests.builders import Scripted, good_answers, judgement, report

RUN = Run(
    id="run-1",
    bluf_version="0",
    model="scripted",
    endpoint="openai-compatible",
    structured_output="json_schema",
    prompt_version="v1",
    prompt_hash="0" * 64,
    judge="scripted",
    calls=0,
    calls_from_store=0,
    tokens_in=0,
    tokens_out=0,
    tokens_cached=0,
    cost_usd=None,
    seconds=0.0,
)


def write(sources, *, judge=True, model=None, version="v3", **changes) -> tuple[Brief, Scripted]:
    model = model or Scripted(**{**good_answers(), **changes})
    brief = asyncio.run(
        write_brief(
            sources,
            model,
            load_prompts(version),
            Silent(),
            judge=model if judge else None,
            describe_run=lambda: RUN,
        )
    )
    return brief, model


def printed(brief: Brief) -> list[str]:
    sections = [
        brief.bluf, brief.hypotheses, brief.assumptions, brief.implications,
        brief.outlook, brief.entities, brief.tags,
    ]  # fmt: skip
    parts = [part for section in sections for part in section.parts]
    parts += [part for technique in brief.techniques for part in technique.parts]
    return [claim.id for part in parts for claim in part.claims]


def failure(prompt):
    return SchemaError(prompt=prompt, shape="Shape", attempts=3, last="empty")


def test_a_good_model_gets_a_brief_with_every_section_drafted(sources):
    brief, _ = write(sources)
    assert brief.withheld == ()
    assert [p.title for p in brief.hypotheses.parts] == [
        "Hypothesis A", "Hypothesis B", "Hypothesis C", "Assessment",
        "Indicators that could shift this",
    ]  # fmt: skip
    assert [technique.name for technique in brief.techniques] == [
        "Analysis of Competing Hypotheses", "Indicators", "Key Assumptions Check",
        "Deception Detection", "Cross-Impact Simulation", "Scenario Generation",
        "Causal Layered Analysis",
    ]  # fmt: skip


def test_the_assessment_names_the_hypothesis_with_the_fewest_points(sources):
    brief, _ = write(sources)
    ach = brief.techniques[0].ach
    assert ach is not None
    assert (ach.scores, ach.least_refuted, ach.stable) == ((0, 3, 1), ("A",), True)
    note = next(p.note for p in brief.hypotheses.parts if p.name == "assessment")
    assert note == (
        "Hypothesis A is least refuted (inconsistency points over 4 of 6 signals: A 0, B 3, C 1). "
        "Caution: it turns on [1.1, 1.7], each of which alone, left out or read the other way, "
        "changes the result."
    )


def test_a_brief_is_filed_where_the_model_says_and_nowhere_when_it_cannot(sources):
    assert write(sources)[0].category == "diplomacy"
    assert write(sources, category=failure("category"))[0].category is None


def test_a_model_too_small_to_judge_and_a_version_without_the_prompt_are_not_asked(sources):
    model = Scripted(**good_answers())
    model.judges = False
    brief, asked = write(sources, model=model)
    assert (brief.category, "category" in {each.prompt for each in asked.asked}) == (None, False)
    brief, asked = write(sources, version="v1")
    assert (brief.category, "category" in {each.prompt for each in asked.asked}) == (None, False)


def test_kept_plus_withheld_equals_drafted(sources):
    brief, _ = write(sources, judge=False)
    body = printed(brief)
    assert len(body) == len(set(body))
    assert sorted([*body, *(c.id for c in brief.withheld)]) == sorted(c.id for c in brief.ledger)


def test_every_reported_claim_in_the_body_is_supported_and_cites_what_exists(sources):
    brief, _ = write(sources, judge=False)
    body = set(printed(brief))
    for claim in brief.ledger:
        assert set(claim.evidence) <= set(sources.sentences)
        if claim.id in body:
            assert claim.verdict == "supported"


def test_without_a_judge_no_inference_is_printed(sources):
    brief, model = write(sources, judge=False)
    body = set(printed(brief))
    inferences = [c for c in brief.ledger if c.basis != "reported"]
    assert inferences
    assert all(c.verdict != "supported" and c.id not in body for c in inferences)
    assert not {"judge", "judge_premises"} & {asked.prompt for asked in model.asked}


def test_an_emptied_section_quotes_the_sources_and_says_so(sources):
    brief, _ = write(sources, judge=False)
    assert brief.outlook.note == (
        "None of 5 drafted claims stood the check; these are from the sources."
    )
    (forecast,) = next(p for p in brief.outlook.parts if p.name == "most_likely").claims
    assert forecast.author == "program"
    assert forecast.text == sources.sentences["1.6"].text


def test_a_claim_the_judge_could_not_settle_is_never_supported(sources):
    brief, _ = write(sources, judge_premises=failure("judge_premises"))
    inferences = [c for c in brief.ledger if c.basis != "reported"]
    assert {c.verdict for c in inferences} == {"not checkable"}


def test_a_judge_that_returns_too_few_findings_supports_nothing(sources):
    one = {"findings": [{"reason": "Yes.", "label": "supported"}]}
    brief, _ = write(sources, judge_premises=one)
    kept = [c for c in brief.ledger if c.basis != "reported" and c.verdict == "supported"]
    # Only a batch of a single claim can be answered by a single finding.
    assert all(c.section in {"bluf", "hypotheses"} for c in kept)


def test_a_wrong_figure_goes_back_with_its_finding_and_comes_out_right(sources):
    wrong = "South Korean officials estimate that about 3,000 of those troops have been killed."
    right = wrong.replace("3,000", "2,000")
    answers = good_answers()["bluf"] | {"what": [report("1.2", text=wrong)]}
    repaired = {"claims": [report("1.2", text=right)]}
    brief, model = write(sources, bluf=answers, repair=repaired)
    claim = next(c for c in brief.ledger if c.id == "bluf.what.1")
    assert (claim.text, claim.verdict, claim.repairs) == (right, "supported", 1)
    (asked,) = [a for a in model.asked if a.prompt == "repair"]
    assert "3,000" in asked.text.partition("failed a check")[2]
    assert "Finding:" in asked.text


def test_a_claim_that_stays_wrong_is_withheld_after_two_repairs(sources):
    texts = [f"About {n},000 of the troops in Russia have been killed." for n in (3, 4, 5)]
    answers = good_answers()["bluf"] | {"what": [report("1.2", text=texts[0])]}
    turns = iter(texts[1:])
    brief, model = write(
        sources, bluf=answers, repair=lambda _: {"claims": [report("1.2", text=next(turns))]}
    )
    claim = next(c for c in brief.withheld if c.id == "bluf.what.1")
    assert claim.repairs == 2
    assert "5,000" in claim.reason
    assert [a.prompt for a in model.asked].count("repair") == 2


def test_a_claim_repeated_in_a_later_section_is_withheld_there(sources):
    again = judgement("1.6", text="Engineers replace combat troops as the main support.")
    outlook = good_answers()["outlook"] | {"most_likely": [again]}
    brief, _ = write(sources, outlook=outlook)
    claim = next(c for c in brief.withheld if c.id == "outlook.most_likely.1")
    assert "implications.overall.1" in claim.reason


def test_the_bluf_is_written_last_from_what_stood(sources):
    wrong = report("1.2", text="About 9,000 of the troops in Russia have been killed.")
    layers = good_answers()["causal_layers"] | {"litany": [wrong]}
    _, model = write(sources, causal_layers=layers)
    last = [a for a in model.asked if a.prompt == "bluf"]
    assert len(last) == 1
    assert "Engineers replace combat troops" in last[0].text
    assert "9,000" not in last[0].text


def test_rewrites_that_do_not_pair_with_their_claims_are_not_used(sources):
    wrong = [judgement("1.6", text=f"Rotation {n},000 leaves for Kursk.") for n in (4, 5)]
    outlook = good_answers()["outlook"] | {"best": wrong[:1], "worst": wrong[1:]}
    only_one = {"claims": [report("1.6", text="A new combat deployment follows the congress.")]}
    brief, _ = write(sources, outlook=outlook, repair=only_one)
    assert {"outlook.best.1", "outlook.worst.1"} <= {c.id for c in brief.withheld}


def test_a_claim_is_no_repeat_of_one_that_does_not_stand(sources):
    text = "Fuel and food blunt the sanctions."
    implications = good_answers()["implications"] | {
        "political": [judgement("1.4", text=text)],
        "economic": [judgement("1.7", text=text)],
    }

    brief, _ = write(sources, implications=implications)
    assert "implications.political.1" in {c.id for c in brief.withheld}
    assert "implications.economic.1" in printed(brief)


def test_a_bottom_line_without_its_facts_quotes_the_sources(sources):
    wrong = report("1.2", text="About 9,000 of the troops in Russia have been killed.")
    brief, _ = write(sources, bluf=good_answers()["bluf"] | {"what": [wrong]})
    what, meaning = brief.bluf.parts
    assert {c.author for c in what.claims} == {"program"}
    assert [c.author for c in meaning.claims] == ["model"]


def test_a_technique_without_a_full_result_is_not_named(sources):
    ungrounded = judgement("1.7", text="We may never know what moves Pyongyang.")
    layers = good_answers()["causal_layers"] | {"myth": [ungrounded]}
    brief, _ = write(sources, causal_layers=layers)
    assert "Causal Layered Analysis" not in [t.name for t in brief.techniques]
    reasons = {c.reason for c in brief.withheld if c.method == "technique"}
    assert reasons == {"its technique has no full result, so it is not shown"}


def test_one_section_without_a_usable_answer_leaves_the_others_whole(sources):
    brief, _ = write(sources, implications=failure("implications"))
    assert brief.implications.note == (
        "The model gave no usable answer; these are from the sources."
    )
    assert brief.outlook.note is None


def test_when_no_section_gets_an_answer_the_run_fails(sources):
    names = [
        "hypotheses", "assumptions", "implications", "outlook", "entities", "tags",
        "causal_layers", "bluf",
    ]  # fmt: skip
    with pytest.raises(ModelError, match="no section got a usable answer from scripted"):
        write(sources, **{name: failure(name) for name in names})


def test_an_endpoint_that_fails_for_good_ends_the_run_with_its_own_error(sources):
    with pytest.raises(EndpointError, match="tags: connection refused"):
        write(sources, tags=EndpointError("tags", "connection refused"))


def test_five_sections_are_asked_side_by_side(sources):
    running, most = 0, 0

    class Slow(Scripted):
        async def ask(self, shape, request, *, repeat=0):
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1
            return await super().ask(shape, request, repeat=repeat)

    model = Slow(**good_answers())
    asyncio.run(
        write_brief(sources, model, load_prompts(), Silent(), judge=model, describe_run=lambda: RUN)
    )
    assert most >= 5
