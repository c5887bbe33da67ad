"""Errors planted in the sample articles are stopped; restatements of them are let through."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.verify.proper import names_in
from agent.verify.steps import check_by_rule
from agent.verify.words import STOP_WORDS, fold, plain
from schemas.sources import Sentence, Sources
from tests.verify.articles import PUBLISHED, cite, claim_of, example

# A line each: what is wrong (or true), article, words that only the cited sentence has, claim.
PLANTED = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("planted.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
TRUE = [case[1:] for case in PLANTED if case[0] == "true"]
WRONG = [case for case in PLANTED if case[0] != "true"]


def label_of(article: str, snippet: str, text: str) -> str:
    sources = example(article)
    verdict = check_by_rule(claim_of(text, *cite(sources, snippet)), sources)
    return verdict.label if verdict else "open"


@pytest.mark.parametrize(("kind", "article", "snippet", "text"), WRONG)
def test_a_planted_error_is_never_supported(kind, article, snippet, text):
    assert label_of(article, snippet, text) != "supported"


@pytest.mark.parametrize(("article", "snippet", "text"), TRUE)
def test_a_true_restatement_is_never_contradicted(article, snippet, text):
    assert label_of(article, snippet, text) not in ("contradicted", "unsupported")


def test_at_least_four_in_five_planted_errors_are_failed_without_a_judge():
    found = Counter(label_of(*case[1:]) for case in WRONG)
    assert found["open"] <= 0.2 * len(WRONG)


def test_at_least_four_in_five_true_restatements_are_supported_without_a_judge():
    found = Counter(label_of(*case) for case in TRUE)
    assert found["supported"] >= 0.8 * len(TRUE)
    assert found["supported"] + found["open"] >= 0.92 * len(TRUE)


@pytest.mark.parametrize("article", sorted(PUBLISHED))
def test_no_edit_of_one_digit_is_supported(article):
    assert supported(article, _digits) == []


@pytest.mark.parametrize("article", sorted(PUBLISHED))
def test_no_denial_put_in_or_taken_out_is_supported(article):
    assert supported(article, _denials) == []


@pytest.mark.parametrize("article", sorted(PUBLISHED))
def test_no_name_put_in_the_place_of_another_is_supported(article):
    assert supported(article, _names) == []


def test_hardly_a_word_put_in_the_place_of_another_is_supported():
    passed = [text for article in sorted(PUBLISHED) for text in supported(article, _words)]
    tried = sum(len(list(_words(s, example(a)))) for a in PUBLISHED for s in _sentences(a))
    assert tried > 1000
    assert len(passed) <= 0.005 * tried


def supported(article, edits) -> list[str]:
    sources = example(article)
    return [
        text
        for sentence in _sentences(article)
        for text in edits(sentence, sources)
        if plain(text) != plain(sentence.text) and _stands(text, sentence, sources)
    ]


def _stands(text: str, sentence: Sentence, sources: Sources) -> bool:
    verdict = check_by_rule(claim_of(text, sentence.id), sources)
    return verdict is not None and verdict.label == "supported"


def _sentences(article: str) -> list[Sentence]:
    return [s for s in example(article).sentences.values() if s.text.rstrip()[-1] in '.”"']


def _digits(sentence: Sentence, _: Sources) -> Iterator[str]:
    text = sentence.text
    for match in re.finditer(r"\d", text):
        other = str((int(match.group()) + 4) % 10)
        yield text[: match.start()] + other + text[match.end() :]


def _denials(sentence: Sentence, _: Sources) -> Iterator[str]:
    text = sentence.text
    for match in re.finditer(r"\b(?:not|no|never|without) ", text):
        yield text[: match.start()] + text[match.end() :]
    for match in re.finditer(r"\b(?:had|has|was|were|is|are|would|will|have) ", text):
        yield text[: match.end()] + "not " + text[match.end() :]


def _names(sentence: Sentence, sources: Sources) -> Iterator[str]:
    own = [w for name in names_in(sentence.text) for w in name.words]
    others = sorted({w for name in names_in(sources.items[0].text) for w in name.words})
    for number, word in enumerate(own):
        other = others[(7 * number + len(sentence.text)) % len(others)]
        # Teshkari for Teshkar, SANU for Sanu: another form of one name is no error.
        if not any(fold(other)[:4] == fold(w)[:4] for w in own):
            yield re.sub(rf"\b{re.escape(word)}\b", other, sentence.text, count=1)


def _words(sentence: Sentence, sources: Sources) -> Iterator[str]:
    text = sentence.text
    chance = random.Random(sentence.text)
    pool = sorted(set(re.findall(r"\b[a-z]{4,}\b", sources.items[0].text)) - STOP_WORDS)
    for match in re.finditer(r"\b[a-z]{4,}\b", text):
        if match.group() not in STOP_WORDS:
            yield text[: match.start()] + chance.choice(pool) + text[match.end() :]
