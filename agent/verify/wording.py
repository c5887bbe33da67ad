"""Accept a reported claim whose words are those of its cited sentence, in the same order."""

from agent.verify.attribution import sayings_in
from agent.verify.matching import Match, match
from agent.verify.names import names_in
from agent.verify.passage import Passage
from agent.verify.verdicts import in_favour
from agent.verify.words import HEDGES, NEGATORS, stem
from schemas.claims import Claim, Verdict
from schemas.sources import Sentence

# Measured, see docs/verification.md: below this share of words in order, claims that were
# changed in one word begin to pass.
_ENOUGH = 1.0

# Leaving one of these out of a sentence changes what it says.
_TURNING = frozenset(stem(w) for w in HEDGES) | NEGATORS | frozenset("only least most up".split())


def check_wording(claim: Claim, passage: Passage) -> Verdict | None:
    """Return `supported` for a reported claim that its sentence states in nearly the same words.

    Every content word of the claim must stand in one cited sentence in the claim's order, and
    no word that turns a statement (not, may, plans) may be left out between them. A pronoun that
    opens the sentence is read as the name before it. Otherwise None: this step fails nothing.
    """
    if claim.basis != "reported":
        return None
    matches = [match(claim.text, s, lead=_lead(s, passage)) for s in passage.cited]
    found = max(matches, key=lambda m: m.ordered, default=None)
    if found is None or found.ordered < _ENOUGH or _turned(found):
        return None
    return in_favour(
        claim,
        method="wording",
        reason=f"says what sentence {found.sentence.id} says, in its words",
        score=0.9,
        evidence=(found.sentence.id, *passage.added),
    )


def _turned(found: Match) -> bool:
    return any(w in _TURNING for w in found.skipped)


def _lead(sentence: Sentence, passage: Passage) -> str:
    """Return the name that a pronoun at the head of the sentence stands for, or nothing."""
    if not any(s.pronoun for s in sayings_in(sentence.text)):
        return ""
    before = passage.before(sentence)
    names = names_in(before.text) if before else ()
    return names[0].text if names else ""
