"""Check that a claim does not state as done what its cited sentence calls planned or possible."""

from agent.verify.matching import Match, best_match
from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import HEDGES, stem, tokens
from schemas.claims import Claim, Verdict

_STRONG = 0.85

# Of the hedges those that make the next verb unreal; "seeks" and "calls for" are acts themselves.
_UNREAL = frozenset(
    stem(w)
    for w in """may might could would plan expect intend aim propose threaten consider appear seem
    allege likely possible possibly probably perhaps potentially reportedly""".split()
)
_HEDGES = frozenset(stem(w) for w in HEDGES)


def check_certainty(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `partial` when a hedge right before the claim's words is missing from the claim.

    `Moscow plans to send` does not bear out `Moscow sent`. Only a claim without any hedge or
    future tense of its own, over a strongly matching sentence, is failed.
    """
    found = best_match(claim.text, passage.cited)
    if found is None or found.ordered < _STRONG or _is_hedged(claim.text):
        return None
    lost = _lost(found)
    if not lost:
        return None
    return against(
        claim,
        method="certainty",
        label="partial",
        score=0.3,
        reason=f'is more certain than sentence {found.sentence.id}, which says "{lost[0]}"',
        evidence=(found.sentence.id,),
    )


def is_unsure(text: str) -> bool:
    """Return whether a sentence calls what it tells possible, planned or alleged."""
    return any(stem(word) in _UNREAL for word in tokens(text))


def _lost(found: Match) -> list[str]:
    """Return the hedges that stand right before a matched word and are not matched themselves."""
    matched = {at for _, at in found.pairs}
    return [
        word
        for at, word in enumerate(found.theirs)
        if word in _UNREAL and at not in matched and at + 1 in matched and at - 1 in matched
    ]


def _is_hedged(text: str) -> bool:
    words = tokens(text)
    return "will" in words or any(w in HEDGES or stem(w) in _HEDGES for w in words)
