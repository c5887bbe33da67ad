"""Which claims of two briefs go together, by the entailment model that ships."""

import pytest

from agent.update.matching import PAIRED, compare, find_difference, match_claims
from schemas.claims import CheckedClaim
from tests.update.pairs import OTHER, SAME, TURNED


def judged(text, id="implications.overall.1", *, evidence=("1.1",), **fields):
    section, part, _ = id.split(".")
    known = {
        "id": id, "section": section, "part": part, "text": text, "basis": "judgement",
        "likelihood": "likely", "form": "sentence", "author": "model", "evidence": evidence,
        "verdict": "supported", "method": "judge", "score": 0.77, "reason": "", "repairs": 0,
    }  # fmt: skip
    return CheckedClaim(**{**known, **fields})


def likeness(pairs):
    return compare([(judged(before), judged(after)) for before, after in pairs])


def test_what_says_the_same_in_other_words_is_matched():
    assert sum(one.mean >= PAIRED for one in likeness(SAME)) >= 11  # of 12


def test_what_turned_round_is_mostly_matched_and_never_called_the_same():
    found = likeness(TURNED)
    assert sum(one.mean >= PAIRED for one in found) >= 5  # of 8
    assert not [one for one in found if one.same]


def test_other_judgements_of_the_same_story_are_not_matched():
    assert not [one for one in likeness(OTHER) if one.mean >= PAIRED]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Oil exports fall this year.", "Oil exports rise this year.", '"rise"'),
        ("The toll stays low.", "The toll reaches 104.", "the earlier one does not give"),
        ("Two regiments leave.", "Five regiments leave.", "Five regiments"),
        ("The port opens in three days.", "The port opens in three weeks.", "week"),
        ("Farmers block the roads again.", "Farmers will not block the roads.", "not"),
    ],
)
def test_what_plainly_sets_two_statements_apart_is_named(before, after, said):
    assert said in (find_difference(before, after) or "")


def test_other_words_alone_set_nothing_apart():
    assert find_difference("Putin owes Kim a favour.", "Kim can expect a favour by Putin.") is None


def test_each_claim_goes_with_one_at_most_and_with_the_best():
    before = [
        judged("Criminals with a financial motive carried out the intrusion.", "hypotheses.h.1"),
        judged("The port concealed the intrusion for two weeks.", "hypotheses.h.2"),
    ]
    after = [
        judged("The port kept the intrusion secret for two weeks.", "hypotheses.h.1"),
        judged("The intrusion was the work of criminals who wanted money.", "hypotheses.h.2"),
    ]
    found = {match.before.id: match.after.id for match in match_claims(before, after)}
    assert found == {"hypotheses.h.1": "hypotheses.h.2", "hypotheses.h.2": "hypotheses.h.1"}


def test_of_two_equal_claims_the_one_in_the_same_place_is_taken():
    text = "The terminal works again within three days."
    before = [judged(text, "implications.security.1")]
    after = [judged(text, "implications.overall.1"), judged(text, "implications.security.1")]
    (match,) = match_claims(before, after)
    assert match.after.part == "security"


def test_the_bottom_line_is_matched_with_itself_alone():
    text = "The terminal works again within three days."
    assert match_claims([judged(text)], [judged(text, "bluf.meaning.1")]) == ()


def test_without_claims_on_one_side_nothing_is_matched():
    assert match_claims([], [judged("The minister resigns.")]) == ()
    assert match_claims([judged("The minister resigns.")], []) == ()
