"""Where no draft stands, the sources speak for themselves, each sentence once."""

from agent.sections import catalogue
from agent.sections.fallback import fill_parts
from agent.sections.labels import main_themes, named_entities
from agent.verify.steps import check_by_rule
from schemas.sources import Sources
from tests.builders import make_source

WANTED = [
    (plan, part)
    for plan in catalogue.PLANS
    if plan.prompt not in {"entities", "tags", "causal_layers"}
    for part in plan.parts
]


def test_what_the_source_says_is_unknown_fills_the_information_gaps(sources):
    gaps = fill_parts(WANTED, sources)["assumptions.gaps"]
    assert [claim.evidence for claim in gaps.claims] == [("1.3",), ("1.4",)]


def test_an_experts_forecast_fills_the_most_likely_scenario(sources):
    scenario = fill_parts(WANTED, sources)["outlook.most_likely"]
    assert scenario.claims[0].text.startswith("Lim said a further rotation of engineers")


def test_every_filled_claim_is_a_source_sentence_to_the_letter(sources):
    for filled in fill_parts(WANTED, sources).values():
        for claim in filled.claims:
            assert claim.text == sources.sentences[claim.evidence[0]].text
            assert (claim.basis, claim.author) == ("reported", "program")


def test_no_sentence_serves_two_parts(sources):
    filled = fill_parts(WANTED, sources)
    used = [claim.evidence for part in filled.values() for claim in part.claims]
    assert len(used) == len(set(used))


def test_a_part_that_no_sentence_serves_is_missing_not_invented():
    text = "The minister met the union on Monday. They talked for two hours about wages there."
    filled = fill_parts(WANTED, Sources(items=(make_source(text),)))
    assert "implications.cyber" not in filled
    assert "outlook.worst" not in filled


def test_a_source_in_another_language_still_fills_every_section():
    text = "政府は月曜日に国境の警備を強化すると発表した。" * 12
    filled = fill_parts(WANTED, Sources(items=(make_source(text, language="ja"),)))
    assert {key.split(".")[0] for key in filled} >= {
        "bluf", "hypotheses", "assumptions", "implications", "outlook",
    }  # fmt: skip


def test_entities_carry_the_role_that_stands_beside_the_name(sources):
    found = [claim.text for claim in named_entities(sources)]
    assert "Kim Jong Un, North Korean leader" in found
    assert "Lim Dae-sung, an analyst at the Institute for Far Eastern Studies" in found


def test_adjectives_of_nations_and_titles_are_no_entities(sources):
    found = {claim.text.split(",")[0] for claim in named_entities(sources)}
    assert not found & {"South Korean", "North Korean", "Russian", "President"}


def test_tags_start_with_the_themes_that_run_through_the_text(sources):
    assert [claim.text for claim in main_themes(sources)][:1] == ["national security"]


def test_every_label_of_the_fallback_passes_the_rules(sources):
    for claim in (*named_entities(sources), *main_themes(sources)):
        verdict = check_by_rule(claim, sources)
        assert verdict is not None
        assert verdict.label == "supported", (claim.text, verdict)
