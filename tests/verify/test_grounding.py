"""What becomes of a reading of the entailment model; the readings themselves are scripted here."""

import asyncio

import pytest

from agent.prompts import load_prompts
from agent.verify import grounding
from agent.verify.cascade import check_claims
from agent.verify.grounding import Fusion, load_fusion, reclassify
from tests.builders import Scripted
from tests.verify.articles import claim_of, sources_of

SOURCES = sources_of(
    "The northern pier was shut on Monday. Ferries were sent south instead. Anna Holt blamed rust."
)
CLAIM = "Corrosion is what Holt holds responsible."


@pytest.fixture
def reading(monkeypatch):
    """Let a test say how surely each passage entails anything; all others do not."""
    sure = {}

    def read(pairs):
        return [sure.get(passage, 0.001) for passage, _ in pairs]

    monkeypatch.setattr(grounding, "read_pairs", read)
    return sure


def check(claim, judge=None):
    verdicts = asyncio.run(check_claims([claim], SOURCES, judge, load_prompts("v1")))
    return verdicts[claim.id]


def test_a_claim_that_its_sentence_bears_out_stands_on_it(reading):
    reading["Anna Holt blamed rust."] = 0.9999
    verdict = check(claim_of(CLAIM, "1.3"))
    assert (verdict.label, verdict.method) == ("supported", "entailment")
    assert verdict.evidence == ("1.3",)
    assert verdict.score >= load_fusion().accept


def test_a_true_claim_with_a_wrong_citation_gets_the_right_one(reading):
    reading["Anna Holt blamed rust."] = 0.9999
    verdict = check(claim_of(CLAIM, "1.1"))
    assert (verdict.label, verdict.evidence) == ("supported", ("1.3",))
    assert verdict.reason == "supported, but by 1.3"


def test_a_claim_that_nothing_bears_out_fails_and_no_judge_is_asked(reading):
    verdict = check(claim_of(CLAIM, "1.3"), judge=Scripted())
    assert (verdict.label, verdict.method) == ("unsupported", "entailment")
    assert verdict.score < load_fusion().refuse


def test_what_is_too_close_is_never_supported_without_a_judge(reading):
    reading["Anna Holt blamed rust."] = 0.6
    verdict = check(claim_of(CLAIM, "1.3"))
    assert verdict.label == "not checkable"
    assert load_fusion().refuse <= verdict.score < load_fusion().accept


def test_what_is_too_close_goes_to_the_judge(reading):
    reading["Anna Holt blamed rust."] = 0.6
    judge = Scripted(judge={"findings": [{"reason": "rust is corrosion", "label": "supported"}]})
    assert check(claim_of(CLAIM, "1.3"), judge=judge).method == "judge"


def test_an_assumption_that_its_sentence_states_becomes_a_report(reading):
    reading["Anna Holt blamed rust."] = 0.9999
    stated = claim_of(CLAIM, "1.3", basis="assumption")
    (other,) = reclassify([claim_of(CLAIM, "1.1", basis="assumption")], SOURCES)
    (turned,) = reclassify([stated], SOURCES)
    assert (turned.basis, other.basis) == ("reported", "assumption")


def test_support_grows_with_what_the_model_says_and_with_shared_words():
    fusion = Fusion(bias=-0.5, entailed=0.5, recall=1.0, accept=0.8, even=0.5, refuse=0.2)
    low, high = 0.2, 0.9
    assert fusion.probability(low, 0.5) < fusion.probability(high, 0.5)
    assert fusion.probability(low, 0.2) < fusion.probability(low, 0.9)
    assert fusion.probability(0.0, 0.0) > 0
    assert fusion.probability(1.0, 1.0) < 1


def test_the_shipped_thresholds_are_in_order():
    fusion = load_fusion()
    assert 0 < fusion.refuse < fusion.even < fusion.accept < 1
    assert fusion.entailed > 0
