"""Fail a claim that says again what an earlier claim of the brief has said."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from agent.verify.matching import stream
from agent.verify.verdicts import against
from agent.verify.words import NEGATORS
from schemas.claims import Claim, Verdict

_SAME = 0.8
_SAME_HYPOTHESIS = 0.65


def check_duplicates(claim: Claim, others: Sequence[Claim]) -> Verdict | None:
    """Return `unsupported` when an earlier claim among `others` says the same.

    Same means that of the content words of both at least 0.8 are common (0.65 between two
    hypotheses), or that one holds all words of the other and little more. Claims that differ in a
    figure or a negation are never the same. The bottom line repeats the body by design, so it is
    compared with itself alone. When `others` holds the claim, those after it are not looked at.
    """
    if claim.author != "model":
        return None
    for other in _comparable(claim, others):
        if _alike(claim, other):
            return against(
                claim, method="duplicates", reason=f"says again what claim {other.id} says"
            )
    return None


def _comparable(claim: Claim, others: Sequence[Claim]) -> Iterable[Claim]:
    earlier = takewhile(lambda other: other.id != claim.id, others)
    return (
        other
        for other in earlier
        if other.form == claim.form and (other.section == "bluf") == (claim.section == "bluf")
    )


def _alike(claim: Claim, other: Claim) -> bool:
    mine, theirs = set(stream(claim.text)), set(stream(other.text))
    if not mine or not theirs:
        return claim.text == other.text
    if _distinct(mine - theirs) or _distinct(theirs - mine):
        return False
    both = claim.section == other.section == "hypotheses"
    wanted = _SAME_HYPOTHESIS if both and claim.form == "sentence" else _SAME
    if len(mine & theirs) >= wanted * len(mine | theirs):
        return True
    small, large = sorted((mine, theirs), key=len)
    return small <= large and len(small) >= max(4, 0.7 * len(large))


def _distinct(words: set[str]) -> bool:
    return any(w[0] == "#" or w.isdigit() or w in NEGATORS for w in words)
