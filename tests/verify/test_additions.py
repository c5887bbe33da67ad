"""What a claim puts into a sentence that it otherwise copies."""

import asyncio

import pytest

from agent.prompts import load_prompts
from agent.verify.additions import check_additions, words_put_in
from agent.verify.cascade import check_claims
from agent.verify.passage import passage_for
from agent.verify.steps import check_by_rule
from tests.builders import Scripted
from tests.verify.articles import PUBLISHED, claim_of, example, sources_of

SOURCES = sources_of(
    "The Finance Ministry shut the northern pier on Monday. Ferries from Aldmar, Bress and Corvo "
    "were sent south instead, the Harbour Safety Office of Aldmar said. Marta Holt blamed rust. "
    'Dock workers "have nowhere to go." Holt told reporters late in the evening.'
)
PIER = "The Finance Ministry shut the northern pier on Monday"
FERRIES = "Ferries from Aldmar, Bress and Corvo were sent south instead"

# Names and ordinary words that none of the articles has.
MADE_UP = ("Ruritanian", "flour", "Kelmar Dost", "blorvex", "Geneva", "KW87DD72S", "Moss", "zinc")


def verdict_of(text, sources=SOURCES, basis="reported"):
    claim = claim_of(text, "1.1", basis=basis)
    return check_additions(claim, passage_for(claim, sources))


def check(text, judge=None, sources=SOURCES, cited="1.1"):
    claim = claim_of(text, cited)
    verdicts = asyncio.run(check_claims([claim], sources, judge, load_prompts("v1")))
    return verdicts[claim.id]


@pytest.mark.parametrize("basis", ["reported", "judgement"])
@pytest.mark.parametrize(
    ("text", "added"),
    [
        (f"Ruritanian: {PIER}.", "Ruritanian"),
        (f"flour: {PIER}.", "flour"),
        (f"Ruritania - {PIER}.", "Ruritania"),
        (f"Руритания: {PIER}.", "Руритания"),
        (f"A word on zinc: {PIER}.", "word zinc"),
        (f"Zinc, the {PIER[4:]}.", "Zinc"),
        (f"Zinc {PIER}.", "Zinc"),
        (f"{PIER}, and Ruritania.", "Ruritania"),
        (f"{PIER} and flour.", "flour"),
        (f"{PIER} (zinc).", "zinc"),
        (f"{PIER}, the flour.", "flour"),
        ("The Finance Ministry shut the zx81 northern pier on Monday.", "zx81"),
        ('Dock workers "have nowhere to go." and flour.', "flour"),
    ],
)
def test_what_stands_before_or_after_a_copied_sentence_fails_when_no_source_has_it(
    text, added, basis
):
    verdict = verdict_of(text, basis=basis)
    assert (verdict.label, verdict.method) == ("unsupported", "additions")
    assert verdict.reason.startswith(f"adds {added}, which no source mentions, to sentence 1.")


def test_a_report_may_not_go_on_where_its_sentence_ends_but_an_inference_may():
    for text in (f"{PIER}, stoking panic in the region.", f"{PIER}, and tensions will rise."):
        assert verdict_of(text).method == "additions"
        assert verdict_of(text, basis="judgement") is None


@pytest.mark.parametrize(
    "text",
    [
        f"{PIER}.",
        f"Overall, the {PIER[4:]}.",
        f"Overall: {PIER}.",
        f"Analysts: {PIER}.",
        f"In fact, the {PIER[4:]}.",
        f"Monday: {PIER}.",
        f"{FERRIES}, officials said.",
        f"Moreover, {FERRIES}, it added.",
        f"Two {FERRIES}.",
        "The Aldmari Finance Ministry shut the northern pier on Monday.",
        "The Finance Ministry (FM) shut the northern pier on Monday.",
        f"{FERRIES}, the HSO said.",
        f"{PIER}. Nobody was hurt.",
        "Anna Marta Holt blamed rust.",
        "Holt's Finance Ministry shut the northern pier on Monday.",
        "The Finance Ministry closed the northern pier on Monday.",
        "The pier was shut by the ministry because its pillars had rusted.",
        "Zinc prices rose.",
    ],
)
def test_words_that_add_nothing_or_that_no_copy_holds_are_let_through(text):
    assert verdict_of(text) is None


