from hypothesis import given
from hypothesis import strategies as st

from agent.verify.windows import gather

TEXTS = (
    "The harbour authority closed the northern pier on Monday.",
    "Its director, Anna Holt, blamed a cracked pillar.",
    "Ferries were sent to the southern pier instead.",
    "Fishermen complained about the noise.",
    "Repairs will take three weeks and cost 2 million crowns.",
)


def test_the_sentences_that_share_most_with_the_claim_are_gathered_first():
    assert gather("Repairs cost 2 million crowns.", TEXTS, words=12) == (4,)


def test_a_claim_with_two_facts_gets_a_sentence_for_each():
    chosen = gather("Holt blamed a pillar; repairs take three weeks.", TEXTS, words=20)
    assert chosen == (1, 4)


def test_the_first_sentence_is_taken_whatever_its_length():
    assert gather("Noise.", ["noise " * 500], words=10) == (0,)


WORDS = st.lists(st.sampled_from("pier closed holt noise weeks cost ferry two".split()), max_size=9)


@given(WORDS, st.lists(WORDS, max_size=12), st.integers(5, 60))
def test_a_passage_keeps_the_order_of_the_source_and_its_budget(claim, sentences, words):
    texts = [" ".join(s) for s in sentences]
    chosen = gather(" ".join(claim), texts, words=words)
    assert list(chosen) == sorted(set(chosen))
    assert all(0 <= n < len(texts) for n in chosen)
    assert len(chosen) <= 1 or sum(len(texts[n].split()) for n in chosen) <= words
