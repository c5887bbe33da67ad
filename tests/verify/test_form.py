"""Steps that look at the form of a claim: citations, degenerate text, repeats, labels, premises."""

import pytest

from agent.verify.citations import check_citations
from agent.verify.duplicates import check_duplicates
from agent.verify.passage import passage_for
from agent.verify.steps import check_by_rule
from agent.verify.wellformed import check_wellformed
from schemas.claims import Claim
from tests.verify.articles import cite, claim_of, example

LETTER = example("letter.txt")
CITED = cite(LETTER, "roughly 15,000")[0]


def fault(text: str, **fields: object) -> str | None:
    claim = claim_of(text, CITED, **fields)
    verdict = check_wellformed(claim, passage_for(claim, LETTER))
    return verdict.reason if verdict else None


def test_a_claim_without_evidence_fails():
    claim = claim_of("North Korea has sent troops to Russia.")
    verdict = check_citations(claim, passage_for(claim, LETTER))
    assert verdict.reason == "cites no sentence"


def test_a_citation_that_points_nowhere_fails_and_is_named():
    claim = claim_of("North Korea has sent troops to Russia.", CITED, "1.999", "7.1")
    verdict = check_citations(claim, passage_for(claim, LETTER))
    assert verdict.reason == "cites 1.999, 7.1, which no source has"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "1.3",
        "[1.3]",
        "1.3 North Korea has sent troops to Russia.",
        "North Korea has sent troops to Russia [1.3].",
        "North Korea has sent troops, as sentence 1.4 states.",
        "The text says that North Korea has sent troops.",
        "As an analyst, North Korea seems likely to send more troops.",
        "As an AI language model, this cannot be assessed.",
        "This report describes the casualties of North Korea.",
        "The hypothesis is that North Korea will send more troops.",
        '{"text": "North Korea has sent troops."}',
        "**North Korea** has sent troops to Russia.",
        "North Korea has sent <troops> to Russia.",
        "North Korea has sent $number troops to Russia.",
        "North Korea has sent [number] troops to Russia.",
        "Troops to Russia.",
        "North Korea has sent troops to Russia and",
        "North Korea has sent troops to Russia,",
        "North Korea has sent troops to the.",
        "North Korea has sent troops to Russia",
        "North Korea has sent troops to Russia...",
        "north Korean troops have been killed in Russia.",
        "Troops to Russia, troops to Russia, troops to Russia were sent.",
        "Troops troops troops were sent to Russia.",
        "North Korea has sent troops. Russia has paid for them.",
        "We think that North Korea has sent troops to Russia.",
        "You should know that North Korea has sent troops.",
        "In my view North Korea has sent troops to Russia.",
        "Северная Корея направила войска в Россию.",
        "North Korea " + "has sent many more troops " * 13 + "to Russia.",
        "string",
        "N/A",
    ],
)
def test_degenerate_text_fails(text):
    assert fault(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "North Korea has sent roughly 15,000 troops to Russia since late 2024.",
        'Lim said: "We have two governments with a reason to shape the number."',
        "The U.S. Embassy offered help on Feb. 22, officials said.",
        "It is likely that Pyongyang will send further engineers in early 2026.",
        "Gen. Valery Gerasimov praised the soldiers, who fought in World War II uniforms.",
        "iPhone exports to Russia fell by 2.5 percent in March.",
        '"None of the figures could be verified," Lim said.',
        "The National Intelligence Service (NIS) gave the estimate to lawmakers.",
    ],
)
def test_a_proper_sentence_passes(text):
    assert fault(text) is None


def test_a_report_that_the_story_is_about_may_be_spoken_of():
    flood = example("dam-flood.txt")
    cited = cite(flood, "the inspection report")
    claim = claim_of("Lindo said the report is due to be given to a commission.", *cited)
    assert check_wellformed(claim, passage_for(claim, flood)) is None


def test_a_sentence_that_the_program_took_from_the_source_is_not_held_to_form():
    assert fault("By Hana Whitlock", author="program") is None


def test_the_later_of_two_claims_that_say_the_same_fails():
    first = claim_of("North Korea has sent 15,000 troops to Russia.", CITED, id="bluf.x.1")
    later = claim_of("North Korea has sent 15,000 soldiers to Russia.", CITED, id="bluf.x.2")
    assert check_duplicates(first, [first, later]) is None
    assert check_duplicates(later, [first, later]).reason == "says again what claim bluf.x.1 says"