def test_a_word_that_only_joins_sentences_is_known_in_english_alone():
    german = sources_of("Das Ministerium hat am Montag den nördlichen Pier gesperrt.")
    source = german.items[0].model_copy(update={"language": "de"})
    sources = german.model_copy(update={"items": (source,)})
    text = "Außerdem das Ministerium hat am Montag den nördlichen Pier gesperrt."
    assert verdict_of(text, sources) is None
    assert verdict_of(text.replace("Außerdem das", "Ruritanien: Das"), sources) is not None


def test_no_sentence_stands_by_rule_with_a_made_up_word_beside_it():
    seen = 0
    for article in sorted(PUBLISHED):
        sources = example(article)
        for number, sentence in enumerate(sources.sentences.values()):
            word = MADE_UP[number % len(MADE_UP)]
            bare = " ".join(sentence.text.split()).rstrip(" .")
            if len(bare.split()) < 4 or word.casefold() in sources.items[0].text.casefold():
                continue
            for text in (f"{word}: {bare}.", f"{bare}, and {word}.", f"{bare} ({word})."):
                for basis in ("reported", "judgement"):
                    verdict = check_by_rule(claim_of(text, sentence.id, basis=basis), sources)
                    assert verdict is not None, text
                    assert verdict.label == "unsupported", text
                    seen += 1
    assert seen > 800


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Finance Ministry shut the rusty northern pier on Monday.", ("rusty",)),
        ("The Finance Ministry quietly shut the northern pier on Monday.", ("quietly",)),
        ("The Finance Ministry shut the northern pier and flour.", ("flour",)),
        ("The Finance Ministry closed the northern pier on Monday.", ()),
        ("The Finance Ministry shut the northern pier on Monday.", ()),
    ],
)
def test_words_put_into_a_copy_are_told_from_words_put_for_others(text, words):
    assert words_put_in(text, sources_of(PIER + " at noon.")) == words


# Each of these the entailment model took for true, at 0.72 to 0.79.
@pytest.mark.parametrize(
    ("article", "cited", "text"),
    [
        (
            "letter.txt",
            "1.23",
            "Zorvania Lim said the letter was meant for an audience in Moscow and an audience at "
            "home.",
        ),
        (
            "border-clash.txt",
            "1.22",
            "The pass overlooks the Sarnak intake, a concrete gate that controls about 38 percent "
            "of the quintorium water used by farms in southern Varduna.",
        ),
        (
            "market-bombing.txt",
            "1.8",
            "Geneva: N'Dalla said technicians had recovered parts of a timer and a gas cylinder "
            "from beneath a vegetable cart.",
        ),
    ],
)
def test_the_entailment_model_alone_supports_no_claim_with_a_word_that_no_source_has(
    article, cited, text
):
    sources = example(article)
    verdict = check(text, sources=sources, cited=cited)
    assert verdict.label != "supported"


@pytest.fixture
def sure(monkeypatch):
    """Let the entailment model be sure of everything."""
    monkeypatch.setattr("agent.verify.grounding.read_pairs", lambda pairs: [0.9999] * len(pairs))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The Finance Ministry shut the rusty northern pier on Monday.", "rusty"),
        ("Ruritanian officials shut the northern pier.", "Ruritanian"),
    ],
)
def test_what_the_model_overlooks_is_not_checkable_without_a_judge_and_goes_to_one(
    sure, text, word
):
    verdict = check(text)
    assert (verdict.label, verdict.method) == ("not checkable", "entailment")
    assert verdict.reason == f"adds {word}, which no source mentions, and no judge"
    judge = Scripted(judge={"findings": [{"reason": "not there", "label": "not found"}]})
    assert check(text, judge=judge).method == "judge"


def test_a_paraphrase_of_ordinary_words_still_stands_on_the_model(sure):
    assert check("Corrosion kept the northern pier closed.").method == "entailment"
    assert check("Corrosion kept the northern pier closed.").label == "supported"
