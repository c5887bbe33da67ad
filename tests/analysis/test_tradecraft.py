"""The tradecraft linter: what it finds, what it leaves alone, and where it points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analysis.estimative import BANDS, phrase
from agent.analysis.tradecraft import Fault, faults_in_brief, faults_in_text
from tests.analysis.products import FAULTY, GOOD, claim, make_brief


def found(text: str, *, markdown: bool = False) -> list[tuple[str, str]]:
    return [(fault.kind, fault.words) for fault in faults_in_text(text, markdown=markdown)]


def places(text: str, *, markdown: bool = False) -> list[tuple[int | None, int | None, str]]:
    return [(f.line, f.column, f.words) for f in faults_in_text(text, markdown=markdown)]


def pointed_at(text: str, fault: Fault) -> str:
    """Return the text from where the fault points, its white space folded."""
    assert fault.line and fault.column
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[fault.line - 1 :]
    return " ".join("\n".join(lines)[fault.column - 1 :].split())


def test_a_faulty_text_has_each_of_its_faults_with_line_and_column():
    assert places(FAULTY) == [
        (4, 14, "may"),
        (4, 26, "potentially"),
        (4, 69, "will"),
        (5, 15, "high confidence"),
        (7, 4, "Competing Hypotheses"),
        (8, 65, "improbable"),
    ]
    assert [fault.kind for fault in faults_in_text(FAULTY)] == [
        "loose word",
        "loose word",
        "unhedged forecast",
        "confidence with likelihood",
        "no alternatives",
        "mixed terms",
    ]


def test_a_sound_text_has_none():
    assert faults_in_text(GOOD) == ()


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("The deal may fail.", "may"),
        ("The deal might fail.", "might"),
        ("The military might respond.", "might"),
        ("The deal could fail.", "could"),
        ("The deal will possibly fail, or perhaps not (unlikely).", "possibly"),
        ("A rupture cannot be ruled out.", "cannot be ruled out"),
        ("A rupture could not be ruled out.", "could not be ruled out"),
        ("We can't rule out a rupture.", "can't rule out"),
        ("There is a real risk of war.", "real risk"),
        ("There is a fair chance of success.", "fair chance"),
        ("An attack is imminent.", "imminent"),
        ("Watch the potential for unrest.", "potential"),
        ("It is possible that talks resume.", "possible"),
        ("- Cyber: May extend to ports.", "May"),
        ("Kim said he will stay; the deal may fail.", "may"),
        ("We assess that it may rain.", "may"),
    ],
)
def test_a_loose_word_is_found(sentence, words):
    assert found(sentence)[0] == ("loose word", words)


@pytest.mark.parametrize(
    "sentence",
    [
        "The parade of May 9 was cancelled in May, said Theresa May.",
        "Theresa May resigned in late May 2019.",
        "Russia showed its military might.",
        "The might of the army was on show.",
        "None of the figures could be independently verified.",
        "The patrol could not determine who fired.",
        "Reply as soon as possible and, if possible, by phone.",
        "A plan was made possible by the truce.",
        "The region has economic potential.",
        "An attack is imminent, within 48 hours.",
        "Lim said the deal might fail.",
        "According to Lim, the deal might fail.",
        "The deal might fail, Lim told reporters.",
        'The "deal could fail" line is his.',
        "The ‘deal could fail’ line is his.",
        "The “deal could fail” line is his.",
        "The 'deal could fail' line is his.",
        "“The deal could fail, and",
        "The treaty holds (likely, 55-80%).",
        "Indicators that could shift this: A list of names is sent.",
        "The information was rated B3 (usually reliable, possibly true).",
    ],
)
def test_what_only_looks_loose_is_left_alone(sentence):
    assert found(sentence) == []


@pytest.mark.parametrize("likelihood", BANDS)
def test_the_phrase_that_briefs_print_is_no_fault(likelihood):
    assert found(f"J  What it means ({phrase(likelihood)}): The army will leave. [1.2]") == []


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("The army will leave.", "will"),
        ("The army won't leave.", "won't"),
        ("They'll leave.", "'ll"),
        ("The bank is going to fail.", "is going to"),
        ("The bank is bound to fail.", "is bound to"),
        ("We assess that the army will leave.", "will"),
        ("That said, the army will leave.", "will"),
        ("The public will pay.", "will"),
    ],
)
def test_a_forecast_without_a_likelihood_is_found(sentence, words):
    assert found(sentence) == [("unhedged forecast", words)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The army will likely leave.",
        "It is almost certain that the army will leave.",
        "There is a 70 percent chance that the army will leave.",
        "The ministry said the army will leave.",
        "Officials expect the army will leave.",
        "Kim vowed the army will leave.",
        "Will the army leave?",
        "Who will leave?",
        "It is unclear whether the army will leave.",
        "Not known is who will leave.",
        "The will of the people is the law.",
        "There is no political will to leave.",
        "Will Smith is going to Moscow.",
        "Send food so that the town will last.",
        "- Assumptions: Payments will go on.",
        "3. Key Assumptions\n\nPayments will go on.",
        "A  Payments will go on. [1.2]",
    ],
)
def test_what_forecasts_nothing_or_says_how_likely_is_left_alone(sentence):
    assert found(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("We have high confidence that war is unlikely.", "high confidence"),
        ("Confidence is moderate and war is likely.", "Confidence is moderate"),
        ("War is very likely (moderate-to-high confidence).", "moderate-to-high confidence"),
        ("We are highly confident that war is unlikely.", "highly confident"),
    ],
)
def test_confidence_beside_a_likelihood_is_found(sentence, words):
    assert found(sentence) == [("confidence with likelihood", words)]


def test_confidence_in_a_sentence_of_its_own_is_no_fault():
    assert found("War is unlikely. Our confidence is high.") == []
    assert found("Consumer confidence is low, and a recession is likely.") == []


def test_of_two_rows_of_terms_the_one_used_less_is_the_fault():
    assert found("War is likely. A truce is unlikely. A coup is probable.") == [
        ("mixed terms", "probable")
    ]
    assert found("War is probable. A truce is improbable. A coup is likely.") == [
        ("mixed terms", "likely")
    ]
    assert found("A coup is probable. War is likely.") == [("mixed terms", "probable")]
    assert found("A coup is probable. War is improbable.") == []


def test_a_note_that_the_terms_mean_the_same_allows_both_rows():
    note = "In this paper the terms likely and probable mean the same."
    assert found(f"{note} War is likely. A coup is probable.") == []


def test_a_word_beside_a_likelihood_is_called_a_double_hedge():
    alone, doubled = faults_in_text("The deal may fail. The deal may fail (likely, 55-80%).")
    assert "say how likely" in alone.advice
    assert "hedges twice" in doubled.advice


def test_a_marked_judgement_without_a_citation_has_no_premise():
    assert found("J  Overall (likely, 55-80%): The fuel\n     runs out. [1.7]") == []
    assert found("J  Overall (likely, 55-80%): The fuel runs out.") == [
        ("no premise", "Overall (likely, 55-80%): The fuel runs")
    ]
    assert found("- `J` **Overall** (likely, 55-80%): Fuel ends.", markdown=True) == [
        ("no premise", "**Overall** (likely, 55-80%): Fuel ends.")
    ]


def test_one_hypothesis_or_one_scenario_under_its_heading_is_a_fault():
    one = (
        "## Hypotheses\n\n- **Hypothesis A**: It is trade.\n\n## Outlook\n\n- Best: Peace holds.\n"
    )
    assert found(one, markdown=True) == [
        ("no alternatives", "Hypotheses"),
        ("no alternatives", "Outlook"),
    ]
    two = "## Hypotheses\n\n### Hypothesis A\n\nIt is trade.\n\n### Hypothesis B\n\nIt is show.\n"
    assert found(two, markdown=True) == []
    assert found("## Hypotheses\n\nWe weighed trade against show.\n", markdown=True) == []


MARKDOWN = """\
---
title: What may come
---
# What may come