def test_claims_that_differ_in_a_figure_or_a_denial_are_not_the_same():
    first = claim_of("North Korea has sent 15,000 troops to Russia.", id="bluf.x.1")
    figure = claim_of("North Korea has sent 16,000 troops to Russia.", id="bluf.x.2")
    denial = claim_of("North Korea has not sent 15,000 troops to Russia.", id="bluf.x.3")
    assert check_duplicates(figure, [first]) is None
    assert check_duplicates(denial, [first]) is None


def test_the_bottom_line_may_repeat_the_body():
    body = claim_of("North Korea will send more engineers.", id="outlook.x.1", section="outlook")
    line = claim_of("North Korea will send more engineers.", id="bluf.x.1")
    assert check_duplicates(line, [body]) is None


def test_two_hypotheses_that_say_the_same_fail_sooner_than_two_reports():
    texts = (
        "Pyongyang wants the alliance to survive the war in Ukraine.",
        "Pyongyang wants its alliance to outlast the war in Ukraine.",
    )
    fields = {"section": "hypotheses", "basis": "judgement"}
    first, later = (claim_of(t, id=f"hypotheses.x.{n}", **fields) for n, t in enumerate(texts))
    assert check_duplicates(later, [first]) is not None
    plain = (claim_of(t, id=f"bluf.x.{n}") for n, t in enumerate(texts))
    assert check_duplicates(next(plain), [next(plain)]) is None


@pytest.mark.parametrize(
    ("text", "section", "label"),
    [
        ("Kim Jong Un: North Korean leader", "entities", "supported"),
        ("Vladimir Putin, President of Russia", "entities", "supported"),
        ("Gen. Valery Gerasimov (chief of Russia's General Staff)", "entities", "supported"),
        ("KCNA", "entities", "supported"),
        ("Kim Jong Un: Chinese trade minister", "entities", "unsupported"),
        ("Xi Jinping: leader of China", "entities", "unsupported"),
        ("Kim Jong Un: North Korean leader and Zorvanian president", "entities", "unsupported"),
        ("North Korea", "tags", "supported"),
        ("regional conflicts", "tags", "supported"),
        ("Counter-terrorism", "tags", "supported"),
        ("blockchain", "tags", "unsupported"),
        ("[1.2]", "tags", "unsupported"),
    ],
)
def test_a_label_stands_only_on_words_of_the_source(text, section, label):
    claim = claim_of(text, CITED, form="label", section=section, id=f"{section}.x.1")
    assert check_by_rule(claim, LETTER).label == label


@pytest.mark.parametrize(
    ("basis", "text", "reason"),
    [
        (
            "judgement",
            "North Korea has sent roughly 15,000 troops to Russia since late 2024.",
            "repeats sentence",
        ),
        ("judgement", "Fishing quotas may rise sharply.", "nothing in common"),
        ("recommendation", "Hope that North Korea recalls the troops.", "is a wish"),
        ("recommendation", "The troops in Russia are numerous.", "names no action"),
        ("assumption", "Warsaw is aware that troops are in Russia.", "names Warsaw"),
        ("judgement", "Russia is likely to ask for 30,000 troops.", "says 30,000"),
        ("judgement", "Officials confirmed that xyzzy is true.", "has somebody say"),
        ("assumption", "It was reported that zinc and flour reached Russia.", "has somebody say"),
    ],
)
def test_an_inference_that_does_not_do_its_job_fails(basis, text, reason):
    verdict = check_by_rule(claim_of(text, CITED, basis=basis), LETTER)
    assert verdict.label == "unsupported"
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("basis", "text"),
    [
        ("judgement", "Losses among the troops are likely to strain ties with Russia."),
        ("judgement", "Officials in Seoul said that losses were high, which will strain ties."),
        ("judgement", "Officials may have said that morale is eroding to unsettle Russia."),
        ("assumption", "The estimate of troops sent to Russia is broadly accurate."),
        ("recommendation", "Monitor rail traffic to Russia for a further rotation of troops."),
        ("recommendation", "Before any decision, compare the estimate of troops with imagery."),
        ("recommendation", "Analysts should track the troops that return from Russia."),
    ],
)
def test_an_inference_from_its_premises_passes_every_rule(basis, text):
    verdict = check_by_rule(claim_of(text, CITED, basis=basis), LETTER)
    assert (verdict.label, verdict.method) == ("supported", "premises")


def test_a_piece_of_the_text_is_no_role(sources):
    text = "Kim Jong Un, North Korean leader Kim Jong Un told Russian President V"
    claim = Claim(
        id="entities.entities.1",
        section="entities",
        part="entities",
        text=text,
        basis="reported",
        evidence=("1.1",),
        form="label",
    )
    verdict = check_by_rule(claim, sources)
    assert verdict is not None
    assert (verdict.label, verdict.method) == ("unsupported", "labels")
