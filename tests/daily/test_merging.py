"""What briefs say alike is one line, and nothing else is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.daily.events import Events
from agent.daily.merging import content_words, same_facts, turning
from agent.daily.statements import checked_statements
from agent.verify.duplicates import check_duplicates
from schemas.claims import Claim
from tests.analysis.products import claim
from tests.builders import LETTER
from tests.daily.day import OTHER_EVENT, OTHER_TELLING, brief_of, reported


def statements(*briefs):
    return [statement for brief in briefs for statement in checked_statements(brief)]


def merged(*briefs):
    """Return the texts that are taken for the same, group by group."""
    groups = same_facts(statements(*briefs), (), Events())
    return [[statement.claim.text for statement in group] for group in groups]


def two(mine, theirs, text=OTHER_TELLING):
    """Return whether two outlets' statements are one; both tell of Kim and Putin by default."""
    first = brief_of(1, reported(mine))
    second = brief_of(2, reported(theirs), text=text, publisher="Harbour Post")
    return len(merged(first, second)) == 1


def test_the_same_in_other_words_is_one_line_led_by_the_first():
    first = brief_of(1, reported("Kim sent about 2,000 soldiers to Russia in late 2024."))
    second = brief_of(2, reported("In late 2024 Kim sent some 2,000 troops to Russia."))
    assert merged(first, second) == [[s.claim.text for s in statements(first, second)]]


def test_another_figure_negation_or_name_is_another_fact():
    said = "Kim sent about 2,000 soldiers to the Kursk region of Russia in late 2024."
    assert two(said, said)
    assert not two(said, said.replace("2,000", "600"))
    assert not two(said, said.replace("Kim sent", "Kim never sent"))
    assert not two(said, said.replace("Kim", "Putin"))
    assert not two(said, said.replace("2024", "2025"))


def test_the_same_words_on_another_event_are_another_fact():
    said = "The ministry declined to comment on the number of its dead."
    assert two(said, said)
    assert not two(said, said, text=OTHER_EVENT)


def test_one_text_under_two_publishers_is_one_event_however_few_names_it_has():
    flash = "The ministry declined to comment on the number of its dead."
    briefs = [
        brief_of(number, reported(flash), text=flash, publisher=name)
        for number, name in enumerate(("Peninsula Wire", "Harbour Post"), start=1)
    ]
    assert len(merged(*briefs)) == 1


def test_a_judgement_never_merges_with_a_report_and_does_with_another_likelihood():
    said = "Kim sends a second group of engineers to Russia."
    report = brief_of(1, reported(said))
    likely = brief_of(2, claim("implications.overall.1", said))
    unlikely = brief_of(3, claim("implications.overall.1", said, likelihood="unlikely"))
    assert merged(report, likely, unlikely) == [[said], [said, said]]


def test_a_brief_that_repeats_itself_is_one_line_whatever_its_source():
    said = reported("The dam burst at dawn over the valley.")
    again = reported("The dam burst over the valley at dawn.", id="outlook.best.1")
    assert len(merged(brief_of(1, said, again, text="One. Two."))) == 1


def test_texts_in_a_script_without_spaces_merge_only_when_they_are_the_same():
    one, other = "普京说，联盟是用鲜血凝成的。", "普京说，联盟不是用鲜血凝成的。"
    assert two(one, one, text=LETTER)
    assert not two(one, other, text=LETTER)


def test_what_leads_no_line_joins_one_or_its_own_exact_words_and_nothing_else():
    said = "Kim sent about 2,000 soldiers to Russia in late 2024."
    again, third = (
        "In late 2024 Kim sent some 2,000 troops to Russia.",
        "Putin thanked Kim for them.",
    )
    line, other = statements(brief_of(1, reported(said), text=LETTER)), brief_of(2, reported(again))
    others = [*statements(other), *statements(brief_of(3, reported(third)))] * 2
    groups = same_facts(line, others, Events())
    assert [[s.claim.text for s in group] for group in groups] == [
        [said, again, again],
        [third] * 2,
    ]
    reworded = statements(brief_of(4, reported("Putin thanked Kim for all of them.")))
    assert len(same_facts(line, [*others, *reworded], Events())) == 3


def test_only_supported_sentences_with_evidence_are_statements():
    brief = brief_of(
        1,
        reported("It stands.", id="bluf.what.1"),
        reported("It stands in part.", id="bluf.what.2", verdict="partial"),
        reported("Nobody can check it.", id="bluf.what.3", verdict="not checkable"),
        reported("A label", id="tags.tags.1", form="label"),
        claim("bluf.meaning.1", "It cites nothing.", evidence=()),
    )
    assert [s.claim.text for s in checked_statements(brief)] == ["It stands."]


WORDS = "dam burst army soldier valley river dawn report official bridge flood 12 40 not no".split()
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), max_size=12)


@settings(max_examples=150)
@given(SENTENCES)
def test_comparing_only_what_shares_a_rare_word_misses_nothing(sentences):
    brief = brief_of(1, *(reported(text, id=f"bluf.what.{n}") for n, text in enumerate(sentences)))
    found = statements(brief)
    leaders: list[str] = []
    for statement in found:
        mine = plain_claim("mine", statement.claim.text)
        if not any(repeats(mine, plain_claim("theirs", leader)) for leader in leaders):
            leaders.append(statement.claim.text)
    assert [group[0].claim.text for group in same_facts(found, (), Events())] == leaders


def repeats(claim_, other):
    return claim_.text == other.text or check_duplicates(claim_, (other,)) is not None


def plain_claim(id, text):
    return Claim(
        id=id, section="implications", part="", text=text, basis="reported", evidence=("1.1",)
    )


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
def test_words_that_turn_a_statement_are_among_its_words(words):
    (statement,) = checked_statements(brief_of(1, reported(" ".join(words))))
    assert turning(content_words(statement)) <= content_words(statement)
