import pytest

from agent.llm.openai_model import Asked
from evals.items import Fact, Facts, Trap
from evals.scorers import coverage, form, grounding, language
from evals.scorers.case import Case
from evals.scorers.catalogue import METRICS, hard_failures, score
from evals.scorers.words import has_marks, tokens
from schemas.sources import Sources
from tests.evals.cases import SECTIONS, brief_of, case_of, checked, output_of

TRUE = "Officials estimate that about 2,000 troops have been killed."


def test_a_case_without_a_brief_has_no_figures_but_those_of_its_asks():
    case = Case(output_of(None, failure="no section got a usable answer"), None)
    figures = score(case)
    assert {name for name, value in figures.items() if value is not None} == {"valid", "retries"}
    assert [failure.kind for failure in hard_failures(case)] == ["no brief"]


def test_an_answer_counts_as_valid_at_first_only_without_a_second_question():
    asked = (Asked("bluf", 1, True), Asked("tags", 2, True), Asked("outlook", 3, False))
    case = case_of(checked(TRUE), asked=asked)
    assert form.valid_at_first(case) == pytest.approx(1 / 3)
    assert form.retries(case) == pytest.approx(1.0)


def test_evidence_resolves_when_every_cited_sentence_exists():
    good, none, lost = (
        checked(TRUE),
        checked("Nothing cited.", evidence=()),
        checked("Cited from nowhere.", evidence=("1.2", "1.99")),
    )
    assert grounding.evidence_resolves(case_of(good, none, lost)) == pytest.approx(1 / 3)


def test_a_quotation_is_verbatim_or_not_whatever_its_quotation_marks():
    told = checked("State media said “their alliance was bound in blood” on Saturday.")
    bent = checked('State media said "their alliance was sealed in blood" on Saturday.')
    scare = checked('It is a "new" kind of war.')
    case = case_of(told, bent, scare)
    assert grounding.quotations_verbatim(case) == pytest.approx(1 / 2)
    assert [f.kind for f in hard_failures(case) if f.kind == "false quotation"] == [
        "false quotation"
    ]
    assert grounding.quotations_verbatim(case_of(scare)) is None


def test_figures_and_names_are_found_with_other_group_marks_and_not_invented():
    found = checked("South Korean officials speak of 15000 troops and of Lim Dae-sung.")
    wrong = checked("Officials in Tokyo speak of 16,000 troops.")
    assert grounding.specifics_found(case_of(found)) == 1.0
    assert grounding.specifics_found(case_of(wrong)) == 0.0
    kinds = [failure.kind for failure in hard_failures(case_of(wrong))]
    assert kinds.count("invented figure") == 1


def test_a_figure_inside_a_word_of_the_source_is_no_invention():
    (source,) = case_of().sources.items
    source = source.model_copy(update={"text": f"{source.text} The 9th Regiment held a drill."})
    claim = checked("The 9th Regiment held a drill.")
    assert grounding.invented_figures((claim,), Sources(items=(source,))) == ()


def test_support_is_the_share_of_words_in_one_passage_and_none_with_an_invention():
    whole = checked("About 2,000 of those troops have been killed.")
    half = checked("About 2,000 engineers have drowned somewhere.")
    wrong = checked("About 3,000 of those troops have been killed.")
    assert grounding.lexical_support(case_of(whole)) == 1.0
    assert 0 < grounding.lexical_support(case_of(half)) < 0.6
    assert grounding.lexical_support(case_of(wrong)) == 0.0


def test_what_the_program_took_from_the_source_is_no_draft():
    own = checked("Invented by 9,999 people in Tokyo.")
    taken = checked(TRUE, author="program")
    assert grounding.specifics_found(case_of(own, taken)) == 0.0
    assert len(case_of(own, taken).printed) == 2


def test_a_fact_is_covered_when_one_printed_sentence_has_a_mark_of_every_group():
    facts = Facts(
        id="one",
        facts=(
            Fact(text="Some 2,000 died.", marks=(("2,000", "two thousand"), ("killed", "dead"))),
            Fact(text="Russia pays.", marks=(("Russia",), ("paid", "pays"))),
        ),
    )
    assert coverage.facts_covered(case_of(checked(TRUE), facts=facts)) == 0.5
    split = (checked("About 2,000 troops."), checked("They were killed."))
    assert coverage.facts_covered(case_of(*split, facts=facts)) == 0.0
    hidden = case_of(checked("Russia said so."), withheld=(checked(TRUE),), facts=facts)
    assert coverage.facts_covered(hidden) == 0.0
    assert coverage.facts_covered(case_of(checked(TRUE))) is None


def test_a_trap_counts_even_when_the_verifier_withheld_the_claim():
    trap = Trap(kind="figure", text="Troops for dead", wrong=(("15,000",), ("killed", "dead")))
    facts = Facts(id="one", traps=(trap,))
    fallen = checked("About 15,000 troops were killed.")
    assert coverage.traps_avoided(case_of(checked(TRUE), facts=facts)) == 1.0
    assert coverage.traps_avoided(case_of(withheld=(fallen,), facts=facts)) == 0.0


def test_the_printed_share_is_over_drafts_alone():
    case = case_of(
        checked(TRUE),
        checked("From the source.", author="program"),
        withheld=(checked("Not so.", verdict="unsupported"),),
    )
    assert language.drafts_printed(case) == 0.5


def test_a_section_is_written_when_the_model_wrote_in_it_and_empty_when_nobody_did():
    case = case_of(checked(TRUE), checked("Taken.", section="outlook", author="program"))
    assert form.sections_written(case) == pytest.approx(1 / len(SECTIONS))
    assert set(form.empty_sections(brief_of(checked(TRUE)))) == set(SECTIONS) - {"bluf", "tags"}


def test_marks_are_whole_words_in_any_case():
    assert has_marks("The Port of Sarrel was shut.", (("port",), ("shut", "closed")))
    assert not has_marks("The airport was shut.", (("port",), ("shut",)))
    assert has_marks("Power was cut at the power plant.", (("power plant",),))
    assert tokens("14,800 men’s") == ["14800", "men"]


def test_every_metric_has_a_name_of_its_own():
    assert len({metric.name for metric in METRICS}) == len(METRICS)
