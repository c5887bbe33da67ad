"""Check that a claim does not swap who did something and to whom it was done."""

from collections.abc import Iterator
from itertools import pairwise

from agent.verify.matching import best_match
from agent.verify.passage import Passage
from agent.verify.proper import names_in
from agent.verify.verdicts import against
from agent.verify.words import STOP_WORDS, fold, stem, tokens
from schemas.claims import Claim, Verdict

_PASSIVE = frozenset("was were been be being is are by".split())


def check_roles(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `contradicted` when two names stand the other way round about the same verb.

    `A told B` against `B told A`. A passive on either side, or a name that occurs twice, leaves
    the question open.
    """
    found = best_match(claim.text, passage.cited)
    if found is None or found.recall < 0.7:
        return None
    words, theirs = tokens(claim.text), tokens(found.sentence.text)
    for first, second in _neighbours(claim.text):
        between = _between(words, first, second)
        reverse = _between(theirs, second, first)
        shared = {stem(w) for w in between} & {stem(w) for w in reverse}
        if shared and not {*between, *reverse} & _PASSIVE:
            return against(
                claim,
                method="roles",
                label="contradicted",
                score=0.2,
                reason=f"has {first} and {second} the other way round than {found.sentence.id}",
                evidence=(found.sentence.id,),
            )
    return None


def _neighbours(text: str) -> Iterator[tuple[str, str]]:
    names = [fold(n.words[-1]) for n in names_in(text)]
    return ((a, b) for a, b in pairwise(names) if a != b)


def _between(words: tuple[str, ...], first: str, second: str) -> tuple[str, ...]:
    """Return the words from one name to the next when each occurs once and in that order."""
    if words.count(first) != 1 or words.count(second) != 1:
        return ()
    start, end = words.index(first), words.index(second)
    span = words[start + 1 : end]
    return tuple(w for w in span if w not in STOP_WORDS or w in _PASSIVE) if len(span) <= 6 else ()
