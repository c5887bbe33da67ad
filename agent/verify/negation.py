"""Check that a claim does not turn round what its cited sentence says: not, rose, accepted."""

from agent.verify.matching import Match, best_match, stream
from agent.verify.passage import Passage
from agent.verify.verdicts import against
from agent.verify.words import NEGATORS, stem, tokens
from schemas.claims import Claim, Verdict

# Below this share of common words the sentence may speak of something else altogether.
_STRONG = 0.7

# Words that deny without being a plain negator; a claim that has one is not simply affirmative.
_DENIALS = frozenset(
    """unable lack absent unverif unconfirm unclear unknown unlik dispute doubt contradict
    impossible false wrong incorrect untrue prevent avoid stop halt ban bar block uncertain
    remain few hard less unless only inconsist non unprov unresolv unansw yet""".split()
)

_DIRECTIONS = tuple(
    tuple(frozenset(stem(w) for w in side.split()) for side in pair)
    for pair in (
        (
            "rise increase grow gain climb surge soar jump higher expand widen strengthen improve",
            "fall decrease decline drop shrink slump plunge lower reduce narrow weaken worsen",
        ),
        ("more", "less fewer"),
        ("above exceed", "below"),
        ("before", "after"),
        ("win victory", "lose defeat"),
        ("accept approve agree welcome", "reject refuse oppose"),
        ("support back favor favour endorse", "oppose resist condemn"),
        ("open reopen", "close shut"),
        ("begin start launch", "end stop halt"),
        ("allow permit", "ban bar forbid block prohibit"),
        ("largest biggest highest most", "smallest lowest least"),
        ("high", "low"),
        ("inside", "outside"),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
        ("import", "export"),
        ("buy", "sell"),
        ("arrive enter", "leave depart"),
        ("confirm", "deny"),
        ("guilty", "innocent"),
        ("likely", "unlikely"),
        ("possible", "impossible"),
        ("attack", "defend"),
        ("majority", "minority"),
        ("early", "late"),
        ("first", "last"),
        ("same", "different"),
        ("private", "public"),
        ("release free", "detain arrest jail"),
        ("deadliest", "mildest"),
    )
)


def check_negation(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `contradicted` when the claim negates or reverses its best matching sentence.

    It speaks only where the match is strong: one side denies and the other does not, about the
    same words, or the claim has a word of direction and the sentence its opposite.
    """
    found = best_match(claim.text, passage.cited)
    if found is None or found.recall < _STRONG:
        return None
    problem = _denial(claim.text, found) or _direction(claim.text, found)
    if problem is None:
        return None
    return against(
        claim,
        method="negation",
        label="contradicted",
        score=0.15,
        reason=problem,
        evidence=(found.sentence.id,),
    )


def _denial(claim: str, found: Match) -> str | None:
    mine, theirs = _denied(claim), _denied(found.sentence.text)
    if theirs and not _denies(claim):
        lost = [d for d in theirs if _within(d[1], found.words)]
        if lost and not _affirmed_too(lost[0], theirs, found):
            return f'drops "{lost[0][0]}" of sentence {found.sentence.id}'
    if mine and not _denies(found.sentence.text):
        new = [d for d in mine if _within(d[1], found.theirs)]
        if new:
            return f'says "{new[0][0]}" where sentence {found.sentence.id} does not'
    return None


def _denied(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return each negator with the content words it governs, at most three."""
    words = tokens(text)
    found = []
    for at, word in enumerate(words):
        if stem(word) in NEGATORS or word in NEGATORS:
            scope = stream(" ".join(words[at + 1 : at + 9]))
            kept = tuple(w for w in scope if w not in NEGATORS)[:3]
            if kept and not _is_idle(words, at):
                found.append((word, kept))
    return found


def _is_idle(words: tuple[str, ...], at: int) -> bool:
    """Tell a negator that denies nothing, as in `not only` and `no longer` and `no more than`."""
    following = words[at + 1 : at + 3]
    return bool(following) and following[0] in {"only", "just", "more", "less", "fewer", "doubt"}


def _denies(text: str) -> bool:
    return any(w in NEGATORS or stem(w) in NEGATORS or stem(w) in _DENIALS for w in tokens(text))


def _within(scope: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return scope[0] in words and sum(w in words for w in scope) >= min(2, len(scope))


def _affirmed_too(
    denial: tuple[str, tuple[str, ...]], all_denied: list[tuple[str, tuple[str, ...]]], found: Match
) -> bool:
    """Tell whether the sentence also says the denied words without the denial."""
    first = denial[1][0]
    denied = sum(first in scope for _, scope in all_denied)
    return found.theirs.count(first) > denied


def _direction(claim: str, found: Match) -> str | None:
    mine, theirs = set(found.words), set(found.theirs)
    for up, down in _DIRECTIONS:
        for side, opposite in ((up, down), (down, up)):
            if mine & side and not mine & opposite and theirs & opposite and not theirs & side:
                said = _written(claim, side)
                given = _written(found.sentence.text, opposite)
                return f'says "{said}" where sentence {found.sentence.id} says "{given}"'
    return None


def _written(text: str, stems: frozenset[str]) -> str:
    return next((t for t in tokens(text) if stem(t) in stems), min(stems))
