"""What one step settles, another may still have to see."""

import asyncio

from agent.prompts import load_prompts
from agent.verify.cascade import check_claims
from schemas.claims import Claim
from schemas.sources import Sources
from tests.builders import Scripted, make_source, supported

TEXT = (
    "A letter bearing the central bank's seal began to spread late on Sunday. It said Castellan, "
    "Quintara's fourth-largest bank, had failed an inspection. \"The letter is false in every "
    'line," central bank Governor Amaury Desrosiers said on Tuesday. Queues of about 200 people '
    "formed outside branches in the capital before noon."
)
SOURCES = Sources(items=(make_source(TEXT),))


def check(text, *evidence, author="model", judge=None):
    claim = Claim(
        id="c",
        section="bluf",
        part="what",
        text=text,
        basis="reported",
        evidence=evidence,
        author=author,
    )
    return asyncio.run(check_claims([claim], SOURCES, judge, load_prompts()))["c"]


def test_a_sentence_that_the_model_cites_instead_is_held_against_the_rules_too():
    verdict = check("The letter is false in every line.", "1.1")
    assert (verdict.label, verdict.method) == ("partial", "speakers")
    assert verdict.evidence == ("1.3",)


def test_a_judge_reads_the_closest_sentences_of_a_claim_without_citations():
    judge = Scripted(judge=supported)
    text = "About 200 people stood in line outside branches in the capital."
    verdict = check(text, author="user", judge=judge)
    (asked,) = judge.asked
    assert "Queues of about 200 people" in asked.text
    assert (verdict.label, verdict.method) == ("supported", "judge")