The deal
**may** fail, and a
real *risk* remains.

> The deal may fail.

```
may might could
```

Use `may` [here](https://example.org/may "it may").

| Actor may | Assessment | Evidence |
|---|---|---|
| Kim | He could leave | It may rain |

- Outer item
  - Inner item might matter.

<div>It may fail.</div>

## Sources

- **1.1** The deal may fail.
"""


def test_markdown_is_read_without_headings_code_quotations_and_sources():
    assert places(MARKDOWN, markdown=True) == [
        (7, 3, "may"),
        (8, 1, "real risk"),
        (20, 12, "could"),
        (23, 16, "might"),
    ]


def test_a_heading_that_only_begins_like_a_list_of_sources_is_read_on():
    assert found("Source reliability\n\nIt may fail.") == [("loose word", "may")]
    assert found("8. Sources\n\nIt may fail.") == []


def test_words_that_a_line_break_parts_are_found_where_they_begin():
    wrapped = (
        "The ministry has closed the road to the pass, and an attack on the town cannot be\n"
        "  ruled out before the talks.\n"
    )
    assert places(wrapped) == [(1, 73, "cannot be ruled out")]
    assert places(wrapped.replace("\n", "\r\n")) == [(1, 73, "cannot be ruled out")]


def test_a_brief_is_faulted_by_claim_and_only_in_the_model_s_own_voice():
    brief = make_brief(
        claim("bluf.what.1", "The deal may fail.", basis="reported"),
        claim("bluf.what.2", "The deal may fail.", author="program"),
        claim("bluf.meaning.1", "The deal may fail."),
        claim("bluf.meaning.2", "The deal probably holds, with high confidence."),
        claim("assumptions.gaps.1", "The army will stay.", likelihood=None),
        claim("outlook.best.1", "The army will stay."),
        claim("outlook.worst.1", "The fuel ends.", evidence=()),
        claim("outlook.immediate.1", "Watch potential routes.", basis="recommendation"),
        claim("entities.entities.1", "May Lin, who may act", basis="reported", form="label"),
    )
    assert [(f.claim, f.kind, f.words) for f in faults_in_brief(brief)] == [
        ("bluf.meaning.1", "loose word", "may"),
        ("bluf.meaning.2", "confidence with likelihood", "high confidence"),
        ("bluf.meaning.2", "mixed terms", "probably"),
        ("assumptions.gaps.1", "unhedged forecast", "will"),
        ("outlook.worst.1", "no premise", "The fuel ends."),
        ("outlook.immediate.1", "loose word", "potential"),
    ]


def test_a_brief_with_one_hypothesis_lacks_alternatives():
    assert faults_in_brief(make_brief()) == ()
    lonely = make_brief(hypotheses=(claim("hypotheses.hypotheses.1", "It is trade."),))
    quoted = make_brief(
        hypotheses=(
            claim("hypotheses.hypotheses.1", "It is trade.", author="program"),
            claim("hypotheses.indicators.1", "Fuel moves.", likelihood=None),
        )
    )
    assert [f.kind for f in faults_in_brief(lonely)] == ["no alternatives"]
    # The section itself says that no hypothesis stood.
    assert faults_in_brief(quoted) == ()


PARTS = (
    "The deal may fail.",
    "A rupture cannot be ruled out.",
    "The army will leave the valley.",
    "We have high confidence that war is unlikely.",
    "A coup is probable.",
    "War is likely.",
    "Kim said the army will stay.",
    "The “deal could fail” line is his.",
    "The parade was in May.",
)
WORDS = ("May", "may", "could", "Will", "will", "War", "likely", "Probable", "Kim", "risk", "real")
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


@given(
    st.lists(st.sampled_from(PARTS), max_size=8),
    st.sampled_from(["\n", "\n\n", " ", "\r\n\r\n"]),
    st.booleans(),
)
def test_every_fault_points_at_its_words(parts, between, markdown):
    text = between.join(parts)
    for fault in faults_in_text(text, markdown=markdown):
        assert pointed_at(text, fault).startswith(fault.words)
        assert fault.sentence[fault.at :].startswith(fault.words)


@given(st.permutations(PARTS))
def test_the_order_of_the_sentences_does_not_change_which_faults_there_are(parts):
    for markdown in (False, True):
        kinds = {fault.kind for fault in faults_in_text("\n\n".join(parts), markdown=markdown)}
        assert kinds == {
            "loose word",
            "unhedged forecast",
            "confidence with likelihood",
            "mixed terms",
        }


@given(st.lists(titles, max_size=6), st.booleans())
def test_a_text_of_headings_only_has_no_fault(headings, markdown):
    hashes = "\n\n".join(f"## {heading}" for heading in headings)
    assert faults_in_text(hashes, markdown=markdown) == ()
    assert faults_in_text("\n\n".join(headings)) == ()


@given(titles)
def test_what_stands_in_quotation_marks_has_no_fault(words):
    assert faults_in_text(f"The line “{words}” is his.") == ()


@given(
    st.text(alphabet=st.sampled_from("may will\n\r#|`>-*\"“”'1.[]():_A \x85\u2028")), st.booleans()
)
def test_any_text_is_read_and_every_place_lies_in_it(text, markdown):
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for fault in faults_in_text(text, markdown=markdown):
        assert fault.line and fault.column
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1
