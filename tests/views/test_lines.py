from datetime import date

import pytest

from agent.views import lines
from schemas.brief import Brief


def with_run(brief: Brief, **changes: object) -> Brief:
    return brief.model_copy(update={"run": brief.run.model_copy(update=changes)})


def with_source(brief: Brief, **changes: object) -> Brief:
    first, *rest = brief.sources
    return brief.model_copy(update={"sources": (first.model_copy(update=changes), *rest)})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cost_usd": 0.01234}, "$0.0123"),
        ({"cost_usd": 0.0}, "no cost"),
        ({"cost_usd": None}, "cost not known"),
        ({"tokens_in": 0, "tokens_out": 0}, "tokens not reported"),
        ({"calls": 1, "calls_from_store": 0}, "; 1 call; "),
    ],
)
def test_the_ai_use_line_says_only_what_is_known(brief, changes, said):
    assert said in lines.ai_use(with_run(brief, **changes))


def test_without_a_judge_the_verification_line_says_so(brief):
    assert "by a judge (none was asked)" in lines.verification(with_run(brief, judge=None))


def test_kept_and_withheld_add_up_to_drafted(brief):
    drafted = sum(claim.author == "model" for claim in brief.ledger)
    assert drafted == 33 + len(brief.withheld)
    assert lines.verification(brief).startswith(f"{drafted} claims drafted: 33 kept")


def test_labels_found_by_rule_are_counted_and_not_quoted(brief):
    label = brief.entities.parts[0].claims[0].model_copy(update={"author": "program"})
    part = brief.entities.parts[0].model_copy(update={"claims": (label,)})
    entities = brief.entities.model_copy(update={"parts": (part,)})
    changed = brief.model_copy(update={"entities": entities})
    assert lines.words(label, brief.sources) == label.text
    assert "1 source sentence and 1 label put in by rule" in lines.verification(changed)


def test_a_source_sentence_is_quoted_with_its_publisher_or_number(brief):
    claim = brief.assumptions.parts[2].claims[0]
    quoted = "“None of the casualty figures could be independently verified.”"
    assert lines.words(claim, brief.sources) == f"Peninsula Wire: {quoted}"
    unnamed = with_source(brief, publisher=None)
    assert lines.words(claim, unnamed.sources) == f"Source 1: {quoted}"


def test_several_dates_are_given_as_first_and_last(brief):
    assert lines.published(with_source(brief, published=None)) == "2025-12-28"
    later = brief.sources[1].model_copy(update={"published": date(2026, 1, 1)})
    several = brief.model_copy(update={"sources": (brief.sources[0], later)})
    assert lines.published(several) == "2025-12-28 to 2026-01-01"


def test_a_brief_without_a_date_says_so(brief):
    undated = with_source(brief, published=None, published_from=None)
    assert lines.published(undated.model_copy(update={"published": None})) == "not stated"


@pytest.mark.parametrize(
    ("basis", "verdict", "said"),
    [
        ("reported", "supported", ""),
        ("judgement", "partial", "(only partly supported)"),
        ("reported", "not checkable", "(not checkable)"),
        ("assumption", "not checkable", ""),
        ("recommendation", "not checkable", ""),
        ("recommendation", "contradicted", "(contradicted)"),
    ],
)
def test_a_claim_that_is_less_than_supported_says_so(brief, basis, verdict, said):
    claim = next(lines.body(brief)).model_copy(update={"basis": basis, "verdict": verdict})
    assert lines.caveat(claim) == said


def test_a_tie_and_an_unstable_matrix_are_said_plainly(brief):
    ach = brief.techniques[0].ach.model_copy(update={"least_refuted": ("A", "C"), "stable": False})
    reading = lines.ach_reading(ach)
    assert reading.startswith("Least refuted (fewest points): A and C; ")
    assert "the result was another: do not lean on it" in reading
